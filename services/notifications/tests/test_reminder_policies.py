"""Quiet hours, late reminders, and rules for any number of appointments, on a real service."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from uuid_utils.compat import uuid7

from caseload.notifications.v1 import events_pb2, reminder_policies_pb2
from caseload.notifications.v1 import reminders_pb2 as pb
from caseload.notifications.v1.reminder_policies_rpc import ReminderPoliciesStub
from chassis.errors import Forbidden, Invalid
from chassis.protobuf.timestamps import to_datetime
from notifications.reminders import workflow

SOON = timedelta(minutes=30)
WEEK = timedelta(days=7)
BERLIN = ZoneInfo("Europe/Berlin")


async def set_policy(practice, *, quiet=None, late="COMBINED", cancel="ASK", call=None):
    start, end = quiet or (None, None)
    request = reminder_policies_pb2.SetReminderPolicyRequest(
        quiet_start=start,
        quiet_end=end,
        late_reminders=reminder_policies_pb2.LateReminders.Value(f"LATE_REMINDERS_{late}"),
        cancel_link=reminder_policies_pb2.CancelLink.Value(f"CANCEL_LINK_{cancel}"),
    )
    policy = await practice.environment.stub(ReminderPoliciesStub).SetReminderPolicy(request, call or practice.call)
    await practice.environment.settle()
    return policy


def hours_around_now(before=1, after=2):
    """Quiet hours that have begun and are not over, by the practice's clocks."""
    now = datetime.now(BERLIN)
    return tuple(f"{now + timedelta(hours=hours):%H}:00" for hours in (-before, after))


async def next_look(practice, appointment):
    (row,) = await practice.look("SELECT next_attempt_at FROM notifications.reminders WHERE appointment_id = $1", appointment.id)
    return row["next_attempt_at"]


async def test_the_policy_is_set_as_a_whole_by_whoever_writes_rules(practice, neighbour):
    stub, get = practice.environment.stub(ReminderPoliciesStub), reminder_policies_pb2.GetReminderPolicyRequest()
    unset = await stub.GetReminderPolicy(get, practice.call)
    assert (unset.late_reminders, unset.cancel_link, unset.HasField("updated_at")) == (2, 2, False)

    stored = await set_policy(practice, quiet=("21:00", "08:00"), late="LATE", cancel="CANCEL")
    assert await stub.GetReminderPolicy(get, practice.call) == stored
    with pytest.raises(Invalid):
        await set_policy(practice, quiet=("21:00", "21:00"))
    reader = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["reminders:read"])
    with pytest.raises(Forbidden):
        await set_policy(practice, call=reader)
    assert await stub.GetReminderPolicy(get, reader) == stored
    assert await stub.GetReminderPolicy(get, neighbour.call) == unset
    assert not (await set_policy(practice)).HasField("quiet_start")


async def test_nothing_is_mailed_in_quiet_hours_and_the_reminder_goes_out_when_they_are_over(practice, mail_server):
    quiet = hours_around_now()
    await set_policy(practice, quiet=quiet)
    client = await practice.client()
    booked = await practice.book(client, timedelta(hours=5))
    end = datetime.now(BERLIN).replace(hour=int(quiet[1][:2]), minute=0, second=0, microsecond=0)
    end += timedelta(days=end < datetime.now(BERLIN))
    await practice.until(lambda: _is_looked_at(practice, booked, end))
    assert await practice.statuses(booked) == ["pending"]
    # Too early to wait for the end of them: this one is told that it is not sent.
    early = await practice.finished_reminder(await practice.book(client, timedelta(minutes=40)))
    assert (early.status, early.last_error) == (pb.REMINDER_STATUS_SKIPPED, "quiet_hours")
    assert mail_server.attempts[client.email] == 0

    await set_policy(practice)
    assert (await practice.finished_reminder(booked)).status == pb.REMINDER_STATUS_SENT


async def test_other_quiet_hours_change_when_planned_reminders_are_looked_at(practice, monkeypatch):
    monkeypatch.setattr(workflow, "AT_ONCE", 2)
    await practice.rule(48)
    booked = [await practice.book(await practice.client(), WEEK * n) for n in (1, 2, 3)]
    before = await _looks(practice)
    assert len(before) == 6

    await set_policy(practice, quiet=("21:00", "08:00"))
    assert await _looks(practice) == {key: at - timedelta(hours=13, minutes=1) for key, at in before.items()}
    # What is planned from now on is looked at as early.
    later = await practice.book(await practice.client(), WEEK * 4)
    start = to_datetime(later.scheduled_start)
    assert (await _looks(practice))[later.id, 24] == start - timedelta(hours=24 + 13, minutes=1)
    await set_policy(practice)
    assert {key: at for key, at in (await _looks(practice)).items() if key[0] != later.id} == before
    assert [await practice.statuses(each) for each in booked] == [["pending", "pending"]] * 3


@pytest.mark.parametrize(
    ("late", "expected", "mails"),
    [
        ("LATE", {24: ("sent", ""), 2: ("sent", "")}, 2),
        ("COMBINED", {24: ("skipped", "later_reminder_due"), 2: ("sent", "")}, 1),
        ("SKIPPED", {24: ("skipped", "later_reminder_due"), 2: ("skipped", "too_late")}, 0),
    ],
)
async def test_after_an_outage_reminders_go_out_late_combined_or_not_at_all(practice, mail_server, late, expected, mails):
    await practice.rule(2)
    await set_policy(practice, late=late)
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    # As if nothing had run for three hours.
    await practice.look(
        "UPDATE notifications.reminders SET due_at = now() - interval '2 hours' - hours_before * interval '1 minute', next_attempt_at = now()"
        " WHERE appointment_id = $1",
        booked.id,
    )

    async def found():
        return {r.hours_before: (pb.ReminderStatus.Name(r.status)[16:].lower(), r.last_error) for r in await practice.reminders(booked)}

    async def ended():
        return await found() == expected

    await practice.until(ended)
    assert len(mail_server.to(client.email)) == mails


