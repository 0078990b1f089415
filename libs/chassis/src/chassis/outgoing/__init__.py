"""Requests to addresses that customers name: they reach public hosts, and inside only what the operator allows."""
