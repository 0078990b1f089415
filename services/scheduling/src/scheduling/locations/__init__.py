"""The places where a practice treats: rooms, homes and online."""
