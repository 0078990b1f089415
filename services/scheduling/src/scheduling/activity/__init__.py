"""What was done in a time: numbers of appointments, their hours, and the share of working hours that they took."""
