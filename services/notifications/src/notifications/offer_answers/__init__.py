"""What clients who wait answer to the offer of a time."""
