"""What a request must document: the criteria of its topic as questions to tick off."""
