"""The use cases of the Clients service and their refusals, called over gRPC."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1 import events_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime

EVERYTHING = {
    "first_name": "Zoë",
    "last_name": "Müller-Lüdenscheidt",
    "email": "Zoe@Example.com",
    "phone": "+49 (30) 901820",
    "date_of_birth": "1987-02-28",
    "address": "Karl-Marx-Allee 1\n10178 Berlin",
    "medical_history": "Asthma since childhood",
    "emergency_contact_name": "Jörg Müller",
    "emergency_contact_phone": "+49 30 112233",
    "is_active": True,
    "consent_status": True,
    "notes": "Prefers\tmornings",
    "tags": ["vip", "sports"],
    "gender": "female",
    "time_zone": "Europe/Berlin",
    "external_id": "P-0815",
}


async def test_a_created_client_is_read_as_it_was_entered(practice):
    before = datetime.now(UTC)
    created = await practice.create(**EVERYTHING)

    read = await practice.get(created.id)
    assert read == created
    assert {name: getattr(read, name) for name in EVERYTHING} == EVERYTHING
    assert read.full_name == "Zoë Müller-Lüdenscheidt"
    assert read.workspace_id == str(practice.workspace_id)
    assert read.version == 1
    assert before - timedelta(seconds=1) <= to_datetime(read.created_at) == to_datetime(read.updated_at)


async def test_fields_that_were_not_given_are_unset_and_flags_have_their_defaults(practice):
    client = await practice.create()

    assert {field.name for field, _ in client.ListFields()} == {
        "id", "workspace_id", "first_name", "last_name", "full_name", "is_active", "version", "created_at", "updated_at",
    }  # fmt: skip
    assert client.is_active
    assert not client.consent_status


async def test_all_faults_of_a_request_are_reported_together_and_nothing_is_stored(practice):
    with pytest.raises(Invalid) as refused:
        await practice.create(first_name="  ", email="not an address", date_of_birth="2023-02-30", time_zone="Mars/Olympus", notes="\0")

    assert refused.value.code == "invalid_client"
    assert {fault.pointer for fault in refused.value.faults} == {"/first_name", "/email", "/date_of_birth", "/time_zone", "/notes"}
    assert (await practice.page()).total == 0


async def test_an_external_id_is_unique_within_its_workspace_only(practice, other_practice):
    first = await practice.create(external_id="P-1")
    other = await practice.create(external_id="P-2")

    for refused_call in (practice.create(external_id="P-1"), practice.update(other.id, external_id="P-1")):
        with pytest.raises(Conflict) as refused:
            await refused_call
        assert refused.value.code == "external_id_taken"

    await other_practice.create(external_id="P-1")
    await practice.erase(first.id)
    await practice.update(other.id, external_id="P-1")
    assert (await practice.page()).total == 1


async def test_an_update_sets_the_fields_in_its_mask_only(practice):
    created = await practice.create(**EVERYTHING)

    changed = await practice.update(created.id, last_name="Ng", email=None, tags=None, time_zone=None, is_active=None, consent_status=None)

    expected = pb.Client()
    expected.CopyFrom(created)
    for name in ("email", "tags", "time_zone"):
        expected.ClearField(name)
    expected.last_name, expected.full_name, expected.consent_status, expected.version = "Ng", "Zoë Ng", False, 2
    expected.updated_at.CopyFrom(changed.updated_at)
    assert changed == expected
    assert to_datetime(changed.updated_at) > to_datetime(created.updated_at)
    assert await practice.get(created.id) == expected


async def test_an_update_that_changes_nothing_makes_no_new_version(practice):
    created = await practice.create(**EVERYTHING)

    assert await practice.update(created.id) == created
    assert await practice.update(created.id, first_name=created.first_name, tags=list(created.tags)) == created


@pytest.mark.parametrize("name", ["first_name", "last_name"])
@pytest.mark.parametrize("value", [None, "", " "])
async def test_a_name_cannot_be_cleared(practice, name: str, value: str | None):
    client = await practice.create()

    with pytest.raises(Invalid) as refused:
        await practice.update(client.id, **{name: value})

    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]
    assert await practice.get(client.id) == client


@pytest.mark.parametrize("name", ["id", "version", "full_name", "created_at", "client_id", "mask", "first_name.x", "*", ""])
async def test_a_mask_with_a_field_that_is_not_editable_is_refused(practice, name: str):
    client = await practice.create()

    with pytest.raises(Invalid) as refused:
        await practice.stub.UpdateClient(pb.UpdateClientRequest(client_id=client.id, mask={"paths": [name]}), practice.call)

    assert refused.value.code == "unknown_field"
    assert await practice.get(client.id) == client


async def test_concurrent_updates_of_different_fields_are_all_kept(practice, replica):
    client = await practice.create()
    there = practice.through(replica)
    changes = {
        "email": "ada@example.com", "phone": "12345", "address": "London", "medical_history": "none", "notes": "engine",
        "gender": "female", "time_zone": "Europe/London", "external_id": "A1", "emergency_contact_name": "Charles",
        "emergency_contact_phone": "54321", "date_of_birth": "1915-12-10", "consent_status": True, "tags": ["maths"],
    }  # fmt: skip

    await asyncio.gather(
        *((practice if number % 2 else there).update(client.id, **{name: value}) for number, (name, value) in enumerate(changes.items()))
    )

    now = await practice.get(client.id)
    assert {name: getattr(now, name) for name in changes} == changes
    assert now.version == 1 + len(changes)


async def test_clients_created_by_sixteen_concurrent_writers_are_all_listed(practice, replica):
    there = practice.through(replica)

    async def write(writer: int) -> list[str]:
        here = practice if writer % 2 else there
        return [(await here.create(first_name=f"Number {number}", last_name=f"Writer {writer}")).id for number in range(8)]

    created = [client_id for ids in await asyncio.gather(*map(write, range(16))) for client_id in ids]

    for here in (practice, there):
        listed = [item.id for number in (1, 2) for item in (await here.page(page=number, page_size=100)).items]
        assert len(listed) == 128
        assert set(listed) == set(created)


async def test_only_one_of_several_concurrent_creations_gets_an_external_id(practice, replica):
    there = practice.through(replica)

    outcomes = await asyncio.gather(
        *((practice, there)[number % 2].create(external_id="the one") for number in range(8)), return_exceptions=True
    )

    assert sum(isinstance(outcome, pb.Client) for outcome in outcomes) == 1
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)] == ["external_id_taken"] * 7


async def test_a_deactivated_client_is_listed_only_with_inactive_clients(practice):
    client = await practice.create()
    await practice.deactivate(client.id)
    once = await practice.get(client.id)
    await practice.deactivate(client.id)

    assert not once.is_active
    assert once.version == 2
    assert await practice.get(client.id) == once
    assert (await practice.page()).total == 0
    assert [item.id for item in (await practice.page(include_inactive=True)).items] == [client.id]

    await practice.update(client.id, is_active=True)
    assert (await practice.page()).total == 1


async def test_an_erased_client_is_gone_and_one_event_says_so(practice):
    client = await practice.create(**EVERYTHING)
    await practice.erase(client.id)

    for refused_call in (
        practice.get(client.id),
        practice.erase(client.id),
        practice.update(client.id, notes="x"),
        practice.deactivate(client.id),
    ):
        with pytest.raises(NotFound):
            await refused_call
    assert (await practice.page(include_inactive=True)).total == 0
    for search in ("Zoë", "zoe@example.com", "+4930901820"):
        assert (await practice.page(search=search, include_inactive=True)).total == 0
    async with practice.environment.superuser() as db:
        for table in ("clients", "terms"):
            assert await db.fetchval(f"SELECT count(*) FROM clients.{table} WHERE workspace_id = $1", practice.workspace_id) == 0
    (erased,) = await practice.environment.emitted(events_pb2.ClientErased, practice.workspace_id)
    assert (erased.client_id, erased.HasField("job_id")) == (client.id, True)


async def test_summaries_come_in_request_order_without_repetitions_and_unknown_clients(practice, other_practice):
    ada, bob = await practice.create(), await practice.create(first_name="Bob", last_name="Ross")
    foreign = await other_practice.create()

    client_ids = [bob.id, foreign.id, ada.id, str(uuid4()), bob.id.upper()]
    reply = await practice.stub.GetSummaries(pb.GetSummariesRequest(client_ids=client_ids), practice.call)

    assert list(reply.items) == [
        pb.ClientSummary(id=bob.id, first_name="Bob", last_name="Ross", full_name="Bob Ross"),
        pb.ClientSummary(id=ada.id, first_name="Ada", last_name="Lovelace", full_name="Ada Lovelace"),
    ]
    assert not (await practice.stub.GetSummaries(pb.GetSummariesRequest(), practice.call)).items


async def test_more_than_five_hundred_summaries_are_refused(practice):
    ids = [str(uuid4()) for _ in range(501)]
    assert not (await practice.stub.GetSummaries(pb.GetSummariesRequest(client_ids=ids[:500]), practice.call)).items

    with pytest.raises(Invalid) as refused:
        await practice.stub.GetSummaries(pb.GetSummariesRequest(client_ids=ids), practice.call)
    assert refused.value.code == "too_many_ids"


async def test_a_check_finds_clients_of_the_callers_workspace_only(practice, other_practice):
    client = await practice.create()
    request = pb.CheckClientRequest(client_id=client.id)
    scheduling = practice.environment.stub(ClientsStub, as_service="scheduling")
    service = practice.environment.on_behalf_of(practice.workspace_id)

    assert (await practice.stub.CheckClient(request, practice.call)).is_active
    await practice.deactivate(client.id)
    assert not (await scheduling.CheckClient(request, service)).is_active
    with pytest.raises(NotFound):
        await practice.stub.CheckClient(request, other_practice.call)
    with pytest.raises(NotFound):
        await scheduling.CheckClient(request, practice.environment.on_behalf_of(other_practice.workspace_id))


async def test_only_notifications_may_read_a_clients_contact(practice, other_practice):
    full, bare = await practice.create(**EVERYTHING), await practice.create(is_active=False)
    notifications = practice.environment.stub(ClientsStub, as_service="notifications")
    service = practice.environment.on_behalf_of(practice.workspace_id)

    contact = await notifications.GetContact(pb.GetContactRequest(client_id=full.id), service)
    assert contact == pb.Contact(
        first_name="Zoë", email="Zoe@Example.com", phone="+49 (30) 901820", time_zone="Europe/Berlin", is_active=True
    )
    assert await notifications.GetContact(pb.GetContactRequest(client_id=bare.id), service) == pb.Contact(first_name="Ada")

    with pytest.raises(NotFound):
        await notifications.GetContact(
            pb.GetContactRequest(client_id=full.id), practice.environment.on_behalf_of(other_practice.workspace_id)
        )
    with pytest.raises(Forbidden):
        await practice.environment.stub(ClientsStub, as_service="clinical").GetContact(pb.GetContactRequest(client_id=full.id), service)
    with pytest.raises(Forbidden):
        await practice.stub.GetContact(pb.GetContactRequest(client_id=full.id), practice.call)


async def test_a_client_of_another_workspace_is_not_found_and_not_changed(practice, other_practice):
    client = await practice.create(**EVERYTHING)

    for trespass in (
        other_practice.get(client.id),
        other_practice.update(client.id, notes="mine now"),
        other_practice.deactivate(client.id),
        other_practice.erase(client.id),
    ):
        with pytest.raises(NotFound) as refused:
            await trespass
        assert refused.value.code == "not_found"

    assert (await other_practice.page(include_inactive=True)).total == 0
    for search in ("Zoë", "zoe@example.com", "+4930901820"):
        assert (await other_practice.page(search=search)).total == 0
    assert (await other_practice.page(tag="vip")).total == 0
    assert await practice.get(client.id) == client
    assert await practice.environment.emitted(events_pb2.ClientErased, other_practice.workspace_id) == []


@pytest.mark.parametrize("client_id", ["", "1", "not-a-uuid", "{0195-…}", "00000000-0000-0000-0000-00000000000g"])
async def test_a_malformed_id_is_invalid(practice, client_id: str):
    for refused_call in (
        practice.get(client_id),
        practice.update(client_id, notes="x"),
        practice.deactivate(client_id),
        practice.erase(client_id),
    ):
        with pytest.raises(Invalid) as refused:
            await refused_call
        assert refused.value.code == "malformed_id"


async def test_reading_writing_and_erasing_need_a_scope_each(practice):
    client = await practice.create()
    reader = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read"])
    writer = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:write"])

    with pytest.raises(Forbidden):
        await practice.stub.DeactivateClient(pb.DeactivateClientRequest(client_id=client.id), reader)
    with pytest.raises(Forbidden):
        await practice.stub.GetClient(pb.GetClientRequest(client_id=client.id), writer)
    with pytest.raises(Forbidden):
        await practice.stub.EraseClient(pb.EraseClientRequest(client_id=client.id), writer)
    assert await practice.get(client.id) == client


async def test_every_call_is_recorded_in_the_audit_trail(practice, other_practice):
    client = await practice.create()
    other = await practice.create(last_name="Byron")
    await practice.page()
    with pytest.raises(NotFound):
        await other_practice.get(client.id)
    await practice.erase(client.id)

    lines = await practice.environment.emitted(audit_pb.AuditRecorded, practice.workspace_id)
    assert [line.event_type for line in lines] == ["create_client", "create_client", "list_clients", "erase_client"]
    assert list(lines[2].resource_ids) == [other.id, client.id]
    denied = await practice.environment.emitted(audit_pb.AuditRecorded, other_practice.workspace_id)
    assert [(line.event_type, line.resource_id, line.outcome) for line in denied] == [("get_client", client.id, audit_pb.OUTCOME_FAILURE)]


async def test_a_repeated_request_with_one_idempotency_key_creates_one_client(practice):
    call = practice.environment.caller(workspace_id=practice.workspace_id, idempotency_key="once")
    request = pb.CreateClientRequest(first_name="Ada", last_name="Lovelace")

    first = await practice.stub.CreateClient(request, call)
    assert await practice.stub.CreateClient(request, call) == first
    assert (await practice.page()).total == 1
