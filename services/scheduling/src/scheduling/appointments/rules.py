"""Decisions about appointments: which details are valid, which changes are allowed, and what a change means for others."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from chassis.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Stale
from scheduling.appointments.price_rules import check_price
from scheduling.busy_periods.rules import BUSY_STATUSES

EARLIEST_START = datetime(1900, 1, 1, tzinfo=UTC)
# Exclusive.
LATEST_START = datetime(2200, 1, 1, tzinfo=UTC)
MAX_LENGTH = timedelta(hours=24)
# How long nobody books a client who may be about to be erased: longer than any call takes that found the client before.
CLOSED_FOR = timedelta(minutes=2)

# In characters. A page of a hundred appointments has to fit into one reply.
MAX_TEXT = {
    "notes": 20_000,
    "location_details": 2_000,
    "reason": 20_000,
    "payment_notes": 2_000,
    "change_reason": 2_000,
    "overbooking_reason": 2_000,
}
# Of a change these texts are named, and not kept.
TEXTS = frozenset({"notes", "location_details", "payment_notes", "change_reason", "overbooking_reason"})
# Of the deletion of a note: what clinical keeps.
MAX_NOTE_REASON = 5_000

# Of a service, on either side of the appointment.
MAX_BUFFER = timedelta(minutes=240)

# By which another clock may be fast.
CLOCK_SKEW = timedelta(minutes=5)

_CLEARABLE = frozenset(
    {
        "location_id",
        "service_id",
        "notes",
        "location_details",
        "payment_price",
        "payment_method",
        "payment_notes",
        "paid_at",
        "change_reason",
        "overbooking_reason",
    }
)

# Start, inclusive, and end, exclusive.
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class AppointmentDetails:
    """What people set of an appointment: who meets whom, when, where and for which service, its status, and what is paid for it."""

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
    payment_price: Decimal | None = None
    payment_status: str = "not_paid"
    payment_method: str | None = None
    payment_notes: str | None = field(default=None, repr=False)
    paid_at: datetime | None = None
    # Why the times of a completed appointment were changed last.
    change_reason: str | None = field(default=None, repr=False)
    # Why somebody overbooks. Of what is not overbooked it is not kept.
    overbooking_reason: str | None = field(default=None, repr=False)
    # On whose clocks the times were agreed. None of what was booked before that was asked.
    time_zone: str | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the practitioner is busy: a cancelled or missed appointment frees its time."""
        return self.status in BUSY_STATUSES


EDITABLE_FIELDS = tuple(f.name for f in fields(AppointmentDetails))


@dataclass(frozen=True, slots=True)
class Buffers:
    """The time that a service needs before and after the appointment itself."""

    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an appointment takes over from its service and its location."""

    buffers: Buffers = Buffers()
    price: Decimal | None = None
    # Whether the location is one where one appointment takes place at a time.
    is_room: bool = False
    # Of a service; an appointment may be shorter or longer.
    duration_minutes: int = 0


class ChangeEvent(Enum):
    """The event that a change of an appointment causes."""

    MOVED = "moved"
    CLOSED = "closed"


def check_slot(start: datetime | None, end: datetime | None) -> Period:
    """The period from start to end. Raises Invalid if one is missing, or for a wrong order, a wrong year or over 24 hours."""
    if start is None or end is None:
        missing = [name for name, value in (("scheduled_start", start), ("scheduled_end", end)) if value is None]
        raise Invalid("slot_required", "An appointment has a start and an end.", faults=[Fault(f"/{n}", "is required") for n in missing])
    if not EARLIEST_START <= start < LATEST_START:
        raise _invalid(
            "slot_out_of_range",
            "scheduled_start",
            "must lie in the years 1900 to 2199",
            "The appointment must lie in the years 1900 to 2199.",
        )
    if end <= start:
        raise _invalid("slot_reversed", "scheduled_end", "must be after the start", "The appointment must end after it starts.")
    if end - start > MAX_LENGTH:
        raise _invalid(
            "slot_too_long", "scheduled_end", "must be at most 24 hours after the start", "An appointment may last 24 hours at most."
        )
    return start, end


def check_texts(**texts: str | None) -> None:
    """Raises Invalid if a text is longer than its field allows."""
    faults = [
        Fault(f"/{name}", f"must be {MAX_TEXT[name]} characters or fewer")
        for name, text in texts.items()
        if text is not None and len(text) > MAX_TEXT[name]
    ]
    if faults:
        raise Invalid("text_too_long", "A text is too long.", faults=faults)


def check_note_deletion(reason: str | None, note_reason: str | None, *, is_permitted: bool) -> None:
    """Raises Forbidden for somebody who may not delete notes, and Invalid if the reason is longer than a note's may be."""
    if not is_permitted:
        raise Forbidden("permission_denied", "Your role does not permit this.")
    name, text = ("deletion_reason", note_reason) if note_reason is not None else ("reason", reason)
    if text is not None and len(text) > MAX_NOTE_REASON:
        fault = Fault(f"/{name}", f"must be {MAX_NOTE_REASON} characters or fewer")
        raise Invalid("text_too_long", "A text is too long.", faults=[fault])


