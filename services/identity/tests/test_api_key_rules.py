"""Which API keys may be made, by whom, and how many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Conflict, Forbidden, Invalid, Refusal
from identity.api_keys.rules import OPERATOR, check_held, check_key, check_may_make, check_number

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
KNOWN = frozenset({"clients:read", "clients:write"})


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def key_refused(**but):
    """The fields at which a key is refused that nobody could object to, but for these values; None where it is made."""
    key = {"name": "Website", "scopes": ["clients:read"], "expires_at": None} | but
    found = refused(check_key, *key.values(), known=KNOWN, now=NOW)
    assert found is None or found[:2] == (Invalid, "api_key_invalid")
    return None if found is None else found[2]


def test_a_name_has_1_to_100_signs_and_no_space_around_it():
    assert check_key(" Website ", ["clients:read"], None, known=KNOWN, now=NOW) == "Website"
    for name in ("W", "x" * 100, f" {'x' * 100} "):
        assert key_refused(name=name) is None
    for name in ("", "  ", "x" * 101):
        assert key_refused(name=name) == ["/name"]


def test_a_key_is_good_for_at_least_one_scope():
    assert key_refused(scopes=[]) == ["/scopes"]
    assert key_refused(scopes=["clients:write", "clients:read"]) is None


def test_each_scope_that_there_is_not_is_told_by_its_place():
    assert key_refused(scopes=["clients:all", "clients:read", "platform:admin"]) == ["/scopes/0", "/scopes/2"]


def test_a_key_ends_in_the_future_or_never():
    assert key_refused(expires_at=None) is None
    assert key_refused(expires_at=NOW + timedelta(microseconds=1)) is None
    assert key_refused(expires_at=NOW) == ["/expires_at"]
    assert key_refused(expires_at=NOW - timedelta(days=1)) == ["/expires_at"]


def test_all_that_is_wrong_with_a_key_is_told_at_once():
    assert key_refused(name="", scopes=["clients:all"], expires_at=NOW) == ["/name", "/scopes/0", "/expires_at"]


@pytest.mark.parametrize("scopes", [[], ["clients:read"], ["clients:read", "clients:write"], ["clients:read", "clients:read"]])
def test_whoever_makes_a_key_gives_it_what_they_may_do_themselves(scopes):
    assert refused(check_held, scopes, KNOWN) is None


@pytest.mark.parametrize("scopes", [["users:write"], ["clients:read", "clients:write", "users:write"]])
def test_and_no_scope_more(scopes):
    assert refused(check_held, scopes, KNOWN) == (Forbidden, "scope_not_held", [])


def test_people_make_keys_and_keys_make_none():
    assert refused(check_may_make, "owner") is None
    assert refused(check_may_make, "nurse") is None
    for role in ("api_key", None):
        assert refused(check_may_make, role) == (Forbidden, "permission_denied", [])


def test_a_workspace_has_up_to_100_keys():
    assert refused(check_number, 0) is None
    assert refused(check_number, 99) is None
    for keys in (100, 101):
        assert refused(check_number, keys) == (Conflict, "too_many_api_keys", [])


def test_keys_that_the_operator_made_are_known_by_the_id_that_is_stored_with_them():
    assert UUID("00000000-0000-0000-0000-000000000000") == OPERATOR
