"""Assembles and runs one service."""
