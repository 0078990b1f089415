"""Runs statements in one workspace's transaction."""
