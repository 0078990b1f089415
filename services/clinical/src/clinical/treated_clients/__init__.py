"""What clinical knows of clients: whether they were erased."""
