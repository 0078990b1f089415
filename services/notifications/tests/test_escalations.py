"""Alerts that nobody answers: level by level, once each, whatever happens to whoever takes them further."""

import asyncio
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2 as pb
from caseload.notifications.v1 import escalation_policies_pb2
from caseload.notifications.v1.escalation_policies_rpc import EscalationPoliciesStub
from chassis.errors import Conflict, Forbidden, Invalid
from chassis.protobuf.timestamps import to_datetime
from notifications.escalations import store
from notifications.escalations.worker import AlertWorker

from .conftest import set_settings
from .hospital import ALWAYS, CRITICAL, LOW, open_hospital

NURSES, DOCTORS, ADMINS = ({"notify_roles": [role]} for role in ("nurse", "doctor", "admin"))


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


async def until_level(hospital, person, alert, level, steps=None):
    async def is_there():
        now = await person.get(alert)
        return now.escalation_level == level and (steps is None or len(await person.steps(alert)) == steps)

    await hospital.until(is_there)


async def test_an_alert_that_nobody_answers_goes_on_from_level_to_level_and_repeats_the_last_one(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES, DOCTORS, repeat=7200)
    alert = await nurse.raise_alert()

    for level, steps in ((1, 1), (2, 2), (2, 3)):
        await hospital.make_due(alert)
        await until_level(hospital, nurse, alert, level, steps)

    assert await nurse.steps(alert) == [(0, 1, "timeout"), (1, 2, "timeout"), (2, 2, "timeout")]
    mailed = sorted(row["user_id"] for row in await hospital.mails_of(alert))
    assert mailed == sorted([nurse.id, doctor.id, doctor.id])
    (row,) = await hospital.look("SELECT escalates_at - updated_at AS pause FROM notifications.alerts WHERE id = $1", UUID(alert.id))
    assert row["pause"].total_seconds() == 7200
    lines = [
        line for line in await hospital.environment.emitted(AuditRecorded, hospital.workspace_id) if line.event_type == "escalate_alert"
    ]
    assert [line.facts["level"] for line in lines] == ["1", "2", "2"]


async def test_a_step_is_taken_within_two_seconds_of_its_time(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES)
    alerts = [await nurse.raise_alert() for _ in range(5)]
    sql = "UPDATE notifications.alerts SET escalates_at = now() + interval '0.7 s' WHERE workspace_id = $1 RETURNING id, escalates_at"
    due = {row["id"]: row["escalates_at"] for row in await hospital.look(sql, hospital.workspace_id)}
    for alert in alerts:
        await until_level(hospital, nurse, alert, 1)

    sql = "SELECT alert_id, escalated_at FROM notifications.alert_escalations WHERE workspace_id = $1"
    late = {
        row["alert_id"]: (row["escalated_at"] - due[row["alert_id"]]).total_seconds()
        for row in await hospital.look(sql, hospital.workspace_id)
    }
    assert late.keys() == due.keys()
    assert 0 <= min(late.values()) <= max(late.values()) <= 2


async def test_whoever_wants_no_mails_of_alerts_gets_none_unless_nobody_else_would(hospital):
    first, second = await hospital.hire("nurse"), await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, repeat=7200)
    alert = await first.raise_alert()
    mailed = []
    for nurse in (first, second):
        await set_settings(hospital, nurse.call, notify_alerts=False)
        await hospital.make_due(alert)
        await until_level(hospital, first, alert, 1, len(mailed) + 1)
        mailed.append(len(await hospital.mails_of(alert)))

    assert mailed == [1, 3]
    assert sorted(row["user_id"] for row in await hospital.mails_of(alert)) == sorted([first.id, second.id, second.id])


async def test_of_an_alert_that_was_told_very_often_the_last_steps_are_listed(hospital, monkeypatch):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES)
    alert = await nurse.raise_alert()
    for _ in range(3):
        await nurse.escalate(alert)
    monkeypatch.setattr(store, "MOST_LISTED", 2)
    assert await nurse.steps(alert) == [(1, 1, "manual"), (1, 1, "manual")]


