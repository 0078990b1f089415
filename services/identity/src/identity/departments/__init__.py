"""The departments of a workspace."""
