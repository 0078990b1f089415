import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct

from caseload.identity.v1 import events_pb2
from caseload.identity.v1 import users_pb2 as pb
from caseload.identity.v1.users_rpc import UsersStub
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from identity.users import store


def change(person, *mask, **values):
    return pb.UpdateUserRequest(user_id=str(person.id), mask=FieldMask(paths=[*mask, *values]), **values)


async def test_users_are_listed_by_name(service, practice):
    for name in ("Zoe Adler", "ada Lovelace", "Émile Borel"):
        await practice.add_user("therapist", full_name=name)
    caller = await service.signed_in(practice.administrator)

    listed = await service.users.ListUsers(pb.ListUsersRequest(), caller)
    assert [person.full_name for person in listed.items] == ["ada Lovelace", "Émile Borel", "Henrietta Castellanos", "Zoe Adler"]
    assert listed.total == 4
    second = await service.users.ListUsers(pb.ListUsersRequest(page=2, page_size=3), caller)
    assert [person.full_name for person in second.items] == ["Zoe Adler"]
    assert second.total == 4
    with pytest.raises(Invalid):
        await service.users.ListUsers(pb.ListUsersRequest(page_size=101), caller)


async def test_users_are_found_by_part_of_name_or_address_by_role_and_by_being_active(service, practice):
    emile = await practice.add_user("therapist", full_name="Émile Borel")
    ada = await practice.add_user("assistant", full_name="Ada Lovelace")
    caller = await service.signed_in(practice.administrator)
    await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(ada.id)), caller)

    async def found(**filters):
        return {person.id for person in (await service.users.ListUsers(pb.ListUsersRequest(**filters), caller)).items}

    assert await found(search="borel em") == {str(emile.id)}
    assert await found(search=ada.email[:20].upper()) == {str(ada.id)}
    assert await found(search="nobody at all") == set()
    assert await found(role=pb.ROLE_THERAPIST) == {str(emile.id)}
    assert await found(is_active=False) == {str(ada.id)}
    assert await found(is_active=True) == {str(emile.id), str(practice.administrator.id)}
    assert await found(department_id=str(uuid4())) == set()


async def test_a_search_for_more_than_eight_words_is_refused(service, practice):
    with pytest.raises(Invalid) as refused:
        await service.users.ListUsers(pb.ListUsersRequest(search="a b c d e f g h i"), await service.signed_in(practice.administrator))
    assert refused.value.code == "search_invalid"


async def test_an_update_changes_the_named_fields_of_a_user(service, practice):
    person = await practice.add_user("therapist")
    caller = await service.signed_in(practice.administrator)
    shifts = ParseDict({"mon": [{"start": "08:00", "end": "12:00"}, {"start": "13:00", "end": "16:30"}]}, Struct())

    await service.users.UpdateUser(change(person, full_name=" Nora Quist-Ek ", license_number="PT-17", shift_schedule=shifts), caller)
    changed = await service.users.UpdateUser(change(person, specialization="Hands"), caller)
    assert (changed.full_name, changed.license_number, changed.specialization) == ("Nora Quist-Ek", "PT-17", "Hands")
    assert changed.shift_schedule == shifts
    assert changed.email == person.email
    cleared = await service.users.UpdateUser(change(person, "license_number", "shift_schedule"), caller)
    assert not cleared.HasField("license_number")
    assert not cleared.HasField("shift_schedule")
    assert cleared.specialization == "Hands"
    assert cleared == await service.users.GetUser(pb.GetUserRequest(user_id=str(person.id)), caller)

    await service.users.UpdateUser(change(person, specialization="Hands"), caller)
    told = [line.facts["changed"] for line in await service.lines("update_user", practice.workspace_id)]
    assert told == ["full_name license_number shift_schedule", "specialization", "license_number shift_schedule", "nothing"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"full_name": "x"}, "/full_name"),
        ({"full_name": None}, "/full_name"),
        ({"license_number": "x" * 101}, "/license_number"),
        ({"shift_schedule": {"someday": []}}, "/shift_schedule/someday"),
        ({"shift_schedule": {"mon": [{"start": "16:00", "end": "16:00"}]}}, "/shift_schedule/mon/0"),
        ({"role": "owner"}, "/mask"),
    ],
)
async def test_invalid_values_of_a_user_are_refused_with_their_pointer(service, practice, values, pointer):
    given = {name: ParseDict(value, Struct()) if isinstance(value, dict) else value for name, value in values.items()}
    sent = {name: value for name, value in given.items() if value is not None and name != "role"}
    request = pb.UpdateUserRequest(user_id=str(practice.administrator.id), mask=FieldMask(paths=list(values)), **sent)

    with pytest.raises(Invalid) as refused:
        await service.users.UpdateUser(request, await service.signed_in(practice.administrator))
    assert refused.value.faults[0].pointer == pointer


