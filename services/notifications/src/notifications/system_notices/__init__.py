"""What administrators are told of the installation itself: a break of the audit trail, backups that fail."""
