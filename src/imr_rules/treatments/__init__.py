"""Item title → Request: the catalogue of what can be asked for, and the reading of titles."""
