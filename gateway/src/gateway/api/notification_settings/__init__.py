"""What the caller wants to be mailed about their own work."""
