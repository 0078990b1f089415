"""A client who is erased elsewhere is erased here."""
