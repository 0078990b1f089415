"""What clinical signs so that it can be checked for good."""
