"""Which legal holds may be placed."""

import pytest

from audit.legal_holds import rules
from chassis.errors import Invalid


def test_a_hold_is_on_a_client_a_user_or_the_workspace():
    rules.check_subject(None, None)
    rules.check_subject("a", None)
    rules.check_subject(None, "b")
    with pytest.raises(Invalid) as refused:
        rules.check_subject("a", "b")
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("hold_on_both", ["/user_id"])


def test_a_hold_has_a_reason():
    assert rules.check_reason(" A court.\nIts order. ") == "A court.\nIts order."
    assert rules.check_reason("x" * 2_000) == "x" * 2_000
    for text in ("", " \n", "x" * 2_001, "a\x00b", "a\x85b"):
        with pytest.raises(Invalid) as refused:
            rules.check_reason(text)
        assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("invalid_reason", ["/reason"])


def test_no_more_clients_are_asked_about_than_a_step_erases():
    rules.check_number(500)
    with pytest.raises(Invalid) as refused:
        rules.check_number(501)
    assert refused.value.code == "too_many_ids"
