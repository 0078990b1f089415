"""What may be agreed about an appointment, and what an agreement changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import Fault, Invalid, NotFound

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST = timedelta(hours=24)
MOST_CLIENTS = 500
MOST_HISTORY = 500

# A page of a hundred appointments still has to fit into one reply.
LONGEST_TEXT = {"notes": 20_000, "location_details": 2_000, "reason": 20_000}

# The furthest a service's buffers reach.
LONGEST_BUFFER = timedelta(minutes=240)

OCCUPYING = frozenset({"scheduled", "completed"})
_CLOSED = frozenset({"completed", "cancelled", "no_show"})
_OPTIONAL = frozenset({"location_id", "service_id", "notes", "location_details"})

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: who meets whom, when, where and for what, and what became of it."""

    client_id: UUID
    practitioner_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    location_type: str
    location_id: UUID | None = None
    service_id: UUID | None = None
    status: str = "scheduled"
    notes: str | None = field(default=None, repr=False)
    location_details: str | None = field(default=None, repr=False)

    @property
    def occupying(self) -> bool:
        """Whether the practitioner's time is taken; what was called off, or missed, gives it back."""
        return self.status in OCCUPYING


CHANGEABLE = tuple(f.name for f in fields(Terms))


@dataclass(frozen=True, slots=True)
class Buffers:
    """The time a service needs around the appointment itself."""

    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)


class News(Enum):
    """What others are told of a change."""

    MOVED = "moved"
    CLOSED = "closed"


def check_slot(start: datetime | None, end: datetime | None) -> Span:
    """Start and end, in that order, at most 24 h apart and within the years 1900 to 2199; Invalid says which is wrong."""
    if start is None or end is None:
        missing = [name for name, value in (("scheduled_start", start), ("scheduled_end", end)) if value is None]
        raise Invalid("slot_required", "An appointment has a start and an end.", faults=[Fault(f"/{n}", "is required") for n in missing])
    if not EARLIEST <= start < LATEST:
        raise _wrong("slot_out_of_range", "scheduled_start", "must lie in the years 1900 to 2199")
    if end <= start:
        raise _wrong("slot_reversed", "scheduled_end", "must be after the start")
    if end - start > LONGEST:
        raise _wrong("slot_too_long", "scheduled_end", "must be at most 24 hours after the start")
    return start, end


def check_texts(**texts: str | None) -> None:
    """Invalid for a text longer than its kind may be."""
    faults = [
        Fault(f"/{name}", f"must be {LONGEST_TEXT[name]} characters or fewer")
        for name, text in texts.items()
        if text is not None and len(text) > LONGEST_TEXT[name]
    ]
    if faults:
        raise Invalid("text_too_long", "A text is too long.", faults=faults)


def check_wanted(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to set, ids as ids; Invalid for one that cannot be cleared."""
    cleared = [name for name, value in wanted.items() if value is None and name not in _OPTIONAL]
    if cleared:
        raise Invalid("field_required", "A field cannot be cleared.", faults=[Fault(f"/{name}", "cannot be cleared") for name in cleared])
    return {name: UUID(value) if name.endswith("_id") and value is not None else value for name, value in wanted.items()}


def changed(before: Terms, wanted: Mapping[str, Any]) -> Terms:
    """The terms with what is wanted put in; Invalid for a slot, or a status, that cannot become of them."""
    after = replace(before, **wanted)
    check_slot(after.scheduled_start, after.scheduled_end)
    check_texts(notes=after.notes, location_details=after.location_details)
    check_outcome(before.status, after.status)
    return after


def check_outcome(before: str, after: str) -> None:
    """A scheduled appointment becomes anything; what is closed is scheduled again before it becomes something else."""
    if before in _CLOSED and after not in {before, "scheduled"}:
        raise _wrong("appointment_closed", "status", f"is {before}: schedule it again first")


def check_client(*, is_active: bool) -> None:
    if not is_active:
        raise _wrong("client_inactive", "client_id", "is of a client who is no longer treated")


def check_practitioner(*, is_active: bool) -> None:
    if not is_active:
        raise _wrong("practitioner_inactive", "practitioner_id", "is of somebody who no longer works here")


EntryT = TypeVar("EntryT", bound=Mapping[str, Any])


def check_offered(kind: str, entry: EntryT | None) -> EntryT:
    """A service or location that an appointment names anew is one that is offered."""
    if entry is None or entry["deleted_at"] is not None:
        raise NotFound(f"{kind}_not_found", f"There is no such {kind}.")
    if not entry["is_active"]:
        raise _wrong(f"{kind}_inactive", f"{kind}_id", "is not offered at present")
    return entry


def check_clients(client_ids: Iterable[str]) -> list[UUID]:
    """Whose figures are asked for, each once."""
    distinct = list(dict.fromkeys(map(UUID, client_ids)))
    if len(distinct) > MOST_CLIENTS:
        raise _wrong("too_many_clients", "client_ids", f"may name at most {MOST_CLIENTS} clients")
    return distinct


def check_place(before: datetime | None, before_id: str | None) -> dict[str, Any]:
    """The last entry told, if any was: its time and its id, never one without the other."""
    if (before is None) != (before_id is None):
        raise _wrong("place_incomplete", "before", "goes together with before_id")
    return {} if before is None else {"before": before, "before_id": before_id}


def history_limit(asked: int) -> int:
    """How many entries to tell; 0 means 100."""
    if not 0 <= asked <= MOST_HISTORY:
        raise _wrong("limit_out_of_range", "limit", f"must be from 1 to {MOST_HISTORY}")
    return asked or 100


def replanned(before: Terms, after: Terms) -> bool:
    """Whether the practitioner's time is to be worked out anew; otherwise it stays as agreed, whatever became of the service's buffers."""
    return (after.occupying and not before.occupying) or _plan(before) != _plan(after)


def during(terms: Terms, buffers: Buffers) -> Span:
    """From when until when the practitioner is taken, end exclusive."""
    return terms.scheduled_start - buffers.before, terms.scheduled_end + buffers.after


def takes_time(before: Terms, held: Span, after: Terms, wanted: Span) -> bool:
    """Whether the change takes any time of a calendar that was not this appointment's already."""
    if not after.occupying:
        return False
    keeps = before.occupying and before.practitioner_id == after.practitioner_id
    return not (keeps and held[0] <= wanted[0] and wanted[1] <= held[1])


def news(before: Terms, after: Terms) -> News | None:
    """Closed when it no longer is to take place; moved when it is, at other terms or again."""
    if after.status != "scheduled":
        return News.CLOSED if before.status != after.status else None
    if before.status != "scheduled" or _meeting(before) != _meeting(after):
        return News.MOVED
    return None


def is_awaited(status: str, start: datetime, deleted_at: datetime | None, *, now: datetime) -> bool:
    """Whether somebody still counts on the appointment taking place."""
    return status == "scheduled" and start > now and deleted_at is None


def _plan(terms: Terms) -> tuple[Any, ...]:
    return terms.practitioner_id, terms.scheduled_start, terms.scheduled_end, terms.service_id


def _meeting(terms: Terms) -> tuple[Any, ...]:
    return terms.client_id, terms.practitioner_id, terms.scheduled_start, terms.scheduled_end


def _wrong(code: str, name: str, detail: str) -> Invalid:
    return Invalid(code, f"{name} {detail}.", faults=[Fault(f"/{name}", detail)])
