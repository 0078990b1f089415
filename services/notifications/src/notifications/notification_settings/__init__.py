"""What people want to be mailed about their own work."""
