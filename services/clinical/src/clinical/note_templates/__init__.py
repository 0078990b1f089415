"""Templates for notes: what a note may begin with."""
