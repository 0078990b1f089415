"""Consents over gRPC: given, withdrawn, given again, and what they say of the client."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from caseload.audit.v1.events_pb2 import AuditRecorded
from caseload.clients.v1 import clients_pb2, events_pb2
from caseload.clients.v1 import consents_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clients.v1.consents_rpc import ConsentsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime, to_timestamp

REMINDERS, TREATMENT = pb.CONSENT_PURPOSE_REMINDERS, pb.CONSENT_PURPOSE_TREATMENT


async def give(practice, client_id, purpose=REMINDERS, text_version="2026-03", call=None, **but):
    request = pb.GiveConsentRequest(client_id=client_id, purpose=purpose, text_version=text_version, **but)
    return await practice.environment.stub(ConsentsStub).GiveConsent(request, call or practice.call)


async def withdraw(practice, consent, call=None):
    request = pb.WithdrawConsentRequest(client_id=consent.client_id, consent_id=consent.id)
    return await practice.environment.stub(ConsentsStub).WithdrawConsent(request, call or practice.call)


async def records(practice, client_id, **window):
    return await practice.environment.stub(ConsentsStub).ListConsents(pb.ListConsentsRequest(client_id=client_id, **window), practice.call)


async def test_a_consent_says_to_what_by_which_text_when_and_who_recorded_it(practice):
    client, user = await practice.create(), uuid4()
    caller = practice.environment.caller(workspace_id=practice.workspace_id, user_id=user)
    on_paper = to_timestamp(datetime(2026, 2, 3, 4, 5, tzinfo=UTC))
    consent = await give(practice, client.id, text_version=" v4, German ", given_at=on_paper, call=caller)

    assert (consent.client_id, consent.purpose, consent.text_version) == (client.id, REMINDERS, "v4, German")
    assert (consent.given_at, consent.recorded_by) == (on_paper, str(user))
    assert not consent.HasField("withdrawn_at")
    assert not consent.HasField("withdrawn_by")
    assert list((await records(practice, client.id)).items) == [consent]


async def test_a_withdrawal_takes_back_the_purpose_once_and_another_consent_is_another_record(practice):
    client = await practice.create()
    first, renewed = await give(practice, client.id), await give(practice, client.id, text_version="2026-09")
    other = await give(practice, client.id, pb.CONSENT_PURPOSE_EXPORT)
    before, user = datetime.now(UTC), uuid4()
    withdrawn = await withdraw(practice, renewed, practice.environment.caller(workspace_id=practice.workspace_id, user_id=user))

    assert before - timedelta(seconds=1) <= to_datetime(withdrawn.withdrawn_at)
    assert withdrawn.withdrawn_by == str(user)
    for again in (first, renewed):
        with pytest.raises(Conflict) as refused:
            await withdraw(practice, again)
        assert refused.value.code == "consent_withdrawn"
        assert refused.value.facts["withdrawn_at"].endswith("Z")
    after = await give(practice, client.id)
    found = await records(practice, client.id)
    assert [(each.id, each.HasField("withdrawn_at")) for each in found.items] == [
        (after.id, False), (other.id, False), (renewed.id, True), (first.id, True),
    ]  # fmt: skip
    page = await records(practice, client.id, page=2, page_size=3)
    assert ([each.id for each in page.items], page.total) == ([first.id], 4)


async def test_of_many_withdrawals_at_the_same_time_one_is_done(practice):
    consent = await give(practice, (await practice.create()).id)
    done = await asyncio.gather(*(withdraw(practice, consent) for _ in range(6)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 5 + ["Consent"]


async def test_the_clients_own_flag_follows_the_consent_to_be_treated_and_is_set_by_hand_as_before(practice):
    client = await practice.create()
    await give(practice, client.id, pb.CONSENT_PURPOSE_DATA_PROCESSING)
    assert (await practice.get(client.id)).version == 1
    consent = await give(practice, client.id, TREATMENT)
    agreed = await practice.get(client.id)
    assert (agreed.consent_status, agreed.version) == (True, 2)
    await withdraw(practice, consent)
    assert not (await practice.get(client.id)).consent_status

    by_hand = await practice.update(client.id, consent_status=True)
    assert (by_hand.consent_status, (await records(practice, client.id)).total) == (True, 2)


async def test_what_notifications_is_told_of_reminders(practice):
    service = practice.environment.on_behalf_of(practice.workspace_id)
    notifications = practice.environment.stub(ClientsStub, as_service="notifications")

    async def withdrawn(client_id):
        return (await notifications.GetContact(clients_pb2.GetContactRequest(client_id=client_id), service)).reminders_withdrawn

    client = await practice.create()
    assert not await withdrawn(client.id)
    await withdraw(practice, await give(practice, client.id, TREATMENT))
    assert not await withdrawn(client.id)
    consent = await give(practice, client.id)
    assert not await withdrawn(client.id)
    await withdraw(practice, consent)
    assert await withdrawn(client.id)
    await give(practice, client.id)
    assert not await withdrawn(client.id)


async def test_every_write_is_announced_and_on_record(practice):
    client = await practice.create()
    consent = await give(practice, client.id)
    await withdraw(practice, consent)

    told = {"client_id": client.id, "consent_id": consent.id, "purpose": REMINDERS}
    for event in (events_pb2.ConsentGiven, events_pb2.ConsentWithdrawn):
        assert await practice.environment.emitted(event, practice.workspace_id) == [event(**told)]
    lines = [
        line
        for line in await practice.environment.emitted(AuditRecorded, practice.workspace_id)
        if "Consent" in line.event_type or "consent" in line.event_type
    ]
    assert [(line.resource_id, dict(line.facts)) for line in lines] == [(client.id, {"consent_id": consent.id, "purpose": "reminders"})] * 2
    assert [(line.records[0].table, line.records[0].revision) for line in lines] == [("clients.consents", 1), ("clients.consents", 2)]


@pytest.mark.parametrize(
    ("but", "pointers"),
    [
        ({"text_version": "  "}, ["/text_version"]),
        ({"given_at": to_timestamp(datetime(2199, 1, 1, tzinfo=UTC))}, ["/given_at"]),
        ({"purpose": pb.CONSENT_PURPOSE_UNSPECIFIED}, ["/purpose"]),
    ],
)
async def test_what_is_no_consent_is_refused_and_not_kept(practice, but, pointers):
    client = await practice.create()
    with pytest.raises(Invalid) as refused:
        await give(practice, client.id, **but)
    assert [fault.pointer for fault in refused.value.faults] in (pointers, [])
    assert (await records(practice, client.id)).total == 0


async def test_others_clients_and_consents_are_nowhere(practice, other_practice):
    client, theirs = await practice.create(), await other_practice.create()
    consent, second = await give(other_practice, theirs.id), await practice.create()
    mine = await give(practice, client.id)
    for asking in (
        give(practice, theirs.id),
        records(practice, theirs.id),
        records(practice, str(uuid4())),
        withdraw(practice, consent),
        withdraw(practice, pb.Consent(id=consent.id, client_id=client.id)),
        withdraw(practice, pb.Consent(id=mine.id, client_id=second.id)),
    ):
        with pytest.raises(NotFound):
            await asking
    assert not (await records(other_practice, theirs.id)).items[0].HasField("withdrawn_at")


async def test_who_may_only_read_clients_records_nothing(practice):
    client = await practice.create()
    reader = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read"])
    with pytest.raises(Forbidden):
        await give(practice, client.id, call=reader)


async def test_an_erased_clients_consents_are_gone_and_the_trail_says_so(practice):
    client = await practice.create()
    consent = await give(practice, client.id)
    await practice.erase(client.id)

    async with practice.environment.superuser() as db:
        assert await db.fetch("SELECT FROM clients.consents WHERE client_id = $1", client.id) == []
    lines = await practice.environment.emitted(AuditRecorded, practice.workspace_id)
    (erased,) = [line for line in lines if line.event_type == "erase_client"]
    assert (consent.id, 2) in [(each.record_id, each.revision) for each in erased.records if each.table == "clients.consents"]


async def test_who_took_back_reminders_under_one_record_and_agrees_anew_under_the_other_is_reminded(practice):
    survivor, duplicate = await practice.create(), await practice.create()
    contact = clients_pb2.GetContactRequest(client_id=survivor.id)
    notifications = practice.environment.stub(ClientsStub, as_service="notifications")
    ours = practice.environment.on_behalf_of(practice.workspace_id)

    async def is_withdrawn():
        return (await notifications.GetContact(contact, ours)).reminders_withdrawn

    # In force under the survivor's record, and older than what was taken back under the other.
    await give(practice, survivor.id)
    await withdraw(practice, await give(practice, duplicate.id))
    async with practice.environment.superuser() as db:
        merged = "UPDATE clients.clients SET merged_into = $1::text::uuid WHERE id = $2::text::uuid"
        await db.execute(merged, survivor.id, duplicate.id)
    assert await is_withdrawn()
    # A date of before does not make it older.
    renewed = await give(practice, survivor.id, given_at=to_timestamp(datetime(2026, 1, 1, tzinfo=UTC)))
    assert not await is_withdrawn()
    await withdraw(practice, renewed)
    assert await is_withdrawn()
