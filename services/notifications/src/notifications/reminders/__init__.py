"""When clients are reminded, and of what they were."""
