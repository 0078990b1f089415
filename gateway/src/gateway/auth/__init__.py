"""Who sends a request: bearer tokens, cookies and CSRF tokens."""
