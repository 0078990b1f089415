"""Stubs generated from protos/; never edited."""
