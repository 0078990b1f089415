"""What was done, read and refused, and the proof that the record of it is whole."""