def check_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changed fields with their ids as UUIDs and the price as a number. Raises Invalid if a required field would be cleared."""
    cleared = [name for name, value in changes.items() if value is None and name not in _CLEARABLE]
    if cleared:
        raise Invalid("field_required", "A field cannot be cleared.", faults=[Fault(f"/{name}", "cannot be cleared") for name in cleared])
    return {name: _parsed(name, value) for name, value in changes.items()}


def _parsed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == "payment_price":
        return check_price(value)
    return UUID(value) if name.endswith("_id") else value


def apply_changes(before: AppointmentDetails, changes: Mapping[str, Any], *, now: datetime) -> AppointmentDetails:
    """The details after the changes. Raises Invalid if the period, a text or the time of the payment is not allowed."""
    after = replace(before, **changes)
    check_slot(after.scheduled_start, after.scheduled_end)
    check_texts(**{name: getattr(after, name) for name in sorted(TEXTS)})
    return replace(after, paid_at=_paid_at(after, changes, now=now))


def without_idle_reason(details: AppointmentDetails, *, overbooked: bool) -> AppointmentDetails:
    """The details, without a reason for an overbooking where nothing is overbooked."""
    return details if overbooked or details.overbooking_reason is None else replace(details, overbooking_reason=None)


def _paid_at(after: AppointmentDetails, changes: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """When it was paid: as given, otherwise when it was first said to be paid."""
    if after.payment_status != "paid":
        if changes.get("paid_at") is not None:
            raise _invalid(
                "appointment_not_paid", "paid_at", "goes together with payment_status paid", "What is not paid has no time of payment."
            )
        return None
    if after.paid_at is not None and after.paid_at > now + CLOCK_SKEW:
        raise _invalid("paid_at_in_future", "paid_at", "must not be in the future", "An appointment cannot have been paid in the future.")
    return after.paid_at or now


def check_completed(before: AppointmentDetails, after: AppointmentDetails, *, now: datetime) -> None:
    """Raises Invalid if the change makes an appointment completed that has not begun. All other statuses follow each other freely."""
    is_change = (before.status, before.scheduled_start) != (after.status, after.scheduled_start)
    if is_change and after.status == "completed" and after.scheduled_start > now:
        raise _invalid("appointment_not_begun", "status", "cannot be completed before the start", "The appointment has not begun.")


def check_times_of_completed(before: AppointmentDetails, after: AppointmentDetails, changes: Mapping[str, Any]) -> None:
    """Raises Invalid if a completed appointment, which stays completed, is to have been at another time, and nobody says why."""
    times = before.scheduled_start, before.scheduled_end
    is_corrected = before.status == after.status == "completed" and times != (after.scheduled_start, after.scheduled_end)
    if is_corrected and not (changes.get("change_reason") or "").strip():
        raise _invalid(
            "change_reason_required",
            "change_reason",
            "is required to change the times of a completed appointment",
            "Say why this appointment was at another time.",
        )


def check_fresh(expected: int | None, version: int) -> None:
    """Raises Stale if the caller saw another version than the current one. None means any version."""
    if expected is not None and expected != version:
        raise Stale("stale_version", "The appointment has changed since.", facts={"current_version": version})


def check_cancellation_asked(asked_at: datetime | None) -> None:
    """Raises Conflict where no client waits to be answered: none has asked, or somebody has answered meanwhile."""
    if asked_at is None:
        raise Conflict("cancellation_not_asked", "The client does not ask to cancel this appointment, or has been answered.")


def check_client(*, is_active: bool) -> None:
    if not is_active:
        raise _invalid("client_inactive", "client_id", "must be an active client", "This client is inactive: activate the client first.")


def check_practitioner(*, is_active: bool, treats: bool) -> None:
    if not is_active:
        raise _invalid("practitioner_inactive", "practitioner_id", "must be an active practitioner", "This practitioner is inactive.")
    if not treats:
        raise _invalid(
            "practitioner_does_not_treat", "practitioner_id", "must be somebody whose role treats", "This person's role does not treat."
        )


EntryT = TypeVar("EntryT", bound=Mapping[str, Any])


def check_offered(kind: str, entry: EntryT | None) -> EntryT:
    """The catalogue entry. Raises NotFound if there is none or it was withdrawn, Invalid if it is not active."""
    if entry is None or entry["deleted_at"] is not None:
        raise NotFound(f"{kind}_not_found", f"There is no such {kind}.")
    if not entry["is_active"]:
        raise _invalid(f"{kind}_inactive", f"{kind}_id", "is not offered at present", f"This {kind} is not offered at present.")
    return entry


def priced(
    before: AppointmentDetails, after: AppointmentDetails, changes: Mapping[str, Any], terms: Terms, terms_before: Terms
) -> AppointmentDetails:
    """The details with the price of a service that is new to them, unless a price is given or was entered before, or something was paid.

    A price was entered if it is not that of the service before.
    """
    is_entered = before.payment_price not in (None, terms_before.price)
    is_same_service = after.service_id in (None, before.service_id)
    keeps_price = is_same_service or is_entered or "payment_price" in changes or before.payment_status != "not_paid"
    return after if keeps_price or terms.price is None else replace(after, payment_price=terms.price)


def change_event(before: AppointmentDetails, after: AppointmentDetails) -> ChangeEvent | None:
    """CLOSED if the appointment is now completed, cancelled or missed. MOVED if it is scheduled with other people, at another time, or again."""
    if after.status != "scheduled":
        return ChangeEvent.CLOSED if before.status != after.status else None
    if before.status != "scheduled" or _people_and_time(before) != _people_and_time(after):
        return ChangeEvent.MOVED
    return None


def former_practitioner(before: AppointmentDetails, after: AppointmentDetails) -> UUID | None:
    """Who has lost the appointment to a colleague, if anybody."""
    return before.practitioner_id if before.practitioner_id != after.practitioner_id else None


def is_upcoming(status: str, start: datetime, deleted_at: datetime | None, *, now: datetime) -> bool:
    """Whether the appointment is still to take place."""
    return status == "scheduled" and start > now and deleted_at is None


def _people_and_time(details: AppointmentDetails) -> tuple[Any, ...]:
    return details.client_id, details.practitioner_id, details.scheduled_start, details.scheduled_end


def _invalid(code: str, name: str, detail: str, message: str) -> Invalid:
    return Invalid(code, message, faults=[Fault(f"/{name}", detail)])
