"""Which changes of a user are accepted."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from identity.roles import ADMINISTRATOR_ROLE, ALL_SCOPES, ROLES_BY_KIND, SCOPES_BY_ROLE
from identity.users.rules import (
    check_deactivation,
    check_department,
    check_may_give,
    check_new_role,
    check_shift_schedule,
    check_supervisor,
)

roles = st.sampled_from(sorted(SCOPES_BY_ROLE))
kinds = st.sampled_from(sorted(ROLES_BY_KIND))
ALICE, BOB = UUID(int=1), UUID(int=2)


def refusal(attempt):
    """What the call is refused with, or None."""
    try:
        attempt()
    except Refusal as refused:
        return refused
    return None


@given(kinds, st.data(), st.integers(0, 3), st.booleans())
def test_a_role_change_never_leaves_a_workspace_without_administrator(kind, data, others, themselves):
    was, role = (data.draw(st.sampled_from(sorted(ROLES_BY_KIND[kind]))) for _ in range(2))
    refused = refusal(lambda: check_new_role(ALICE, role, was=was, kind=kind, by=ALICE if themselves else BOB, other_administrators=others))

    if was == ADMINISTRATOR_ROLE[kind] and role != was and not others:
        assert (type(refused), refused.code) == (Conflict, "last_owner")
    elif themselves:
        assert (type(refused), refused.code) == (Forbidden, "own_role")
    else:
        assert refused is None


@given(kinds, roles, st.integers(0, 3))
def test_the_last_administrator_cannot_be_deactivated(kind, role, others):
    last = role == ADMINISTRATOR_ROLE[kind] and not others
    if last:
        with pytest.raises(Conflict):
            check_deactivation(role, kind=kind, other_administrators=others)
    else:
        check_deactivation(role, kind=kind, other_administrators=others)


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
days = st.sampled_from(DAYS)


def minutes(day, clock):
    return DAYS.index(day) * 24 * 60 + int(clock[:2]) * 60 + int(clock[3:])


@given(st.dictionaries(days, st.lists(st.fixed_dictionaries({"start": clocks, "end": clocks}), max_size=3)))
def test_nobody_is_on_two_accepted_shifts_at_once(schedule):
    refused = refusal(lambda: check_shift_schedule(schedule))

    week, on_duty, reversed_day = 7 * 24 * 60, set(), False
    for day, shifts in schedule.items():
        for shift in shifts:
            start, end = minutes(day, shift["start"]), minutes(day, shift["end"])
            reversed_day |= start == end
            for minute in range(start, end if end > start else end + 24 * 60):
                if minute % week in on_duty:
                    assert refused is not None
                    assert refused.faults[0].pointer.startswith("/shift_schedule/")
                    return
                on_duty.add(minute % week)
    assert (refused is not None) == reversed_day


@pytest.mark.parametrize(
    ("schedule", "pointer"),
    [
        ({"mon": [{"start": "22:00", "end": "06:00"}], "tue": [{"start": "06:00", "end": "14:00"}]}, None),
        ({"mon": [{"start": "22:00", "end": "06:00"}], "tue": [{"start": "05:59", "end": "14:00"}]}, "/shift_schedule/tue"),
        ({"sun": [{"start": "22:00", "end": "06:00"}], "mon": [{"start": "05:00", "end": "14:00"}]}, "/shift_schedule/mon"),
        ({"sun": [{"start": "22:00", "end": "06:00"}], "mon": [{"start": "06:00", "end": "24:00"}]}, None),
        ({"mon": [{"start": "16:00", "end": "00:00"}], "tue": [{"start": "00:00", "end": "08:00"}]}, None),
        ({"mon": [{"start": "24:00", "end": "08:00"}]}, "/shift_schedule/mon/0"),
        ({"mon": [{"start": "08:00", "end": "08:00"}]}, "/shift_schedule/mon/0"),
    ],
)
def test_a_shift_may_end_on_the_next_day_and_is_not_to_meet_the_next_shift(schedule, pointer):
    refused = refusal(lambda: check_shift_schedule(schedule))

    assert (None if refused is None else refused.faults[0].pointer) == pointer


@given(st.lists(st.uuids(), min_size=1, max_size=4, unique=True), st.booleans(), st.booleans())
def test_nobody_supervises_a_supervisor_of_their_own(chain, is_active, is_circle):
    user_id = chain[-1] if is_circle else UUID(int=0)
    refused = refusal(lambda: check_supervisor(user_id, is_active=is_active, supervisors=chain))

    assert (None if refused is None else refused.code) == (
        "supervisor_circle" if user_id in chain else None if is_active else "supervisor_inactive"
    )


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(st.dictionaries(days, json))
def test_any_json_as_a_schedule_is_accepted_or_refused_as_invalid(schedule):
    try:
        check_shift_schedule(schedule)
    except Invalid:
        return
    assert all(isinstance(shifts, list) for shifts in schedule.values())


def test_a_user_is_put_into_a_department_that_is_active():
    assert refusal(lambda: check_department(is_active=True)) is None
    refused = refusal(lambda: check_department(is_active=False))
    assert (type(refused), refused.code, refused.faults[0].pointer) == (Invalid, "department_inactive", "/department_id")


@pytest.mark.parametrize(("is_active", "supervisors"), [(False, [BOB]), (True, [BOB, ALICE])])
def test_a_supervisor_is_refused_at_that_field(is_active, supervisors):
    refused = refusal(lambda: check_supervisor(ALICE, is_active=is_active, supervisors=supervisors))
    assert (type(refused), [fault.pointer for fault in refused.faults]) == (Invalid, ["/supervisor_id"])


def test_nobody_gives_a_role_that_permits_more_than_they_may_do_themselves():
    for role, scopes in SCOPES_BY_ROLE.items():
        check_may_give(role, scopes)
        check_may_give(role, ALL_SCOPES)
        for missing in scopes:
            with pytest.raises(Forbidden) as refused:
                check_may_give(role, scopes - {missing})
            assert refused.value.code == "scope_not_held"
