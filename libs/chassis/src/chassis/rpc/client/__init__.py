"""The calling side."""
