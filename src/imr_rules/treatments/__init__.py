"""The treatments room."""
