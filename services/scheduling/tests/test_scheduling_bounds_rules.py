"""Where exactly the rules of appointments, services and locations end, and by which code and at which field they refuse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Forbidden, Invalid, NotFound, Refusal
from scheduling.appointments import history_rules, rules, time_rules
from scheduling.appointments.rules import AppointmentDetails, Buffers, ChangeEvent
from scheduling.locations.rules import check_location
from scheduling.offered_services.rules import check_service

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
AGREED = AppointmentDetails(UUID(int=1), UUID(int=2), NINE, NINE + HOUR, "clinic")
ROOM = {"name": "Room", "location_type": "clinic", "address": None, "details": None, "is_active": True, "is_room": True}
TALK = {
    "name": "Talk",
    "description": None,
    "default_duration_minutes": 50,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "price_minor_units": None,
    "currency": None,
    "is_active": True,
}


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


# --- appointments ---


def test_what_is_agreed_is_scheduled_unless_it_is_said_otherwise_and_needs_no_time_around_it():
    assert AGREED.status == "scheduled"
    assert Buffers() == Buffers(timedelta(0), timedelta(0))
    assert timedelta(hours=4) == rules.MAX_BUFFER
    assert timedelta(days=1) == rules.MAX_LENGTH
    assert (ChangeEvent.MOVED.value, ChangeEvent.CLOSED.value) == ("moved", "closed")


def test_a_slot_has_a_start_and_an_end():
    assert refused(rules.check_slot, None, NINE) == (Invalid, "slot_required", ["/scheduled_start"])
    assert refused(rules.check_slot, NINE, None) == (Invalid, "slot_required", ["/scheduled_end"])
    assert refused(rules.check_slot, None, None) == (Invalid, "slot_required", ["/scheduled_start", "/scheduled_end"])


def test_a_slot_begins_in_the_years_1900_to_2199():
    first, last = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC) - MICROSECOND
    assert refused(rules.check_slot, first, first + HOUR) is None
    assert refused(rules.check_slot, last, last + HOUR) is None
    for start in (first - MICROSECOND, last + MICROSECOND):
        assert refused(rules.check_slot, start, start + HOUR) == (Invalid, "slot_out_of_range", ["/scheduled_start"])


def test_a_slot_ends_after_it_has_begun_and_within_a_day():
    assert refused(rules.check_slot, NINE, NINE + MICROSECOND) is None
    assert refused(rules.check_slot, NINE, NINE + timedelta(hours=24)) is None
    assert refused(rules.check_slot, NINE, NINE) == (Invalid, "slot_reversed", ["/scheduled_end"])
    assert refused(rules.check_slot, NINE, NINE + timedelta(hours=24) + MICROSECOND) == (Invalid, "slot_too_long", ["/scheduled_end"])


@pytest.mark.parametrize(("name", "most"), [("notes", 20_000), ("location_details", 2_000), ("reason", 20_000)])
def test_a_text_may_be_so_long(name, most):
    assert refused(rules.check_texts, **{name: "x" * most}) is None
    assert refused(rules.check_texts, **{name: None}) is None
    assert refused(rules.check_texts, **{name: "x" * (most + 1)}) == (Invalid, "text_too_long", [f"/{name}"])


@pytest.mark.parametrize("name", ["location_id", "service_id", "notes", "location_details"])
def test_what_an_appointment_can_do_without_may_be_cleared(name):
    assert rules.check_changes({name: None}) == {name: None}


@pytest.mark.parametrize("name", ["client_id", "practitioner_id", "scheduled_start", "scheduled_end", "location_type", "status"])
def test_what_it_cannot_do_without_may_not(name):
    assert refused(rules.check_changes, {name: None, "notes": None}) == (Invalid, "field_required", [f"/{name}"])


def test_what_is_wanted_is_taken_as_it_is_and_ids_as_ids():
    given = {"client_id": str(UUID(int=7)), "notes": "x", "service_id": None, "scheduled_start": NINE}
    assert rules.check_changes(given) == {"client_id": UUID(int=7), "notes": "x", "service_id": None, "scheduled_start": NINE}


def test_a_change_is_held_to_all_of_it():
    assert rules.apply_changes(AGREED, {"notes": "x"}, now=NINE) == replace(AGREED, notes="x")
    assert refused(rules.apply_changes, AGREED, {"scheduled_end": NINE}, now=NINE) == (Invalid, "slot_reversed", ["/scheduled_end"])
    assert refused(rules.apply_changes, AGREED, {"notes": "x" * 20_001}, now=NINE) == (Invalid, "text_too_long", ["/notes"])
    assert refused(rules.apply_changes, AGREED, {"location_details": "x" * 2_001}, now=NINE) == (
        Invalid,
        "text_too_long",
        ["/location_details"],
    )


def test_an_appointment_is_completed_from_its_start_on():
    done, moved = replace(AGREED, status="completed"), timedelta(microseconds=1)
    assert refused(rules.check_completed, AGREED, done, now=NINE) is None
    assert refused(rules.check_completed, AGREED, done, now=NINE - moved) == (Invalid, "appointment_not_begun", ["/status"])
    # What is completed already stays so, unless it is moved.
    assert refused(rules.check_completed, done, replace(done, notes="x"), now=NINE - moved) is None
    later = replace(done, scheduled_start=NINE + moved)
    assert refused(rules.check_completed, done, later, now=NINE) == (Invalid, "appointment_not_begun", ["/status"])
    for status in ("scheduled", "cancelled", "no_show"):
        assert refused(rules.check_completed, done, replace(done, status=status), now=NINE - moved) is None


def test_only_who_is_active_has_appointments():
    assert refused(rules.check_client, is_active=True) is None
    assert refused(rules.check_client, is_active=False) == (Invalid, "client_inactive", ["/client_id"])
    assert refused(rules.check_practitioner, is_active=True, treats=True) is None
    assert refused(rules.check_practitioner, is_active=False, treats=True) == (Invalid, "practitioner_inactive", ["/practitioner_id"])
    assert refused(rules.check_practitioner, is_active=True, treats=False) == (Invalid, "practitioner_does_not_treat", ["/practitioner_id"])


def test_what_is_named_anew_is_offered():
    offered = {"deleted_at": None, "is_active": True}
    assert rules.check_offered("service", offered) is offered
    assert refused(rules.check_offered, "service", None) == (NotFound, "service_not_found", [])
    assert refused(rules.check_offered, "location", {**offered, "deleted_at": NINE}) == (NotFound, "location_not_found", [])
    assert refused(rules.check_offered, "location", {**offered, "is_active": False}) == (Invalid, "location_inactive", ["/location_id"])


def test_five_hundred_clients_may_be_asked_for_each_once():
    ids = [str(UUID(int=number)) for number in range(501)]
    assert history_rules.check_client_ids([*ids[:500], ids[0]]) == [UUID(int=number) for number in range(500)]
    assert refused(history_rules.check_client_ids, ids) == (Invalid, "too_many_clients", ["/client_ids"])


def test_a_place_in_a_history_is_a_time_and_an_id():
    assert history_rules.check_cursor(None, None) == {}
    assert history_rules.check_cursor(NINE, "x") == {"before": NINE, "before_id": "x"}
    assert (
        refused(history_rules.check_cursor, NINE, None)
        == refused(history_rules.check_cursor, None, "x")
        == (Invalid, "cursor_incomplete", ["/before"])
    )


def test_a_history_tells_up_to_five_hundred_entries_and_a_hundred_where_nobody_says():
    assert [history_rules.check_timeline_limit(asked) for asked in (0, 1, 500)] == [100, 1, 500]
    for asked in (-1, 501):
        assert refused(history_rules.check_timeline_limit, asked) == (Invalid, "limit_out_of_range", ["/limit"])


def test_time_is_worked_out_anew_for_another_plan_and_for_one_that_takes_place_again():
    called_off = replace(AGREED, status="cancelled")
    assert not time_rules.changes_busy_period(AGREED, AGREED)
    assert not time_rules.changes_busy_period(AGREED, replace(AGREED, notes="x", client_id=UUID(int=9), status="completed"))
    assert not time_rules.changes_busy_period(AGREED, called_off)
    assert not time_rules.changes_busy_period(called_off, called_off)
    assert time_rules.changes_busy_period(called_off, AGREED)
    for other in (
        {"practitioner_id": UUID(int=9)},
        {"scheduled_start": NINE + MICROSECOND},
        {"scheduled_end": NINE + 2 * HOUR},
        {"service_id": UUID(int=9)},
    ):
        assert time_rules.changes_busy_period(AGREED, replace(AGREED, **other)), other


def test_an_appointment_takes_its_buffers_as_well():
    assert time_rules.busy_period(AGREED, Buffers(timedelta(minutes=5), timedelta(minutes=10))) == (
        NINE - timedelta(minutes=5),
        NINE + HOUR + timedelta(minutes=10),
    )


def test_others_hear_of_what_moves_closes_and_takes_place_again():
    closed = replace(AGREED, status="completed")
    assert rules.change_event(AGREED, replace(AGREED, notes="x", service_id=UUID(int=9))) is None
    assert rules.change_event(closed, replace(closed, notes="x")) is None
    assert rules.change_event(AGREED, closed) is ChangeEvent.CLOSED
    assert rules.change_event(closed, AGREED) is ChangeEvent.MOVED
    for other in (
        {"client_id": UUID(int=9)},
        {"practitioner_id": UUID(int=9)},
        {"scheduled_start": NINE + MICROSECOND},
        {"scheduled_end": NINE + 2 * HOUR},
    ):
        assert rules.change_event(AGREED, replace(AGREED, **other)) is ChangeEvent.MOVED, other


def test_somebody_counts_on_what_is_scheduled_and_has_not_begun():
    assert rules.is_upcoming("scheduled", NINE + MICROSECOND, None, now=NINE)
    assert not rules.is_upcoming("scheduled", NINE, None, now=NINE)
    assert not rules.is_upcoming("completed", NINE + HOUR, None, now=NINE)
    assert not rules.is_upcoming("scheduled", NINE + HOUR, NINE, now=NINE)


def test_an_appointment_takes_time_until_it_is_called_off_or_missed():
    assert {status for status in ("scheduled", "completed", "cancelled", "no_show") if replace(AGREED, status=status).is_busy} == {
        "scheduled",
        "completed",
    }
    assert set(rules.EDITABLE_FIELDS) == set(AppointmentDetails.__dataclass_fields__)


def test_whoever_deletes_a_note_with_its_appointment_may_and_says_why_in_up_to_5000_signs():
    check = rules.check_note_deletion
    for reason, note_reason in ((None, None), ("x" * 5000, None), (None, "x" * 5000), ("x" * 5001, "short")):
        assert refused(check, reason, note_reason, is_permitted=True) is None
    assert refused(check, "x" * 5001, None, is_permitted=True) == (Invalid, "text_too_long", ["/reason"])
    assert refused(check, None, "x" * 5001, is_permitted=True) == (Invalid, "text_too_long", ["/deletion_reason"])
    assert refused(check, "why", None, is_permitted=False) == (Forbidden, "permission_denied", [])


# --- locations ---


def location_refused(**but):
    found = refused(check_location, {**ROOM, **but})
    assert found is None or found[:2] == (Invalid, "location_invalid")
    return None if found is None else found[2]


def test_a_location_is_kept_whole_with_its_name_trimmed():
    assert check_location({**ROOM, "name": " Room "}) == ROOM
    assert check_location({**ROOM, "address": "a", "details": "d"}) == {**ROOM, "address": "a", "details": "d"}


def test_a_locations_name_has_1_to_255_signs():
    assert location_refused(name="x") is location_refused(name="x" * 255) is None
    assert location_refused(name=" ") == location_refused(name=None) == location_refused(name="x" * 256) == ["/name"]


@pytest.mark.parametrize("name", ["address", "details"])
def test_a_locations_texts_have_up_to_5000_signs(name):
    assert location_refused(**{name: "x" * 5000}) is None
    assert location_refused(**{name: "x" * 5001}) == [f"/{name}"]


def test_a_location_is_of_a_type_and_active_or_not():
    assert location_refused(is_active=False) is None
    assert location_refused(location_type=None) == ["/location_type"]
    assert location_refused(is_active=None) == ["/is_active"]
    assert refused(check_location, dict.fromkeys(ROOM)) == (
        Invalid,
        "location_invalid",
        ["/name", "/location_type", "/is_active", "/is_room"],
    )


def test_only_a_clinic_has_rooms():
    assert location_refused(is_room=False) is None
    for kind in ("home", "online"):
        assert location_refused(location_type=kind) == ["/is_room"]
        assert location_refused(location_type=kind, is_room=False) is None
    assert location_refused(is_room=None) == ["/is_room"]
    assert location_refused(location_type=None) == ["/location_type"]


# --- services ---


def service_refused(**but):
    found = refused(check_service, {**TALK, **but})
    assert found is None or found[:2] == (Invalid, "service_invalid")
    return None if found is None else found[2]


def test_a_service_is_kept_whole_with_its_name_trimmed_and_no_buffer_as_none():
    assert check_service({**TALK, "name": " Talk ", "buffer_before_minutes": None, "buffer_after_minutes": None}) == TALK
    whole = {
        **TALK,
        "description": "d",
        "buffer_before_minutes": 5,
        "buffer_after_minutes": 10,
        "price_minor_units": 100,
        "currency": "EUR",
    }
    assert check_service(whole) == whole


@pytest.mark.parametrize(
    ("name", "fit", "unfit"),
    [
        ("name", ["x", "x" * 255], [None, " ", "x" * 256]),
        ("description", ["", "x" * 5000], ["x" * 5001]),
        ("default_duration_minutes", [1, 1440], [None, 0, -1, 1441]),
        ("buffer_before_minutes", [0, 240], [-1, 241]),
        ("buffer_after_minutes", [0, 240], [-1, 241]),
        ("price_minor_units", [None, 0, 1], [-1]),
        ("currency", [None, "EUR"], ["", "eur", "EURO", "E1R"]),
        ("is_active", [True, False], [None]),
    ],
)
def test_each_part_of_a_service_has_its_bounds(name, fit, unfit):
    for value in fit:
        assert service_refused(**{name: value}) is None, value
    for value in unfit:
        assert service_refused(**{name: value}) == [f"/{name}"], value
