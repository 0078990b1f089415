"""How audit events are stored, and which filters a list accepts."""

from calendar import isleap
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.trail import rules
from chassis.errors import Invalid

A, B, C = (str(UUID(int=n)) for n in (1, 2, 3))


@given(st.datetimes(min_value=datetime(1999, 1, 1), max_value=datetime(2500, 1, 1), timezones=st.timezones()), st.integers(6, 30))  # noqa: DTZ001 - hypothesis adds the zone
def test_events_are_kept_for_so_many_years_to_the_day(created_at, years):
    day = created_at.astimezone(UTC).date()
    kept = rules.retention_until(created_at, years)
    assert kept.year - day.year == years
    is_moved = (day.month, day.day) == (2, 29) and not isleap(kept.year)
    assert (kept.month, kept.day) == ((2, 28) if is_moved else (day.month, day.day))


def test_the_day_of_an_event_is_the_day_in_utc():
    assert rules.retention_until(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), 7) == date(2032, 12, 31)


def test_a_leap_day_is_let_go_on_the_last_of_february():
    assert rules.retention_until(datetime(2028, 2, 29, 12, tzinfo=UTC), 7) == date(2035, 2, 28)
    assert rules.retention_until(datetime(2028, 2, 29, 12, tzinfo=UTC), 8) == date(2036, 2, 29)


@given(st.text(max_size=2000))
def test_any_text_is_made_storable(anything):
    kept = rules.storable_text(anything)
    assert kept is None or ("\0" not in kept and 0 < len(kept) <= 512)


def test_a_text_is_cut_after_512_signs_and_loses_what_cannot_be_stored():
    assert rules.storable_text("x" * 512) == "x" * 512
    assert rules.storable_text("x" * 512 + "y") == "x" * 512
    assert rules.storable_text("a\0b") == "ab"
    assert rules.storable_text("") is rules.storable_text("\0") is None


@given(st.text(max_size=40))
def test_text_that_is_no_uuid_gives_no_id(anything):
    found = rules.identifier(anything)
    assert found is None or found == str(UUID(anything))


@given(st.uuids())
def test_ids_are_stored_in_lower_case_and_accepted_in_one_format_only(id_):
    assert rules.identifier(str(id_)) == rules.identifier(str(id_).upper()) == str(id_)
    assert rules.identifier(id_.hex) is rules.identifier(f"{{{id_}}}") is None


@given(
    st.lists(
        st.uuids().map(str)
        | st.uuids().map(lambda id_: str(id_).upper())
        | st.text(max_size=40)
        | st.just("00000000-0000-0000-0000-00000000000,")
    )
)
def test_of_many_ids_the_same_are_stored_as_of_each(values):
    assert rules.identifiers(values) == [found for found in map(rules.identifier, values) if found is not None]


@given(st.uuids())
def test_the_record_of_a_client_is_the_entity_that_earlier_releases_have_stored(client_id):
    expected = str(uuid5(UUID("6f0c6a4e-5c0e-4a2e-9d5c-3f2f6d1b8a76"), str(client_id)))
    assert rules.record_of(str(client_id)) == rules.record_of(str(client_id).upper()) == expected


def test_metadata_leaves_out_empty_values():
    assert rules.metadata(code="", request_id="r-1", service="", resource_ids=[], facts={}) == {"request_id": "r-1"}


def test_metadata_holds_the_digests_of_records():
    digest = {"table": "notes", "id": A, "digest": "0a"}
    metadata = rules.metadata(code="", request_id="", service="", resource_ids=[], facts={}, records=[digest])
    assert metadata == {"records": [digest]}


def test_metadata_holds_ids_codes_and_facts():
    metadata = rules.metadata(code="not_found", request_id="r-1", service="clinical", resource_ids=[A, B], facts={"overbooked": "true"})
    assert metadata == {
        "code": "not_found",
        "request_id": "r-1",
        "service": "clinical",
        "resource_ids": [A, B],
        "facts": {"overbooked": "true"},
    }


def test_a_fact_is_told_by_what_of_it_can_be_stored():
    said = rules.metadata(code="", request_id="", service="", resource_ids=[], facts={"\0": "x\0", "y": "\0"})
    assert said == {"facts": {"": "x", "y": ""}}


def test_each_entity_of_an_event_is_listed_once():
    assert rules.event_entities(A, [B, A, C, B]) == [A, B, C]
    assert rules.event_entities(None, []) == []


@pytest.mark.parametrize("value", ["client", "Patient", "", "unknown:9999"])
def test_a_choice_that_does_not_exist_is_refused_and_its_field_named(value):
    with pytest.raises(Invalid) as refused:
        rules.check_choice(value, {"Client", "Session"}, "resource_type")
    assert (refused.value.code, refused.value.faults[0].pointer) == ("unknown_choice", "/resource_type")
    assert rules.check_choice("Client", {"Client", "Session"}, "resource_type") == "Client"
