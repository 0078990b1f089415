"""Alerts: what somebody has to answer at once."""
