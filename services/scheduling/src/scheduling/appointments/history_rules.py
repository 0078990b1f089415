"""What may be asked about appointments at once, and what the history of one tells."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.errors import Fault, Invalid
from scheduling.appointments.rules import EDITABLE_FIELDS, TEXTS, AppointmentDetails

MAX_CLIENTS = 500
MAX_TIMELINE_EVENTS = 500
DEFAULT_TIMELINE_EVENTS = 100
# The newest ones are shown.
MAX_STATUS_CHANGES = 500
# Of one practitioner, in the period that is asked for.
MOST_IN_AN_AGENDA = 200


def changed_fields(before: AppointmentDetails, after: AppointmentDetails) -> dict[str, list[str | None]]:
    """What but the status has changed, by field: the value before and after. Of texts neither is told."""
    names = (name for name in EDITABLE_FIELDS if name != "status" and getattr(before, name) != getattr(after, name))
    return {name: [None, None] if name in TEXTS else [told(getattr(details, name)) for details in (before, after)] for name in names}


def told(value: Any) -> str | None:
    """A value as the history tells it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return None if value is None else str(value)


def check_client_ids(client_ids: Iterable[str]) -> list[UUID]:
    """The ids without repetitions. Raises Invalid if there are too many."""
    distinct = list(dict.fromkeys(map(UUID, client_ids)))
    if len(distinct) > MAX_CLIENTS:
        fault = Fault("/client_ids", f"may name at most {MAX_CLIENTS} clients")
        raise Invalid("too_many_clients", "These are too many clients at once.", faults=[fault])
    return distinct


def check_cursor(before: datetime | None, before_id: str | None) -> dict[str, Any]:
    """The time and id of the last event that was read, or nothing. Raises Invalid if only one of them is given."""
    if (before is None) != (before_id is None):
        fault = Fault("/before", "goes together with before_id")
        raise Invalid("cursor_incomplete", "A place in the list is a time and an id.", faults=[fault])
    return {} if before is None else {"before": before, "before_id": before_id}


def check_timeline_limit(limit: int) -> int:
    """How many events to read. 0 means the default. Raises Invalid if it is out of range."""
    if not 0 <= limit <= MAX_TIMELINE_EVENTS:
        fault = Fault("/limit", f"must be from 1 to {MAX_TIMELINE_EVENTS}")
        raise Invalid("limit_out_of_range", "This is not a number of events that can be read at once.", faults=[fault])
    return limit or DEFAULT_TIMELINE_EVENTS
