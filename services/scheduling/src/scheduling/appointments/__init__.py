"""Appointments: booking, changing, listing and erasing them."""
