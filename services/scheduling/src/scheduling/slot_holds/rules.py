"""How long a slot is held, and how many of them."""

from datetime import datetime, timedelta

from chassis.errors import Fault, Invalid, TooMany

HELD_FOR = timedelta(minutes=5)
# At once, of one user.
MAX_HOLDS = 10


def check_start(start: datetime | None, *, now: datetime) -> datetime:
    """The start of the slot. Raises Invalid if it is missing or over: nobody agrees on the past."""
    if start is None:
        raise Invalid("slot_required", "A hold has a start.", faults=[Fault("/start", "is required")])
    if start < now:
        raise Invalid("slot_over", "This slot is over.", faults=[Fault("/start", "must not be in the past")])
    return start


def check_number(held: int) -> None:
    """Raises TooMany for somebody who holds this many slots already."""
    if held >= MAX_HOLDS:
        raise TooMany(
            "too_many_holds", f"You hold {MAX_HOLDS} slots already: book or release one of them.", retry_after=HELD_FOR.total_seconds()
        )
