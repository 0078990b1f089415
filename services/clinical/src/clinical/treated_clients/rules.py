"""What may be added for a client. Pure functions."""

from datetime import datetime

from chassis.errors import Fault, Invalid, NotFound

MOST_AT_ONCE = 500


def check_number(ids: int) -> None:
    if ids > MOST_AT_ONCE:
        raise Invalid("too_many_ids", faults=[Fault("/client_ids", f"must be {MOST_AT_ONCE} or fewer")])


def check_not_erased(erased_at: datetime | None) -> None:
    """Raises NotFound if the client was erased while something was being added for them."""
    if erased_at is not None:
        raise NotFound("not_found", "There is no such client.")
