"""The Trail service, called over gRPC."""

from datetime import timedelta
from uuid import uuid4

import pytest
from google.protobuf.json_format import MessageToDict
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2
from caseload.audit.v1 import trail_pb2 as pb
from caseload.options.v1 import options_pb2
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_timestamp


async def test_an_event_is_stored_as_it_was_sent(practice):
    sent = practice.event(facts={"overbooked": "true"}, outcome=events_pb2.OUTCOME_FAILURE, code="appointment_conflict")
    await practice.record(sent)

    kept = await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=sent.id), practice.auditor)

    assert (kept.id, kept.workspace_id, kept.user_id) == (sent.id, str(practice.workspace_id), sent.user_id)
    assert (kept.event_type, kept.resource_type, kept.resource_id, kept.action) == ("get_client", "Client", sent.resource_id, "READ")
    assert kept.outcome == events_pb2.OUTCOME_FAILURE
    assert (kept.ip_address, kept.user_agent, kept.session_id) == ("192.0.2.7", "curl/8", sent.session_id)
    assert MessageToDict(kept.metadata) == {
        "code": "appointment_conflict",
        "request_id": "r-1",
        "facts": {"overbooked": "true"},
        "recorded_by": "audit",
    }
    assert kept.created_at == sent.occurred_at
    assert kept.retention_until == (practice.nine.replace(year=practice.nine.year + 7)).date().isoformat()
    assert kept.sequence == 1
    assert len(bytes.fromhex(kept.hash)) == 32


async def test_the_access_report_has_every_event_about_a_clients_record_once(practice):
    client_id, other = str(uuid7()), str(uuid7())
    direct = practice.event(resource_id=client_id)
    of_note = practice.event(resource=options_pb2.RESOURCE_SESSION, resource_id=str(uuid7()), client_ids=[client_id])
    both = practice.event(resource_id="", resource_ids=[client_id, other], client_ids=[other])
    others = practice.event(resource=options_pb2.RESOURCE_SESSION, resource_id=str(uuid7()), client_ids=[other])
    for each in (direct, of_note, both, others):
        await practice.record(each)

    async def report(asked, **window):
        return await practice.trail.ReportAccess(
            pb.ReportAccessRequest(client_id=asked, **{"page": 1, "page_size": 50} | window), practice.auditor
        )

    assert {event.id for event in (await report(client_id)).items} == {direct.id, of_note.id, both.id}
    assert (await report(client_id, page_size=1)).total == 3
    # Filters by a resource find what is about that very thing, as before.
    listed = await practice.list(resource_id=client_id, page=1, page_size=50)
    assert {event.id for event in listed.items} == {direct.id, both.id}
    with pytest.raises(Forbidden):
        await practice.trail.ReportAccess(
            pb.ReportAccessRequest(client_id=client_id, page=1, page_size=1),
            practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read"]),
        )


async def test_an_event_delivered_twice_is_stored_once(practice):
    first = practice.event()
    again, under_another_time = practice.event(), practice.event()
    again.CopyFrom(first)
    under_another_time.CopyFrom(first)
    under_another_time.occurred_at.CopyFrom(to_timestamp(practice.nine + timedelta(days=40)))

    await practice.record(first, again, under_another_time)

    assert [item.id for item in (await practice.list()).items] == [first.id]
    assert (await practice.verify()).intact


async def test_an_event_of_a_service_acting_for_itself_names_the_service(practice):
    await practice.record(practice.event(user_id=None, session_id=None, service="notifications"))

    (kept,) = (await practice.list()).items

    assert not kept.HasField("user_id")
    assert MessageToDict(kept.metadata)["service"] == "notifications"


async def test_an_event_with_text_that_cannot_be_stored_is_stored_without_it(practice):
    await practice.record(practice.event(user_agent="\0<script>\0" + "x" * 5000, resource_id="not-an-id", facts={"a\0": "b\0"}))

    (kept,) = (await practice.list()).items

    assert kept.user_agent.startswith("<script>xxx")
    assert len(kept.user_agent) == 512
    assert not kept.HasField("resource_id")
    assert MessageToDict(kept.metadata)["facts"] == {"a": "b"}


async def test_lists_are_newest_first_and_their_pages_have_totals(practice):
    sent = await practice.record_some(5)

    first = await practice.list(page_size=2)
    last = await practice.list(page_size=2, page=3)

    assert [item.id for item in first.items] == [sent[4].id, sent[3].id]
    assert [item.id for item in last.items] == [sent[0].id]
    assert first.total == last.total == 5


async def test_the_total_without_a_filter_counts_events_that_wait_to_enter_the_chain(practice):
    await practice.record_some(3)
    async with practice.tampering() as superuser:
        # This lock keeps the sequencer from appending.
        await superuser.execute("SELECT 1 FROM audit.chain_heads WHERE workspace_id = $1 FOR UPDATE", practice.workspace_id)
        await practice.record(practice.event(), wait=False)
        page = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(), practice.auditor)
    assert page.total == 4
    assert sum(not item.HasField("sequence") for item in page.items) == 1


