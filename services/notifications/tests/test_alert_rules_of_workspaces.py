"""What happens by itself becomes an alert, a mail or nothing, as the workspace's rules say: each by the event that a real service announces."""

import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_events
from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clinical.v1 import events_pb2 as clinical_events
from caseload.identity.v1 import events_pb2 as identity_events
from caseload.notifications.v1 import alert_rules_pb2 as pb
from caseload.notifications.v1 import alerts_pb2
from caseload.notifications.v1.alert_rules_rpc import AlertRulesStub
from chassis.errors import Forbidden, Invalid, NotFound
from notifications.return_paths.workflow import index_of, record_failure

from .hospital import open_hospital
from .test_staff_notices import announce

MEDIUM, CRITICAL = alerts_pb2.ALERT_PRIORITY_MEDIUM, alerts_pb2.ALERT_PRIORITY_CRITICAL
NONE, MAIL, ALERT = pb.RULE_ACTION_NONE, pb.RULE_ACTION_MAIL, pb.RULE_ACTION_ALERT


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


async def happen(hospital, happening, **but):
    """What the service does, whose affair it is."""
    match happening:
        case "cosign_overdue":
            await announce(hospital, clinical_events.CosignatureOverdue(session_id=str(uuid7())))
        case "address_held":
            runtime = hospital.environment.runtime("notifications")
            address = index_of(await runtime.keys.of(hospital.workspace_id), f"{uuid7().hex}@example.com")
            async with runtime.background(hospital.workspace_id) as work:
                assert await record_failure(work, address, "dead_address", kind="reminder", item_id=uuid7())
            await hospital.environment.settle()
        case "audit_broken":
            await announce(hospital, audit_events.TrailBroken(sequence=17))
        case "backup_failed":
            await announce(hospital, identity_events.BackupsTroubled(is_only_workspace=but.get("alone", False)))


def named(happening):
    return pb.RuledHappening.Value(f"RULED_HAPPENING_{happening.upper()}")


async def choose(person, happening, action, priority=MEDIUM):
    stub = person.house.environment.stub(AlertRulesStub)
    return await stub.SetAlertRule(pb.SetAlertRuleRequest(happening=named(happening), action=action, priority=priority), person.call)


async def kinds(hospital):
    """The kinds of the hospital's mails."""
    rows = await hospital.look("SELECT kind FROM notifications.mails WHERE workspace_id = $1 ORDER BY kind", hospital.workspace_id)
    return [row["kind"] for row in rows]


BY_DEFAULT = {
    "cosign_overdue": ([], ["cosign_unattended"]),
    "address_held": ([], ["address_held"]),
    "audit_broken": (["audit trail"], []),
    "backup_failed": ([], []),
}


@pytest.mark.parametrize("happening", BY_DEFAULT)
async def test_without_a_choice(hospital, happening):
    await happen(hospital, happening)
    alerts, mails = BY_DEFAULT[happening]
    rows = await hospital.look("SELECT alert_type FROM notifications.alerts WHERE workspace_id = $1", hospital.workspace_id)
    assert ([row["alert_type"] for row in rows], await kinds(hospital)) == (alerts, mails)


async def test_the_only_workspace_of_an_installation_is_alerted_of_its_backups(hospital):
    await happen(hospital, "backup_failed", alone=True)
    (row,) = await hospital.look("SELECT alert_type, priority FROM notifications.alerts WHERE workspace_id = $1", hospital.workspace_id)
    assert tuple(row) == ("backup", "medium")


@pytest.mark.parametrize("happening", BY_DEFAULT)
async def test_whatever_happens_can_be_an_alert_a_mail_or_nothing(hospital, happening):
    admin = hospital.admin
    await choose(admin, happening, NONE)
    await happen(hospital, happening)
    assert await admin.active() == await kinds(hospital) == []

    await choose(admin, happening, MAIL)
    await happen(hospital, happening)
    assert (await admin.active(), len(await kinds(hospital))) == ([], 1)

    await choose(admin, happening, ALERT, CRITICAL)
    await happen(hospital, happening)
    (alert_id,) = await admin.active()
    raised = await admin.get(alerts_pb2.Alert(id=alert_id))
    assert (raised.priority, raised.created_by, raised.drill) == (CRITICAL, str(hospital.workspace_id), False)
    assert raised.title
    assert raised.description[0].isupper()
    assert len(await kinds(hospital)) == 1


async def test_such_an_alert_is_for_those_who_oversee_and_is_mailed_to_them_until_one_answers(hospital):
    admin, nurse, head = hospital.admin, await hospital.hire("nurse"), await hospital.hire("head_doctor")
    await choose(admin, "audit_broken", ALERT)
    await happen(hospital, "audit_broken")
    (alert_id,) = await admin.active()
    alert = alerts_pb2.Alert(id=alert_id)

    assert await head.active() == [alert_id]
    assert await nurse.active() == []
    assert await nurse.listed() == ([], 0)
    with pytest.raises(NotFound):
        await nurse.get(alert)
    await hospital.make_due(alert)

    async def are_mailed():
        mails = await hospital.mails_of(alert)
        return {mail["user_id"] for mail in mails if mail["status"] == "sent"} == {admin.id, head.id}

    await hospital.until(are_mailed)
    assert hospital.mail_server.to(nurse.email) == []
    assert (await head.acknowledge(alert)).acknowledged_by == str(head.id)


