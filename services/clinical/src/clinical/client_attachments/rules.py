"""Which of a client's files can be had at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis.errors import Fault, Invalid, NotFound

MOST_AT_ONCE = 100


def check_choice(wanted: Sequence[UUID]) -> None:
    """Raises Invalid for no file, for more than a hundred, and for one twice."""
    if not 1 <= len(wanted) <= MOST_AT_ONCE or len(set(wanted)) != len(wanted):
        fault = Fault("/attachment_ids", f"must be 1 to {MOST_AT_ONCE} different files")
        raise Invalid("choice_invalid", "These files cannot be had at once.", faults=[fault])


def check_found(wanted: Sequence[UUID], found: Collection[UUID]) -> None:
    """Raises NotFound unless every file is the client's."""
    if not set(wanted) <= set(found):
        raise NotFound("not_found", "There is no such file.")
