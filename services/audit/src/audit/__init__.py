"""The audit trail of every service, in a hash chain per workspace."""
