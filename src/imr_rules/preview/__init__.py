"""A request before it is sent: the likely outcome, what decides it, and what is missing."""
