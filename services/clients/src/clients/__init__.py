"""The people who are treated."""
