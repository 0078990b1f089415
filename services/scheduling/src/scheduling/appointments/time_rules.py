"""Decisions about the time that an appointment takes: of its practitioner, its room and its client."""

from typing import Any
from uuid import UUID

from scheduling.appointments.rules import AppointmentDetails, Buffers, Period
from scheduling.busy_periods.rules import CLIENT, PRACTITIONER, ROOM, BusyPeriod


def busy_period(details: AppointmentDetails, buffers: Buffers) -> Period:
    """The period in which the practitioner is busy: the appointment and its buffers."""
    return details.scheduled_start - buffers.before, details.scheduled_end + buffers.after


def busy_periods(details: AppointmentDetails, busy: Period, *, is_room: bool) -> list[BusyPeriod]:
    """What the appointment takes: of the practitioner and the room with the buffers, of the client without. Nothing if it is cancelled or missed."""
    if not details.is_busy:
        return []
    client = BusyPeriod(CLIENT, details.client_id, details.scheduled_start, details.scheduled_end)
    return [*refusing_periods(details.practitioner_id, details.location_id if is_room else None, busy), client]


def refusing_periods(practitioner_id: UUID, room_id: UUID | None, busy: Period) -> list[BusyPeriod]:
    """What of it others can have: an appointment is refused then."""
    practitioner = BusyPeriod(PRACTITIONER, practitioner_id, *busy)
    return [practitioner] if room_id is None else [practitioner, BusyPeriod(ROOM, room_id, *busy)]


def changes_busy_period(before: AppointmentDetails, after: AppointmentDetails) -> bool:
    """Whether the busy period is to be computed again. Otherwise it stays, even if the service's buffers have changed since."""
    return (after.is_busy and not before.is_busy) or _busy_period_inputs(before) != _busy_period_inputs(after)


def takes_other_time(before: AppointmentDetails, busy_before: Period, after: AppointmentDetails, busy_after: Period) -> bool:
    """Whether the change takes other time than before, or time of others, or gives some back."""
    return _taken(before, busy_before) != _taken(after, busy_after)


def _busy_period_inputs(details: AppointmentDetails) -> tuple[Any, ...]:
    return details.practitioner_id, details.scheduled_start, details.scheduled_end, details.service_id


def _taken(details: AppointmentDetails, busy: Period) -> tuple[Any, ...] | None:
    taken = (details.client_id, details.practitioner_id, details.location_id, details.scheduled_start, details.scheduled_end, busy)
    return taken if details.is_busy else None
