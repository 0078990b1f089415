"""Finds notes by the beginnings of their words: an index of sealed segments for a workspace, and none for one client (decision 64)."""
