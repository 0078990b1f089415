"""The trail, asked through its own door."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.json_format import MessageToDict
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import stamp


async def test_a_line_is_kept_as_it_was_left(practice):
    left = practice.line(facts={"overbooked": "true"}, outcome=events_pb2.OUTCOME_FAILURE, code="appointment_conflict")
    await practice.leave(left)

    kept = await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=left.id), practice.auditor)

    assert (kept.id, kept.workspace_id, kept.user_id) == (left.id, str(practice.workspace_id), left.user_id)
    assert (kept.event_type, kept.resource_type, kept.resource_id, kept.action) == ("get_client", "Client", left.resource_id, "READ")
    assert kept.outcome == events_pb2.OUTCOME_FAILURE
    assert (kept.ip_address, kept.user_agent, kept.session_id) == ("192.0.2.7", "curl/8", left.session_id)
    assert MessageToDict(kept.metadata) == {"code": "appointment_conflict", "request_id": "r-1", "facts": {"overbooked": "true"}}
    assert kept.created_at == left.occurred_at
    assert kept.retention_until == (practice.nine.replace(year=practice.nine.year + 7)).date().isoformat()
    assert kept.sequence == 1
    assert len(bytes.fromhex(kept.hash)) == 32


async def test_a_line_told_twice_is_kept_once(practice):
    first = practice.line()
    again, under_another_time = practice.line(), practice.line()
    again.CopyFrom(first)
    under_another_time.CopyFrom(first)
    under_another_time.occurred_at.CopyFrom(stamp(practice.nine + timedelta(days=40)))

    await practice.leave(first, again, under_another_time)

    assert [item.id for item in (await practice.list()).items] == [first.id]
    assert (await practice.verify()).intact


async def test_what_a_service_did_on_its_own_behalf_names_the_service(practice):
    await practice.leave(practice.line(user_id=None, session_id=None, service="notifications"))

    (kept,) = (await practice.list()).items

    assert not kept.HasField("user_id")
    assert MessageToDict(kept.metadata)["service"] == "notifications"


async def test_whatever_a_stranger_sent_along_does_not_keep_a_line_out(practice):
    await practice.leave(practice.line(user_agent="\0<script>\0" + "x" * 5000, resource_id="not-an-id", facts={"a\0": "b\0"}))

    (kept,) = (await practice.list()).items

    assert kept.user_agent.startswith("<script>xxx")
    assert len(kept.user_agent) == 512
    assert not kept.HasField("resource_id")
    assert MessageToDict(kept.metadata)["facts"] == {"a": "b"}


async def test_the_newest_comes_first_and_pages_have_totals(practice):
    left = await practice.leave_some(5)

    first = await practice.list(page_size=2)
    last = await practice.list(page_size=2, page=3)

    assert [item.id for item in first.items] == [left[4].id, left[3].id]
    assert [item.id for item in last.items] == [left[0].id]
    assert first.total == last.total == 5


async def test_the_total_without_a_filter_counts_what_still_waits_for_its_seal(practice):
    await practice.leave_some(3)
    async with practice.tampering() as superuser:
        # Held, the head lets nobody seal.
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await practice.leave(practice.line(), sealed=False)
        page = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(), practice.auditor)
    assert page.total == 4
    assert sum(not item.HasField("sequence") for item in page.items) == 1


async def test_each_filter_narrows(practice):
    user, client = str(uuid4()), str(uuid4())
    sought = practice.line(
        user_id=user,
        resource_id=client,
        resource=options_pb2.RESOURCE_CLIENT,
        action=options_pb2.ACTION_UPDATE,
        outcome=events_pb2.OUTCOME_FAILURE,
        occurred_at=stamp(practice.nine + timedelta(hours=2)),
    )
    other = practice.line(resource=options_pb2.RESOURCE_ALERT)
    await practice.leave(sought, other)

    for asked in (
        {"user_id": user},
        {"resource_type": "Client"},
        {"resource_id": client},
        {"action": "UPDATE"},
        {"outcome": events_pb2.OUTCOME_FAILURE},
        {"start_date": stamp(practice.nine + timedelta(hours=1))},
        {"phi_only": True},
        {
            "user_id": user,
            "resource_type": "Client",
            "resource_id": client,
            "action": "UPDATE",
            "outcome": events_pb2.OUTCOME_FAILURE,
            "start_date": stamp(practice.nine + timedelta(hours=1)),
            "phi_only": True,
        },
    ):
        page = await practice.list(**asked)
        assert ([item.id for item in page.items], page.total) == ([sought.id], 1), asked
    assert [item.id for item in (await practice.list(end_date=stamp(practice.nine + timedelta(hours=1)))).items] == [other.id]


async def test_the_window_ends_before_its_end(practice):
    left = practice.line()
    await practice.leave(left)
    assert (await practice.list(start_date=stamp(practice.nine), end_date=stamp(practice.nine))).total == 0
    assert (await practice.list(start_date=stamp(practice.nine), end_date=stamp(practice.nine + timedelta(microseconds=1)))).total == 1


async def test_whoever_saw_a_client_in_a_list_has_read_the_client(practice):
    client, others = str(uuid4()), [str(uuid4()) for _ in range(3)]
    a_list = practice.line(event_type="list_clients", resource_id=None, resource_ids=[others[0], client, *others[1:]])
    alone = practice.line(resource_id=client, occurred_at=stamp(practice.nine + timedelta(minutes=1)))
    without = practice.line(event_type="list_clients", resource_id=None, resource_ids=others)
    await practice.leave(a_list, alone, without)

    page = await practice.list(resource_id=client)

    assert [item.id for item in page.items] == [alone.id, a_list.id]
    assert page.total == 2
    assert client in MessageToDict(page.items[1].metadata)["resource_ids"]
    assert [item.id for item in (await practice.list(resource_id=client, user_id=a_list.user_id)).items] == [a_list.id]


async def test_phi_only_leaves_out_what_is_about_nobodys_health(practice):
    phi = ("CLIENT", "APPOINTMENT", "SESSION", "SESSION_ATTACHMENT", "PLAN_OF_CARE")
    lines = {name: practice.line(resource=value) for name, value in options_pb2.Resource.items() if value}
    await practice.leave(*lines.values())

    told = {item.resource_type for item in (await practice.list(phi_only=True)).items}

    assert told == {"Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare"}
    assert len(lines) > len(phi)


@pytest.mark.parametrize("asked", [{"resource_type": "Patient"}, {"action": "read"}, {"page_size": 101}, {"user_id": "me"}])
async def test_a_question_that_makes_no_sense_is_refused(practice, asked):
    with pytest.raises(Invalid):
        await practice.list(**asked)


async def test_looking_at_the_trail_is_itself_in_the_trail(practice):
    left = practice.line()
    await practice.leave(left)
    await practice.list()
    await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=left.id), practice.auditor)
    await practice.verify()
    await practice.sealed()

    looks = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(resource_type="Audit"), practice.auditor)

    assert [item.event_type for item in looks.items] == ["verify_trail", "get_audit_event", "list_audit_events"]
    assert looks.items[1].resource_id == left.id


async def test_another_workspaces_event_is_not_there(practice, audit_house):
    left = practice.line()
    await practice.leave(left)
    stranger = audit_house.caller(workspace_id=audit_house.workspace())

    with pytest.raises(NotFound):
        await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=left.id), stranger)
    seen = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(resource_id=left.resource_id), stranger)
    assert seen.total == 0


async def test_an_event_that_never_was_is_not_found(practice):
    with pytest.raises(NotFound):
        await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=str(uuid7())), practice.auditor)


async def test_a_look_that_was_denied_is_in_the_trail_as_a_failure(practice, audit_house):
    nurse = audit_house.caller(workspace_id=practice.workspace_id, scopes=["clients:read"])
    with pytest.raises(Forbidden):
        await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(), nurse)
    await practice.sealed()

    page = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(outcome=events_pb2.OUTCOME_FAILURE), practice.auditor)

    assert [(item.event_type, MessageToDict(item.metadata)["code"]) for item in page.items] == [("list_audit_events", "permission_denied")]
