"""Which holds may be placed."""

import re
from datetime import timedelta

from chassis.errors import Fault, Invalid

MOST_CLIENTS = 500
LONGEST_REASON = 2_000
# While a hold is being placed it counts for this long: nothing waits for one whose placing came to nothing.
PLACED_WITHIN = timedelta(minutes=1)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def check_subject(client_id: str | None, user_id: str | None) -> None:
    """Raises Invalid for a hold on a client and a user: it would not say which."""
    if client_id is not None and user_id is not None:
        raise Invalid(
            "hold_on_both",
            "A hold is on a client, on a user or on the whole workspace.",
            faults=[Fault("/user_id", "must be left out beside client_id")],
        )


def check_reason(text: str) -> str:
    """The reason without surrounding white space. Raises Invalid without one."""
    reason = text.strip()
    if not reason:
        fault = "must not be empty"
    elif len(reason) > LONGEST_REASON:
        fault = f"must be {LONGEST_REASON} characters or fewer"
    elif _CONTROL.search(reason):
        fault = "must not hold control characters"
    else:
        return reason
    raise Invalid("invalid_reason", "A hold needs a reason.", faults=[Fault("/reason", fault)])


def check_number(client_ids: int) -> None:
    if client_ids > MOST_CLIENTS:
        raise Invalid("too_many_ids", faults=[Fault("/client_ids", f"must be {MOST_CLIENTS} or fewer")])
