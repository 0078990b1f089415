"""Appointments, and the services and locations that they refer to."""
