"""Everything that is held on a client, as an archive that is written while it is read from the services (docs/client-export.md)."""
