"""What clients answer to a reminder: that they come, or that they do not."""