# --- any number of appointments


async def many_appointments(practice, number):
    """So many appointments ahead, as they are known here: one an hour, from next week on. Their ids."""
    ids, start = [uuid7() for _ in range(number)], datetime.now(UTC) + WEEK
    await practice.look(
        "INSERT INTO notifications.appointments (workspace_id, id, client_id, starts_at, is_open, version)"
        " SELECT $1, id, gen_random_uuid(), $3::timestamptz + (n / 3) * interval '1 hour', true, 1"
        " FROM unnest($2::uuid[]) WITH ORDINALITY AS made (id, n)",
        practice.workspace_id, ids, start,
    )  # fmt: skip
    return ids


async def test_a_rule_reaches_all_appointments_batch_by_batch_and_its_end_all_reminders(practice, monkeypatch):
    monkeypatch.setattr(workflow, "AT_ONCE", 7)
    ids = await many_appointments(practice, 100)
    rule = await practice.rule(30)
    assert await _planned(practice, 30) == {("pending", each) for each in ids}

    await practice.stub.DeleteConfiguration(pb.DeleteConfigurationRequest(configuration_id=rule.id), practice.call)
    await practice.environment.settle()
    assert await _planned(practice, 30) == {("cancelled", each) for each in ids}

    # And all of them again, once each.
    await practice.rule(30)
    assert await _planned(practice, 30) == {("pending", each) for each in ids}


@pytest.mark.drill
async def test_a_rule_over_sixty_thousand_appointments_is_answered_before_they_are_planned(practice):
    ids = await many_appointments(practice, 60_000)
    began = time.monotonic()
    await practice.rule(30, settle=False)
    answered = time.monotonic() - began
    assert len(await _planned(practice, 30)) < len(ids)
    await practice.environment.settle(600)
    print(f"\na rule over {len(ids)} appointments: answered after {answered:.3f} s, planned after {time.monotonic() - began:.1f} s")  # noqa: T201 - a figure of the drill
    assert await _planned(practice, 30) == {("pending", each) for each in ids}


async def test_who_goes_on_after_a_kill_plans_each_reminder_once(practice, monkeypatch):
    """The transaction of a batch is lost as with its process; the event comes again."""
    monkeypatch.setattr(workflow, "AT_ONCE", 10)
    ids = await many_appointments(practice, 45)
    plan_again, seen = workflow.plan_again, []

    async def killed_at_first(db, rule, found, *, now):
        number = await plan_again(db, rule, found, now=now)
        seen.append(len(found))
        if len(seen) in {1, 3}:
            # What the server says to everybody when it ends at once.
            await (await db.connection()).execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return number

    monkeypatch.setattr(workflow, "plan_again", killed_at_first)
    await practice.rule(30)
    await practice.environment.settle(60)

    assert await _planned(practice, 30) == {("pending", each) for each in ids}
    assert (
        len(
            await practice.look(
                "SELECT 1 FROM notifications.reminders WHERE hours_before = 30 AND workspace_id = $1", practice.workspace_id
            )
        )
        == 45
    )
    # Five batches, of which two were lost after they had done their work.
    assert seen == [10, 10, 10, 10, 10, 10, 5]


async def test_a_rule_that_is_gone_before_its_batches_are_plans_nothing_more(practice):
    ids = await many_appointments(practice, 3)
    rule = await practice.rule(30, settle=False)
    await practice.stub.DeleteConfiguration(pb.DeleteConfigurationRequest(configuration_id=rule.id), practice.call)
    await practice.environment.settle()
    assert {status for status, _ in await _planned(practice, 30)} <= {"cancelled"}

    # An event that comes late finds the rule as it is.
    async with practice.environment.runtime("notifications").background(practice.workspace_id) as work:
        await workflow.settle_rule(work, events_pb2.ReminderRuleUnsettled(hours_before=30, channel=pb.CHANNEL_EMAIL))
    assert {status for status, _ in await _planned(practice, 30)} <= {"cancelled"}
    assert len(ids) == 3


async def test_a_reminder_of_a_rule_that_is_gone_is_not_mailed_before_its_batch_comes(practice, mail_server):
    client = await practice.client()
    booked = await practice.book(client, WEEK)
    await practice.look("DELETE FROM notifications.reminder_configurations WHERE workspace_id = $1", practice.workspace_id)
    await practice.make_due(booked)
    reminder = await practice.finished_reminder(booked)
    assert (reminder.status, reminder.last_error) == (pb.REMINDER_STATUS_CANCELLED, "rule_withdrawn")
    assert mail_server.attempts[client.email] == 0


async def _planned(practice, hours):
    sql = "SELECT status, appointment_id FROM notifications.reminders WHERE workspace_id = $1 AND hours_before = $2"
    return {(row["status"], row["appointment_id"]) for row in await practice.look(sql, practice.workspace_id, hours)}


async def _looks(practice):
    sql = "SELECT appointment_id::text, hours_before, next_attempt_at FROM notifications.reminders WHERE workspace_id = $1"
    return {(row["appointment_id"], row["hours_before"]): row["next_attempt_at"] for row in await practice.look(sql, practice.workspace_id)}


async def _is_looked_at(practice, appointment, moment):
    return await next_look(practice, appointment) == moment
