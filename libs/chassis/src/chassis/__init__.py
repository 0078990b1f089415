"""What two services need and which knows no domain noun."""