async def test_a_department_must_be_one_of_the_workspace(service, practice):
    person, caller = await practice.add_user("therapist"), await service.signed_in(practice.administrator)
    elsewhere, here = await service.open_workspace("hospital"), uuid4()
    for workspace_id, department_id in ((elsewhere.workspace_id, uuid4()), (practice.workspace_id, here)):
        add = "INSERT INTO identity.departments (workspace_id, id, name, code) VALUES ($1, $2, 'Ward', 'W')"
        await service.tamper(add, workspace_id, department_id)
        request = change(person, department_id=str(department_id))
        if workspace_id == practice.workspace_id:
            assert (await service.users.UpdateUser(request, caller)).department_id == str(here)
        else:
            with pytest.raises(NotFound) as refused:
                await service.users.UpdateUser(request, caller)
            assert refused.value.code == "department_not_found"


async def test_a_role_change_revokes_tokens_and_the_next_ones_have_the_new_role(service, practice):
    person = await practice.add_user("therapist")
    signed_in = await service.login(person)
    await service.users.ListUsers(pb.ListUsersRequest(), service.bearer(signed_in))

    changed = await service.users.ChangeRole(
        pb.ChangeRoleRequest(user_id=str(person.id), role=pb.ROLE_OWNER), await service.signed_in(practice.administrator)
    )
    assert changed.role == pb.ROLE_OWNER
    assert await service.until_refused(service.bearer(signed_in)) == "token_revoked"
    # The login session continues, with the new role's scopes.
    renewed = await service.refresh(signed_in.refresh_token)
    assert renewed.user.role == pb.ROLE_OWNER
    await service.users.UpdateUser(change(person, specialization="Everything"), service.bearer(renewed))


async def test_a_role_of_another_kind_of_workspace_is_refused(service, practice, hospital):
    for workspace, role in ((practice, pb.ROLE_NURSE), (hospital, pb.ROLE_THERAPIST), (hospital, pb.ROLE_OWNER)):
        person = await workspace.add_user("assistant" if workspace is practice else "nurse")
        with pytest.raises(Invalid) as refused:
            await service.users.ChangeRole(
                pb.ChangeRoleRequest(user_id=str(person.id), role=role), await service.signed_in(workspace.administrator)
            )
        assert refused.value.faults[0].pointer == "/role"


@pytest.mark.parametrize("another_was_invited", [False, True])
async def test_the_last_administrator_who_has_signed_in_keeps_role_and_account(service, practice, hospital, another_was_invited):
    for workspace, role in ((practice, pb.ROLE_THERAPIST), (hospital, pb.ROLE_DOCTOR)):
        if another_was_invited:
            await workspace.add_user("owner" if workspace is practice else "admin")
        caller = await service.signed_in(workspace.administrator)
        with pytest.raises(Conflict) as refused:
            await service.users.ChangeRole(pb.ChangeRoleRequest(user_id=str(workspace.administrator.id), role=role), caller)
        assert refused.value.code == "last_owner"
        with pytest.raises(Conflict) as refused:
            await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(workspace.administrator.id)), caller)
        assert refused.value.code == "last_owner"


async def test_users_cannot_change_their_own_role(service, practice):
    await service.signed_in(await practice.add_user("owner"))
    with pytest.raises(Forbidden) as refused:
        request = pb.ChangeRoleRequest(user_id=str(practice.administrator.id), role=pb.ROLE_ASSISTANT)
        await service.users.ChangeRole(request, await service.signed_in(practice.administrator))
    assert refused.value.code == "own_role"


