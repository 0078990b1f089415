"""Who can be merged into whom, and what the survivor takes over."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Conflict, Gone, Invalid
from clients.clients import rules as client_rules
from clients.clients.rules import check_not_merged
from clients.merges import rules

A, B = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
EMPTY = dict.fromkeys(
    (
        "email", "phone", "date_of_birth", "address", "medical_history", "emergency_contact_name", "emergency_contact_phone", "notes",
        "gender", "time_zone", "external_id",
    )
) | {"tags": []}  # fmt: skip
FULL = {name: f"a {name}" for name in EMPTY} | {"tags": ["knee"]}


def test_two_clients_are_merged_and_not_one():
    assert rules.two(str(A), str(B)) == (A, B)
    with pytest.raises(Invalid) as refused:
        rules.two(str(A), str(A))
    assert (refused.value.code, refused.value.faults[0].pointer) == ("merge_with_itself", "/duplicate_id")


def test_who_was_merged_names_the_survivor():
    check_not_merged(None)
    with pytest.raises(Gone) as gone:
        check_not_merged(B)
    assert (gone.value.code, gone.value.facts) == ("client_merged", {"merged_into": str(B)})


def test_what_the_survivor_lacks_is_filled_and_what_it_has_stays():
    assert rules.taken_over(EMPTY, FULL) == FULL
    assert rules.taken_over(FULL, {name: f"another {name}" for name in FULL} | {"medical_history": None, "notes": None}) == {}
    assert rules.taken_over(EMPTY, EMPTY) == {}
    assert rules.taken_over({**FULL, "phone": None, "tags": []}, {**EMPTY, "phone": "1", "email": "e"}) == {"phone": "1"}


@pytest.mark.parametrize("known", ["emergency_contact_name", "emergency_contact_phone"])
def test_nobody_gets_the_telephone_of_another_ones_emergency_contact(known):
    taken = rules.taken_over({**FULL, "emergency_contact_name": None, "emergency_contact_phone": None, known: "Kim"}, FULL)
    assert taken == {}


@pytest.mark.parametrize("field", ["medical_history", "notes"])
def test_what_both_have_on_record_is_seen_with_the_survivor_and_goes_back(field):
    survivor, duplicate = {**FULL, field: "Asthma."}, {**EMPTY, field: "Allergic to penicillin."}
    taken = rules.taken_over(survivor, duplicate)
    assert taken == {field: "Asthma.\n\nAllergic to penicillin."}
    assert rules.given_back({**survivor, **taken}, duplicate, [field]) == ({field: "Asthma."}, [])
    later = {**survivor, field: "Asthma.\n\nAllergic to penicillin and latex."}
    assert rules.given_back(later, duplicate, [field]) == ({}, [field])


def test_a_text_that_the_survivor_has_is_not_repeated():
    assert rules.taken_over(FULL, {**EMPTY, "notes": FULL["notes"]}) == {}


def test_texts_that_are_too_long_together_are_not_cut_off():
    half = {**EMPTY, "notes": "a" * 10_000}
    with pytest.raises(Conflict) as refused:
        rules.taken_over(half, {**EMPTY, "notes": "b" * 10_000})
    assert (refused.value.code, refused.value.facts) == ("merge_too_long", {"fields": ["notes"]})
    assert len(rules.taken_over(half, {**EMPTY, "notes": "b" * 9_998})["notes"]) == 20_000


def test_what_was_taken_over_goes_back_unless_it_was_changed():
    survivor = {**EMPTY, "email": "a email", "phone": "another"}
    assert rules.given_back(survivor, FULL, ["email", "phone"]) == ({"email": None}, ["phone"])
    assert rules.given_back(survivor, FULL, []) == ({}, [])


def merge(**but):
    return {"survivor_id": B, "undo_until": NOW + timedelta(days=1), "moved_at": None, "undo_requested_at": None, "job_id": A, **but}


def test_a_merge_that_has_stopped_goes_on_and_no_other():
    rules.check_goes_on(merge(), B, B)
    for other, survivor in ((None, B), (merge(), A), (merge(moved_at=NOW), B), (merge(undo_requested_at=NOW), B)):
        with pytest.raises(Conflict) as refused:
            rules.check_goes_on(other, survivor, B)
        assert (refused.value.code, refused.value.facts) == ("already_merged", {"merged_into": str(B)})


def test_one_history_moves_at_a_time():
    client_rules.check_nothing_under_way(None)
    with pytest.raises(Conflict) as refused:
        client_rules.check_nothing_under_way(merge())
    assert (refused.value.code, refused.value.facts) == ("merge_under_way", {"job_id": str(A)})


def test_until_when_a_merge_can_be_undone():
    assert rules.undo_until(NOW) == NOW + timedelta(days=30)
    rules.check_can_be_undone(merge(undo_until=NOW + timedelta(microseconds=1)), None, NOW)
    with pytest.raises(Gone) as gone:
        rules.check_can_be_undone(merge(undo_until=NOW), None, NOW)
    assert (gone.value.code, gone.value.facts) == ("merge_final", {"undo_until": NOW.isoformat()})


def test_what_cannot_be_undone():
    with pytest.raises(Conflict) as refused:
        rules.check_can_be_undone(None, None, NOW)
    assert refused.value.code == "not_merged"
    with pytest.raises(Conflict) as refused:
        rules.check_can_be_undone(merge(), A, NOW)
    assert (refused.value.code, refused.value.facts) == ("merge_not_last", {"merged_into": str(A)})


def test_who_is_restricted_or_held_stays_as_they_are():
    rules.check_not_restricted(is_restricted=False)
    with pytest.raises(Conflict) as refused:
        rules.check_not_restricted(is_restricted=True)
    assert refused.value.code == "restricted_not_merged"
    assert rules.held().code == "held_not_merged"
