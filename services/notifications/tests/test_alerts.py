"""Alerts: raised, seen by whom they concern, answered by one, and closed."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from uuid_utils.compat import uuid7

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.notifications.v1 import alerts_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime

from .hospital import CRITICAL, HIGH, LOW, open_hospital


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


@pytest.fixture
async def ward(hospital):
    return await hospital.department("Ward 3")


async def test_a_raised_alert_says_what_was_said_and_waits_for_an_answer(hospital, ward):
    nurse = await hospital.hire("nurse", ward)
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    raised = await nurse.raise_alert(
        department_id=ward, description="On the stairs", room_number="3.14", priority=CRITICAL, expires_at=expires_at, drill=True
    )

    assert (raised.title, raised.description, raised.room_number) == ("Ada Lovelace fell", "On the stairs", "3.14")
    assert (raised.status, raised.escalation_level, raised.drill) == (pb.ALERT_STATUS_ACTIVE, 0, True)
    assert raised.created_by == str(nurse.id)
    assert to_datetime(raised.expires_at) == expires_at
    assert await nurse.get(raised) == raised
    (row,) = await hospital.look("SELECT * FROM notifications.alerts WHERE id = $1", UUID(raised.id))
    assert b"Ada" not in bytes(row["sealed"])
    assert not any("Ada" in str(value) for value in row.values())


async def test_people_see_the_alerts_of_the_house_of_their_department_and_their_own(hospital, ward):
    clinic = await hospital.department("Clinic")
    nurse, doctor = await hospital.hire("nurse", ward), await hospital.hire("doctor", clinic)
    temp, head = await hospital.hire("nurse"), await hospital.hire("head_doctor", clinic)
    of_ward, of_house = await doctor.raise_alert(department_id=ward), await doctor.raise_alert()
    of_clinic = await doctor.raise_alert(department_id=clinic)

    everything = [of_ward, of_house, of_clinic]
    for person, seen in ((nurse, [of_ward, of_house]), (doctor, everything), (temp, [of_house]), (head, everything)):
        assert await person.active() == [alert.id for alert in seen]
        assert await person.listed() == ([alert.id for alert in reversed(seen)], len(seen))
    for hidden in (nurse.get, nurse.acknowledge, nurse.resolve, nurse.cancel, nurse.escalate, nurse.steps):
        with pytest.raises(NotFound):
            await hidden(of_clinic)
    # Whoever is given another department sees its alerts from then on.
    await hospital.move(nurse.id, clinic)
    assert (await nurse.get(of_clinic)).id == of_clinic.id
    with pytest.raises(NotFound):
        await nurse.get(of_ward)


async def test_the_most_urgent_alert_is_first_and_of_these_the_oldest(hospital):
    nurse = await hospital.hire("nurse")
    raised = [await nurse.raise_alert(priority=priority) for priority in (LOW, CRITICAL, HIGH, CRITICAL)]
    done = await nurse.raise_alert(priority=CRITICAL)
    await nurse.acknowledge(done)
    assert await nurse.active() == [raised[at].id for at in (1, 3, 2, 0)]


async def test_alerts_are_listed_by_status_priority_and_department(hospital, ward):
    nurse, head = await hospital.hire("nurse", ward), await hospital.hire("head_doctor")
    of_ward, low = await nurse.raise_alert(department_id=ward), await nurse.raise_alert(priority=LOW)
    await nurse.resolve(low)

    for person in (nurse, head):
        assert await person.listed(department_id=ward) == ([of_ward.id], 1)
        assert await person.listed(priority=LOW) == ([low.id], 1)
        assert await person.listed(status=pb.ALERT_STATUS_ACTIVE) == ([of_ward.id], 1)
        assert await person.listed(status=pb.ALERT_STATUS_ACTIVE, priority=LOW) == ([], 0)
        assert await person.listed(page=2, page_size=1) == ([of_ward.id], 2)


async def test_of_two_who_acknowledge_at_once_one_wins_and_the_other_learns_who(hospital):
    people = [await hospital.hire("nurse") for _ in range(4)]
    alert = await people[0].raise_alert()

    outcomes = await asyncio.gather(*(person.acknowledge(alert) for person in people), return_exceptions=True)
    (winner,) = [each for each in outcomes if not isinstance(each, BaseException)]
    for outcome in outcomes:
        if outcome is not winner:
            assert isinstance(outcome, Conflict)
            assert (outcome.code, outcome.facts["acknowledged_by"]) == ("alert_already_acknowledged", winner.acknowledged_by)
    # Whoever has acknowledged may say so again, and changes nothing.
    (who,) = [person for person in people if str(person.id) == winner.acknowledged_by]
    assert await who.acknowledge(alert) == winner


async def test_a_late_acknowledgement_undoes_nothing(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    alert = await nurse.raise_alert()
    resolved = await doctor.resolve(alert)
    for late in (nurse.acknowledge, nurse.escalate, nurse.cancel, nurse.resolve):
        with pytest.raises(Conflict) as refused:
            await late(alert)
        assert (refused.value.code, refused.value.facts["resolved_by"]) == ("alert_closed", str(doctor.id))
    assert await nurse.get(alert) == resolved
    assert (resolved.status, resolved.resolved_by) == (pb.ALERT_STATUS_RESOLVED, str(doctor.id))


async def test_a_false_alarm_is_cancelled(hospital):
    nurse = await hospital.hire("nurse")
    alert = await nurse.raise_alert()
    await nurse.acknowledge(alert)
    assert (await nurse.cancel(alert)).status == pb.ALERT_STATUS_CANCELLED
    assert await hospital.look("SELECT FROM notifications.due_work WHERE item_id = $1", UUID(alert.id)) == []


async def test_an_alert_expires_by_itself_whether_somebody_sees_to_it_or_not(hospital):
    nurse = await hospital.hire("nurse")
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    alerts = [await nurse.raise_alert(expires_at=soon) for _ in range(2)]
    await nurse.acknowledge(alerts[0])

    async def are_over():
        return [(await nurse.get(alert)).status for alert in alerts] == [pb.ALERT_STATUS_CANCELLED] * 2

    await hospital.until(are_over)
    lines = [line for line in await hospital.environment.emitted(AuditRecorded, hospital.workspace_id) if line.event_type == "expire_alert"]
    assert sorted(line.resource_id for line in lines) == sorted(alert.id for alert in alerts)


async def test_a_department_of_an_alert_is_one_of_the_house(hospital, notifications_environment, mail_server):
    other = await open_hospital(notifications_environment, mail_server)
    nurse, foreign = await hospital.hire("nurse"), await other.department("Ward")
    for unknown in (foreign, str(uuid7())):
        with pytest.raises(NotFound) as refused:
            await nurse.raise_alert(department_id=unknown)
        assert refused.value.code == "department_not_found"
    alert = await (await other.hire("nurse")).raise_alert()
    for person in (nurse, hospital.admin):
        with pytest.raises(NotFound):
            await person.get(alert)
        assert await person.active() == []


async def test_an_alert_that_cannot_be_raised_leaves_nothing(hospital):
    nurse = await hospital.hire("nurse")
    for but in ({"title": " "}, {"alert_type": ""}, {"priority": 0}, {"expires_at": Timestamp(seconds=1)}):
        with pytest.raises(Invalid):
            await nurse.raise_alert(**but)
    assert await nurse.listed() == ([], 0)


async def test_a_role_without_the_scope_raises_nothing(hospital):
    nurse = await hospital.hire("nurse")
    reader = hospital.environment.caller(workspace_id=hospital.workspace_id, user_id=nurse.id, scopes=["alerts:read"])
    with pytest.raises(Forbidden):
        await nurse.alerts.RaiseAlert(pb.RaiseAlertRequest(title="x", priority=LOW, alert_type="x"), reader)
    with pytest.raises(Forbidden):
        await nurse.alerts.GetAlertReport(pb.GetAlertReportRequest(), nurse.call)


async def test_every_change_is_on_record_with_who_made_it(hospital):
    nurse, doctor = await hospital.hire("nurse"), await hospital.hire("doctor")
    alert = await nurse.raise_alert(drill=True)
    await nurse.escalate(alert)
    await doctor.acknowledge(alert)
    await doctor.resolve(alert)

    lines = [line for line in await hospital.environment.emitted(AuditRecorded, hospital.workspace_id) if line.resource_id == alert.id]
    assert [(line.event_type, line.user_id, line.action) for line in lines] == [
        ("raise_alert", str(nurse.id), options_pb2.ACTION_CREATE),
        ("escalate_alert", str(nurse.id), options_pb2.ACTION_UPDATE),
        ("acknowledge_alert", str(doctor.id), options_pb2.ACTION_UPDATE),
        ("resolve_alert", str(doctor.id), options_pb2.ACTION_UPDATE),
    ]
    assert all(line.resource == options_pb2.RESOURCE_ALERT and line.facts["drill"] == "true" and line.records for line in lines)


async def _is_cancelled(nurse, alert):
    return (await nurse.get(alert)).status == pb.ALERT_STATUS_CANCELLED


async def test_a_report_says_how_quickly_alerts_were_answered_and_leaves_drills_out(hospital, ward):
    nurse, admin = await hospital.hire("nurse", ward), hospital.admin
    answered, open_one = await nurse.raise_alert(department_id=ward), await nurse.raise_alert(priority=LOW)
    drill = await nurse.raise_alert(drill=True)
    await nurse.escalate(answered)
    for alert in (answered, drill):
        await nurse.acknowledge(alert)

    report = await admin.alerts.GetAlertReport(pb.GetAlertReportRequest(), admin.call)
    assert (report.total.alerts, report.total.acknowledged, report.total.unanswered, report.total.escalations) == (2, 1, 1, 1)
    assert 0 <= report.total.median_seconds <= report.total.longest_seconds < 60
    assert [(each.priority, each.figures.alerts) for each in report.by_priority] == [(HIGH, 1), (LOW, 1)]
    assert not report.by_priority[1].figures.HasField("median_seconds")
    assert [(each.department_id, each.figures.alerts) for each in report.by_department] == [(ward, 1), ("", 1)]
    of_ward = await admin.alerts.GetAlertReport(pb.GetAlertReportRequest(department_id=ward), admin.call)
    assert of_ward.total.alerts == 1
    # Whoever cancels a false alarm has seen to it. What nobody has seen to before it expired was unanswered.
    await nurse.cancel(open_one)
    forgotten = await nurse.raise_alert(priority=LOW, expires_at=datetime.now(UTC) + timedelta(seconds=0.3))
    await hospital.until(lambda: _is_cancelled(nurse, forgotten))
    report = await admin.alerts.GetAlertReport(pb.GetAlertReportRequest(), admin.call)
    assert (report.total.alerts, report.total.acknowledged, report.total.unanswered) == (3, 1, 1)
    before = pb.GetAlertReportRequest(end_date=to_datetime(open_one.created_at) - timedelta(minutes=5))
    assert (await admin.alerts.GetAlertReport(before, admin.call)).total.alerts == 0