async def test_a_mail_says_where_and_how_urgent_and_nothing_of_whom(hospital):
    ward = await hospital.department("Ward 3")
    nurse = await hospital.hire("nurse", ward)
    await hospital.admin.set_policy(NURSES, priority="critical")
    alert = await nurse.raise_alert(department_id=ward, room_number="3.14", priority=CRITICAL, drill=True)
    await hospital.make_due(alert)

    await hospital.until(lambda: hospital.mail_server.to(nurse.email))
    (mail,) = hospital.mail_server.to(nurse.email)
    assert mail["Subject"] == "DRILL: Alert (critical), Ward 3, room 3.14"
    local = to_datetime(alert.created_at).astimezone(ZoneInfo("Europe/Berlin"))
    since = f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}".replace(" ", ", ", 1)
    for part in ("plain", "html"):
        text = mail.get_body((part,)).get_content()
        assert f"https://app.example.com/alerts/{alert.id}" in text
        assert "Type: medical" in text
        assert f"Since: {since}" in text
        assert "Ada" not in text


async def test_what_is_answered_goes_no_further_and_its_mail_is_not_sent(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES)
    alert = await nurse.raise_alert()
    hospital.mail_server.close()
    await hospital.make_due(alert)
    await until_level(hospital, nurse, alert, 1)
    await hospital.deferred_mail(alert)
    await nurse.acknowledge(alert)
    hospital.mail_server.is_closed = False
    async with hospital.environment.superuser() as connection:
        await connection.execute("UPDATE notifications.mails SET next_attempt_at = now() WHERE user_id = $1", nurse.id)

    async def is_dropped():
        return [row["status"] for row in await hospital.mails_of(alert)] == ["dropped"]

    await hospital.until(is_dropped)
    await hospital.has_nothing_due()
    assert await nurse.steps(alert) == [(0, 1, "timeout")]


async def test_a_level_that_finds_nobody_is_recorded_and_passed_over_at_once(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(DOCTORS, {"notify_roles": [], "notify_on_call": True}, NURSES)
    alert = await nurse.raise_alert()
    await hospital.make_due(alert)

    await until_level(hospital, nurse, alert, 3)
    assert await nurse.steps(alert) == [(0, 1, "timeout"), (1, 2, "no_response"), (2, 3, "no_response")]
    assert [row["user_id"] for row in await hospital.mails_of(alert)] == [nurse.id]


async def test_where_no_level_finds_anybody_the_administrators_are_told(hospital):
    await hospital.admin.set_policy(DOCTORS, NURSES)
    alert = await hospital.admin.raise_alert()
    await hospital.make_due(alert)

    await until_level(hospital, hospital.admin, alert, 2)
    await hospital.until(lambda: hospital.mail_server.to(hospital.owner_email))
    (mail,) = hospital.mail_server.to(hospital.owner_email)
    assert mail["Subject"] == "Nobody can be told of an alert (high), the whole house"
    # It stays open, and the last level is told again: by then somebody may be there.
    nurse = await hospital.hire("nurse")
    await hospital.make_due(alert)
    await until_level(hospital, hospital.admin, alert, 2, steps=3)
    assert nurse.id in [row["user_id"] for row in await hospital.mails_of(alert)]


async def test_a_step_tells_whoever_is_on_call_for_the_department(hospital):
    ward, clinic = await hospital.department("Ward"), await hospital.department("Clinic")
    nurse = await hospital.hire("nurse", ward, shifts=ALWAYS)
    await hospital.hire("nurse", clinic, shifts=ALWAYS)
    await hospital.hire("doctor", ward)
    await hospital.admin.set_policy({"notify_roles": [], "notify_on_call": True})
    alert = await nurse.raise_alert(department_id=ward)
    await hospital.make_due(alert)

    await until_level(hospital, nurse, alert, 1)
    assert [row["user_id"] for row in await hospital.mails_of(alert)] == [nurse.id]


async def test_whoever_left_is_not_told_and_whoever_came_is(hospital):
    nurse, newcomer = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES)
    alert = await newcomer.raise_alert()
    await hospital.environment.stub(UsersStub).DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(nurse.id)), hospital.call)
    other = await hospital.hire("nurse")
    await hospital.make_due(alert)

    await until_level(hospital, newcomer, alert, 1)
    assert [row["user_id"] for row in await hospital.mails_of(alert)] == [other.id]


async def test_people_escalate_by_hand_until_somebody_answers(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, ADMINS)
    alert = await nurse.raise_alert()
    assert (await nurse.escalate(alert)).escalation_level == 1
    assert (await nurse.escalate(alert)).escalation_level == 2
    await nurse.resolve(alert)
    with pytest.raises(Conflict) as refused:
        await nurse.escalate(alert)
    assert refused.value.code == "alert_closed"
    assert await nurse.steps(alert) == [(0, 1, "manual"), (1, 2, "manual")]


