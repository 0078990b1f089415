"""What happened since a backup, as it is kept in the target while the installation runs: the database's log, new files and changed keys."""
