"""The letters room."""
