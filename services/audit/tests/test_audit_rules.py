"""What the trail keeps of a line, and what it may be asked."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail import rules
from caseload.options.v1 import options_pb2
from chassis.errors import Invalid
from chassis.rows import enum_text

A, B, C = (str(UUID(int=n)) for n in (1, 2, 3))


@given(st.datetimes(min_value=datetime(1999, 1, 1), max_value=datetime(2500, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis adds the zone
def test_events_are_kept_for_seven_years_to_the_day(created_at):
    day = created_at.astimezone(UTC).date()
    kept = rules.retention_until(created_at)
    assert kept.year - day.year == 7
    assert (kept.month, kept.day) == ((2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day))


def test_the_day_of_an_event_is_the_day_in_utc():
    assert rules.retention_until(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == date(2032, 12, 31)


def test_a_leap_day_is_let_go_on_the_last_of_february():
    assert rules.retention_until(datetime(2028, 2, 29, 12, tzinfo=UTC)) == date(2035, 2, 28)


def test_every_kind_of_resource_a_service_can_name_has_its_name_in_the_contract():
    declared = [enum_text(options_pb2.Resource, value) for value in options_pb2.Resource.values() if value]
    assert {name: "".join(word.capitalize() for word in name.split("_")) for name in declared} == rules.RESOURCE_TYPES


def test_every_action_a_service_can_name_is_one_that_can_be_asked_for():
    declared = [enum_text(options_pb2.Action, value).upper() for value in options_pb2.Action.values() if value]
    assert sorted(declared) == sorted(rules.ACTIONS)
    assert [rules.check_action(name) for name in rules.ACTIONS] == list(rules.ACTIONS)


@given(st.text(max_size=2000))
def test_any_text_becomes_one_that_can_be_stored(anything):
    kept = rules.text(anything)
    assert kept is None or ("\0" not in kept and 0 < len(kept) <= 512)


def test_a_text_is_cut_after_512_signs_and_loses_what_cannot_be_stored():
    assert rules.text("x" * 512) == "x" * 512
    assert rules.text("x" * 512 + "y") == "x" * 512
    assert rules.text("a\0b") == "ab"
    assert rules.text("") is rules.text("\0") is None


@given(st.text(max_size=40))
def test_what_is_no_id_names_nothing(anything):
    found = rules.identifier(anything)
    assert found is None or found == str(UUID(anything))


@given(st.uuids())
def test_an_id_is_kept_as_the_trail_writes_it(id_):
    assert rules.identifier(str(id_)) == rules.identifier(str(id_).upper()) == str(id_)
    assert rules.identifier(id_.hex) is rules.identifier(f"{{{id_}}}") is None


def test_metadata_says_nothing_where_there_is_nothing_to_say():
    assert rules.metadata(code="", request_id="r-1", service="", resource_ids=[], facts={}) == {"request_id": "r-1"}


def test_metadata_holds_ids_codes_and_facts():
    said = rules.metadata(code="not_found", request_id="r-1", service="clinical", resource_ids=[A, B], facts={"overbooked": "true"})
    assert said == {
        "code": "not_found",
        "request_id": "r-1",
        "service": "clinical",
        "resource_ids": [A, B],
        "facts": {"overbooked": "true"},
    }


def test_a_fact_is_told_by_what_of_it_can_be_stored():
    said = rules.metadata(code="", request_id="", service="", resource_ids=[], facts={"\0": "x\0", "y": "\0"})
    assert said == {"facts": {"": "x", "y": ""}}


def test_everything_an_event_was_about_counts_once():
    assert rules.touched(A, [B, A, C, B]) == [A, B, C]
    assert rules.touched(None, []) == []


def test_phi_only_narrows_and_never_widens():
    assert rules.resource_types(None, phi_only=False) is None
    assert rules.resource_types("Alert", phi_only=False) == ["Alert"]
    assert rules.resource_types(None, phi_only=True) == ["Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare"]
    assert rules.resource_types("Session", phi_only=True) == ["Session"]
    assert rules.resource_types("User", phi_only=True) == []


@pytest.mark.parametrize("name", ["client", "Patient", ""])
def test_a_resource_type_that_does_not_exist_is_refused(name):
    with pytest.raises(Invalid) as refused:
        rules.resource_types(name, phi_only=False)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("unknown_choice", "/resource_type")


@pytest.mark.parametrize("name", ["read", "PEEK", ""])
def test_an_action_that_does_not_exist_is_refused(name):
    with pytest.raises(Invalid) as refused:
        rules.check_action(name)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("unknown_choice", "/action")
