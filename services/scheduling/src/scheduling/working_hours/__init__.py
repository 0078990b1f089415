"""When practitioners work: their weeks, the days that differ, and holidays. Beneath availability, free slots and reports."""
