"""Which values a department may have, and when it may be deleted."""

import pytest

from chassis.errors import Conflict, Invalid, Refusal
from identity.departments.rules import CHANGEABLE, check_deletion, check_department


def refused(call, *arguments, **named):
    """The class, the code and the fields of a refusal; None where nothing is refused."""
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def department(**but):
    return {"name": "Cardiology", "code": "CARD", "is_active": True} | but


def department_refused(**but):
    found = refused(check_department, department(**but))
    assert found is None or found[:2] == (Invalid, "department_invalid")
    return None if found is None else found[2]


def test_of_a_department_these_may_be_changed():
    assert CHANGEABLE == ("name", "code", "is_active")


def test_name_and_code_have_no_space_around_them_and_the_rest_is_kept():
    given = department(name=" Cardiology ", code="\tCARD\n", is_active=False, version=3)
    assert check_department(given) == department(is_active=False, version=3)
    assert given["name"] == " Cardiology "


@pytest.mark.parametrize(("name", "most"), [("name", 100), ("code", 20)])
def test_name_and_code_are_so_long_and_never_empty(name, most):
    for text in ("x", "x" * most, f" {'x' * most} "):
        assert department_refused(**{name: text}) is None
    for text in (None, "", "  ", "x" * (most + 1)):
        assert department_refused(**{name: text}) == [f"/{name}"]


def test_a_department_is_active_or_it_is_not():
    for is_active in (True, False):
        assert department_refused(is_active=is_active) is None
    assert department_refused(is_active=None) == ["/is_active"]


def test_all_that_is_wrong_with_a_department_is_told_at_once():
    assert department_refused(name="", code=None, is_active=None) == ["/name", "/code", "/is_active"]


def test_a_department_that_nobody_belongs_to_may_be_deleted():
    check_deletion(0)


@pytest.mark.parametrize("users", [1, 7])
def test_one_that_has_users_is_kept_and_the_refusal_says_how_many(users):
    with pytest.raises(Conflict) as refusal:
        check_deletion(users)
    assert (refusal.value.code, refusal.value.facts) == ("department_in_use", {"user_count": users})
