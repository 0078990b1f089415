import asyncio
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.identity.v1 import departments_pb2 as pb
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound


@pytest.fixture
def departments(service):
    return service.environment.stub(DepartmentsStub)


@pytest.fixture
async def caller(service, hospital):
    return await service.signed_in(hospital.administrator)


def new(code, name="Ward"):
    return pb.CreateDepartmentRequest(name=name, code=code)


def assign(user, department_id):
    return users_pb2.UpdateUserRequest(user_id=str(user.id), mask=FieldMask(paths=["department_id"]), department_id=department_id)


async def test_a_service_that_mails_is_told_who_heads_the_department_of_a_supervisee(service, hospital, departments, caller):
    surgery, intake = [(await departments.CreateDepartment(new(code), caller)).id for code in ("SUR", "INT")]
    assistant, head, gone, another, doctor = [
        await hospital.add_user(role) for role in ("doctor", "head_doctor", "head_doctor", "head_doctor", "doctor")
    ]
    for user, department_id in ((assistant, surgery), (head, surgery), (gone, surgery), (another, intake), (doctor, surgery)):
        await service.users.UpdateUser(assign(user, department_id), caller)
    await service.users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(gone.id)), caller)
    notifications = service.environment.stub(UsersStub, as_service="notifications")

    async def heads(supervisee):
        asked = users_pb2.ListOverseersRequest(supervisee_id=str(supervisee) if supervisee else None)
        found = await notifications.ListOverseers(asked, service.environment.on_behalf_of(hospital.workspace_id))
        assert list(found.user_ids) == [str(hospital.administrator.id)]
        return list(found.head_ids)

    assert await heads(assistant.id) == [str(head.id)]
    # Of no department, of no workspace here, and where nobody is named.
    assert await heads(hospital.administrator.id) == await heads(uuid4()) == await heads(None) == []


async def test_departments_are_created_listed_by_name_changed_and_deleted(departments, caller):
    surgery = await departments.CreateDepartment(new(" SUR ", " Surgery "), caller)
    intake = await departments.CreateDepartment(new("INT", "Intake"), caller)

    assert (surgery.name, surgery.code, surgery.is_active) == ("Surgery", "SUR", True)
    off = pb.UpdateDepartmentRequest(department_id=intake.id, mask=FieldMask(paths=["is_active"]), is_active=False)
    intake = await departments.UpdateDepartment(off, caller)
    assert (intake.name, intake.is_active) == ("Intake", False)
    listed = await departments.ListDepartments(pb.ListDepartmentsRequest(), caller)
    assert (list(listed.items), listed.total) == ([intake, surgery], 2)
    active = await departments.ListDepartments(pb.ListDepartmentsRequest(is_active=True), caller)
    assert (list(active.items), active.total) == ([surgery], 1)
    second = await departments.ListDepartments(pb.ListDepartmentsRequest(page=2, page_size=1), caller)
    assert (list(second.items), second.total) == ([surgery], 2)

    await departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=intake.id), caller)
    with pytest.raises(NotFound):
        await departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=intake.id), caller)


async def test_a_code_is_used_once_in_a_workspace(service, departments, caller):
    await departments.CreateDepartment(new("SUR"), caller)
    with pytest.raises(Conflict) as refused:
        await departments.CreateDepartment(new("SUR", "Surgery"), caller)
    assert refused.value.code == "department_code_taken"

    elsewhere = await service.signed_in((await service.open_workspace("hospital")).administrator)
    await departments.CreateDepartment(new("SUR"), elsewhere)


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({"name": " ", "code": "x" * 21}, ["/name", "/code"]),
        ({"name": "x" * 101, "code": ""}, ["/name", "/code"]),
    ],
)
async def test_what_a_department_cannot_be_called_is_refused_with_pointers(departments, caller, values, pointers):
    with pytest.raises(Invalid) as refused:
        await departments.CreateDepartment(pb.CreateDepartmentRequest(**values), caller)
    assert [fault.pointer for fault in refused.value.faults] == pointers


