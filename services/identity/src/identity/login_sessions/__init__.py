"""Login sessions: the tokens they consist of, their end, and the revocation of their access tokens."""
