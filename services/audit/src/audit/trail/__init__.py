"""Records what was done, read and refused, and proves that the record is complete and unchanged."""
