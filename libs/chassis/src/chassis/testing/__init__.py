"""Real services for tests."""
