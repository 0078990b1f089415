"""Login sessions: their tokens, their end, and the revocation of access tokens."""