async def test_while_an_alert_of_it_is_open_there_is_no_second_one(hospital):
    admin = hospital.admin
    for _ in range(2):
        await happen(hospital, "audit_broken")
    (first,) = await admin.active()
    alert = alerts_pb2.Alert(id=first)
    await admin.acknowledge(alert)
    for _ in range(2):
        await happen(hospital, "audit_broken")
    assert await admin.active() == [], "somebody sees to it"
    assert "audit_broken" in await kinds(hospital), "and may have forgotten it: a mail a day says that it goes on"
    # Another thing is another alert.
    await happen(hospital, "backup_failed", alone=True)
    assert len(await admin.active()) == 1
    await admin.resolve(alert)
    await happen(hospital, "audit_broken")
    assert len(await admin.active()) == 2


async def test_the_supervisor_is_mailed_beside_the_alert_that_they_may_not_see(hospital):
    supervisor = await hospital.hire("therapist")
    await choose(hospital.admin, "cosign_overdue", ALERT)
    for _ in range(2):
        await announce(hospital, clinical_events.CosignatureOverdue(session_id=str(uuid7()), supervisor_id=str(supervisor.id)))
    assert len(await hospital.admin.active()) == 1
    assert await supervisor.active() == []
    mails = await kinds(hospital)
    assert (mails.count("cosign_overdue"), mails.count("cosign_unattended")) == (2, 0)


async def test_a_trail_that_is_broken_again_and_again_is_mailed_once_a_day(hospital):
    await choose(hospital.admin, "audit_broken", MAIL)
    for _ in range(3):
        await happen(hospital, "audit_broken")
    assert await kinds(hospital) == ["audit_broken"]


async def test_what_rules_raise_is_not_in_the_figures_of_how_soon_people_answer(hospital):
    await happen(hospital, "audit_broken")
    (alert_id,) = await hospital.admin.active()
    await hospital.admin.acknowledge(alerts_pb2.Alert(id=alert_id))
    asked = alerts_pb2.GetAlertReportRequest()
    report = await hospital.admin.alerts.GetAlertReport(asked, hospital.admin.call)
    assert (report.total.alerts, len(report.by_priority), len(report.by_department)) == (0, 0, 0)


async def test_a_mail_about_such_an_alert_says_in_the_workspaces_language_what_has_happened(hospital):
    await happen(hospital, "audit_broken")
    (alert_id,) = await hospital.admin.active()
    alert = alerts_pb2.Alert(id=alert_id)
    await hospital.make_due(alert)

    async def is_mailed():
        return [mail["status"] for mail in await hospital.mails_of(alert)] == ["sent"]

    await hospital.until(is_mailed)
    (mail,) = hospital.mail_server.to(hospital.owner_email)
    assert mail["Subject"] == "Alert (high), The audit trail is not as it was written"


async def test_what_a_rule_raises_is_on_record(hospital):
    await happen(hospital, "audit_broken")
    (alert_id,) = await hospital.admin.active()
    (line,) = [
        line for line in await hospital.environment.emitted(AuditRecorded, hospital.workspace_id) if line.event_type == "raise_alert"
    ]
    assert (line.resource_id, line.service, dict(line.facts)) == (
        alert_id,
        "notifications",
        {"happening": "audit_broken", "priority": "high"},
    )


async def test_those_who_manage_alerts_see_and_change_the_rules(hospital):
    admin, nurse = hospital.admin, await hospital.hire("nurse")
    stub = hospital.environment.stub(AlertRulesStub)
    shipped = (await stub.ListAlertRules(pb.ListAlertRulesRequest(), admin.call)).items
    assert [rule.happening for rule in shipped] == [named(happening) for happening in BY_DEFAULT]
    assert not any(rule.HasField("updated_at") for rule in shipped)

    changed = await choose(admin, "address_held", ALERT, CRITICAL)
    assert (changed.action, changed.priority, changed.HasField("updated_at")) == (ALERT, CRITICAL, True)
    found = (await stub.ListAlertRules(pb.ListAlertRulesRequest(), admin.call)).items
    assert found == [changed if rule.happening == changed.happening else rule for rule in shipped]
    with pytest.raises(Invalid):
        await choose(admin, "address_held", pb.RULE_ACTION_AUTOMATIC)
    for refused in (choose(nurse, "address_held", NONE), stub.ListAlertRules(pb.ListAlertRulesRequest(), nurse.call)):
        with pytest.raises(Forbidden):
            await refused


async def test_a_rule_is_of_one_workspace(hospital, neighbour):
    await choose(hospital.admin, "audit_broken", NONE)
    await happen(neighbour, "audit_broken")
    rows = await neighbour.look("SELECT count(*) AS alerts FROM notifications.alerts WHERE workspace_id = $1", neighbour.workspace_id)
    assert rows[0]["alerts"] == 1
