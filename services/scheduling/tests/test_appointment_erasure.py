"""When a client is erased, nothing of their appointments stays, not even what was on its way."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1 import events_pb2 as clients_events
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.scheduling.v1 import events_pb2
from chassis.errors import NotFound

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


async def erase(desk) -> None:
    request = clients_pb2.EraseClientRequest(client_id=desk.client_id)
    await desk.house.stub(ClientsStub).EraseClient(request, desk.call)
    await desk.house.settle()


async def test_nothing_of_an_erased_client_stays_and_what_was_to_come_is_called_off(desk):
    past = await desk.book(scheduled_start=NOW - DAY)
    missed = await desk.change(await desk.book(scheduled_start=NOW + DAY), status="cancelled")
    deleted = await desk.book(scheduled_start=NOW + 2 * DAY)
    await desk.delete(deleted, reason="Entered twice")
    awaited = await desk.change(await desk.book(scheduled_start=NOW + 3 * DAY), notes="Bring the X-ray")
    before = await desk.house.emitted(events_pb2.AppointmentClosed, desk.workspace_id)
    kept = await desk.book(scheduled_start=NOW + 4 * DAY, client_id=await desk.new_client())

    await erase(desk)

    async with desk.house.superuser() as connection:
        rows = await connection.fetch("SELECT id FROM scheduling.appointments WHERE workspace_id = $1", desk.workspace_id)
    assert [str(row["id"]) for row in rows] == [kept.id]
    told = await desk.house.emitted(events_pb2.AppointmentClosed, desk.workspace_id)
    assert [event for event in told if event not in before] == [
        events_pb2.AppointmentClosed(appointment_id=awaited.id, client_id=desk.client_id, status="cancelled", version=3)
    ]
    assert {past.id, missed.id, deleted.id}.isdisjoint(event.appointment_id for event in told if event not in before)
    assert (await desk.page()).total == 1
    assert (await desk.figures(desk.client_id))[0].appointment_count == 0


async def test_an_erasure_told_twice_is_done_once(desk):
    await desk.book(scheduled_start=NOW + DAY)
    await erase(desk)
    async with desk.house.runtime("clients").background(desk.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=desk.client_id))
    await desk.house.settle()

    assert len(await desk.house.emitted(events_pb2.AppointmentClosed, desk.workspace_id)) == 1


async def test_a_neighbours_appointments_outlive_an_erasure(desk, neighbour):
    theirs = await neighbour.book()
    async with desk.house.runtime("clients").background(desk.workspace_id) as call:
        call.emit(clients_events.ClientErased(client_id=neighbour.client_id))
    await desk.house.settle()

    assert await neighbour.get(theirs.id) == theirs


async def test_a_booking_on_its_way_when_its_client_is_erased_does_not_arrive(desk):
    """The client was asked about before it was erased, and the booking commits after: the database refuses it then."""
    async with desk.house.superuser() as connection:
        transaction = connection.transaction()
        await transaction.start()
        # The erasure, holding the client's figures and not yet through.
        await connection.execute(
            "INSERT INTO scheduling.client_figures (workspace_id, client_id, appointment_count, erased_at) VALUES ($1, $2, 0, now())",
            desk.workspace_id,
            UUID(desk.client_id),
        )
        booking = asyncio.create_task(desk.book(scheduled_start=NOW + DAY))
        async with asyncio.timeout(5), desk.house.superuser() as watching:
            while not await watching.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE usename = 'scheduling_app' AND datname = current_database() AND wait_event_type = 'Lock'"
            ):
                await asyncio.sleep(0.01)
        await transaction.commit()

    with pytest.raises(NotFound) as refused:
        await booking
    assert refused.value.code == "client_not_found"
    assert (await desk.page()).total == 0
    assert await desk.told() == []
