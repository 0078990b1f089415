"""Clients as a front end written for json-server knows them (decision 77)."""
