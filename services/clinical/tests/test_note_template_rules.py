"""Which templates are valid, and whose they are."""

from uuid import UUID

import pytest

from chassis.errors import Forbidden, Invalid, Refusal
from clinical.note_templates import rules


def refused(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except Refusal as refusal:
        return type(refusal), refusal.code, [fault.pointer for fault in refusal.faults]
    return None


def test_a_template_has_a_name_and_texts_as_long_as_a_notes():
    assert refused(rules.check_template, {"name": "x" * 255, "is_active": True, **dict.fromkeys(rules.TEXTS, "x" * 5000)}) is None
    assert refused(rules.check_template, {"name": " x ", "is_active": False}) is None
    for name in (None, "", " \n", "x" * 256):
        assert refused(rules.check_template, {"name": name, "is_active": True}) == (Invalid, "template_invalid", ["/name"])


@pytest.mark.parametrize("text", ["subjective", "objective", "assessment", "plan"])
def test_each_text_may_have_5000_signs(text):
    assert refused(rules.check_template, {"name": "x", "is_active": True, text: "x" * 5001}) == (Invalid, "template_invalid", [f"/{text}"])


def test_every_fault_is_told_at_once():
    wrong = {"name": "", "is_active": None, **dict.fromkeys(rules.TEXTS, "x" * 5001)}
    assert refused(rules.check_template, wrong) == (
        Invalid,
        "template_invalid",
        ["/name", "/subjective", "/objective", "/assessment", "/plan", "/is_active"],
    )


def test_what_may_be_changed():
    assert rules.EDITABLE == ("name", "subjective", "objective", "assessment", "plan", "is_active")


@pytest.mark.parametrize(
    ("scopes", "wanted", "personal"),
    [({"catalogue:write"}, None, False), (set(), None, True), ({"catalogue:write"}, True, True), (set(), False, False)],
)
def test_a_new_template_is_personal_if_that_is_wanted_or_nothing_else_is_possible(scopes, wanted, personal):
    assert rules.is_personal(scopes, wanted=wanted) is personal


def test_a_template_of_the_workspace_is_changed_by_those_who_change_what_it_offers():
    assert refused(rules.check_may_change, None, {"catalogue:write"}) is None
    assert refused(rules.check_may_change, UUID(int=1), set()) is None
    assert refused(rules.check_may_change, None, {"sessions:write"}) == (Forbidden, "permission_denied", [])
