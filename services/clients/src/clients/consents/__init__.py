"""What clients agree to, and what they take back."""
