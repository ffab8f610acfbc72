"""Re-decides Independent Medical Review determinations against the MTUS, and explains itself."""

__version__ = "0.1.0"
