"""What clients answer to a reminder: that they come, that they do not, or that they want no more of them."""
