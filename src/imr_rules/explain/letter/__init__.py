"""A letter with what was read in it marked, for a terminal or as a page."""
