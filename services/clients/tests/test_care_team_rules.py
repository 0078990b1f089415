"""What a care team may be, when a record is closed to somebody, and who breaks the glass and reviews it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.care_teams.rules import may_open
from chassis.errors import Conflict, Forbidden, Invalid
from clients.care_teams import rules
from clients.care_teams.rules import Team

ADA, BEA, CLEO = (UUID(int=number) for number in (1, 2, 3))
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
teams = st.builds(Team, restricted=st.booleans(), members=st.frozensets(st.sampled_from([ADA, BEA, CLEO])))


def opens(team, user_id):
    return may_open(user_id, restricted=team.restricted, care_team=team.members, broke_glass=())


@given(teams, teams, st.sampled_from([ADA, BEA, CLEO]))
def test_while_a_care_team_changes_nobody_gets_in_whom_the_old_or_the_new_one_keeps_out(before, wanted, user_id):
    meanwhile = rules.strictest(before, wanted)
    if opens(meanwhile, user_id) and wanted.restricted:
        assert opens(wanted, user_id)
    if opens(meanwhile, user_id):
        assert opens(before, user_id)


@given(teams, teams)
def test_a_change_closes_if_and_only_if_somebody_loses_the_record(before, wanted):
    everybody = [ADA, BEA, CLEO, UUID(int=9)]
    loses = any(opens(before, user_id) and not opens(wanted, user_id) for user_id in everybody)
    assert rules.closes(before, wanted) == loses


def test_a_restricted_client_has_a_member_and_nobody_twice():
    assert rules.check_team(restricted=True, user_ids=[str(ADA), str(ADA)]) == Team(restricted=True, members=frozenset({ADA}))
    assert rules.check_team(restricted=False, user_ids=[]) == rules.NO_TEAM
    with pytest.raises(Invalid) as refused:
        rules.check_team(restricted=True, user_ids=[])
    assert refused.value.code == "care_team_empty"
    assert len(rules.check_team(restricted=True, user_ids=[str(UUID(int=number)) for number in range(100)]).members) == 100
    with pytest.raises(Invalid) as refused:
        rules.check_team(restricted=True, user_ids=[str(UUID(int=number)) for number in range(101)])
    assert refused.value.code == "care_team_too_large"


def test_every_member_who_does_not_treat_is_named():
    rules.check_members(["a", "b"], {"a", "b"})
    with pytest.raises(Invalid) as refused:
        rules.check_members(["a", "b", "c"], {"b"})
    assert [fault.pointer for fault in refused.value.faults] == ["/user_ids/0", "/user_ids/2"]


def test_versions_grow_also_when_a_clock_goes_back():
    first = rules.next_version(0, now=NOW)
    assert first == int(NOW.timestamp() * 1_000_000)
    assert rules.next_version(first, now=NOW) == first + 1
    assert rules.next_version(first + 10, now=NOW) == first + 11


@pytest.mark.parametrize(
    ("reason", "is_taken"), [("x" * 9, False), ("x" * 10, True), ("x" * 500, True), ("x" * 501, False), (" " * 20, False)]
)
def test_a_reason_has_ten_to_five_hundred_characters(reason, is_taken):
    if is_taken:
        assert rules.check_reason(f"  {reason}\n") == reason
    else:
        with pytest.raises(Invalid) as refused:
            rules.check_reason(reason)
        assert refused.value.code == "reason_length"


def test_the_glass_is_broken_by_those_alone_whom_it_keeps_out():
    rules.check_glass_needed(ADA, [BEA])
    for care_team in (None, [ADA, BEA]):
        with pytest.raises(Conflict) as refused:
            rules.check_glass_needed(ADA, care_team)
        assert refused.value.code == "glass_not_needed"


def test_a_review_is_somebody_elses_and_final():
    rules.check_may_review(ADA, broken_by=BEA, review="pending")
    with pytest.raises(Forbidden) as own:
        rules.check_may_review(ADA, broken_by=ADA, review="pending")
    assert own.value.code == "own_broken_glass"
    for verdict in rules.VERDICTS:
        with pytest.raises(Conflict) as again:
            rules.check_may_review(ADA, broken_by=BEA, review=verdict)
        assert again.value.code == "already_reviewed"
    assert rules.check_verdict("justified") == "justified"
    with pytest.raises(Invalid):
        rules.check_verdict("pending")


def test_a_comment_is_trimmed_and_bounded():
    assert rules.check_comment(None) is None
    assert rules.check_comment("  ") is None
    assert rules.check_comment(" Right. ") == "Right."
    assert rules.check_comment("x" * 2000) == "x" * 2000
    with pytest.raises(Invalid):
        rules.check_comment("x" * 2001)


def test_a_service_opens_all_and_a_user_what_is_not_restricted_or_theirs():
    closed = {"restricted": True, "care_team": [ADA], "broke_glass": [BEA]}
    assert may_open(None, **closed)
    assert may_open(ADA, **closed)
    assert may_open(BEA, **closed)
    assert not may_open(CLEO, **closed)
    assert may_open(CLEO, **{**closed, "restricted": False})
