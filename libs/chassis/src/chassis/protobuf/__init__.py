"""Protobuf messages and their well-known types as Python values."""
