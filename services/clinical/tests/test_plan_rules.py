"""Where exactly the rules of plans, milestones and measures end, and by which code and at which field they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid, NotFound, Refusal, Stale
from clinical.measures import rules as measures
from clinical.milestones import rules as milestones
from clinical.plans import rules as plans
from clinical.treated_clients.rules import check_not_erased

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLAN: dict[str, Any] = {
    "title": "Walk again",
    "diagnosis": None,
    "diagnosis_code": None,
    "goals": [],
    "start_date": None,
    "end_date": None,
    "status": "active",
}
MILESTONE: dict[str, Any] = {
    "title": "Ten steps",
    "description": None,
    "notes": None,
    "target_date": None,
    "status": "pending",
    "achieved_at": None,
}


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


# --- plans


def test_what_can_be_changed_of_a_plan():
    assert plans.EDITABLE == ("title", "diagnosis", "diagnosis_code", "goals", "start_date", "end_date", "status")
    assert milestones.EDITABLE == ("title", "description", "notes", "target_date", "status", "achieved_at")


@pytest.mark.parametrize(
    ("but", "pointers"),
    [
        ({}, None),
        ({"title": "x"}, None),
        ({"title": "x" * 255}, None),
        ({"title": "x" * 256}, ["/title"]),
        ({"title": ""}, ["/title"]),
        ({"title": None}, ["/title"]),
        ({"diagnosis": "é" * 5000}, None),
        ({"diagnosis": "é" * 5001}, ["/diagnosis"]),
        ({"goals": ["x"] * 50}, None),
        ({"goals": ["x"] * 51}, ["/goals"]),
        ({"goals": ["x", "y" * 1000]}, None),
        ({"goals": ["x", "y" * 1001, ""]}, ["/goals/1", "/goals/2"]),
        ({"goals": None}, None),
        ({"start_date": "2026-03-01", "end_date": "2026-03-01"}, None),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, ["/end_date"]),
        ({"end_date": "2026-03-01"}, None),
        ({"start_date": "2026-02-29", "end_date": "20260301"}, ["/start_date", "/end_date"]),
        ({"status": None}, ["/status"]),
    ],
)
def test_which_plans_are_valid(but, pointers):
    expected = None if pointers is None else (Invalid, "plan_invalid", pointers)
    assert refused(plans.check_plan, {**PLAN, **but}) == expected


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("F32.1", "F32.1"),
        (" f321 ", "F32.1"),
        ("M54", "M54"),
        ("S83.2XXA", "S83.2XXA"),
        ("C7A", "C7A"),
        ("Z3a.01", "Z3A.01"),
        ("", None),
        ("  ", None),
    ],
)
def test_a_code_is_written_as_people_write_it(typed, code):
    assert plans.diagnosis_code(typed) == code
    assert plans.normalized({"diagnosis_code": typed}) == {"diagnosis_code": code}


@pytest.mark.parametrize("typed", ["knee", "F3", "32.1", "F32.", "F32.12345", "FA2", "F32-1", "F32.1 F33.2", "\uff2632"])
def test_what_is_no_code_is_refused(typed):
    assert refused(plans.normalized, {"diagnosis_code": typed}) == (Invalid, "diagnosis_code_invalid", ["/diagnosis_code"])


@given(st.from_regex(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", fullmatch=True))
def test_a_normalized_code_stays_as_it_is(code):
    assert plans.diagnosis_code(code) == plans.diagnosis_code(code.lower()) == plans.diagnosis_code(code.replace(".", "")) == code


def test_white_space_around_title_and_goals_is_left_out_and_what_was_not_given_stays_so():
    assert plans.normalized({"title": " a ", "goals": [" b", "c "]}) == {"title": "a", "goals": ["b", "c"]}
    assert plans.normalized({"title": None, "goals": None, "diagnosis_code": None, "diagnosis": " d "}) == {
        "title": None,
        "goals": None,
        "diagnosis_code": None,
        "diagnosis": " d ",
    }
    assert plans.normalized({}) == {}


def test_a_plan_is_for_an_active_client_who_is_not_erased():
    assert refused(plans.check_client, is_active=True) is None
    assert refused(plans.check_client, is_active=False) == (Invalid, "client_inactive", ["/client_id"])
    assert refused(check_not_erased, None) is None
    assert refused(check_not_erased, NOW) == (NotFound, "not_found", [])


ENDED = ("completed", "discontinued")


def test_what_an_ended_plan_allows():
    assert refused(plans.check_active, "active") is None
    for ended in ENDED:
        assert refused(plans.check_active, ended) == (Conflict, "plan_ended", [])


@pytest.mark.parametrize("name", plans.TEXTS)
def test_what_a_plan_says_changes_while_it_is_active(name):
    changed = {**PLAN, name: "other"}
    for before in ("active", *ENDED):
        for after in ("active", *ENDED):
            is_refused = before != "active" and after != "active"
            allowed = refused(plans.check_change, {**PLAN, "status": before}, {**changed, "status": after})
            assert allowed == ((Conflict, "plan_ended", []) if is_refused else None), (before, after)
            assert refused(plans.check_change, {**PLAN, "status": before}, {**PLAN, "status": after}) is None


def test_the_event_of_a_change():
    assert plans.event_of("active", "active") == plans.event_of("completed", "active") == "plan_updated"
    assert plans.event_of("active", "completed") == plans.event_of("discontinued", "completed") == "plan_completed"
    assert plans.event_of("active", "discontinued") == "plan_discontinued"


def test_a_change_is_of_the_version_that_was_seen():
    for expected in (None, 3):
        assert refused(plans.check_fresh, expected, 3) is None
    for expected in (2, 4):
        assert refused(plans.check_fresh, expected, 3) == (Stale, "stale_version", [])


def test_a_timeline_has_a_hundred_events_unless_somebody_wants_up_to_a_thousand():
    assert [plans.timeline_limit(limit) for limit in (0, 1, 1000)] == [100, 1, 1000]
    for limit in (-1, 1001):
        assert refused(plans.timeline_limit, limit) == (Invalid, "limit_out_of_range", ["/limit"])


def test_the_future_begins_after_five_minutes():
    assert not plans.is_future(NOW + timedelta(minutes=5), now=NOW)
    assert plans.is_future(NOW + timedelta(minutes=5, microseconds=1), now=NOW)


# --- milestones


@pytest.mark.parametrize(
    ("but", "pointers"),
    [
        ({}, None),
        ({"title": "x" * 255}, None),
        ({"title": "x" * 256}, ["/title"]),
        ({"title": None}, ["/title"]),
        ({"description": "x" * 5000, "notes": "x" * 5000}, None),
        ({"description": "x" * 5001}, ["/description"]),
        ({"notes": "x" * 5001}, ["/notes"]),
        ({"target_date": "2026-03-01"}, None),
        ({"target_date": "soon"}, ["/target_date"]),
        ({"status": None}, ["/status"]),
        ({"achieved_at": NOW}, ["/achieved_at"]),
        ({"status": "achieved", "achieved_at": NOW}, None),
        ({"status": "achieved", "achieved_at": NOW + timedelta(minutes=5)}, None),
        ({"status": "achieved", "achieved_at": NOW + timedelta(minutes=6)}, ["/achieved_at"]),
    ],
)
def test_which_milestones_are_valid(but, pointers):
    expected = None if pointers is None else (Invalid, "milestone_invalid", pointers)
    assert refused(milestones.check_milestone, {**MILESTONE, **but}, now=NOW) == expected


def test_a_milestones_title_has_no_white_space_around_it():
    assert milestones.normalized({"title": " a ", "notes": " b "}) == {"title": "a", "notes": " b "}
    assert milestones.normalized({"title": None}) == {"title": None}


def test_when_a_milestone_is_achieved():
    earlier = NOW - timedelta(days=1)
    achieved = {**MILESTONE, "status": "achieved", "achieved_at": earlier}
    assert milestones.changed(MILESTONE, {"status": "achieved"}, now=NOW) == {**achieved, "achieved_at": NOW}
    assert milestones.changed(MILESTONE, {"status": "achieved", "achieved_at": earlier}, now=NOW) == achieved
    assert milestones.changed(achieved, {"title": "x"}, now=NOW) == {**achieved, "title": "x"}
    assert milestones.changed(achieved, {"achieved_at": None}, now=NOW) == {**achieved, "achieved_at": NOW}
    assert milestones.changed(achieved, {"status": "pending"}, now=NOW) == MILESTONE
    # What contradicts itself stays so, and is refused.
    assert milestones.changed(MILESTONE, {"achieved_at": NOW}, now=NOW) == {**MILESTONE, "achieved_at": NOW}


def test_a_plan_has_up_to_fifty_milestones():
    assert refused(milestones.check_room, 49) is None
    assert refused(milestones.check_room, 50) == (Conflict, "too_many_milestones", [])


IDS = [UUID(int=number) for number in range(4)]


def test_an_order_has_every_milestone_once():
    assert refused(milestones.check_order, IDS[::-1], IDS) is None
    assert refused(milestones.check_order, [], []) is None
    assert refused(milestones.check_order, [*IDS, IDS[0]], IDS) == (Invalid, "milestones_repeated", ["/milestone_ids"])
    for wanted in (IDS[1:], [*IDS, UUID(int=9)], []):
        assert refused(milestones.check_order, wanted, IDS) == (Conflict, "milestones_changed", [])


def test_a_milestone_has_one_event():
    assert milestones.event_id(IDS[1]) == milestones.event_id(IDS[1]) != milestones.event_id(IDS[2])


# --- measures


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("pain", 0, 10),
        ("Pain", 0, 10),
        ("PHQ-9", 0, 27),
        ("phq 9", 0, 27),
        ("PHQ-2", 0, 6),
        ("GAD-2", 0, 6),
        ("GAD7", 0, 21),
        ("Weight", -1_000_000, 1_000_000),
    ],
)
def test_the_range_of_a_score(name, least, most):
    for value in (least, most):
        assert refused(measures.check_measure, name, value, NOW, now=NOW) is None
    for value in (least - 0.1, most + 0.1):
        assert refused(measures.check_measure, name, value, NOW, now=NOW) == (Invalid, "measure_invalid", ["/value"])


@pytest.mark.parametrize(
    ("name", "whole"), [("PHQ-9", True), ("phq2", True), ("GAD 2", True), ("gad-7", True), ("Pain", False), ("Weight", False)]
)
def test_sums_of_items_are_whole_numbers(name, whole):
    assert refused(measures.check_measure, name, 2.0, NOW, now=NOW) is None
    expected = (Invalid, "measure_invalid", ["/value"]) if whole else None
    assert refused(measures.check_measure, name, 2.5, NOW, now=NOW) == expected


def test_every_fault_of_a_score_is_told_at_once():
    assert refused(measures.check_measure, "x" * 100, 1, NOW + timedelta(minutes=5), now=NOW) is None
    wrong = refused(measures.check_measure, "x" * 101, float("nan"), NOW + timedelta(minutes=6), now=NOW)
    assert wrong == (Invalid, "measure_invalid", ["/name", "/value", "/measured_at"])
    assert refused(measures.check_measure, "", float("-inf"), NOW, now=NOW) == (Invalid, "measure_invalid", ["/name", "/value"])


def test_when_a_score_was_measured():
    earlier, later = NOW - timedelta(days=1), NOW + timedelta(days=1)
    assert measures.measured_at(earlier, NOW, now=NOW) == earlier
    assert measures.measured_at(None, earlier, now=NOW) == earlier
    assert measures.measured_at(None, later, now=NOW) == NOW
    assert measures.measured_at(None, None, now=NOW) == NOW


def test_a_session_is_the_same_clients():
    assert refused(measures.check_same_client, IDS[1], UUID(int=1)) is None
    assert refused(measures.check_same_client, IDS[1], IDS[2]) == (Invalid, "session_of_another_client", ["/session_id"])
