"""What may be added for a client. Pure functions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import Fault, Gone, Invalid, NotFound

MOST_AT_ONCE = 500
# Longer than any call takes: one that found the client before the erasure comes too late.
CLOSED_FOR = timedelta(minutes=2)


def check_number(ids: int) -> None:
    if ids > MOST_AT_ONCE:
        raise Invalid("too_many_ids", faults=[Fault("/client_ids", f"must be {MOST_AT_ONCE} or fewer")])


def check_open(client: Mapping[str, Any]) -> None:
    """Raises NotFound if the client was erased while something was being added for them, Gone if they were merged into another."""
    check_not_erased(client["erased_at"], client["closed_until"])
    if client["merged_into"] is not None:
        raise Gone("client_merged", "This client was merged into another one.", facts={"merged_into": str(client["merged_into"])})


def check_not_erased(erased_at: datetime | None, closed_until: datetime | None = None) -> None:
    """Raises NotFound if the client was erased, or is about to be, while something was being added for them."""
    if erased_at is not None or closed_until is not None:
        raise NotFound("not_found", "There is no such client.")
