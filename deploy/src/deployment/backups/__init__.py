"""Backups of a containers' PostgreSQL with pgBackRest: made when they are due, watched, tried, and restored to a moment.

Runs in the database's image, beside pgBackRest: standard library only.
"""
