"""Preview and checklist as a page on this machine: nothing is kept, written or sent elsewhere."""
