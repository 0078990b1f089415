"""Writes a practitioner's calendar as iCalendar (RFC 5545).

Every appointment is an event of its own, in UTC, so that no program has to agree with us about the rules of time zones or of series.
The bytes depend on the rows alone.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from icalendar import Calendar, Event

from chassis.db.transaction import Record

_TITLE = "Appointments"
_SUMMARY = "Appointment"
# How often programs are to look for changes, of which many do what they like.
_REFRESH = timedelta(hours=1)


def to_calendar(rows: Iterable[Record], initials: Mapping[UUID, str]) -> bytes:
    """The calendar of these appointments; clients whose `initials` are not given stay unnamed."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Caseload//Calendar feed//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _TITLE)
    calendar.add("x-wr-calname", _TITLE)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for row in rows:
        calendar.add_component(_to_event(row, initials.get(row["client_id"])))
    written: bytes = calendar.to_ical()
    return written


def _to_event(row: Record, initials: str | None) -> Event:
    is_cancelled = row["status"] == "cancelled" or row["deleted_at"] is not None
    event = Event()
    event.add("uid", f"{row['id']}@appointments.caseload")
    event.add("dtstamp", row["updated_at"])
    event.add("sequence", row["version"] - 1)
    event.add("dtstart", row["scheduled_start"])
    event.add("dtend", row["scheduled_end"])
    event.add("summary", f"{_SUMMARY} {initials}" if initials else _SUMMARY)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    # What is called a home may be called by its client's name.
    if row["location_type"] == "clinic" and row["location"]:
        event.add("location", row["location"])
    return event