async def test_of_those_who_escalate_at_the_same_moment_one_does_and_the_others_learn_who(hospital):
    people = [await hospital.hire("nurse") for _ in range(3)]
    await hospital.admin.set_policy(NURSES, DOCTORS, ADMINS)
    alert = await people[0].raise_alert()
    async with hospital.environment.superuser() as connection, connection.transaction():
        # They have all read at which level it is when the first of them can change it.
        await connection.execute("SELECT FROM notifications.alerts WHERE id = $1 FOR UPDATE", UUID(alert.id))
        escalating = [asyncio.create_task(person.escalate(alert)) for person in people]

        async def all_wait():
            sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%alerts%FOR UPDATE%'"
            return (await hospital.look(sql))[0]["count"] >= len(people)

        await hospital.until(all_wait)
    outcomes = await asyncio.gather(*escalating, return_exceptions=True)
    refusals = [each for each in outcomes if isinstance(each, Conflict)]
    (first,) = [person for person, each in zip(people, outcomes, strict=True) if not isinstance(each, BaseException)]
    facts = [(each.code, each.facts["escalation_level"], each.facts["escalated_by"]) for each in refusals]
    assert facts == [("alert_already_escalated", 1, str(first.id))] * 2
    assert await people[0].steps(alert) == [(0, 1, "manual")]
    (step,) = (await people[0].alerts.ListEscalations(pb.ListEscalationsRequest(alert_id=alert.id), people[0].call)).items
    assert step.escalated_by == str(first.id)


@pytest.mark.parametrize("call", ["look", "escalate"])
async def test_more_people_at_once_than_there_are_connections_keep_nobody_waiting(hospital, call):
    people = [await hospital.hire("nurse") for _ in range(24)]
    await hospital.admin.set_policy(NURSES, DOCTORS, ADMINS)
    alert = await people[0].raise_alert()
    assert len(people) > 2 * hospital.environment.runtime("notifications").settings.pool_max
    async with asyncio.timeout(8):
        match call:
            case "look":
                assert {shown.id for shown in await asyncio.gather(*(person.get(alert) for person in people))} == {alert.id}
            case "escalate":
                outcomes = await asyncio.gather(*(person.escalate(alert, seen_level=0) for person in people), return_exceptions=True)
                refusals = [each.code for each in outcomes if isinstance(each, BaseException)]
                assert refusals == ["alert_already_escalated"] * (len(people) - 1)
                assert await people[0].steps(alert) == [(0, 1, "manual")]


async def test_who_says_which_level_they_saw_takes_no_further_one(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    await hospital.admin.set_policy(NURSES, DOCTORS)
    alert = await nurse.raise_alert()
    assert (await nurse.escalate(alert, seen_level=0)).escalation_level == 1
    # A second later, by somebody whose page shows what it was.
    with pytest.raises(Conflict) as refused:
        await doctor.escalate(alert, seen_level=0)
    assert (refused.value.code, refused.value.facts["escalated_by"]) == ("alert_already_escalated", str(nurse.id))
    await hospital.make_due(alert)
    await until_level(hospital, nurse, alert, 2)
    with pytest.raises(Conflict) as refused:
        await doctor.escalate(alert, seen_level=1)
    assert (refused.value.code, refused.value.facts["escalation_level"]) == ("alert_already_escalated", 2)
    assert "escalated_by" not in refused.value.facts
    # The last level is told again.
    assert (await doctor.escalate(alert, seen_level=2)).escalation_level == 2
    assert await nurse.steps(alert) == [(0, 1, "manual"), (1, 2, "timeout"), (2, 2, "manual")]


async def test_a_step_is_taken_once_however_many_claim_it(hospital):
    """A worker that was held up for longer than its lease, and those that have taken its step meanwhile."""
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, DOCTORS)
    alert = await nurse.raise_alert()
    runtime = hospital.environment.runtime("notifications")
    workers = [AlertWorker(runtime, UsersStub(runtime.peers["identity"]), lambda: None) for _ in range(4)]
    claimed = type("Claim", (), {"workspace_id": hospital.workspace_id, "alert_id": UUID(alert.id)})
    await hospital.make_due(alert)
    await asyncio.gather(*(worker.take_further(claimed) for worker in workers))

    assert await nurse.steps(alert) == [(0, 1, "timeout")]
    assert len(await hospital.mails_of(alert)) == 1


