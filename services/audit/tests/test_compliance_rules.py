"""What a compliance report is of, and how its numbers are put together."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from audit.compliance import rules
from chassis.errors import Invalid

ROOT = Path(__file__).parents[3]
START = datetime(2026, 3, 1, tzinfo=UTC)
IDA, UWE = UUID(int=1), UUID(int=2)
# A front end's, or of a sign-in.
NO_DENIALS = {
    "csrf_failed",
    "origin_not_allowed",
    "reauthentication_required",
    "sso_account_refused",
    "sso_email_needed",
    "sso_no_role",
    "sso_required",
}


def line(user_id, number, *, action="READ", outcome="success", resource_type="Client", is_after_hours=False, code=""):
    return {
        "user_id": user_id, "number": number, "action": action, "outcome": outcome, "resource_type": resource_type,
        "is_after_hours": is_after_hours, "code": code,
    }  # fmt: skip


@pytest.mark.parametrize("length", [timedelta(microseconds=1), timedelta(days=366), timedelta(days=366, hours=1)])
def test_a_report_is_of_up_to_a_year(length):
    rules.check_range(START, START + length)


@pytest.mark.parametrize("length", [timedelta(), timedelta(days=-1), timedelta(days=366, hours=1, microseconds=1)])
def test_and_of_no_other_time(length):
    with pytest.raises(Invalid) as refused:
        rules.check_range(START, START + length)
    assert (refused.value.code, [fault.pointer for fault in refused.value.faults]) == ("report_range_invalid", ["/end_date"])


def test_a_report_is_of_half_a_million_events_at_most():
    rules.check_number(500_000)
    with pytest.raises(Invalid) as refused:
        rules.check_number(500_001)
    assert (refused.value.code, refused.value.facts) == ("report_too_large", {"most_events": 500_000})


def test_office_hours_are_minutes_of_days():
    assert rules.hours("07:30", "20:00", [1, 7]) == rules.Hours(450, 1200, [1, 7])
    for wrong in (
        ("20:00", "07:00", [1]),
        ("07:00", "07:00", [1]),
        ("x", "07:00", [1]),
        ("07:00", "24:00", [1]),
        ("07:00", "08:00", [0]),
        ("07:00", "08:00", [8]),
        ("07:00", "08:00", []),
    ):
        with pytest.raises(Invalid):
            rules.hours(*wrong)


def test_office_hours_are_those_of_some_place():
    rules.check_zone("America/New_York")
    with pytest.raises(Invalid):
        rules.check_zone("America/Lakeside")


def test_what_succeeded_with_what_may_hold_phi_is_counted_by_user_and_role():
    found = rules.accesses(
        [
            line(IDA, 2), line(IDA, 1, action="UPDATE"), line(UWE, 3, action="EXPORT"), line(UWE, 1, action="PRINT"), line(None, 9),
            line(UWE, 50, outcome="failure"), line(UWE, 50, resource_type="Location"),
        ],
        ("Location",),
    )  # fmt: skip
    assert found == {None: rules.Accesses(9, 9), UWE: rules.Accesses(4, 1, 0, 3), IDA: rules.Accesses(3, 2, 1)}
    assert list(found) == [None, UWE, IDA]
    assert rules.by_role(found, {IDA: "nurse", UWE: "nurse"}) == [
        (None, 0, rules.Accesses(9, 9)),
        ("nurse", 2, rules.Accesses(7, 3, 1, 3)),
    ]


def test_after_hours_count_people_and_not_services():
    late = {"is_after_hours": True}
    found = rules.after_hours(
        [line(IDA, 2, **late), line(IDA, 5), line(None, 7, **late), line(UWE, 3, **late), line(UWE, 9, outcome="failure", **late)], ()
    )
    assert (found.events, found.users()) == (5, [(UWE, 3), (IDA, 2)])


def test_denials_are_no_sign_ins_and_no_other_refusals():
    denied, taken, wrong = (
        line(IDA, 1, outcome="failure", code=code, action=action)
        for code, action in (("permission_denied", "READ"), ("email_taken", "CREATE"), ("permission_denied", "LOGIN"))
    )
    assert [rules.is_denial(row) for row in (denied, taken, wrong)] == [True, False, False]
    assert [rules.is_failed_sign_in(row) for row in (denied, taken, wrong)] == [False, False, True]


def test_tallies_are_told_largest_first_and_not_without_end():
    tally = rules.Tally()
    for number in range(1, 502):
        tally.add({"user_id": UUID(int=number), "number": number}, "even" if number % 2 == 0 else "odd")
    assert (tally.events, len(tally.users()), tally.users()[0]) == (sum(range(502)), 500, (UUID(int=501), 501))
    assert tally.names() == [("odd", 251 * 251), ("even", 250 * 251)]


def test_every_refusal_for_want_of_a_permission_is_a_denial():
    sources = [path for folder in ("services/*/src", "libs/chassis/src") for source in ROOT.glob(folder) for path in source.rglob("*.py")]
    said = {code for path in sources for code in re.findall(r'Forbidden\(\s*"(\w+)"', path.read_text())}
    assert said - NO_DENIALS == rules.DENIALS


def test_what_is_said_to_change_permissions_is_what_methods_are_called():
    methods = {name for path in (ROOT / "protos").rglob("*.proto") for name in re.findall(r"rpc (\w+)\(", path.read_text())}
    called = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in methods}
    assert {*rules.PERMISSION_CHANGES, rules.BROKEN, rules.REVIEWED} <= called


def day(user_id, number, *, day="2026-03-02", after_hours=0):
    return {"user_id": user_id, "day": day, "number": number, "after_hours": after_hours}


def test_a_threshold_is_learnt_from_enough_of_the_past_and_is_never_too_low():
    past = [day(IDA, 200 + n) for n in range(200)]
    found = rules.unusual(past, [day(IDA, 397), day(UWE, 398), day(UWE, 900, day="2026-03-03")], "number", 100)
    # Of 200 days, 198 are at or below 200 + 197.
    assert (found.threshold, found.is_learnt, found.days_seen) == (397, True, 200)
    assert found.days == [(UWE, "2026-03-03", 900), (UWE, "2026-03-02", 398)]

    few = rules.unusual(past[:99], [day(IDA, 101), day(UWE, 100)], "number", 100)
    assert (few.threshold, few.is_learnt, few.days_seen, few.days) == (100, False, 99, [(IDA, "2026-03-02", 101)])
    quiet = rules.unusual([day(IDA, 3)] * 500, [day(IDA, 101)], "number", 100)
    assert (quiet.threshold, quiet.is_learnt) == (100, False)


def test_days_without_any_late_access_teach_nothing():
    past = [*[day(IDA, 50)] * 1000, *[day(IDA, 50, after_hours=20)] * 100]
    found = rules.unusual(past, [day(IDA, 60, after_hours=20), day(UWE, 60, after_hours=21)], "after_hours", 10)
    assert (found.threshold, found.days_seen, found.days) == (20, 100, [(UWE, "2026-03-02", 21)])
