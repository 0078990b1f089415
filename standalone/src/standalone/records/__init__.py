"""The operator's work on sealed records, one workspace at a time, as the database's administrator."""