async def test_two_owners_who_demote_each_other_at_the_same_moment_leave_one(service):
    for _ in range(5):
        practice = await service.open_workspace()
        other = await practice.add_user("owner")
        callers = await asyncio.gather(service.signed_in(practice.administrator), service.signed_in(other))
        outcomes = await asyncio.gather(
            service.users.ChangeRole(pb.ChangeRoleRequest(user_id=str(other.id), role=pb.ROLE_THERAPIST), callers[0]),
            service.users.ChangeRole(pb.ChangeRoleRequest(user_id=str(practice.administrator.id), role=pb.ROLE_THERAPIST), callers[1]),
            return_exceptions=True,
        )
        # The second is refused as demoted already, or as demoting the last owner.
        assert sum(isinstance(outcome, pb.User) for outcome in outcomes) == 1
        async with service.environment.superuser() as connection:
            owners = "SELECT count(*) FROM identity.users WHERE workspace_id = $1 AND role = 'owner' AND is_active"
            assert await connection.fetchval(owners, practice.workspace_id) == 1


async def test_a_deactivated_user_is_signed_out_and_can_be_activated_again(service, practice):
    person = await practice.add_user("therapist")
    signed_in, token = await service.login(person), await service.request_link(person)
    caller = await service.signed_in(practice.administrator)

    off = await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(person.id)), caller)
    assert not off.is_active
    assert off == await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(person.id)), caller)
    assert await service.until_refused(service.bearer(signed_in)) == "token_revoked"
    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)
    with pytest.raises(Unauthenticated):
        await service.verify(token)

    assert (await service.users.ActivateUser(pb.ActivateUserRequest(user_id=str(person.id)), caller)).is_active
    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)
    await service.users.GetMe(pb.GetMeRequest(), await service.signed_in(person))


async def test_a_practitioner_is_visible_to_the_own_workspace_only(service, practice, hospital):
    person = await practice.add_user("assistant")
    request = pb.GetPractitionerRequest(user_id=str(practice.administrator.id))

    practitioner = await service.users.GetPractitioner(request, await service.signed_in(person))
    assert (practitioner.id, practitioner.role, practitioner.is_active) == (str(practice.administrator.id), pb.ROLE_OWNER, True)
    with pytest.raises(NotFound):
        await service.users.GetPractitioner(request, await service.signed_in(hospital.administrator))


async def test_users_of_another_workspace_are_not_found(service, practice, hospital):
    stranger, caller = str(practice.administrator.id), await service.signed_in(hospital.administrator)
    before = await service.users.GetMe(pb.GetMeRequest(), await service.signed_in(practice.administrator))
    for ask in (
        service.users.GetUser(pb.GetUserRequest(user_id=stranger), caller),
        service.users.UpdateUser(change(practice.administrator, full_name="Taken Over"), caller),
        service.users.ChangeRole(pb.ChangeRoleRequest(user_id=stranger, role=pb.ROLE_NURSE), caller),
        service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=stranger), caller),
        service.users.ActivateUser(pb.ActivateUserRequest(user_id=stranger), caller),
    ):
        with pytest.raises(NotFound):
            await ask

    after = await service.users.GetMe(pb.GetMeRequest(), await service.signed_in(practice.administrator))
    assert (after.full_name, after.role, after.is_active) == (before.full_name, before.role, True)


async def test_only_administrators_change_users(service, practice, hospital):
    for workspace, role in ((practice, "assistant"), (practice, "therapist"), (hospital, "head_doctor"), (hospital, "nurse")):
        person = await workspace.add_user(role)
        caller = await service.signed_in(person)
        await service.users.ListUsers(pb.ListUsersRequest(), caller)
        with pytest.raises(Forbidden):
            await service.users.UpdateUser(change(person, full_name="Someone Else"), caller)
        with pytest.raises(Forbidden):
            await service.users.ActivateUser(pb.ActivateUserRequest(user_id=str(person.id)), caller)


async def test_a_list_follows_names_that_change_and_is_the_same_in_every_process(service, practice):
    person = await practice.add_user("therapist", full_name="Gil Ott")
    caller = await service.signed_in(practice.administrator)

    async def names(**filters):
        return [user.full_name for user in (await service.users.ListUsers(pb.ListUsersRequest(**filters), caller)).items]

    assert await names() == ["Gil Ott", "Henrietta Castellanos"]
    await service.users.UpdateUser(change(person, full_name="Zita Ott"), caller)
    assert await names() == ["Henrietta Castellanos", "Zita Ott"]
    assert await names(search="gil") == []
    assert await names(search="zita") == ["Zita Ott"]
    await practice.add_user("therapist", full_name="Ada Ott")
    assert await names(search="ott", role=pb.ROLE_THERAPIST) == ["Ada Ott", "Zita Ott"]


