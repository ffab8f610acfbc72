"""One module for each way in which a determination contradicts itself."""
