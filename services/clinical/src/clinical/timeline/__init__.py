"""What the timeline events of notes and those of plans have in common: how they are counted."""
