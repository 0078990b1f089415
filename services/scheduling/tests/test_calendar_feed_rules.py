"""What a feed tells, and how it is written."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from chassis.errors import Conflict, Forbidden
from scheduling.calendar_feeds import rules
from scheduling.calendar_feeds.ics import to_calendar

NOW = datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)
ME, OTHER = UUID(int=1), UUID(int=2)


def row(**but):
    return {
        "id": ME, "client_id": OTHER, "scheduled_start": NOW, "scheduled_end": NOW + timedelta(hours=1), "location_type": "clinic",
        "status": "scheduled", "version": 3, "updated_at": NOW - timedelta(days=1), "cancelled_at": None, "deleted_at": None, "location": None, **but,
    }  # fmt: skip


def events(*rows, initials=None):
    calendar = Calendar.from_ical(to_calendar(rows, initials or {}))
    assert calendar.errors == []
    return calendar.walk("VEVENT")


@given(
    location=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=255).map(str.strip).filter(bool),
    name=st.text(st.characters(categories=("Lu", "Po", "So")), min_size=1, max_size=1),
)
def test_every_name_is_read_as_it_was_given(location, name):
    (event,) = events(row(location=location), initials={OTHER: f"{name}."})

    assert (str(event["LOCATION"]), str(event["SUMMARY"])) == (location, f"Appointment {name}.")


def test_a_name_adds_no_line_to_the_calendar():
    written = to_calendar([row(location="Room\r\nEND:VEVENT\nATTENDEE:mailto:x@example.com;" + "é" * 100)], {}).decode()

    assert written.count("\r\nEND:VEVENT\r\n") == 1
    assert "\r\nATTENDEE" not in written
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert "\n" not in written.replace("\r\n", "")


def test_an_event_has_what_calendar_programs_need():
    scheduled, cancelled, deleted = events(row(), row(status="cancelled"), row(deleted_at=NOW))

    assert [event["STATUS"] for event in (scheduled, cancelled, deleted)] == ["CONFIRMED", "CANCELLED", "CANCELLED"]
    assert [event["TRANSP"] for event in (scheduled, cancelled, deleted)] == ["OPAQUE", "TRANSPARENT", "TRANSPARENT"]
    assert (scheduled["SEQUENCE"], scheduled["CLASS"], scheduled["UID"]) == (2, "PRIVATE", f"{ME}@appointments.caseload")
    assert (scheduled["DTSTAMP"].dt, scheduled["DTSTART"].dt, scheduled["DTEND"].dt) == (
        NOW - timedelta(days=1),
        NOW,
        NOW + timedelta(hours=1),
    )
    assert "LOCATION" not in events(row(location="Mr Smith's", location_type="home"))[0]


def test_a_feed_is_the_same_all_day_long():
    assert (
        rules.window(NOW) == rules.window(NOW.replace(hour=0)) == (datetime(2026, 10, 22, tzinfo=UTC), datetime(2027, 11, 23, tzinfo=UTC))
    )


@pytest.mark.parametrize(
    ("first", "last", "initials"), [("Ada", "Lovelace", "A.L."), (" élan ", "", "É."), ("", "", ""), ("ada", "de Witt", "A.D.")]
)
def test_initials_are_the_first_letters(first, last, initials):
    assert rules.initials(first, last) == initials


def test_feeds_are_ones_own_or_managed_and_few():
    rules.check_own_or_managed(ME, ME, [])
    rules.check_own_or_managed(OTHER, ME, ["catalogue:write"])
    with pytest.raises(Forbidden) as forbidden:
        rules.check_own_or_managed(OTHER, ME, ["appointments:write"])
    assert forbidden.value.code == "permission_denied"
    rules.check_another(4)
    with pytest.raises(Conflict) as refused:
        rules.check_another(5)
    assert refused.value.code == "too_many_calendar_feeds"
    assert rules.feed_void().code == "calendar_feed_not_found"
