"""What is kept of a patient beside the client (decision 77)."""
