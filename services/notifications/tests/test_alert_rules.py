"""What may become of an alert, who sees it, how one is raised, and what a report is about."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.errors import Conflict, Invalid
from notifications.alert_records.rules import CHANGES, TRANSITIONS, Sight, check_alert, next_status, sees_all
from notifications.alerts.rules import period

NOW = datetime(2026, 6, 8, 12, tzinfo=UTC)
ADA, BERT, WARD, CLINIC, HOUSE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()


def alert(status="active", **but):
    nobody = dict.fromkeys(("acknowledged_by", "acknowledged_at", "resolved_by", "resolved_at", "department_id"))
    return {"status": status, "workspace_id": HOUSE, "created_by": BERT, **nobody, **but}


ACKNOWLEDGED = alert("acknowledged", acknowledged_by=ADA, acknowledged_at=NOW)
RESOLVED = alert("resolved", resolved_by=ADA, resolved_at=NOW)
CANCELLED = alert("cancelled")


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("acknowledge", "acknowledged"),
        ("take over", "acknowledged"),
        ("resolve", "resolved"),
        ("cancel", "cancelled"),
        ("expire", "cancelled"),
        ("escalate", "active"),
    ],
)
def test_an_active_alert_goes_to_every_other_state(action, after):
    assert next_status(alert(), action, by=ADA) == after


@pytest.mark.parametrize(("action", "after"), [("resolve", "resolved"), ("cancel", "cancelled"), ("expire", "cancelled")])
def test_an_acknowledged_alert_is_closed(action, after):
    assert next_status(ACKNOWLEDGED, action, by=BERT) == after


def test_every_action_has_a_name_in_the_log():
    assert CHANGES.keys() == TRANSITIONS.keys()


def test_what_the_same_user_has_done_is_not_done_again():
    assert next_status(ACKNOWLEDGED, "acknowledge", by=ADA) is None
    assert next_status(RESOLVED, "resolve", by=ADA) is None
    assert next_status(CANCELLED, "cancel", by=ADA) is None


def test_whoever_knows_who_sees_to_it_takes_over_or_calls_for_help():
    assert next_status(ACKNOWLEDGED, "take over", by=BERT, sees_to_it=ADA) == "acknowledged"
    assert next_status(ACKNOWLEDGED, "escalate", by=BERT, sees_to_it=ADA) == "active"
    assert next_status(ACKNOWLEDGED, "escalate", by=ADA, sees_to_it=ADA) == "active"
    assert next_status(ACKNOWLEDGED, "take over", by=ADA, sees_to_it=ADA) is None
    # It was forgotten meanwhile, or help was called for: then it is as every active one.
    assert next_status(alert(), "take over", by=BERT, sees_to_it=ADA) == "acknowledged"
    assert next_status(alert(), "escalate", by=BERT, sees_to_it=ADA) == "active"


def refused(row, action, by=BERT, sees_to_it=None):
    with pytest.raises(Conflict) as refusal:
        next_status(row, action, by=by, sees_to_it=sees_to_it)
    return refusal.value.code, refusal.value.facts


def test_the_second_to_acknowledge_is_told_of_the_first():
    facts = {"acknowledged_by": str(ADA), "acknowledged_at": "2026-06-08T12:00:00Z"}
    assert refused(ACKNOWLEDGED, "acknowledge") == ("alert_already_acknowledged", facts)
    for action in ("take over", "escalate"):
        assert refused(ACKNOWLEDGED, action) == ("alert_already_acknowledged", facts)
        assert refused(ACKNOWLEDGED, action, sees_to_it=uuid4()) == ("alert_already_acknowledged", facts)


@pytest.mark.parametrize("action", ["acknowledge", "take over", "resolve", "cancel", "escalate", "expire"])
def test_what_is_resolved_stays_so(action):
    facts = {"status": "resolved", "resolved_by": str(ADA), "resolved_at": "2026-06-08T12:00:00Z"}
    assert refused(RESOLVED, action) == ("alert_closed", facts)


@pytest.mark.parametrize("action", ["acknowledge", "resolve", "escalate"])
def test_what_is_cancelled_stays_so(action):
    assert refused(CANCELLED, action) == ("alert_closed", {"status": "cancelled"})


def test_who_sees_an_alert():
    confined = Sight(ADA, departments=frozenset([WARD]))
    assert confined.sees(alert())
    assert confined.sees(alert(department_id=WARD))
    assert not confined.sees(alert(department_id=CLINIC))
    assert confined.sees(alert(department_id=CLINIC, created_by=ADA))
    assert Sight(ADA, sees_all=True).sees(alert(department_id=CLINIC))
    # What the workspace itself has raised, by its rules.
    own = alert(created_by=HOUSE)
    assert not confined.sees(own)
    assert Sight(ADA, sees_all=True).sees(own)
    assert sees_all({"alerts:oversee"})
    assert not sees_all({"alerts:read", "alerts:manage"})


def faults_of(**but):
    values = {"title": "Fall", "description": None, "alert_type": "medical", "room_number": None, "expires_at": None, **but}
    try:
        check_alert(values, now=NOW)
    except Invalid as invalid:
        return [invalid.code == "alert_invalid" and fault.pointer for fault in invalid.faults]
    return []


@pytest.mark.parametrize("but", [
    {}, {"title": "x" * 200}, {"title": "x"}, {"description": "y" * 2000}, {"alert_type": "t" * 50}, {"alert_type": "Code Blue"},
    {"alert_type": "code_blue"}, {"alert_type": "Fire/Smoke (1st floor)"}, {"alert_type": "Ärztlich"}, {"room_number": "r" * 50},
    {"room_number": "2.14"}, {"room_number": "B 12-3"}, {"room_number": "OP #4"}, {"room_number": "7"},
    {"expires_at": NOW + timedelta(microseconds=1)}, {"expires_at": NOW + timedelta(days=366)},
])  # fmt: skip
def test_alerts_that_are_raised(but):
    assert faults_of(**but) == []


@pytest.mark.parametrize(("but", "pointer"), [
    ({"title": ""}, "/title"), ({"title": " \t"}, "/title"), ({"title": "x" * 201}, "/title"), ({"description": "y" * 2001}, "/description"),
    ({"alert_type": ""}, "/alert_type"), ({"alert_type": "t" * 51}, "/alert_type"), ({"alert_type": "a\nb"}, "/alert_type"),
    ({"alert_type": " a"}, "/alert_type"), ({"alert_type": "a "}, "/alert_type"), ({"alert_type": "_"}, "/alert_type"),
    ({"alert_type": "<b>x"}, "/alert_type"), ({"alert_type": "ada@example.com"}, "/alert_type"),
    ({"room_number": ""}, "/room_number"), ({"room_number": "r" * 51}, "/room_number"), ({"room_number": "1\r\nBcc: x"}, "/room_number"),
    ({"expires_at": NOW}, "/expires_at"), ({"expires_at": NOW + timedelta(days=366, microseconds=1)}, "/expires_at"),
])  # fmt: skip
def test_alerts_that_are_refused(but, pointer):
    assert faults_of(**but) == [pointer]


def test_a_report_is_about_the_last_thirty_days_unless_told_otherwise():
    assert period(None, None, now=NOW) == (NOW - timedelta(days=30), NOW)
    assert period(None, NOW - timedelta(days=9), now=NOW) == (NOW - timedelta(days=39), NOW - timedelta(days=9))
    assert period(NOW - timedelta(days=3), None, now=NOW) == (NOW - timedelta(days=3), NOW)


def test_a_report_is_about_a_year_at_most():
    year = timedelta(days=367)
    assert period(NOW, NOW + year, now=NOW) == (NOW, NOW + year)
    for since, until in ((NOW, NOW), (NOW, NOW - year), (NOW, NOW + year + timedelta(microseconds=1)), (NOW + year, None)):
        with pytest.raises(Invalid) as invalid:
            period(since, until, now=NOW)
        assert invalid.value.code == "report_range_invalid"
