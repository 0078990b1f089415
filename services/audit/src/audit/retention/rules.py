"""How many years a workspace may choose."""

from chassis.errors import Fault, Invalid

# 45 CFR 164.316(b)(2)(i) asks for six years; several states for seven, and for thirty after some exposures (29 CFR 1910.1020).
SHORTEST, DEFAULT, LONGEST = 6, 7, 30


def check_years(years: int) -> None:
    """Raises Invalid for a number of years that nobody may choose."""
    if not SHORTEST <= years <= LONGEST:
        raise Invalid("retention_range", faults=[Fault("/years", f"must be from {SHORTEST} to {LONGEST}")])
