"""Appointments, what is offered and where."""