async def test_a_list_opens_a_name_once_per_version(service, practice, statements):
    await practice.add_user("therapist", full_name="Bea Ott")
    caller = await service.signed_in(practice.administrator)

    async def opened():
        statements.clear()
        await service.users.ListUsers(pb.ListUsersRequest(), caller)
        return sum(store.sealed_names.sql == sql for sql in statements)

    assert [await opened(), await opened()] == [1, 0]


async def test_a_list_is_read_and_ordered_anew_when_another_user_belongs_to_it_and_not_before(service, practice, statements):
    person = await practice.add_user("therapist", full_name="Bea Ott")
    caller = await service.signed_in(practice.administrator)

    async def read(**filters):
        statements.clear()
        users = (await service.users.ListUsers(pb.ListUsersRequest(**filters), caller)).items
        return [user.full_name for user in users], any(store.matching_users(["role"]).sql == sql for sql in statements)

    therapists = {"role": pb.ROLE_THERAPIST}
    assert await read(**therapists) == (["Bea Ott"], True)
    assert await read(**therapists, search="bea") == (["Bea Ott"], False)
    await practice.add_user("assistant", full_name="Ada Ott")
    assert await read(**therapists) == (["Bea Ott"], False)
    await practice.add_user("therapist", full_name="Ada Oz")
    assert await read(**therapists) == (["Ada Oz", "Bea Ott"], True)
    await service.users.ChangeRole(pb.ChangeRoleRequest(user_id=str(person.id), role=pb.ROLE_ASSISTANT), caller)
    assert await read(**therapists) == (["Ada Oz"], True)


async def supervise(service, caller, person, supervisor):
    return await service.users.UpdateUser(change(person, supervisor_id=str(supervisor.id)), caller)


async def test_a_supervisor_is_active_of_the_same_workspace_and_never_in_a_circle(service, hospital):
    doctor, nurse, trainee = [await hospital.add_user(role) for role in ("head_doctor", "nurse", "nurse")]
    caller = await service.signed_in(hospital.administrator)
    stranger = (await service.open_workspace("hospital")).administrator

    assert (await supervise(service, caller, nurse, doctor)).supervisor_id == str(doctor.id)
    assert (await supervise(service, caller, trainee, nurse)).supervisor_id == str(nurse.id)
    for person, supervisor in ((doctor, trainee), (nurse, trainee), (doctor, doctor)):
        with pytest.raises(Invalid) as refused:
            await supervise(service, caller, person, supervisor)
        assert (refused.value.code, refused.value.faults[0].pointer) == ("supervisor_circle", "/supervisor_id")
    for supervisor_id in (stranger.id, uuid4()):
        with pytest.raises(NotFound) as missing:
            await service.users.UpdateUser(change(trainee, supervisor_id=str(supervisor_id)), caller)
        assert missing.value.code == "supervisor_not_found"
    cleared = await service.users.UpdateUser(change(trainee, "supervisor_id"), caller)
    assert not cleared.HasField("supervisor_id")


async def test_a_supervisor_who_is_deactivated_stays_the_one_until_another_is_named(service, hospital):
    doctor, nurse, other = [await hospital.add_user(role) for role in ("head_doctor", "nurse", "nurse")]
    caller = await service.signed_in(hospital.administrator)
    await supervise(service, caller, nurse, doctor)

    await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(doctor.id)), caller)
    # A form that is sent as a whole names the same one again.
    assert (await supervise(service, caller, nurse, doctor)).supervisor_id == str(doctor.id)
    assert (await supervision(service, caller, nurse)).supervisor_id == str(doctor.id)
    with pytest.raises(Invalid) as refused:
        await supervise(service, caller, other, doctor)
    assert refused.value.code == "supervisor_inactive"


async def supervision(service, caller, person):
    return await service.users.GetSupervision(pb.GetSupervisionRequest(user_id=str(person.id)), caller)


