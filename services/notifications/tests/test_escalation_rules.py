"""Policies, which levels a step goes through, and whom each of them finds."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.errors import Invalid
from notifications.escalation_policies.rules import BUILT_IN, CHANNELS, ROLES, Level, Policy, built_in, check_policy
from notifications.escalations.rules import Passage, administrators, is_due, passages, roles_of, tells_people, told_by_webhooks, whom
from notifications.on_call.rules import Worker

WARD, CLINIC = uuid4(), uuid4()


def level(after_seconds=60, roles=("nurse",), *, on_call=False, channels=("stream", "email")):
    return Level(after_seconds, roles, on_call, channels)


# --- policies


@pytest.mark.parametrize("priority", BUILT_IN)
def test_the_policies_that_come_with_caseload_are_valid_and_tell_somebody_of_every_kind_of_workspace(priority):
    policy = built_in(priority)
    check_policy(policy)
    last = set(policy.levels[-1].notify_roles)
    assert "owner" in last
    assert last & {"head_doctor", "admin"}
    assert Policy.read(policy.written()) == policy


def test_urgent_alerts_go_on_sooner():
    first = [built_in(priority).levels[0].after_seconds for priority in ("critical", "high", "medium", "low")]
    assert first == sorted(set(first))
    assert built_in("default") == built_in("medium")


def test_a_policy_says_how_long_each_level_is_waited_for():
    policy = Policy((level(10), level(20)), 30)
    assert [policy.seconds_until_next(at) for at in (0, 1, 2)] == [10, 20, 30]
    assert Policy((level(10), level(20))).seconds_until_next(2) == 20


def faults_of(*levels, repeat=None):
    try:
        check_policy(Policy(levels, repeat))
    except Invalid as invalid:
        return [invalid.code == "escalation_policy_invalid" and fault.pointer for fault in invalid.faults]
    return []


def test_policies_that_are_taken():
    assert faults_of(level(5)) == faults_of(level(86400), repeat=5) == faults_of(*[level()] * 10, repeat=86400) == []
    assert faults_of(level(roles=ROLES, channels=CHANNELS)) == faults_of(level(roles=(), on_call=True)) == []


@pytest.mark.parametrize(("one", "pointer"), [
    (level(4), "/levels/0/after_seconds"), (level(86401), "/levels/0/after_seconds"), (level(roles=("janitor",)), "/levels/0/notify_roles"),
    (level(roles=("nurse", "nurse")), "/levels/0/notify_roles"), (level(roles=()), "/levels/0/notify_roles"),
    (level(channels=()), "/levels/0/channels"), (level(channels=("fax",)), "/levels/0/channels"),
    (level(channels=("email", "email")), "/levels/0/channels"),
])  # fmt: skip
def test_levels_that_are_refused(one, pointer):
    assert faults_of(one) == [pointer]


def test_a_policy_has_one_to_ten_levels_and_repeats_in_a_while():
    assert faults_of() == faults_of(*[level()] * 11) == ["/levels"]
    assert faults_of(level(), repeat=4) == faults_of(level(), repeat=86401) == ["/repeat_last_every_seconds"]


# --- steps

NURSE, CLINIC_NURSE, DOCTOR, HEAD = (
    Worker(uuid4(), "nurse", WARD),
    Worker(uuid4(), "nurse", CLINIC),
    Worker(uuid4(), "doctor", WARD),
    Worker(uuid4(), "head_doctor", CLINIC, oversees=True),
)
PEOPLE = (NURSE, CLINIC_NURSE, DOCTOR, HEAD)


def step(levels, at, reason="timeout", on_call=None, department_id=WARD):
    return passages(levels, at, reason, workers=iter(PEOPLE), on_call=on_call or {}, department_id=department_id)


def test_a_step_goes_to_the_next_level():
    levels = [level(), level(roles=("doctor",))]
    assert step(levels, 0) == [Passage(0, 1, "timeout", frozenset([NURSE.id]))]
    assert step(levels, 1, "manual") == [Passage(1, 2, "manual", frozenset([DOCTOR.id]))]


def test_the_last_level_is_told_again():
    assert step([level()], 1) == [Passage(1, 1, "timeout", frozenset([NURSE.id]))]


def test_levels_that_find_nobody_are_passed_over_at_once():
    levels = [level(roles=("admin",)), level(roles=(), on_call=True), level(roles=("doctor",)), level()]
    assert step(levels, 0) == [
        Passage(0, 1, "timeout", frozenset()),
        Passage(1, 2, "no_response", frozenset()),
        Passage(2, 3, "no_response", frozenset([DOCTOR.id])),
    ]


def test_where_no_level_finds_anybody_the_step_ends_at_the_last_one():
    assert [(each.to_level, each.found) for each in step([level(roles=("admin",))] * 2, 0)] == [(1, frozenset()), (2, frozenset())]
    assert step([level(roles=("admin",))], 1) == [Passage(1, 1, "timeout", frozenset())]


def test_a_level_finds_those_of_its_roles_who_see_the_alert():
    everybody = level(roles=("nurse", "head_doctor"))
    assert whom(everybody, PEOPLE, {}, WARD) == {NURSE.id, HEAD.id}
    assert whom(everybody, PEOPLE, {}, None) == {NURSE.id, CLINIC_NURSE.id, HEAD.id}


def test_a_level_finds_those_who_are_on_call_for_the_department():
    groups = {WARD: {DOCTOR.id}, CLINIC: {CLINIC_NURSE.id}, None: {HEAD.id}}
    on_call = level(roles=(), on_call=True)
    assert whom(on_call, PEOPLE, groups, WARD) == {DOCTOR.id}
    assert whom(on_call, PEOPLE, groups, uuid4()) == frozenset()
    assert whom(on_call, PEOPLE, groups, None) == {DOCTOR.id, CLINIC_NURSE.id, HEAD.id}
    assert whom(level(), PEOPLE, groups, WARD) == {NURSE.id}


def test_administrators_are_told_where_nobody_else_is():
    boss, owner = Worker(uuid4(), "admin"), Worker(uuid4(), "owner")
    assert administrators([*PEOPLE, boss, owner]) == {boss.id, owner.id}
    assert roles_of([level(roles=("nurse",)), level(roles=("doctor",))]) == {"nurse", "doctor", "owner", "admin"}


def test_a_step_is_due_from_its_moment_on():
    now = datetime(2026, 6, 8, tzinfo=UTC)
    assert is_due({"now": now, "at": now}, "at")
    assert not is_due({"now": now, "at": now + timedelta(microseconds=1)}, "at")
    assert not is_due({"now": now, "at": None}, "at")


@pytest.mark.parametrize(
    ("channels", "to_people", "to_webhooks"),
    [(("stream",), True, False), (("email",), True, False), (("webhook",), False, True), (("webhook", "email"), True, True)],
)
def test_a_level_is_told_by_its_channels(channels, to_people, to_webhooks):
    told = level(channels=channels)
    assert (tells_people(told), told_by_webhooks([level(), told])) == (to_people, to_webhooks)
