"""Who is on call, as the users' shifts and the overrides say."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from caseload.notifications.v1 import on_call_pb2 as pb
from chassis.errors import Forbidden, Invalid, NotFound

from .hospital import ALWAYS, open_hospital

SUNDAY_NIGHT = {"sun": [{"start": "22:00", "end": "06:00"}]}


@pytest.fixture
async def hospital(notifications_environment, mail_server):
    return await open_hospital(notifications_environment, mail_server)


def override(**but):
    now = datetime.now(UTC)
    return pb.CreateOverrideRequest(**{"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1), **but})


async def test_shifts_are_in_the_workspaces_zone_and_go_over_midnight(hospital):
    ward = await hospital.department("Ward")
    nurse = await hospital.hire("nurse", ward, shifts=SUNDAY_NIGHT)
    # Berlin is two hours ahead in June.
    for at, on_call in (("2026-06-08T01:00", True), ("2026-06-08T03:59", True), ("2026-06-08T04:00", False), ("2026-06-07T19:59", False)):
        found = await nurse.who_is_on_call(at=datetime.fromisoformat(at).replace(tzinfo=UTC))
        assert found == {ward: [str(nurse.id)] if on_call else []}


async def test_whoever_stands_in_is_on_call_and_sees_the_departments_alerts(hospital):
    ward, clinic = await hospital.department("Ward"), await hospital.department("Clinic")
    nurse, stand_in = await hospital.hire("nurse", ward, shifts=ALWAYS), await hospital.hire("nurse", clinic)
    alert = await nurse.raise_alert(department_id=ward)
    assert await stand_in.active() == []
    request = override(user_id=str(stand_in.id), department_id=ward, replaces_user_id=str(nurse.id))
    made = await hospital.admin.on_call.CreateOverride(request, hospital.admin.call)

    assert await nurse.who_is_on_call() == {ward: [str(stand_in.id)]}
    assert await nurse.who_is_on_call(department_id=clinic) == {clinic: []}
    assert await stand_in.active() == [alert.id]
    page = await nurse.on_call.ListOverrides(pb.ListOverridesRequest(), nurse.call)
    assert (list(page.items), page.total) == ([made], 1)
    await hospital.admin.on_call.DeleteOverride(pb.DeleteOverrideRequest(override_id=made.id), hospital.admin.call)
    assert await nurse.who_is_on_call() == {ward: [str(nurse.id)]}
    assert await stand_in.active() == []


async def test_whoever_replaces_somebody_is_on_call_for_their_department(hospital):
    ward, clinic = await hospital.department("Ward"), await hospital.department("Clinic")
    nurse, stand_in = await hospital.hire("nurse", ward, shifts=ALWAYS), await hospital.hire("nurse", clinic)
    request = override(user_id=str(stand_in.id), replaces_user_id=str(nurse.id))
    made = await hospital.admin.on_call.CreateOverride(request, hospital.admin.call)

    assert made.department_id == ward
    assert await nurse.who_is_on_call() == {ward: [str(stand_in.id)]}


async def test_overrides_are_of_people_and_departments_of_the_house(hospital, notifications_environment, mail_server):
    other = await open_hospital(notifications_environment, mail_server)
    nurse, foreigner = await hospital.hire("nurse"), await other.hire("nurse")
    admin = hospital.admin
    for but in ({"user_id": str(foreigner.id)}, {"user_id": str(nurse.id), "replaces_user_id": str(uuid7())}):
        with pytest.raises(NotFound):
            await admin.on_call.CreateOverride(override(**but), admin.call)
    foreign = await other.department("Ward")
    with pytest.raises(NotFound):
        await admin.on_call.CreateOverride(override(user_id=str(nurse.id), department_id=foreign), admin.call)
    with pytest.raises(NotFound):
        await nurse.who_is_on_call(department_id=foreign)
    theirs = await other.admin.on_call.CreateOverride(override(user_id=str(foreigner.id)), other.admin.call)
    with pytest.raises(NotFound):
        await admin.on_call.DeleteOverride(pb.DeleteOverrideRequest(override_id=theirs.id), admin.call)
    with pytest.raises(Forbidden):
        await nurse.on_call.CreateOverride(override(user_id=str(nurse.id)), nurse.call)
    assert await nurse.who_is_on_call() == {}


async def test_whoever_is_replaced_is_replaced_in_their_own_department(hospital):
    ward, other = await hospital.department("Ward"), await hospital.department("Theatre")
    on_duty, stand_in = await hospital.hire("nurse", ward, shifts=ALWAYS), await hospital.hire("nurse", other)
    names = {"user_id": str(stand_in.id), "replaces_user_id": str(on_duty.id)}
    with pytest.raises(Invalid) as refused:
        await hospital.admin.on_call.CreateOverride(override(**names, department_id=other), hospital.admin.call)
    assert [fault.pointer for fault in refused.value.faults] == ["/department_id"]
    made = await hospital.admin.on_call.CreateOverride(override(**names, department_id=ward), hospital.admin.call)
    assert made.department_id == ward
    assert await on_duty.who_is_on_call() == {ward: [str(stand_in.id)]}