async def test_another_supervisor_is_announced_once_with_the_users_version(service, hospital):
    doctor, nurse = await hospital.add_user("head_doctor"), await hospital.add_user("nurse")
    caller = await service.signed_in(hospital.administrator)
    before = await supervision(service, caller, nurse)

    await supervise(service, caller, nurse, doctor)
    set_ = await supervision(service, caller, nurse)
    await supervise(service, caller, nurse, doctor)
    await service.users.UpdateUser(change(nurse, "supervisor_id"), caller)
    cleared = await supervision(service, caller, nurse)

    assert [(each.HasField("supervisor_id"), each.cosign_hours) for each in (before, set_, cleared)] == [
        (False, 72),
        (True, 72),
        (False, 72),
    ]
    assert before.version < set_.version < cleared.version
    assert await service.environment.emitted(events_pb2.SupervisionChanged, hospital.workspace_id) == [
        events_pb2.SupervisionChanged(user_id=str(nurse.id), supervisor_id=str(doctor.id), version=set_.version),
        events_pb2.SupervisionChanged(user_id=str(nurse.id), version=cleared.version),
    ]
    assert await service.users.GetSupervision(pb.GetSupervisionRequest(user_id=str(uuid4())), caller) == pb.Supervision(cosign_hours=72)


async def test_overseers_are_the_active_administrators_and_a_service_that_mails_them_is_told(service, hospital, practice):
    second, gone = await hospital.add_user("admin"), await hospital.add_user("admin")
    await hospital.add_user("head_doctor")
    caller = await service.signed_in(hospital.administrator)
    await service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(gone.id)), caller)

    def overseers(workspace_id, as_service="notifications"):
        stub = service.environment.stub(UsersStub, as_service=as_service)
        return stub.ListOverseers(pb.ListOverseersRequest(), service.environment.on_behalf_of(workspace_id))

    assert list((await overseers(hospital.workspace_id)).user_ids) == [str(hospital.administrator.id), str(second.id)]
    assert list((await overseers(practice.workspace_id)).user_ids) == [str(practice.administrator.id)]
    with pytest.raises(Forbidden):
        await overseers(hospital.workspace_id, "clinical")
    with pytest.raises(Forbidden):
        await service.users.ListOverseers(pb.ListOverseersRequest(), caller)


async def test_two_changes_at_once_make_no_circle_of_supervisors(service, hospital):
    one, other = await hospital.add_user("doctor"), await hospital.add_user("doctor")
    caller = await service.signed_in(hospital.administrator)

    outcomes = await asyncio.gather(supervise(service, caller, one, other), supervise(service, caller, other, one), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {pb.User, Invalid}


async def test_two_administrators_who_deactivate_each_other_at_the_same_moment_leave_one(service):
    for _ in range(5):
        hospital = await service.open_workspace("hospital")
        other = await hospital.add_user("admin")
        callers = await asyncio.gather(service.signed_in(hospital.administrator), service.signed_in(other))
        outcomes = await asyncio.gather(
            service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(other.id)), callers[0]),
            service.users.DeactivateUser(pb.DeactivateUserRequest(user_id=str(hospital.administrator.id)), callers[1]),
            return_exceptions=True,
        )
        # The second is refused as deactivated already, or as deactivating the last administrator.
        assert sum(isinstance(outcome, pb.User) for outcome in outcomes) == 1
        async with service.environment.superuser() as connection:
            administrators = "SELECT count(*) FROM identity.users WHERE workspace_id = $1 AND role = 'admin' AND is_active"
            assert await connection.fetchval(administrators, hospital.workspace_id) == 1


async def test_a_user_shows_until_when_attempts_to_sign_in_have_to_wait(service, practice):
    person, caller = await practice.add_user("therapist"), await service.signed_in(practice.administrator)
    before = await service.users.GetUser(pb.GetUserRequest(user_id=str(person.id)), caller)
    for number in range(6):
        with pytest.raises((Unauthenticated, TooMany)):
            await service.login(person, f"wrong horse {number}")

    locked = await service.users.GetUser(pb.GetUserRequest(user_id=str(person.id)), caller)
    assert (before.is_locked, before.HasField("locked_until")) == (False, False)
    assert locked.is_locked
    assert locked.locked_until.ToDatetime(UTC) > datetime.now(UTC) - timedelta(seconds=1)
