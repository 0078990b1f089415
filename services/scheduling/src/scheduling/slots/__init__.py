"""When practitioners are free: their working hours without what they are busy with. Computed, never stored."""
