"""Alerts that somebody sees to and does not close: taken over, help called for, and active again when they are forgotten."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2 as pb
from chassis.errors import Conflict
from chassis.protobuf.timestamps import to_datetime
from notifications.escalations.restoring import pass_over_due_steps
from notifications.escalations.worker import AlertWorker
from notifications.escalations.workflow import Team

from .hospital import open_hospital

NURSES, DOCTORS = ({"notify_roles": [role]} for role in ("nurse", "doctor"))


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


async def last_line(hospital, alert, event_type):
    """Who has made the last change of this kind, and what the trail says of it."""
    lines = await hospital.environment.emitted(AuditRecorded, hospital.workspace_id)
    made = [line for line in lines if (line.resource_id, line.event_type, line.code) == (alert.id, event_type, "")]
    return made[-1].user_id, dict(made[-1].facts)


async def changes_of(hospital, alert):
    sql = "SELECT kind FROM notifications.alert_changes WHERE alert_id = $1 ORDER BY sequence"
    return [row["kind"] for row in await hospital.look(sql, UUID(alert.id))]


async def test_whoever_takes_over_says_so_and_the_record_says_from_whom(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    alert = await nurse.raise_alert()
    first = await nurse.acknowledge(alert)
    with pytest.raises(Conflict) as refused:
        await doctor.acknowledge(alert)
    assert (refused.value.code, refused.value.facts["acknowledged_by"]) == ("alert_already_acknowledged", str(nurse.id))

    taken = await doctor.acknowledge(alert, take_over=True)
    assert (taken.status, taken.acknowledged_by) == (pb.ALERT_STATUS_ACKNOWLEDGED, str(doctor.id))
    assert to_datetime(taken.acknowledged_at) > to_datetime(first.acknowledged_at)
    # Said again it changes nothing, and says nothing new.
    assert await doctor.acknowledge(alert, take_over=True) == taken
    assert await changes_of(hospital, alert) == ["raised", "acknowledged", "acknowledged"]
    lines = await hospital.environment.emitted(AuditRecorded, hospital.workspace_id)
    taken_over = [(line.user_id, line.facts["taken_over_from"]) for line in lines if "taken_over_from" in line.facts]
    assert taken_over == [(str(doctor.id), str(nurse.id))]

    await doctor.resolve(alert)
    with pytest.raises(Conflict) as refused:
        await nurse.acknowledge(alert, take_over=True)
    assert refused.value.code == "alert_closed"


async def test_taking_over_makes_no_answer_late_and_a_call_for_help_waits_for_another_one(hospital):
    nurse, *doctors = [await hospital.hire(role) for role in ("nurse", "doctor", "doctor")]
    alert = await nurse.raise_alert()
    await nurse.acknowledge(alert)

    async def figures():
        return (await hospital.admin.alerts.GetAlertReport(pb.GetAlertReportRequest(), hospital.admin.call)).total

    answered = await figures()
    assert (answered.acknowledged, answered.longest_seconds > 0) == (1, True)
    for doctor in doctors:
        await doctor.acknowledge(alert, take_over=True)
        assert await figures() == answered

    await doctors[1].escalate(alert)
    called = await figures()
    assert (called.acknowledged, called.unanswered, called.HasField("longest_seconds")) == (0, 1, False)
    await nurse.acknowledge(alert)
    assert (await figures()).longest_seconds > answered.longest_seconds


async def test_of_those_who_take_over_at_the_same_moment_one_does_and_the_others_learn_who(hospital):
    nurse, *others = [await hospital.hire("nurse") for _ in range(4)]
    alert = await nurse.raise_alert()
    await nurse.acknowledge(alert)

    async with hospital.environment.superuser() as connection, connection.transaction():
        # They have all read who sees to it when the first of them can change it.
        await connection.execute("SELECT FROM notifications.alerts WHERE id = $1 FOR UPDATE", UUID(alert.id))
        taking = [asyncio.create_task(person.acknowledge(alert, take_over=True)) for person in others]

        async def all_wait():
            sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%alerts%FOR UPDATE%'"
            return (await hospital.look(sql))[0]["count"] >= len(others)

        await hospital.until(all_wait)
    outcomes = await asyncio.gather(*taking, return_exceptions=True)
    (winner,) = [each for each in outcomes if not isinstance(each, BaseException)]
    refusals = [each for each in outcomes if isinstance(each, BaseException)]
    assert [(each.code, each.facts["acknowledged_by"]) for each in refusals] == [("alert_already_acknowledged", winner.acknowledged_by)] * 2


async def test_whoever_sees_to_it_calls_for_help_and_the_next_level_is_told_until_somebody_answers(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES, DOCTORS)
    alert = await nurse.raise_alert()
    await nurse.escalate(alert)
    await nurse.acknowledge(alert)

    called = await nurse.escalate(alert)
    assert (called.status, called.escalation_level, called.acknowledged_by) == (pb.ALERT_STATUS_ACTIVE, 2, "")
    assert await nurse.steps(alert) == [(0, 1, "manual"), (1, 2, "manual")]
    assert alert.id in await doctor.active()
    await hospital.until(lambda: hospital.mail_server.to(doctor.email))
    # The nurse has answered it, and is still there.
    (mailed,) = [message.get_body(("plain",)).get_content() for message in hospital.mail_server.to(doctor.email)]
    assert "needs somebody" in mailed
    assert "Nobody has answered" not in mailed
    assert await changes_of(hospital, alert) == ["raised", "escalated", "acknowledged", "escalated"]
    user_id, facts = await last_line(hospital, alert, "escalate_alert")
    assert (user_id, facts["acknowledged_by"]) == (str(nurse.id), str(nurse.id))
    assert await hospital.look("SELECT FROM notifications.due_work WHERE item_id = $1", UUID(alert.id))
    assert (await doctor.acknowledge(alert)).acknowledged_by == str(doctor.id)


async def test_an_escalation_that_meets_an_acknowledgement_it_did_not_know_of_undoes_nothing(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    alert = await nurse.raise_alert()
    async with hospital.environment.superuser() as connection, connection.transaction():
        await connection.execute("SELECT FROM notifications.alerts WHERE id = $1 FOR UPDATE", UUID(alert.id))

        async def wait_for(number):
            async def wait():
                sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%alerts%FOR UPDATE%'"
                return (await hospital.look(sql))[0]["count"] >= number

            await hospital.until(wait)

        acknowledging = asyncio.create_task(nurse.acknowledge(alert))
        await wait_for(1)
        escalating = asyncio.create_task(doctor.escalate(alert))
        await wait_for(2)
    acknowledged, refused = await asyncio.gather(acknowledging, escalating, return_exceptions=True)
    assert isinstance(refused, Conflict)
    assert (refused.code, refused.facts["acknowledged_by"]) == ("alert_already_acknowledged", str(nurse.id))
    assert await nurse.get(alert) == acknowledged
    assert await nurse.steps(alert) == []


async def forgotten(hospital, alert):
    """Has the time run out that the alert may stay acknowledged."""
    sql = "UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1 AND status = 'acknowledged' AND escalates_at IS NOT NULL RETURNING id"
    assert await hospital.look(sql, UUID(alert.id))


async def test_an_alert_that_was_acknowledged_and_forgotten_is_active_again_once_and_goes_on(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES, DOCTORS, repeat=7200, again=600)
    alert = await nurse.raise_alert()
    await nurse.escalate(alert)
    await nurse.acknowledge(alert)
    (row,) = await hospital.look("SELECT escalates_at - acknowledged_at AS left FROM notifications.alerts WHERE id = $1", UUID(alert.id))
    assert row["left"] == timedelta(seconds=600)
    shown = await nurse.get(alert)
    assert shown.status == pb.ALERT_STATUS_ACKNOWLEDGED
    # Whoever looks at it sees when that is.
    assert to_datetime(shown.escalates_at) == to_datetime(shown.acknowledged_at) + timedelta(seconds=600)
    # Whoever takes over has all of the time.
    await doctor.acknowledge(alert, take_over=True)
    sql = "SELECT escalates_at - acknowledged_at AS left, acknowledged_by FROM notifications.alerts WHERE id = $1"
    assert [tuple(row) for row in await hospital.look(sql, UUID(alert.id))] == [(timedelta(seconds=600), doctor.id)]

    runtime = hospital.environment.runtime("notifications")
    workers = [AlertWorker(runtime, UsersStub(runtime.peers["identity"]), lambda: None) for _ in range(4)]
    claimed = type("Claim", (), {"workspace_id": hospital.workspace_id, "alert_id": UUID(alert.id)})
    await forgotten(hospital, alert)
    await asyncio.gather(*(worker.take_further(claimed) for worker in workers))

    now = await nurse.get(alert)
    assert (now.status, now.escalation_level, now.acknowledged_by) == (pb.ALERT_STATUS_ACTIVE, 2, "")
    assert await nurse.steps(alert) == [(0, 1, "manual"), (1, 2, "timeout")]
    assert [row["user_id"] for row in await hospital.mails_of(alert)].count(doctor.id) == 1
    assert (await changes_of(hospital, alert))[-2:] == ["acknowledged", "escalated"]
    user_id, facts = await last_line(hospital, alert, "escalate_alert")
    assert (user_id, facts["level"], facts["acknowledged_by"]) == ("", "2", str(doctor.id))


async def test_whoever_says_again_that_they_see_to_it_has_all_of_the_time_again(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES, again=600)
    alert = await nurse.raise_alert()
    said = await nurse.acknowledge(alert)

    async def left():
        sql = """
            SELECT extract(epoch FROM escalates_at - clock_timestamp())::float AS left, escalates_at = due_at AS kept
            FROM notifications.alerts AS alert JOIN notifications.due_work ON item_id = alert.id WHERE alert.id = $1
        """
        (row,) = await hospital.look(sql, UUID(alert.id))
        assert row["kept"]
        return row["left"]

    for again in (False, True):
        await hospital.look("UPDATE notifications.alerts SET escalates_at = now() + interval '99 s' WHERE id = $1", UUID(alert.id))
        with pytest.raises(Conflict):
            await doctor.acknowledge(alert)
        assert await left() < 100
        anew = await nurse.acknowledge(alert, take_over=again)
        assert to_datetime(anew.escalates_at) > to_datetime(said.escalates_at)
        anew.escalates_at.CopyFrom(said.escalates_at)
        assert anew == said
        assert 500 < await left() <= 600
    # Whoever looks at it is told until when, each time; a refusal tells nothing.
    assert await changes_of(hospital, alert) == ["raised", *["acknowledged"] * 3]


async def test_who_escalates_what_was_only_taken_over_meanwhile_is_not_told_that_it_has_gone_on(hospital, monkeypatch):
    nurse, doctor, caller = [await hospital.hire(role) for role in ("nurse", "doctor", "nurse")]
    await hospital.admin.set_policy(NURSES, DOCTORS, again=600)
    alert = await nurse.raise_alert()
    await nurse.acknowledge(alert)
    asked = Team.of

    async def slowly(*about):
        # Identity answers while the alert passes from hand to hand.
        for person in (doctor, nurse):
            await person.acknowledge(alert, take_over=True)
        await nurse.acknowledge(alert)
        return await asked(*about)

    monkeypatch.setattr(Team, "of", slowly)
    assert (await caller.escalate(alert, seen_level=0)).escalation_level == 1
    assert await nurse.steps(alert) == [(0, 1, "manual")]


async def test_the_time_of_an_alert_that_is_closed_ends_and_without_a_time_it_stays_acknowledged(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES)
    untimed = await nurse.raise_alert()
    await nurse.acknowledge(untimed)
    await hospital.admin.set_policy(NURSES, again=600)
    closed = await nurse.raise_alert()
    await nurse.acknowledge(closed)
    due = "SELECT FROM notifications.due_work WHERE item_id = $1"
    assert await hospital.look(due, UUID(closed.id))
    await nurse.resolve(closed)
    for alert in (untimed, closed):
        assert await hospital.look(due, UUID(alert.id)) == []


async def test_closing_it_and_its_time_running_out_at_the_same_moment_are_both_whole_or_one_is_not_at_all(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, again=600)
    alerts = [await nurse.raise_alert() for _ in range(5)]
    for alert in alerts:
        await nurse.acknowledge(alert)
    sql = "UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1"
    await asyncio.gather(*(step for alert in alerts for step in (hospital.look(sql, UUID(alert.id)), nurse.resolve(alert))))

    assert await hospital.look("SELECT FROM notifications.due_work WHERE workspace_id = $1 AND kind = 'alert'", hospital.workspace_id) == []
    for alert in alerts:
        now, steps = await nurse.get(alert), await nurse.steps(alert)
        assert now.status == pb.ALERT_STATUS_RESOLVED
        assert len(steps) == now.escalation_level <= 1


async def test_after_a_restore_a_forgotten_alert_is_open_and_nobody_is_told_of_it_again(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, again=3600, repeat=7200)
    alert = await nurse.raise_alert()
    await nurse.acknowledge(alert)
    async with hospital.environment.superuser() as connection:
        async with connection.transaction():
            await connection.execute("UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1", UUID(alert.id))
            # No worker takes it before.
            await connection.execute(
                "UPDATE notifications.due_work SET due_at = now() + interval '1 hour' WHERE item_id = $1", UUID(alert.id)
            )
        # As a restore does, in every workspace.
        await pass_over_due_steps(connection, hospital.environment.runtime("notifications"))
    assert (await nurse.get(alert)).status == pb.ALERT_STATUS_ACTIVE
    assert await hospital.mails_of(alert) == []
    assert await nurse.steps(alert) == []
