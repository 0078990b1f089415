"""What platform administrators may do with a workspace, and which part of its activities they see."""

from uuid import UUID

import pytest

from chassis.errors import Conflict, Invalid, Refusal
from identity.platform.rules import (
    check_deletable,
    check_not_own,
    check_part,
    check_reason,
    check_status,
    escaped,
    seconds_until_known,
    state,
)

PRACTICE, HOSPITAL = UUID(int=1), UUID(int=2)


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def test_a_reason_has_1_to_500_signs_and_no_space_around_it():
    assert check_reason(" The bill is not paid. ") == "The bill is not paid."
    for reason in ("x", "x" * 500, f" {'x' * 500} "):
        assert check_reason(reason) == reason.strip()
    for reason in ("", "  ", "x" * 501):
        assert refused(check_reason, reason) == (Invalid, "reason_invalid", ["/reason"])


def test_a_workspace_is_given_another_status_than_it_has():
    assert refused(check_status, "active", "suspended") is None
    for status in ("active", "suspended"):
        assert refused(check_status, status, status) == (Conflict, "workspace_already_so", [])


def test_what_is_deleted_is_suspended_already_and_what_is_suspended_may_be_deleted():
    assert refused(check_status, "deleted", "suspended") == (Conflict, "workspace_already_so", [])
    assert refused(check_status, "deleted", "deleted") == (Conflict, "workspace_already_so", [])
    for now, wanted in (("suspended", "deleted"), ("deleted", "active"), ("active", "deleted")):
        assert refused(check_status, now, wanted) is None


def test_what_is_erased_stays_so():
    for wanted in ("active", "suspended", "deleted"):
        assert refused(check_status, "erased", wanted) == (Conflict, "workspace_erased", [])


@pytest.mark.parametrize(
    ("status", "deleted", "erased", "word"),
    [
        ("active", False, False, "active"),
        ("suspended", False, False, "suspended"),
        ("suspended", True, False, "deleted"),
        ("suspended", True, True, "erased"),
    ],
)
def test_what_has_become_of_a_workspace_is_one_word(status, deleted, erased, word):
    assert state(status, deleted=deleted, erased=erased) == word


def test_a_workspace_of_platform_administrators_is_not_deleted():
    assert refused(check_deletable, 0) is None
    for administrators in (1, 2):
        assert refused(check_deletable, administrators) == (Conflict, "workspace_of_administrators", [])


def test_nobody_suspends_the_workspace_they_belong_to():
    assert refused(check_not_own, PRACTICE, HOSPITAL) is None
    assert refused(check_not_own, PRACTICE, UUID(str(PRACTICE))) == (Conflict, "own_workspace", [])


@pytest.mark.parametrize(
    ("search", "pattern"), [("Ada", "Ada"), ("100%", "100/%"), ("a_b", "a/_b"), ("and/or", "and//or"), ("/%_", "///%/_"), ("", "")]
)
def test_what_is_searched_for_stands_for_itself_in_a_pattern(search, pattern):
    assert escaped(search) == pattern


def test_up_to_100_activities_are_shown_and_20_where_nobody_says_how_many():
    assert check_part(0, 0) == (20, 0)
    assert check_part(1, 0) == (1, 0)
    assert check_part(100, 1) == (100, 1)
    assert check_part(7, 100_000) == (7, 100_000)


@pytest.mark.parametrize(
    ("limit", "offset", "fields"), [(-1, 0, ["/limit"]), (101, 0, ["/limit"]), (20, -1, ["/offset"]), (101, -1, ["/limit", "/offset"])]
)
def test_there_is_no_part_of_fewer_or_more_or_before_the_first(limit, offset, fields):
    assert refused(check_part, limit, offset) == (Invalid, "page_out_of_range", fields)


@pytest.mark.parametrize(("since", "seconds"), [(-0.5, 5.5), (0.0, 5.0), (1.5, 3.5), (4.99, 0.01), (5.0, 0.0), (86400.0, 0.0)])
def test_a_revocation_is_known_everywhere_five_seconds_after_it_was_made(since, seconds):
    assert seconds_until_known(since) == pytest.approx(seconds)
