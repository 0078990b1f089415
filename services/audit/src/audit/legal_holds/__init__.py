"""Legal holds: what must not be destroyed."""
