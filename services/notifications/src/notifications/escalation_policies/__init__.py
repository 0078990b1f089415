"""Escalation policies: whom an alert is told to, and when, while nobody answers."""
