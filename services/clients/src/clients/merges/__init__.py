"""Merging clients who are one person, and undoing that."""
