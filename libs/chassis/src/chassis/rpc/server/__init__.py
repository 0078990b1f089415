"""The answering side."""
