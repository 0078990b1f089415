"""Backups of a container's PostgreSQL with pgBackRest: made when they are due, watched, restored for a try, and restored to a moment.

Runs in the database's image, beside pgBackRest: standard library only.
"""