async def test_a_step_that_was_claimed_and_not_taken_is_taken_by_another(hospital):
    """Its worker was killed between the two; what it leaves is a lease."""
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES)
    alert = await nurse.raise_alert()
    async with hospital.environment.superuser() as connection, connection.transaction():
        await connection.execute("UPDATE notifications.alerts SET escalates_at = now() WHERE id = $1", UUID(alert.id))
        await connection.execute("UPDATE notifications.due_work SET due_at = now() + interval '0.5 s' WHERE item_id = $1", UUID(alert.id))

    await until_level(hospital, nurse, alert, 1)
    assert await nurse.steps(alert) == [(0, 1, "timeout")]


async def test_an_acknowledgement_and_a_step_at_the_same_moment_are_both_whole_or_one_is_not_at_all(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, DOCTORS)
    alerts = [await nurse.raise_alert() for _ in range(5)]
    await asyncio.gather(*(step for alert in alerts for step in (hospital.make_due(alert), nurse.acknowledge(alert))))

    assert await hospital.look("SELECT FROM notifications.due_work WHERE workspace_id = $1 AND kind = 'alert'", hospital.workspace_id) == []
    for alert in alerts:
        now, steps = await nurse.get(alert), await nurse.steps(alert)
        assert now.status == pb.ALERT_STATUS_ACKNOWLEDGED
        assert len(steps) == now.escalation_level <= 1


# --- policies


async def policy_of(person, priority):
    request = escalation_policies_pb2.GetPolicyRequest(priority=f"POLICY_PRIORITY_{priority.upper()}")
    return await person.house.environment.stub(EscalationPoliciesStub).GetPolicy(request, person.call)


async def test_a_priority_has_its_own_policy_or_the_workspaces_or_the_one_that_comes_with_caseload(hospital):
    nurse = await hospital.hire("nurse")
    assert [level.after_seconds for level in (await policy_of(nurse, "critical")).levels] == [30, 60, 120]
    await hospital.admin.set_policy({"after_seconds": 77}, priority="default")
    await hospital.admin.set_policy({"after_seconds": 88}, priority="low", repeat=99)

    assert [level.after_seconds for level in (await policy_of(nurse, "critical")).levels] == [77]
    own = await policy_of(nurse, "low")
    assert (own.levels[0].after_seconds, own.repeat_last_every_seconds) == (88, 99)


async def test_an_alert_keeps_the_policy_that_it_was_raised_under(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, DOCTORS, NURSES, priority="low")
    alert = await nurse.raise_alert(priority=LOW)
    await hospital.admin.set_policy(ADMINS, priority="low")
    await nurse.escalate(alert)
    await nurse.escalate(alert)
    assert (await nurse.steps(alert))[-1] == (2, 3, "no_response")


async def test_only_who_manages_alerts_sets_a_policy_and_only_one_that_can_be_used(hospital):
    nurse = await hospital.hire("nurse")
    with pytest.raises(Forbidden):
        await nurse.set_policy(NURSES)
    with pytest.raises(Invalid) as refused:
        await hospital.admin.set_policy({"after_seconds": 4})
    assert refused.value.code == "escalation_policy_invalid"


async def test_in_a_suspended_workspace_nothing_goes_on_until_somebody_can_answer_again(hospital):
    nurse = await hospital.hire("nurse")
    await hospital.admin.set_policy(NURSES, repeat=7200)
    alert = await nurse.raise_alert()
    hospital.mail_server.close()
    await hospital.make_due(alert)
    await until_level(hospital, nurse, alert, 1)
    mail = await hospital.deferred_mail(alert)
    await hospital.look("UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1", hospital.workspace_id)
    hospital.mail_server.is_closed = False
    await hospital.look("UPDATE notifications.mails SET next_attempt_at = now() WHERE id = $1", mail["id"])
    await hospital.make_due(alert)

    async def is_held():
        later = "SELECT 1 FROM notifications.due_work WHERE item_id = $1 AND due_at > now() + interval '30 seconds'"
        return await hospital.look(later, UUID(alert.id))

    async def is_dropped():
        return [row["last_error"] for row in await hospital.mails_of(alert)] == ["workspace_suspended"]

    await hospital.until(is_held)
    await hospital.until(is_dropped)
    assert await nurse.steps(alert) == [(0, 1, "timeout")]
    await hospital.look("UPDATE identity.workspaces SET status = 'active' WHERE workspace_id = $1", hospital.workspace_id)
    await hospital.look("UPDATE notifications.due_work SET due_at = now() WHERE item_id = $1", UUID(alert.id))
    await until_level(hospital, nurse, alert, 1, 2)
    await hospital.until(lambda: hospital.mail_server.to(nurse.email))
