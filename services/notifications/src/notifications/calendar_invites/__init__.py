"""Appointments as calendar programs of clients are told of them, by mail."""
