"""Writes a practitioner's calendar as iCalendar (RFC 5545).

Every appointment is an event of its own, in UTC, so that no program has to agree with us about the rules of time zones or of series.
The bytes depend on the rows alone. The library writes what people have named; the rest of an event is written here, because the
library takes a millisecond for each.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Component

from chassis.db.transaction import Record

_TITLE = "Appointments"
_SUMMARY = "Appointment"
# How often programs are to look for changes, of which many do what they like.
_REFRESH = timedelta(hours=1)
_END = "END:VCALENDAR\r\n"


class _Texts:
    """Lines of text properties, each written once."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], str] = {}

    def line(self, name: str, text: str) -> str:
        """The property, escaped and folded as the format asks."""
        if (name, text) not in self._written:
            part = Component()
            part.add(name, text)
            self._written[name, text] = "".join(f"{line.to_ical().decode()}\r\n" for line in part.content_lines() if line.startswith(name))
        return self._written[name, text]


def to_calendar(rows: Iterable[Record], initials: Mapping[UUID, str]) -> bytes:
    """The calendar of these appointments; clients whose `initials` are not given stay unnamed."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Caseload//Calendar feed//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _TITLE)
    calendar.add("x-wr-calname", _TITLE)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    frame: str = calendar.to_ical().decode()
    texts = _Texts()
    events = (line for row in rows for line in _event(row, initials.get(row["client_id"]), texts))
    return "".join([frame.removesuffix(_END), *events, _END]).encode()


def _event(row: Record, initials: str | None, texts: _Texts) -> Iterator[str]:
    is_cancelled = row["status"] == "cancelled" or row["deleted_at"] is not None
    yield "BEGIN:VEVENT\r\n"
    yield f"UID:{row['id']}@appointments.caseload\r\n"
    yield f"DTSTAMP:{_moment(row['updated_at'])}\r\n"
    yield f"SEQUENCE:{row['version'] - 1}\r\n"
    yield f"DTSTART:{_moment(row['scheduled_start'])}\r\n"
    yield f"DTEND:{_moment(row['scheduled_end'])}\r\n"
    yield texts.line("SUMMARY", f"{_SUMMARY} {initials}" if initials else _SUMMARY)
    yield f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}\r\n"
    yield f"TRANSP:{'TRANSPARENT' if is_cancelled else 'OPAQUE'}\r\n"
    yield "CLASS:PRIVATE\r\n"
    # What is called a home may be called by its client's name.
    if row["location_type"] == "clinic" and row["location"]:
        yield texts.line("LOCATION", row["location"])
    yield "END:VEVENT\r\n"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"
