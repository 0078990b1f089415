"""Clients from a file: what other systems and spreadsheets export."""
