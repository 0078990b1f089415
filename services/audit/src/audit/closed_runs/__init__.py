"""What is left of dropped months: runs of entries of the chain whose events are gone, and whose hashes are kept."""
