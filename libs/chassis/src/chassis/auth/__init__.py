"""Signs and verifies tokens."""
