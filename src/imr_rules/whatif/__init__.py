"""What a changed pack would decide otherwise, and how many decisions each criterion holds up."""
