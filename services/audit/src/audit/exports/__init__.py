"""The trail as a file, with a signed manifest."""
