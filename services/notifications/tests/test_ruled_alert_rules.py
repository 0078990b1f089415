"""What becomes of what happens by itself, and which rules a workspace may choose."""

import pytest

from chassis.errors import Invalid
from notifications.alert_rules import rules
from notifications.alert_rules.rules import DEFAULTS, POLICY, Rule
from notifications.escalation_policies.rules import check_policy

pytestmark = pytest.mark.quick


def test_without_a_choice_the_rules_are_what_an_owner_expects():
    assert {name: rules.what_becomes(rules.of(name, None), is_only_workspace=False) for name in DEFAULTS} == {
        "cosign_overdue": "mail",
        "address_held": "mail",
        "audit_broken": "alert",
        "backup_failed": "none",
    }
    assert rules.what_becomes(rules.of("backup_failed", None), is_only_workspace=True) == "alert"


@pytest.mark.parametrize("action", ["none", "mail", "alert"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_chosen_action_holds_however_many_workspaces_there_are(action, alone):
    chosen = rules.of("backup_failed", {"action": action, "priority": "low"})
    assert (chosen, rules.what_becomes(chosen, is_only_workspace=alone)) == (Rule(action, "low"), action)


def test_everything_that_happens_has_a_rule_and_a_type():
    assert rules.TYPES.keys() == DEFAULTS.keys()
    assert rules.TEXTS.keys() == set(rules.TYPES.values())


def test_the_policy_of_such_alerts_is_one_that_could_be_set():
    check_policy(POLICY)


@pytest.mark.parametrize(
    ("happening", "but", "pointers"),
    [
        (None, {}, ["/happening"]),
        ("audit_broken", {"action": None}, ["/action"]),
        ("audit_broken", {"priority": None}, ["/priority"]),
        ("audit_broken", {"action": "automatic"}, ["/action"]),
    ],
)
def test_a_rule_that_is_not_chosen_is_refused(happening, but, pointers):
    with pytest.raises(Invalid) as refused:
        rules.check_rule(happening, {"action": "mail", "priority": "low", **but})
    assert [fault.pointer for fault in refused.value.faults] == pointers


@pytest.mark.parametrize("happening", DEFAULTS)
@pytest.mark.parametrize("action", ["none", "mail", "alert"])
def test_every_happening_may_have_any_action(happening, action):
    rules.check_rule(happening, {"action": action, "priority": "critical"})


def test_backups_may_go_back_to_automatic():
    rules.check_rule("backup_failed", {"action": "automatic", "priority": "low"})
