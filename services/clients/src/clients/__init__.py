"""The people who are treated: their records, and how they are listed and found."""
