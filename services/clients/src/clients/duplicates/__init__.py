"""Who may be the same person: suspected by keyed hashes, and never merged without somebody who says so."""
