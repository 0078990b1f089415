"""The use cases of the Services service and their refusals, called over gRPC."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from caseload.scheduling.v1 import services_pb2 as pb
from caseload.scheduling.v1.services_rpc import ServicesStub
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.protobuf.timestamps import to_datetime

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def services(member):
    return member.environment.stub(ServicesStub)


def massage(**fields):
    return pb.CreateServiceRequest(**{"name": "Massage", "default_duration_minutes": 45, **fields})


async def test_a_created_service_is_read_as_it_was_entered(member, services):
    created = await services.CreateService(
        massage(
            description="Back and neck",
            buffer_before_minutes=5,
            buffer_after_minutes=240,
            price_minor_units=6500,
            currency="EUR",
            is_active=False,
        ),
        member.call,
    )

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), member.call) == created
    assert (created.name, created.description, created.default_duration_minutes) == ("Massage", "Back and neck", 45)
    assert (created.buffer_before_minutes, created.buffer_after_minutes) == (5, 240)
    assert (created.price_minor_units, created.currency, created.is_active) == (6500, "EUR", False)
    assert created.workspace_id == str(member.workspace_id)


async def test_fields_that_were_not_given_have_their_defaults(member, services):
    created = await services.CreateService(massage(name="  Massage "), member.call)

    assert (created.name, created.buffer_before_minutes, created.buffer_after_minutes, created.is_active) == ("Massage", 0, 0, True)
    assert not any(created.HasField(name) for name in ("description", "price_minor_units", "currency"))


@pytest.mark.parametrize(
    ("fields", "pointer"),
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
async def test_an_invalid_service_is_refused(member, services, fields, pointer):
    with pytest.raises(Invalid) as refused:
        await services.CreateService(massage(**fields), member.call)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


async def test_an_update_sets_the_fields_in_its_mask_and_clears_unset_ones(member, services):
    created = await services.CreateService(massage(description="Back", price_minor_units=6500, buffer_after_minutes=10), member.call)
    request = pb.UpdateServiceRequest(
        service_id=created.id, mask={"paths": ["name", "description", "buffer_after_minutes"]}, name="Long massage"
    )
    changed = await services.UpdateService(request, member.call)

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), member.call) == changed
    assert (changed.name, changed.price_minor_units, changed.buffer_after_minutes) == ("Long massage", 6500, 0)
    assert not changed.HasField("description")
    assert to_datetime(changed.updated_at) > to_datetime(created.updated_at)


async def test_an_invalid_update_changes_nothing(member, services):
    created = await services.CreateService(massage(), member.call)
    for mask, values in ((["name"], {}), (["is_active"], {}), (["default_duration_minutes"], {}), (["created_at"], {})):
        with pytest.raises(Invalid):
            await services.UpdateService(pb.UpdateServiceRequest(service_id=created.id, mask={"paths": mask}, **values), member.call)

    assert await services.GetService(pb.GetServiceRequest(service_id=created.id), member.call) == created


async def test_services_are_listed_by_name_and_filtered_by_activity(member, services):
    for name, is_active in (("Consultation", True), ("Acupuncture", True), ("Massage", False)):
        await services.CreateService(massage(name=name, is_active=is_active), member.call)

    async def names(**filters):
        page = await services.ListServices(pb.ListServicesRequest(**filters), member.call)
        return [service.name for service in page.items], page.total

    assert await names() == (["Acupuncture", "Consultation", "Massage"], 3)
    assert await names(is_active=True) == (["Acupuncture", "Consultation"], 2)
    assert await names(is_active=False) == (["Massage"], 1)
    assert await names(page=2, page_size=2) == (["Massage"], 3)


async def test_a_withdrawn_service_is_not_found_and_its_appointments_stay(member, services):
    service_id = await member.offer(after=30)
    booked = await member.book(service_id=service_id)
    await services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), member.call)

    for gone in (
        services.GetService(pb.GetServiceRequest(service_id=service_id), member.call),
        services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), member.call),
        services.UpdateService(pb.UpdateServiceRequest(service_id=service_id), member.call),
        member.book(service_id=service_id, scheduled_start=NINE.replace(hour=20)),
    ):
        with pytest.raises(NotFound):
            await gone
    assert (await services.ListServices(pb.ListServicesRequest(), member.call)).total == 0
    moved = await member.move(booked, NINE.replace(hour=15))
    assert moved.service_id == service_id
    assert await member.conflicts(NINE.replace(hour=16, minute=29)) == [booked.id], (
        "the moved appointment has the buffer of the withdrawn service"
    )


async def test_an_inactive_service_cannot_be_booked(member):
    service_id = await member.offer(is_active=False)

    with pytest.raises(Invalid) as refused:
        await member.book(service_id=service_id)
    assert refused.value.code == "service_inactive"


async def test_a_service_of_another_workspace_is_not_found(member, outsider, services):
    service_id = await outsider.offer()

    for attempt in (
        services.GetService(pb.GetServiceRequest(service_id=service_id), member.call),
        services.UpdateService(pb.UpdateServiceRequest(service_id=service_id, mask={"paths": ["name"]}, name="Mine"), member.call),
        services.DeleteService(pb.DeleteServiceRequest(service_id=service_id), member.call),
        services.GetService(pb.GetServiceRequest(service_id=str(uuid7())), member.call),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await services.GetService(pb.GetServiceRequest(service_id=service_id), outsider.call)).name == "Massage"


async def test_creating_a_service_needs_the_scope_to_write(member, services):
    reader = member.only("catalogue:read")

    with pytest.raises(Forbidden):
        await services.CreateService(massage(), reader.call)
    assert (await services.ListServices(pb.ListServicesRequest(), reader.call)).total == 0