async def test_each_filter_excludes_other_events(practice):
    user, client = str(uuid4()), str(uuid4())
    sought = practice.event(
        user_id=user,
        resource_id=client,
        resource=options_pb2.RESOURCE_CLIENT,
        action=options_pb2.ACTION_UPDATE,
        outcome=events_pb2.OUTCOME_FAILURE,
        occurred_at=to_timestamp(practice.nine + timedelta(hours=2)),
    )
    other = practice.event(resource=options_pb2.RESOURCE_LOCATION)
    await practice.record(sought, other)

    for request in (
        {"user_id": user},
        {"resource_type": "Client"},
        {"resource_id": client},
        {"action": "UPDATE"},
        {"outcome": events_pb2.OUTCOME_FAILURE},
        {"start_date": to_timestamp(practice.nine + timedelta(hours=1))},
        {"phi_only": True},
        {
            "user_id": user,
            "resource_type": "Client",
            "resource_id": client,
            "action": "UPDATE",
            "outcome": events_pb2.OUTCOME_FAILURE,
            "start_date": to_timestamp(practice.nine + timedelta(hours=1)),
            "phi_only": True,
        },
    ):
        page = await practice.list(**request)
        assert ([item.id for item in page.items], page.total) == ([sought.id], 1), request
    assert [item.id for item in (await practice.list(end_date=to_timestamp(practice.nine + timedelta(hours=1)))).items] == [other.id]


async def test_end_date_is_exclusive(practice):
    sent = practice.event()
    await practice.record(sent)
    assert (await practice.list(start_date=to_timestamp(practice.nine), end_date=to_timestamp(practice.nine))).total == 0
    assert (
        await practice.list(start_date=to_timestamp(practice.nine), end_date=to_timestamp(practice.nine + timedelta(microseconds=1)))
    ).total == 1


async def test_the_events_of_a_client_include_the_lists_that_showed_it(practice):
    client, others = str(uuid4()), [str(uuid4()) for _ in range(3)]
    in_list = practice.event(event_type="list_clients", resource_id=None, resource_ids=[others[0], client, *others[1:]])
    alone = practice.event(resource_id=client, occurred_at=to_timestamp(practice.nine + timedelta(minutes=1)))
    without = practice.event(event_type="list_clients", resource_id=None, resource_ids=others)
    await practice.record(in_list, alone, without)

    page = await practice.list(resource_id=client)

    assert [item.id for item in page.items] == [alone.id, in_list.id]
    assert page.total == 2
    assert client in MessageToDict(page.items[1].metadata)["resource_ids"]
    assert [item.id for item in (await practice.list(resource_id=client, user_id=in_list.user_id)).items] == [in_list.id]


async def test_phi_only_excludes_resource_types_without_phi(practice):
    phi = ("ALERT", "CLIENT", "APPOINTMENT", "SESSION", "SESSION_ATTACHMENT", "PLAN_OF_CARE")
    events = {name: practice.event(resource=value) for name, value in options_pb2.Resource.items() if value}
    await practice.record(*events.values())

    listed = {item.resource_type for item in (await practice.list(phi_only=True)).items}

    assert listed == {"Alert", "Client", "Appointment", "Session", "SessionAttachment", "PlanOfCare"}
    assert len(events) > len(phi)


@pytest.mark.parametrize("request_fields", [{"resource_type": "Patient"}, {"action": "read"}, {"page_size": 101}, {"user_id": "me"}])
async def test_an_invalid_filter_is_refused(practice, request_fields):
    with pytest.raises(Invalid):
        await practice.list(**request_fields)


async def test_reading_the_trail_is_recorded_in_the_trail(practice):
    sent = practice.event()
    await practice.record(sent)
    await practice.list()
    await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=sent.id), practice.auditor)
    await practice.verify()
    await practice.in_chain()

    reads = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(resource_type="Audit"), practice.auditor)

    assert [item.event_type for item in reads.items] == ["verify_trail", "get_audit_event", "list_audit_events"]
    assert reads.items[1].resource_id == sent.id


async def test_an_event_of_another_workspace_is_not_found(practice, audit_environment):
    sent = practice.event()
    await practice.record(sent)
    stranger = audit_environment.caller(workspace_id=audit_environment.workspace())

    with pytest.raises(NotFound):
        await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=sent.id), stranger)
    page = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(resource_id=sent.resource_id), stranger)
    assert page.total == 0


async def test_an_event_that_does_not_exist_is_not_found(practice):
    with pytest.raises(NotFound):
        await practice.trail.GetAuditEvent(pb.GetAuditEventRequest(audit_event_id=str(uuid7())), practice.auditor)


async def test_a_denied_read_is_recorded_as_a_failure(practice, audit_environment):
    nurse = audit_environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read"])
    with pytest.raises(Forbidden):
        await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(), nurse)
    await practice.in_chain()

    page = await practice.trail.ListAuditEvents(pb.ListAuditEventsRequest(outcome=events_pb2.OUTCOME_FAILURE), practice.auditor)

    assert [(item.event_type, MessageToDict(item.metadata)["code"]) for item in page.items] == [("list_audit_events", "permission_denied")]