async def test_a_department_that_users_belong_to_is_not_deleted(service, hospital, departments, caller):
    nurse, department = await hospital.add_user("nurse"), await departments.CreateDepartment(new("SUR"), caller)
    await service.users.UpdateUser(assign(nurse, department.id), caller)
    await service.users.DeactivateUser(users_pb2.DeactivateUserRequest(user_id=str(nurse.id)), caller)

    with pytest.raises(Conflict) as refused:
        await departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=department.id), caller)
    assert (refused.value.code, refused.value.facts["user_count"]) == ("department_in_use", 1)


async def test_a_department_that_is_given_to_a_user_while_it_is_deleted_stays_or_was_never_given(service, hospital, departments, caller):
    nurse = await hospital.add_user("nurse")
    for number in range(5):
        department = await departments.CreateDepartment(new(f"W{number}"), caller)
        given, deleted = await asyncio.gather(
            service.users.UpdateUser(assign(nurse, department.id), caller),
            departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=department.id), caller),
            return_exceptions=True,
        )
        if isinstance(given, users_pb2.User):
            assert (type(deleted), deleted.code) == (Conflict, "department_in_use")
        else:
            assert (type(given), given.code) == (NotFound, "department_not_found")
            assert isinstance(deleted, pb.DeleteDepartmentResponse)


async def test_an_inactive_department_is_kept_but_not_given(service, hospital, departments, caller):
    inside, outside = await hospital.add_user("nurse"), await hospital.add_user("nurse")
    department = await departments.CreateDepartment(new("SUR"), caller)
    await service.users.UpdateUser(assign(inside, department.id), caller)
    off = pb.UpdateDepartmentRequest(department_id=department.id, mask=FieldMask(paths=["is_active"]), is_active=False)
    await departments.UpdateDepartment(off, caller)

    assert (await service.users.UpdateUser(assign(inside, department.id), caller)).department_id == department.id
    with pytest.raises(Invalid) as refused:
        await service.users.UpdateUser(assign(outside, department.id), caller)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("department_inactive", "/department_id")


async def test_departments_of_another_workspace_are_nowhere_and_only_administrators_change_one(service, hospital, departments, caller):
    department = await departments.CreateDepartment(new("SUR"), caller)
    elsewhere = await service.signed_in((await service.open_workspace("hospital")).administrator)
    rename = pb.UpdateDepartmentRequest(department_id=department.id, mask=FieldMask(paths=["name"]), name="Taken over")
    for department_id, asker in ((department.id, elsewhere), (str(uuid4()), caller)):
        rename.department_id = department_id
        with pytest.raises(NotFound):
            await departments.UpdateDepartment(rename, asker)
        with pytest.raises(NotFound):
            await departments.DeleteDepartment(pb.DeleteDepartmentRequest(department_id=department_id), asker)
    assert (await departments.ListDepartments(pb.ListDepartmentsRequest(), elsewhere)).total == 0

    nurse = await service.signed_in(await hospital.add_user("nurse"))
    assert (await departments.ListDepartments(pb.ListDepartmentsRequest(), nurse)).total == 1
    with pytest.raises(Forbidden):
        await departments.CreateDepartment(new("ORT"), nurse)


async def test_whoever_asks_is_told_who_works_in_the_callers_department_now(service, departments, hospital):
    administrator = await service.signed_in(hospital.administrator)
    surgery, elsewhere = [(await departments.CreateDepartment(new(code), administrator)).id for code in ("SUR", "ELS")]
    head, doctor, other = [await hospital.add_user(role) for role in ("head_doctor", "doctor", "doctor")]
    await hospital.add_user("doctor")

    async def colleagues(user):
        return set((await service.users.ListColleagues(users_pb2.ListColleaguesRequest(), await service.signed_in(user))).user_ids)

    assert await colleagues(head) == set()
    for user, department_id in ((head, surgery), (doctor, surgery), (other, elsewhere)):
        await service.users.UpdateUser(assign(user, department_id), administrator)
    assert await colleagues(head) == await colleagues(doctor) == {str(head.id), str(doctor.id)}
    await service.users.UpdateUser(assign(doctor, elsewhere), administrator)
    assert await colleagues(head) == {str(head.id)}
