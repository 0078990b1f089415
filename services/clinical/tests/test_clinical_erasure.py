"""Erasing a client deletes its notes with versions and files and its plans of care, and updates the counters."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import plans_pb2, sessions_pb2
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_timestamp

from .conftest import MONDAY, photo
from .planning import ACHIEVED, COMPLETED, Planning


async def test_erasing_a_client_deletes_everything_of_it_and_nothing_of_others(practice):
    gone, stays = await practice.write(appointment_id=await practice.book()), await practice.write(client_id=await practice.new_client())
    await practice.finalize(gone)
    await practice.save(gone, reason="wrong tense", plan="rest")
    draft = await practice.write()
    await practice.autosave(draft, seen=1, plan="a")
    await practice.autosave(draft, seen=1, plan="b")  # becomes a conflict draft
    await practice.attach(gone, photo())
    kept = await practice.attach(stays, photo("PNG"))
    await practice.environment.settle()
    assert len(practice.stored()) == 2

    await practice.erase(practice.client_id)
    await practice.environment.settle()

    assert await practice.ids() == [stays.id]
    assert (await practice.page()).total == 1
    assert await practice.count("session_versions") == 0
    assert await practice.count("history") == 1
    assert [file.id for file in await practice.files(stays)] == [kept.id]
    assert [path.name for path in practice.stored()] == [kept.id]
    assert await practice.used_bytes() == kept.file_size_bytes


async def test_erasing_a_client_deletes_its_plans_with_all_that_is_theirs(practice):
    planning, other = Planning(practice), await practice.new_client()
    gone, deleted, stays = await planning.plan(), await planning.plan(), await planning.plan(client_id=other)
    for plan in (gone, deleted, stays):
        await planning.milestone(plan.id, status=ACHIEVED)
        await planning.measure(plan.id)
    await planning.change(gone.id, status=COMPLETED)
    await planning.delete(deleted.id)

    await practice.erase(practice.client_id)
    await practice.environment.settle()

    counted = {table: await practice.count(table) for table in ("plans", "plan_versions", "milestones", "measures", "plan_events")}
    assert counted == {"plans": 1, "plan_versions": 1, "milestones": 1, "measures": 1, "plan_events": 2}
    page = await planning.page()
    assert ([plan.id for plan in page.items], page.total) == ([stays.id], 1)
    assert (await planning.page(status=COMPLETED)).total == 0
    assert await planning.told() == []
    (line,) = await practice.audited("erase_plans")
    assert sorted(line.resource_ids) == sorted([gone.id, deleted.id])
    # The plans, two versions of one and one of the other, two milestones and two measures.
    assert len([record for record in line.records if not record.table.startswith("clinical.session")]) == 9


async def test_a_plan_begun_before_the_erasure_cannot_be_made_after_it(practice, monkeypatch):
    clients = practice.environment.runtime("clinical").server._methods["/caseload.clinical.v1.Plans/CreatePlan"][1].__self__._clients
    check, found, go_on = clients.CheckClient, asyncio.Event(), asyncio.Event()

    async def slow(request, call):
        reply = await check(request, call)
        found.set()
        await go_on.wait()
        return reply

    monkeypatch.setattr(clients, "CheckClient", slow)
    planning = asyncio.ensure_future(Planning(practice).plan())
    await found.wait()
    await practice.erase(practice.client_id)
    await practice.environment.settle()
    go_on.set()

    with pytest.raises(NotFound):
        await planning
    assert await practice.count("plans") == 0


async def test_no_answer_about_an_erased_client_is_kept_or_given_again(practice):
    """Neither to a change of the client nor to a booking, a note or a plan, although each was asked for with an Idempotency-Key."""
    environment, other, planning = practice.environment, await practice.new_client(), Planning(practice)
    clients, appointments = environment.stub(ClientsStub), environment.stub(AppointmentsStub)

    def keyed(key):
        return replace(practice.call, idempotency_key=key)

    def writes(client_id):
        change = clients_pb2.UpdateClientRequest(client_id=client_id, mask=FieldMask(paths=["phone"]), phone="+49 30 1234")
        hours = {"scheduled_start": to_timestamp(MONDAY), "scheduled_end": to_timestamp(MONDAY + timedelta(hours=1))}
        book = appointments_pb2.BookAppointmentRequest(
            client_id=client_id, location_type=appointments_pb2.LOCATION_TYPE_CLINIC, allow_conflict=True, **hours
        )
        plan = plans_pb2.CreatePlanRequest(client_id=client_id, title="Wants nobody to know.")
        note = sessions_pb2.CreateSessionRequest(client_id=client_id, session_date=to_timestamp(MONDAY), subjective="Wants nobody to know.")
        return [
            lambda: clients.UpdateClient(change, keyed(client_id)),
            lambda: appointments.BookAppointment(book, keyed(client_id)),
            lambda: practice.sessions.CreateSession(note, keyed(client_id)),
            lambda: planning.plans.CreatePlan(plan, keyed(f"plan of {client_id}")),
        ]

    answers = [await ask() for ask in writes(other)]
    for ask in writes(practice.client_id):
        await ask()

    await practice.erase(practice.client_id)
    await environment.settle()

    async with environment.superuser() as connection:
        for service, left in (("clients", 1), ("scheduling", 1), ("clinical", 2)):
            count = f"SELECT count(*) FROM {service}.idempotency WHERE workspace_id = $1"
            assert await connection.fetchval(count, practice.workspace_id) == left
    for ask in writes(practice.client_id):
        with pytest.raises(NotFound):
            await ask()
    assert [await ask() for ask in writes(other)] == answers


async def test_an_erasure_in_another_workspace_deletes_nothing_here(practice, neighbour):
    note = await practice.write()
    await neighbour.erase(neighbour.client_id)
    await practice.environment.settle()
    assert await practice.get(note.id) == note


async def test_a_client_without_notes_can_be_erased(practice):
    await practice.erase(practice.client_id)
    await practice.environment.settle()
    assert await practice.ids() == []


async def test_a_note_begun_before_the_erasure_cannot_be_written_after_it(practice, monkeypatch):
    server = practice.environment.runtime("clinical").server
    clients = server._methods["/caseload.clinical.v1.Sessions/CreateSession"][1].__self__._clients
    check, found, go_on = clients.CheckClient, asyncio.Event(), asyncio.Event()

    async def slow(request, call):
        reply = await check(request, call)
        found.set()
        await go_on.wait()
        return reply

    monkeypatch.setattr(clients, "CheckClient", slow)
    writing = asyncio.ensure_future(practice.write())
    await found.wait()
    await practice.erase(practice.client_id)
    await practice.environment.settle()
    go_on.set()

    with pytest.raises(NotFound):
        await writing
    assert await practice.count("sessions") == 0


async def test_an_erasure_deletes_a_note_that_is_being_created(practice):
    written = asyncio.gather(*(practice.write() for _ in range(8)), return_exceptions=True)
    await practice.erase(practice.client_id)
    await written
    await practice.environment.settle()
    assert await practice.count("sessions") == 0
    assert (await practice.page()).total == 0
