"""One signed tree head over the chains of all workspaces (RFC 6962), and proofs of what it covers."""
