"""The mail that carries a sign-in link."""
