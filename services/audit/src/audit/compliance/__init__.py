"""What the trail says of a time as a whole."""
