"""Services through the real door: offered, changed, withdrawn."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesStub
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import when

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def services(desk):
    return desk.house.stub(ServicesStub)


def massage(**but):
    return pb.CreateServiceRequest(**{"name": "Massage", "default_duration_minutes": 45, **but})


async def test_a_service_reads_back_as_offered(desk, services):
    created = await services.CreateService(
        massage(
            description="Back and neck",
            buffer_before_minutes=5,
            buffer_after_minutes=240,
            price_minor_units=6500,
            currency="EUR",
            is_active=False,
        ),
        desk.call,
    )

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), desk.call) == created
    assert (created.name, created.description, created.default_duration_minutes) == ("Massage", "Back and neck", 45)
    assert (created.buffer_before_minutes, created.buffer_after_minutes) == (5, 240)
    assert (created.price_minor_units, created.currency, created.is_active) == (6500, "EUR", False)
    assert created.workspace_id == str(desk.workspace_id)


async def test_what_was_not_said_has_its_defaults(desk, services):
    created = await services.CreateService(massage(name="  Massage "), desk.call)

    assert (created.name, created.buffer_before_minutes, created.buffer_after_minutes, created.is_active) == ("Massage", 0, 0, True)
    assert not any(created.HasField(name) for name in ("description", "price_minor_units", "currency"))


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "x" * 256}, "/name"),
        ({"description": "x" * 5_001}, "/description"),
        ({"default_duration_minutes": 0}, "/default_duration_minutes"),
        ({"default_duration_minutes": 1441}, "/default_duration_minutes"),
        ({"buffer_before_minutes": -1}, "/buffer_before_minutes"),
        ({"buffer_after_minutes": 241}, "/buffer_after_minutes"),
        ({"price_minor_units": -1}, "/price_minor_units"),
        ({"currency": "euro"}, "/currency"),
        ({"currency": "eur"}, "/currency"),
    ],
)
async def test_a_service_that_makes_no_sense_is_refused(desk, services, but, pointer):
    with pytest.raises(Invalid) as refused:
        await services.CreateService(massage(**but), desk.call)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


async def test_a_change_sets_what_is_named_and_clears_what_is_left_unset(desk, services):
    created = await services.CreateService(massage(description="Back", price_minor_units=6500, buffer_after_minutes=10), desk.call)
    request = pb.UpdateServiceRequest(
        service_id=created.id, mask={"paths": ["name", "description", "buffer_after_minutes"]}, name="Long massage"
    )
    changed = await services.UpdateService(request, desk.call)

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), desk.call) == changed
    assert (changed.name, changed.price_minor_units, changed.buffer_after_minutes) == ("Long massage", 6500, 0)
    assert not changed.HasField("description")
    assert when(changed.updated_at) > when(created.updated_at)


async def test_a_change_that_makes_no_sense_changes_nothing(desk, services):
    created = await services.CreateService(massage(), desk.call)
    for mask, values in ((["name"], {}), (["is_active"], {}), (["default_duration_minutes"], {}), (["created_at"], {})):
        with pytest.raises(Invalid):
            await services.UpdateService(pb.UpdateServiceRequest(service_id=created.id, mask={"paths": mask}, **values), desk.call)

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), desk.call) == created


async def test_services_are_listed_by_name_and_by_whether_they_are_offered(desk, services):
    for name, is_active in (("Consultation", True), ("Acupuncture", True), ("Massage", False)):
        await services.CreateService(massage(name=name, is_active=is_active), desk.call)

    async def names(**filters):
        page = await services.ListServices(pb.ListServicesRequest(**filters), desk.call)
        return [service.name for service in page.items], page.total

    assert await names() == (["Acupuncture", "Consultation", "Massage"], 3)
    assert await names(is_active=True) == (["Acupuncture", "Consultation"], 2)
    assert await names(is_active=False) == (["Massage"], 1)
    assert await names(page=2, page_size=2) == (["Massage"], 3)


async def test_a_withdrawn_service_is_gone_but_its_appointments_stay(desk, services):
    service_id = await desk.offer(after=30)
    booked = await desk.book(service_id=service_id)
    await services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), desk.call)

    for gone in (
        services.GetService(pb.GetServiceRequest(service_id=service_id), desk.call),
        services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), desk.call),
        services.UpdateService(pb.UpdateServiceRequest(service_id=service_id), desk.call),
        desk.book(service_id=service_id, scheduled_start=NINE.replace(hour=20)),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await services.ListServices(pb.ListServicesRequest(), desk.call)).total == 0
    moved = await desk.move(booked, NINE.replace(hour=15))
    assert moved.service_id == service_id
    assert await desk.clashes(NINE.replace(hour=16, minute=29)) == [booked.id], "its buffer moves along"


async def test_a_service_not_offered_at_present_cannot_be_booked(desk):
    service_id = await desk.offer(is_active=False)

    with pytest.raises(Invalid) as refused:
        await desk.book(service_id=service_id)
    assert refused.value.code == "service_inactive"


async def test_a_neighbours_services_are_not_there(desk, neighbour, services):
    service_id = await neighbour.offer()

    for attempt in (
        services.GetService(pb.GetServiceRequest(service_id=service_id), desk.call),
        services.UpdateService(pb.UpdateServiceRequest(service_id=service_id, mask={"paths": ["name"]}, name="Mine"), desk.call),
        services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), desk.call),
        services.GetService(pb.GetServiceRequest(service_id=str(uuid7())), desk.call),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await services.GetService(pb.GetServiceRequest(service_id=service_id), neighbour.call)).name == "Massage"


async def test_the_catalogue_is_written_by_those_who_may(desk, services):
    reader = desk.only("catalogue:read")

    with pytest.raises(Forbidden):
        await services.CreateService(massage(), reader.call)
    assert (await services.ListServices(pb.ListServicesRequest(), reader.call)).total == 0
