"""The head of a department decides in a supervisor's place on what its people have signed, and on nobody else's."""

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import departments_pb2, users_pb2
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.users_rpc import UsersStub
from chassis.errors import Refusal

from .conftest import Practice
from .supervising import Clinician, join, open_ward, supervise
from .test_care_teams import break_glass, set_team
from .test_cosignatures import miss, overdue


@pytest.fixture
async def ward(practice):
    """Its trainee is of a department; the supervisor is of none."""
    return await open_ward(practice)


async def open_department(practice: Practice, name: str) -> str:
    request = departments_pb2.CreateDepartmentRequest(name=name, code=name)
    return (await practice.environment.stub(DepartmentsStub).CreateDepartment(request, practice.call)).id


async def move(practice: Practice, person: Clinician, department_id: str | None) -> None:
    request = users_pb2.UpdateUserRequest(user_id=str(person.user_id), mask=FieldMask(paths=["department_id"]), department_id=department_id)
    await practice.environment.stub(UsersStub).UpdateUser(request, practice.call)


async def head_of(practice: Practice, department_id: str) -> Clinician:
    head = await join(practice, "head_doctor")
    await move(practice, head, department_id)
    return head


async def refusal_of(decision) -> str:
    with pytest.raises(Refusal) as refused:
        await decision
    return refused.value.code


async def test_a_head_decides_in_the_supervisors_place_and_is_named(practice, ward):
    surgery = await open_department(practice, "Surgery")
    head = await head_of(practice, surgery)
    await move(practice, ward.trainee, surgery)
    signed, returned = [await ward.trainee.sign() for _ in range(2)]

    assert (await head.waiting(), (await head.queue()).total) == ([signed.id, returned.id], 2)
    decided = await head.cosign(signed)
    back = await head.give_back(returned)

    assert decided.cosigned_by_user_id == str(head.user_id)
    assert (back.cosign_status, back.cosign_comment) == (pb.COSIGN_STATUS_RETURNED, "Which knee?")
    (version,) = await ward.trainee.versions(signed)
    assert version.cosignature.role == pb.COSIGN_ROLE_HEAD_OF_DEPARTMENT
    assert (await ward.trainee.verify(signed)).intact
    assert [line.facts["role"] for line in await practice.audited("cosign_session")] == ["head_of_department"]
    assert await refusal_of(ward.supervisor.cosign(signed)) == "cosign_not_pending"
    assert await head.waiting() == await ward.supervisor.waiting() == []


async def test_a_head_of_another_department_or_of_none_decides_nothing(practice, ward):
    surgery, elsewhere = [await open_department(practice, name) for name in ("Surgery", "Elsewhere")]
    others = [await head_of(practice, elsewhere), await join(practice, "head_doctor")]
    await move(practice, ward.trainee, surgery)
    note = await ward.trainee.sign()

    for head in others:
        assert (await head.waiting(), (await head.queue()).total) == ([], 0)
        assert await refusal_of(head.cosign(note)) == await refusal_of(head.give_back(note)) == "not_the_supervisor"
    # A doctor of the same department heads nothing.
    await move(practice, ward.colleague, surgery)
    assert await ward.colleague.waiting() == []
    assert await refusal_of(ward.colleague.cosign(note)) == "not_the_supervisor"
    assert await ward.supervisor.waiting() == [note.id]


async def test_whoever_moved_in_the_meantime_is_decided_on_where_they_work_now(practice, ward):
    surgery, elsewhere = [await open_department(practice, name) for name in ("Surgery", "Elsewhere")]
    before, after = await head_of(practice, surgery), await head_of(practice, elsewhere)
    await move(practice, ward.trainee, surgery)
    note = await ward.trainee.sign()

    await move(practice, ward.trainee, elsewhere)

    assert (await before.waiting(), await after.waiting()) == ([], [note.id])
    assert await refusal_of(before.cosign(note)) == "not_the_supervisor"
    await move(practice, after, None)
    assert await refusal_of(after.cosign(note)) == "not_the_supervisor"
    await move(practice, after, elsewhere)
    assert (await after.cosign(note)).cosigned_by_user_id == str(after.user_id)


async def test_a_head_decides_on_nothing_of_their_own(practice, ward):
    surgery = await open_department(practice, "Surgery")
    head = await head_of(practice, surgery)
    await supervise(practice, head, ward.supervisor)
    await move(practice, ward.trainee, surgery)
    own, written, amended = await head.sign(), await head.write(), await ward.trainee.sign()
    await ward.trainee.finalize(written)
    await head.save(amended, reason="mine", plan="rest")

    assert (await head.waiting(), (await head.queue()).total) == ([], 0)
    for note in (own, written, amended):
        assert await refusal_of(head.cosign(note)) == "own_note"


async def test_what_a_head_supervises_themselves_waits_for_them_wherever_it_was_signed(practice, ward):
    surgery = await open_department(practice, "Surgery")
    await move(practice, ward.supervisor, surgery)
    note = await ward.trainee.sign()

    assert await ward.supervisor.waiting() == [note.id]
    await ward.supervisor.cosign(note)
    (version,) = await ward.trainee.versions(note)
    assert version.cosignature.role == pb.COSIGN_ROLE_SUPERVISOR


async def test_a_department_opens_no_restricted_client_and_the_queues_say_how_many_wait_there(practice, ward):
    surgery = await open_department(practice, "Surgery")
    head = await head_of(practice, surgery)
    await move(practice, ward.trainee, surgery)
    closed = await ward.trainee.sign()
    await set_team(practice, ward.trainee)

    for somebody in (head, ward.supervisor, ward.administrator):
        page = await somebody.queue()
        assert (list(page.items), page.total, page.restricted) == ([], 0, 1)
        assert await refusal_of(somebody.cosign(closed)) == "not_found"
    # Who has nothing to decide there is not told that anything waits.
    assert (await ward.colleague.queue()).restricted == 0

    await break_glass(ward.supervisor)
    page = await ward.supervisor.queue()
    assert ([note.id for note in page.items], page.restricted) == ([closed.id], 0)
    assert (await ward.supervisor.cosign(closed)).cosigned_by_user_id == str(ward.supervisor.user_id)
    assert (await head.queue()).restricted == 0


async def test_a_missed_deadline_names_the_supervisee_whoever_wrote_or_amended_the_note(practice, ward, prune):
    """Their head of department is mailed about it."""
    dictated = await ward.trainee.finalize(await ward.colleague.write())
    amended = await ward.trainee.sign()
    await ward.colleague.save(amended, reason="a comma", plan="walk,")
    notes = [dictated, amended]
    await miss(ward, *notes)
    await prune()

    events = {event.session_id: event for event in await overdue(practice)}
    assert {note.id for note in notes} == set(events)
    assert [events[note.id].supervisee_id for note in notes] == [str(ward.trainee.user_id)] * 2
    both = sorted([str(ward.trainee.user_id), str(ward.colleague.user_id)])
    assert [list(events[note.id].own_user_ids) for note in notes] == [both] * 2
