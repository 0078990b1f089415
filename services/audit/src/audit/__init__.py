"""The trail that can be proved."""
