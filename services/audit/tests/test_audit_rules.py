"""How audit events are stored, and which filters a list accepts."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail import rules
from caseload.options.v1 import options_pb2
from chassis.errors import Invalid
from chassis.protobuf.enums import enum_text

A, B, C = (str(UUID(int=n)) for n in (1, 2, 3))


@given(st.datetimes(min_value=datetime(1999, 1, 1), max_value=datetime(2500, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis adds the zone
def test_events_are_kept_for_seven_years_to_the_day(created_at):
    day = created_at.astimezone(UTC).date()
    kept = rules.retention_until(created_at)
    assert kept.year - day.year == 7
    assert (kept.month, kept.day) == ((2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day))


def test_the_day_of_an_event_is_the_day_in_utc():
    assert rules.retention_until(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == date(2032, 12, 31)


def test_every_resource_that_a_method_can_declare_has_a_public_name():
    declared = [enum_text(options_pb2.Resource, value) for value in options_pb2.Resource.values() if value]
    assert sorted(declared) == sorted(rules.RESOURCE_TYPES)


def test_every_action_that_a_method_can_declare_can_be_filtered_by():
    declared = [enum_text(options_pb2.Action, value).upper() for value in options_pb2.Action.values() if value]
    assert sorted(declared) == sorted(rules.ACTIONS)


@given(st.text(max_size=2000))
def test_any_text_is_made_storable(anything):
    kept = rules.storable_text(anything)
    assert kept is None or ("\0" not in kept and 0 < len(kept) <= 512)


@given(st.text(max_size=40))
def test_text_that_is_no_uuid_gives_no_id(anything):
    found = rules.identifier(anything)
    assert found is None or found == str(UUID(anything))


@given(st.uuids())
def test_ids_are_stored_in_lower_case_and_accepted_in_one_format_only(id_):
    assert rules.identifier(str(id_)) == rules.identifier(str(id_).upper()) == str(id_)
    assert rules.identifier(id_.hex) is rules.identifier(f"{{{id_}}}") is None


def test_metadata_leaves_out_empty_values():
    assert rules.metadata(code="", request_id="r-1", service="", resource_ids=[], facts={}) == {"request_id": "r-1"}


def test_metadata_holds_ids_codes_and_facts():
    metadata = rules.metadata(code="not_found", request_id="r-1", service="clinical", resource_ids=[A, B], facts={"overbooked": "true"})
    assert metadata == {
        "code": "not_found",
        "request_id": "r-1",
        "service": "clinical",
        "resource_ids": [A, B],
        "facts": {"overbooked": "true"},
    }


def test_each_entity_of_an_event_is_listed_once():
    assert rules.event_entities(A, [B, A, C, B]) == [A, B, C]
    assert rules.event_entities(None, []) == []


def test_phi_only_never_adds_a_resource_type():
    assert rules.resource_types(None, phi_only=False) is None
    assert rules.resource_types("Alert", phi_only=False) == ["Alert"]
    assert rules.resource_types(None, phi_only=True) == ["Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare"]
    assert rules.resource_types("Session", phi_only=True) == ["Session"]
    assert rules.resource_types("User", phi_only=True) == []


@pytest.mark.parametrize("name", ["client", "Patient", ""])
def test_a_resource_type_that_does_not_exist_is_refused(name):
    with pytest.raises(Invalid) as refused:
        rules.resource_types(name, phi_only=False)
    assert refused.value.faults[0].pointer == "/resource_type"


@pytest.mark.parametrize("name", ["read", "PEEK", ""])
def test_an_action_that_does_not_exist_is_refused(name):
    with pytest.raises(Invalid) as refused:
        rules.check_action(name)
    assert refused.value.faults[0].pointer == "/action"
