"""Which changes of a user are accepted."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from identity.roles import ADMINISTRATOR_ROLE, ROLES_BY_KIND, SCOPES_BY_ROLE
from identity.users.rules import check_deactivation, check_new_role, check_shift_schedule

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
days = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])


@given(st.dictionaries(days, st.lists(st.fixed_dictionaries({"start": clocks, "end": clocks}), max_size=4)))
def test_accepted_shifts_begin_before_they_end_and_do_not_overlap(schedule):
    refused = refusal(lambda: check_shift_schedule(schedule))

    if refused is not None:
        assert refused.faults[0].pointer.startswith("/shift_schedule/")
    else:
        for shifts in schedule.values():
            edges = [edge for shift in sorted(shifts, key=lambda shift: shift["start"]) for edge in (shift["start"], shift["end"])]
            assert edges == sorted(edges)
            assert all(shift["start"] < shift["end"] for shift in shifts)


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
