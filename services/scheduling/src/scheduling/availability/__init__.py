"""When practitioners work: the hours of their weeks, and the days that differ."""
