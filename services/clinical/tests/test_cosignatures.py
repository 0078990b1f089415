"""What a supervisee signs waits for the supervisor, who attests it or gives it back; nobody else does, and nothing is attested twice."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from caseload.clinical.v1 import events_pb2
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.clinical.v1.cosignatures_pb2 import CosignSessionRequest, ReturnSessionRequest
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from chassis import base64url
from chassis.auth.tokens import read_service_keys
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chassis.protobuf.timestamps import to_datetime
from clinical.signatures.rfc8785 import time_text
from clinical.supervision.attested import COSIGNATURES

from .conftest import MONDAY
from .supervising import join, open_ward, supervise

NONE, PENDING, COSIGNED, RETURNED = (
    pb.COSIGN_STATUS_NONE,
    pb.COSIGN_STATUS_PENDING,
    pb.COSIGN_STATUS_COSIGNED,
    pb.COSIGN_STATUS_RETURNED,
)


@pytest.fixture
async def ward(practice):
    return await open_ward(practice)


async def refused_with(call):
    with pytest.raises((Conflict, Forbidden, Invalid, NotFound, Stale)) as refused:
        await call
    return refused.value.code


# --- waiting


async def test_what_a_supervisee_signs_waits_for_the_supervisor_for_three_days(ward):
    draft = await ward.trainee.write()
    note = await ward.trainee.finalize(draft)

    assert (draft.cosign_status, note.cosign_status) == (NONE, PENDING)
    assert to_datetime(note.cosign_due_at) - to_datetime(note.finalized_at) == timedelta(hours=72)
    assert await ward.trainee.get(note.id) == note
    assert (await ward.trainee.page()).items[0] == note
    assert (await ward.supervisor.queue()).items[0] == note
    assert await ward.administrator.waiting() == [note.id]
    assert await ward.colleague.waiting() == await ward.trainee.waiting() == []


async def test_nobody_waits_for_those_who_have_no_supervisor(ward):
    note = await ward.supervisor.sign()
    assert note.cosign_status == NONE
    assert not note.HasField("cosign_due_at")
    assert (await ward.administrator.queue()).total == 0
    assert await refused_with(ward.administrator.cosign(note)) == "cosign_not_pending"


async def test_a_workspace_says_how_long_it_gives(practice, ward):
    request = workspaces_pb2.UpdateWorkspaceRequest(mask=FieldMask(paths=["settings"]))
    request.settings.update({"cosign_hours": 24})
    await practice.environment.stub(WorkspacesStub).UpdateWorkspace(request, practice.call)

    note = await ward.trainee.sign()
    assert to_datetime(note.cosign_due_at) - to_datetime(note.finalized_at) == timedelta(hours=24)


async def test_the_first_to_be_due_comes_first_on_pages_that_neither_repeat_nor_skip(ward):
    notes = [await ward.trainee.sign() for _ in range(5)]
    await ward.trainee.save(notes[0], reason="more", plan="walk")

    expected = [note.id for note in (*notes[1:], notes[0])]
    pages = [await ward.supervisor.queue(page=number, page_size=2) for number in (1, 2, 3, 4)]
    assert [note.id for page in pages for note in page.items] == expected
    assert {page.total for page in pages} == {5}
    assert [note.id for note in (await ward.supervisor.queue(skip=4)).items] == expected[4:]


# --- deciding


async def test_a_cosigned_note_tells_by_whom_and_has_left_the_queue(ward):
    note = await ward.trainee.sign()
    cosigned = await ward.supervisor.cosign(note, comment="Well seen.")

    assert (cosigned.cosign_status, cosigned.cosigned_by_user_id) == (COSIGNED, str(ward.supervisor.user_id))
    assert (cosigned.cosign_comment, cosigned.HasField("cosign_due_at")) == ("Well seen.", False)
    assert cosigned.version == note.version
    assert await ward.trainee.get(note.id) == cosigned
    assert (await ward.supervisor.queue()).total == (await ward.administrator.queue()).total == 0
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=1, cosignatures=1)


async def test_a_returned_note_waits_again_when_its_author_has_amended_it(ward):
    note = await ward.trainee.sign()
    returned = await ward.supervisor.give_back(note, "Which knee?")
    assert (returned.cosign_status, returned.cosign_comment, returned.HasField("cosigned_by_user_id")) == (RETURNED, "Which knee?", False)
    assert await ward.supervisor.waiting() == []
    assert (await ward.trainee.get(note.id)).cosign_comment == "Which knee?"
    told = events_pb2.SessionReturned(session_id=note.id, user_id=str(ward.trainee.user_id))
    assert await ward.trainee.environment.emitted(events_pb2.SessionReturned, ward.trainee.workspace_id) == [told]

    amended = (await ward.trainee.save(note, reason="asked", objective="The left one.")).session
    assert (amended.cosign_status, amended.HasField("cosign_comment")) == (PENDING, False)
    assert to_datetime(amended.cosign_due_at) > to_datetime(note.cosign_due_at)
    assert (await ward.supervisor.cosign(amended)).cosign_status == COSIGNED

    newest, first = await ward.trainee.versions(note)
    assert [version.cosignature.decision for version in (newest, first)] == [pb.COSIGN_DECISION_COSIGNED, pb.COSIGN_DECISION_RETURNED]
    assert (first.cosignature.comment, newest.cosignature.HasField("comment")) == ("Which knee?", False)
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=2, cosignatures=2)


async def test_a_note_is_not_returned_without_saying_why(ward):
    note = await ward.trainee.sign()
    for comment, code in (("", "cosign_comment_required"), (" \u200b", "cosign_comment_required"), ("x" * 5001, "text_too_long")):
        assert await refused_with(ward.supervisor.give_back(note, comment)) == code
    assert await ward.supervisor.waiting() == [note.id]


async def test_nobody_cosigns_their_own_note(practice, ward):
    note = await ward.trainee.sign()
    powerful = await join(practice, "admin")
    await supervise(practice, powerful, ward.administrator)
    own = await powerful.sign()
    drafted = await ward.trainee.finalize(await ward.supervisor.write())

    assert await refused_with(ward.trainee.cosign(note)) == "own_note"
    assert await refused_with(powerful.cosign(own)) == await refused_with(powerful.give_back(own)) == "own_note"
    assert await refused_with(ward.supervisor.cosign(drafted)) == "own_note"
    assert (await ward.administrator.cosign(drafted)).cosign_status == COSIGNED


async def test_nobody_cosigns_their_own_amendment_below_that_of_somebody_else(practice, ward):
    note = await ward.trainee.sign()
    await ward.administrator.save(note, reason="mine", plan="walk")
    await ward.colleague.save(note, reason="a comma", plan="walk,")
    assert await refused_with(ward.administrator.cosign(note)) == await refused_with(ward.administrator.give_back(note)) == "own_note"

    await (await join(practice, "admin")).cosign(note)
    await ward.colleague.save(note, reason="more", plan="walk, rest")
    # What they wrote has been co-signed by somebody else.
    assert (await ward.administrator.cosign(note)).cosign_status == COSIGNED
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=4, cosignatures=2)


async def test_a_cosignature_of_what_the_administrator_signed_before_is_found(practice, ward, monkeypatch):
    note = await ward.trainee.sign()
    await ward.administrator.save(note, reason="mine", plan="walk")
    await ward.colleague.save(note, reason="a comma", plan="walk,")
    monkeypatch.setattr("clinical.cosignatures.rules.role_of", lambda *_, **__: "administrator")
    await ward.administrator.cosign(note)
    assert (await ward.trainee.verify(note)).first_break == 3


async def test_an_api_key_decides_nothing_whatever_its_scopes(practice, ward):
    note = await ward.trainee.sign()
    key = practice.environment.caller(workspace_id=practice.workspace_id, role="api_key")
    stub = ward.trainee.cosignatures
    for request in (CosignSessionRequest(session_id=note.id), ReturnSessionRequest(session_id=note.id, comment="Why?")):
        call = stub.CosignSession if isinstance(request, CosignSessionRequest) else stub.ReturnSession
        assert await refused_with(call(request, key)) == "not_for_api_keys"
    assert await ward.supervisor.waiting() == [note.id]


async def test_a_colleague_does_not_decide_and_an_administrator_does_in_the_supervisors_place(ward):
    note = await ward.trainee.sign()
    assert await refused_with(ward.colleague.cosign(note)) == "not_the_supervisor"
    with pytest.raises(Forbidden):
        await ward.supervisor.only("sessions:read", "sessions:sign").cosign(note)
    assert (await ward.administrator.cosign(note)).cosigned_by_user_id == str(ward.administrator.user_id)
    (version,) = await ward.trainee.versions(note)
    assert version.cosignature.role == pb.COSIGN_ROLE_ADMINISTRATOR


async def test_a_note_of_another_workspace_is_not_there(ward, neighbour):
    note = await ward.trainee.sign()
    there = (await open_ward(neighbour)).administrator
    assert await refused_with(there.cosign(note)) == await refused_with(there.give_back(note)) == "not_found"
    assert (await there.queue()).total == 0
    assert await refused_with(ward.supervisor.cosign(pb.Session(id=str(uuid4())))) == "not_found"


async def test_of_many_who_decide_at_once_one_does_and_the_others_learn_the_state(ward):
    note = await ward.trainee.sign()
    decisions = [(ward.supervisor.cosign if number % 2 else ward.supervisor.give_back)(note) for number in range(40)] + [
        ward.administrator.cosign(note) for _ in range(10)
    ]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)

    settled = (await ward.trainee.get(note.id)).cosign_status
    assert Counter(type(outcome) for outcome in outcomes) == {pb.Session: 1, Conflict: 49}
    told = {"cosigned": COSIGNED, "returned": RETURNED}
    assert {told[refused.facts["cosign_status"]] for refused in outcomes if isinstance(refused, Conflict)} == {settled}
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=1, cosignatures=1)


# --- what happens meanwhile


async def test_who_read_an_older_version_does_not_cosign_what_was_amended_meanwhile(ward):
    note = await ward.trainee.sign()
    amended = (await ward.trainee.save(note, reason="more", plan="walk")).session

    assert await refused_with(ward.supervisor.cosign(note, expected_version=note.version)) == "stale_version"
    assert await refused_with(ward.supervisor.cosign(note, content_hash=note.content_hash)) == "amended_meanwhile"
    assert await refused_with(ward.supervisor.give_back(note, content_hash=note.content_hash)) == "amended_meanwhile"
    decided = await ward.supervisor.cosign(note, expected_version=amended.version, content_hash=amended.content_hash)
    assert decided.cosign_status == COSIGNED


async def test_an_amendment_of_a_cosigned_note_waits_again_whoever_makes_it(ward):
    note = await ward.trainee.sign()
    await ward.supervisor.cosign(note)
    assert (await ward.trainee.save(note, reason="more", plan="walk")).session.cosign_status == PENDING
    await ward.supervisor.cosign(note)
    by_another = (await ward.colleague.save(note, reason="more", plan="run")).session
    assert by_another.cosign_status == PENDING
    assert await ward.supervisor.waiting() == [note.id]
    # What the supervisor has signed needs no co-signature of theirs.
    assert (await ward.supervisor.save(note, reason="mine", plan="rest")).session.cosign_status == NONE
    assert (await ward.administrator.queue()).total == 0
    assert await refused_with(ward.administrator.cosign(note)) == "cosign_not_pending"
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=4, cosignatures=2)
    assert (await ward.colleague.save(note, reason="more", plan="run again")).session.cosign_status == PENDING
    assert await ward.supervisor.waiting() == [note.id]
    # The supervisor's own version, on which this one is based, needed no co-signature.
    assert (await ward.supervisor.cosign(note)).cosign_status == COSIGNED
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=5, cosignatures=3)


async def test_what_is_typed_into_a_waiting_note_waits_with_the_amendment_made_of_it(ward):
    note = await ward.trainee.sign()
    await ward.supervisor.cosign(note)
    assert (await ward.trainee.autosave(note, plan="walk")).session.cosign_status == COSIGNED
    assert (await ward.trainee.finalize(note, reason="more")).cosign_status == PENDING


async def test_a_note_that_is_a_draft_again_has_left_the_queue_and_waits_when_it_is_signed(ward):
    note = await ward.trainee.sign()
    assert (await ward.trainee.unfinalize(note)).cosign_status == NONE
    assert await ward.supervisor.waiting() == []
    assert await refused_with(ward.supervisor.cosign(note)) == "cosign_not_pending"
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=1)
    # Also when somebody without a supervisor signs what a supervisee has signed before.
    assert (await ward.colleague.finalize(note)).cosign_status == PENDING
    assert await ward.supervisor.waiting() == [note.id]


async def test_a_returned_note_stays_returned_while_its_author_rewrites_it(ward):
    note = await ward.trainee.sign()
    await ward.supervisor.give_back(note, "Which knee?")

    draft = await ward.trainee.unfinalize(note)

    assert (draft.is_draft, draft.cosign_status, draft.cosign_comment) == (True, RETURNED, "Which knee?")
    assert await ward.trainee.get(note.id) == draft
    assert (await ward.trainee.page(cosign_status=RETURNED)).items[0] == draft
    assert await refused_with(ward.supervisor.cosign(note)) == "cosign_not_pending"
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=1, cosignatures=1)
    await ward.trainee.autosave(note, plan="The left one.")
    again = await ward.trainee.finalize(note)
    assert (again.cosign_status, again.cosign_comment) == (PENDING, "")
    assert await ward.supervisor.waiting() == [note.id]
    assert await ward.trainee.verify(note) == pb.Verification(intact=True, versions=2, cosignatures=1)


async def test_a_deleted_note_waits_again_when_it_is_restored(ward):
    note = await ward.trainee.sign()
    await ward.trainee.delete(note)
    assert (await ward.supervisor.queue()).total == (await ward.administrator.queue()).total == 0
    assert await refused_with(ward.supervisor.cosign(note)) == "not_found"
    restored = await ward.trainee.restore(note)
    assert (restored.cosign_status, restored.cosign_due_at) == (PENDING, note.cosign_due_at)
    assert await ward.supervisor.waiting() == [note.id]


async def test_a_note_that_loses_its_appointment_is_cosigned_by_who_has_read_it(ward, practice):
    appointment_id = await practice.book()
    note = await ward.trainee.sign(appointment_id=appointment_id)
    await practice.sessions.DetachNote(pb.DetachNoteRequest(appointment_id=appointment_id), practice.call)
    assert (await ward.supervisor.cosign(note, expected_version=note.version)).cosign_status == COSIGNED
    assert (await ward.trainee.verify(note)).intact


async def test_a_conflict_copy_waits_when_it_is_signed(ward):
    draft = await ward.trainee.write()
    await ward.trainee.autosave(draft, seen=1, plan="walk")
    late = await ward.trainee.autosave(draft, seen=1, plan="run")
    copy = await ward.trainee.get(late.conflict_session_id)
    assert (await ward.trainee.finalize(copy)).cosign_status == PENDING
    assert await ward.supervisor.waiting() == [copy.id]


async def test_amendments_and_decisions_at_once_leave_a_version_that_is_decided_or_waits(ward):
    note = await ward.trainee.sign()

    async def amend(number):
        await ward.trainee.save(note, reason="more", plan=f"walk {number}")

    async def decide():
        await ward.supervisor.cosign(note)

    await asyncio.gather(*(step for number in range(8) for step in (amend(number), decide())), return_exceptions=True)
    assert await ward.trainee.verify(note) == pb.Verification(
        intact=True, versions=9, cosignatures=len([each for each in await ward.trainee.versions(note) if each.HasField("cosignature")])
    )
    newest = (await ward.trainee.versions(note))[0]
    assert (await ward.trainee.get(note.id)).cosign_status == (COSIGNED if newest.HasField("cosignature") else PENDING)


# --- another supervisor


async def test_what_waits_follows_to_another_supervisor_and_to_none(practice, ward):
    note = await ward.trainee.sign()
    cosigned = await ward.trainee.sign()
    await ward.supervisor.cosign(cosigned)

    await supervise(practice, ward.trainee, ward.colleague)
    assert (await ward.supervisor.waiting(), await ward.colleague.waiting()) == ([], [note.id])
    assert await refused_with(ward.supervisor.cosign(note)) == "not_the_supervisor"
    (line,) = await practice.audited("pass_on_cosignature")
    assert line.resource_id == note.id

    await supervise(practice, ward.trainee, None)
    assert await ward.colleague.waiting() == []
    assert (await ward.administrator.cosign(note)).cosign_status == COSIGNED
    assert (await ward.trainee.sign()).cosign_status == NONE


async def test_what_a_colleague_amended_follows_the_supervisee_and_not_the_colleague(practice, ward):
    note = await ward.trainee.sign()
    await ward.colleague.save(note, reason="more", plan="walk")

    await supervise(practice, ward.colleague, ward.administrator)
    assert (await ward.supervisor.queue()).total == 1
    await supervise(practice, ward.colleague, None)
    assert await ward.supervisor.waiting() == [note.id]

    other = await join(practice, "head_doctor")
    await supervise(practice, ward.trainee, other)
    assert (await ward.supervisor.waiting(), await other.waiting()) == ([], [note.id])
    assert (await other.cosign(note)).cosign_status == COSIGNED


async def test_an_amendment_of_what_was_decided_before_waits_for_the_supervisor_of_today(practice, ward):
    cosigned, returned, draft, settled = [await ward.trainee.sign() for _ in range(4)]
    await ward.supervisor.cosign(cosigned)
    await ward.supervisor.give_back(returned)
    await ward.trainee.unfinalize(draft)
    await ward.supervisor.save(settled, reason="mine", plan="rest")

    other = await join(practice, "head_doctor")
    await supervise(practice, ward.trainee, other)
    for note in (cosigned, returned, settled):
        await ward.colleague.save(note, reason="more", plan="walk")
    await ward.colleague.finalize(draft)
    assert set(await other.waiting()) == {cosigned.id, returned.id, draft.id, settled.id}
    # Who was the supervisor before is one of the colleagues now.
    assert (await ward.supervisor.save(cosigned, reason="more", plan="run")).session.cosign_status == PENDING
    assert (await other.save(cosigned, reason="more", plan="rest")).session.cosign_status == NONE
    assert await ward.supervisor.waiting() == []


async def test_what_is_signed_while_the_supervisor_changes_waits_for_the_new_one(practice, ward):
    """Whatever identity said before the change, and in whatever order it is heard of."""
    notes = [await ward.trainee.write() for _ in range(6)]
    await asyncio.gather(
        *(ward.trainee.finalize(note) for note in notes[:3]),
        supervise(practice, ward.trainee, ward.colleague),
        *(ward.trainee.finalize(note) for note in notes[3:]),
    )
    await practice.environment.settle()
    assert sorted(await ward.colleague.waiting()) == sorted(note.id for note in notes)
    assert await ward.supervisor.waiting() == []


async def test_what_a_deactivated_supervisor_leaves_waits_for_an_administrator(practice, ward):
    before = await ward.trainee.sign()
    request = users_pb2.DeactivateUserRequest(user_id=str(ward.supervisor.user_id))
    await practice.environment.stub(UsersStub).DeactivateUser(request, practice.call)
    after = await ward.trainee.sign()

    assert await ward.administrator.waiting() == [before.id, after.id]
    assert (await ward.administrator.cosign(before)).cosign_status == COSIGNED
    await supervise(practice, ward.trainee, ward.colleague)
    assert await ward.colleague.waiting() == [after.id]


# --- queues and lists


async def test_a_queue_has_what_the_caller_may_decide_on_and_nothing_of_their_own(practice, ward):
    overseer, other = ward.administrator, await join(practice, "admin")
    written, amended, amended_twice = await overseer.write(), *[await ward.trainee.sign() for _ in range(2)]
    await ward.trainee.finalize(written)
    for note in (amended, amended_twice):
        await overseer.save(note, reason="mine", plan="rest")
    await ward.trainee.save(amended_twice, reason="more", plan="walk")
    everything = {written.id, amended.id, amended_twice.id}

    assert (await overseer.waiting(), (await overseer.queue()).total) == ([], 0)
    assert (set(await other.waiting()), (await other.queue()).total) == (everything, 3)
    assert set(await ward.supervisor.waiting()) == everything
    for note in (written, amended, amended_twice):
        assert await refused_with(overseer.cosign(note)) == "own_note"
    # Of what was co-signed, only what came after it is somebody's own.
    await ward.supervisor.cosign(amended_twice)
    await ward.trainee.save(amended_twice, reason="more", plan="run")
    assert await overseer.waiting() == [amended_twice.id]
    assert (await overseer.cosign(amended_twice)).cosign_status == COSIGNED


async def test_a_supervisors_queue_has_what_they_signed_before_their_supervisee_did(ward, practice):
    note = await ward.trainee.sign()
    await ward.supervisor.save(note, reason="mine", plan="rest")
    await ward.trainee.save(note, reason="more", plan="walk")
    assert await ward.supervisor.waiting() == [note.id]
    # But not where their own signatures wait for somebody.
    await supervise(practice, ward.supervisor, ward.administrator)
    assert await ward.supervisor.waiting() == []
    assert await refused_with(ward.supervisor.cosign(note)) == "own_note"
    assert await ward.administrator.waiting() == [note.id]


async def test_notes_are_listed_by_what_became_of_them_at_the_supervisor(practice, ward):
    other_client = await practice.new_client()
    waiting, returned, cosigned = [
        await ward.trainee.sign(session_date=MONDAY + timedelta(days=day), plan=plan) for day, plan in enumerate(("rest", "walk", "rest"))
    ]
    of_other = await ward.trainee.sign(session_date=MONDAY + timedelta(days=3), plan="run", client_id=other_client)
    draft = await ward.trainee.write()
    for note in (returned, of_other):
        await ward.supervisor.give_back(note)
    await ward.supervisor.cosign(cosigned)

    async def listed(**filters):
        page = await ward.trainee.page(**filters)
        assert page.total == len(page.items)
        return [note.id for note in page.items]

    assert await listed(cosign_status=RETURNED) == [of_other.id, returned.id]
    assert await listed(cosign_status=PENDING) == [waiting.id]
    assert await listed(cosign_status=RETURNED, client_id=other_client) == [of_other.id]
    assert await listed(cosign_status=RETURNED, search="wal") == [returned.id]
    assert await listed(cosign_status=RETURNED, is_draft=True) == []
    assert (await ward.trainee.page(cosign_status=RETURNED, page=2, page_size=1)).items[0].id == returned.id
    await ward.trainee.delete(returned)
    assert await listed(cosign_status=RETURNED) == [of_other.id]
    assert await listed(cosign_status=RETURNED, include_deleted=True) == [of_other.id, returned.id]
    await ward.trainee.save(of_other, reason="asked", plan="walk")
    assert await listed(cosign_status=RETURNED) == []
    assert draft.id not in await listed(cosign_status=PENDING)


@pytest.mark.parametrize("status", [NONE, COSIGNED])
async def test_notes_are_not_listed_by_what_nobody_has_to_act_on(ward, status):
    assert await refused_with(ward.trainee.page(cosign_status=status)) == "cosign_status_not_listed"


async def test_what_an_older_version_lets_wait_is_in_the_queues_although_it_does_not_say_whose_it_is(practice, ward):
    note = await ward.trainee.sign()
    async with practice.environment.superuser() as db:
        await db.execute("UPDATE clinical.cosign_requests SET author_user_id = NULL, signer_user_ids = '{}' WHERE id = $1", UUID(note.id))
    assert await ward.administrator.waiting() == await ward.supervisor.waiting() == [note.id]


# --- deadlines


async def miss(ward, *notes):
    async with ward.trainee.environment.superuser() as db:
        ids = [UUID(note.id) for note in notes]
        await db.execute("UPDATE clinical.cosign_requests SET due_at = now() - interval '1 minute' WHERE id = ANY($1::uuid[])", ids)


async def overdue(practice):
    return await practice.environment.emitted(events_pb2.CosignatureOverdue, practice.workspace_id)


async def test_a_missed_deadline_is_announced_once_and_the_note_still_waits(practice, ward, prune):
    note, in_time, deleted, cosigned = [await ward.trainee.sign() for _ in range(4)]
    await ward.supervisor.cosign(cosigned)
    await ward.trainee.delete(deleted)
    await miss(ward, note, deleted, cosigned)
    for _ in range(3):
        await prune()

    (event,) = await overdue(practice)
    assert (event.session_id, event.supervisor_id) == (note.id, str(ward.supervisor.user_id))
    assert (list(event.own_user_ids), list(event.care_team_user_ids)) == ([str(ward.trainee.user_id)], [])
    (line,) = await practice.audited("miss_cosign_deadline")
    assert line.resource_id == note.id
    assert await ward.supervisor.waiting() == [note.id, in_time.id]
    assert (await ward.supervisor.cosign(note)).cosign_status == COSIGNED
    await ward.trainee.restore(deleted)
    await prune()
    assert [each.session_id for each in await overdue(practice)] == [note.id, deleted.id]


async def test_a_missed_deadline_of_a_restricted_clients_note_names_who_sees_it(practice, ward, prune):
    note = await ward.trainee.sign()
    team = sorted([ward.supervisor.user_id, ward.trainee.user_id], key=str)
    async with practice.environment.superuser() as db:
        await db.execute(
            "INSERT INTO clinical.client_access (workspace_id, client_id, version, restricted, user_ids) VALUES ($1, $2, 1, true, $3)",
            practice.workspace_id,
            UUID(note.client_id),
            team,
        )
    await miss(ward, note)
    await prune()

    (event,) = await overdue(practice)
    assert list(event.care_team_user_ids) == list(map(str, team))


async def test_each_deadline_is_announced_by_one_of_many_who_find_it_at_once(practice, ward):
    note = await ward.trainee.sign()
    await miss(ward, note)
    for _ in range(2):
        async with practice.environment.runtime("clinical").background(practice.workspace_id) as work:
            for _ in range(20):
                work.emit(events_pb2.CosignDeadlinePassed(session_id=note.id))
    await practice.environment.settle()
    assert len(await overdue(practice)) == 1

    await ward.trainee.save(note, reason="more", plan="walk")
    await miss(ward, note)
    async with practice.environment.runtime("clinical").background(practice.workspace_id) as work:
        work.emit(events_pb2.CosignDeadlinePassed(session_id=note.id))
    await practice.environment.settle()
    assert len(await overdue(practice)) == 2


async def test_what_was_decided_before_its_deadline_is_heard_of_is_not_announced(practice, ward):
    note = await ward.trainee.sign()
    await miss(ward, note)
    await ward.supervisor.give_back(note)
    async with practice.environment.runtime("clinical").background(practice.workspace_id) as work:
        work.emit(events_pb2.CosignDeadlinePassed(session_id=note.id))
    await practice.environment.settle()
    assert await overdue(practice) == []


# --- what was attested can be checked


async def test_anybody_verifies_a_cosignature_from_what_the_api_tells(practice, ward):
    note = await ward.trainee.sign()
    await ward.supervisor.cosign(note, comment="Größe?")
    (version,) = await ward.trainee.versions(note)
    attested = version.cosignature
    content = {
        "form": 1, "workspace_id": note.workspace_id, "session_id": note.id, "version_number": 1, "content_hash": version.content_hash,
        "decision": "cosigned", "role": "supervisor", "cosigned_by_user_id": str(ward.supervisor.user_id),
        "cosigned_at": time_text(to_datetime(attested.created_at)), "comment_hash": sha256("Größe?".encode()).hexdigest(),
    }  # fmt: skip
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key = read_service_keys(practice.environment.runtime("clinical").settings.service_keys_dir)["clinical"]
    key.verify(base64url.decode(attested.signature), b"caseload session cosignature v1\n" + written)


async def forge(practice, ward, note, change):
    """Changes the co-signature and seals it again, as somebody with the workspace's keys and not the one that is signed with."""
    clinical = practice.environment.runtime("clinical")
    keys = await clinical.keys.of(practice.workspace_id)
    async with practice.environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        row = dict(await db.fetchrow("SELECT * FROM clinical.cosignatures WHERE session_id = $1", UUID(note.id)))
        cosignature = COSIGNATURES.open(row, keys, into=pb.Cosignature())
        change(row, cosignature)
        async with clinical.background(practice.workspace_id) as work:
            sealed = COSIGNATURES.seal(cosignature, keys, row, work)
            work.records.clear()
        await db.execute(
            "UPDATE clinical.cosignatures SET sealed = $2, decision = $3, signed_by_user_id = $4, created_at = $5 WHERE id = $1",
            row["id"], sealed, row["decision"], row["signed_by_user_id"], row["created_at"],
        )  # fmt: skip


def _another_comment(_row, cosignature):
    cosignature.comment = "Perfect."


def _no_comment(_row, cosignature):
    cosignature.ClearField("comment")


def _another_role(_row, cosignature):
    cosignature.role = pb.COSIGN_ROLE_ADMINISTRATOR


def _another_hash(_row, cosignature):
    cosignature.content_hash = "ab" * 32


def _another_time(row, _cosignature):
    row["created_at"] -= timedelta(days=1)


def _another_cosigner(row, _cosignature):
    row["signed_by_user_id"] = uuid4()


def _no_signature(_row, cosignature):
    cosignature.ClearField("signature")


def _another_decision(row, _cosignature):
    row["decision"] = "returned"


FORGERIES = (
    _another_comment, _no_comment, _another_role, _another_hash, _another_time, _another_cosigner, _no_signature, _another_decision,
)  # fmt: skip
TAMPERING = (
    "UPDATE clinical.cosign_requests SET status = 'pending' WHERE id = $1",
    "UPDATE clinical.cosign_requests SET status = 'returned' WHERE id = $1",
    "DELETE FROM clinical.cosign_requests WHERE id = $1",
    "DELETE FROM clinical.cosignatures WHERE session_id = $1",
    "UPDATE clinical.cosignatures SET sealed = '\\x00' WHERE session_id = $1",
)


async def test_a_forged_cosignature_is_found(practice, ward):
    for change in FORGERIES:
        note = await ward.trainee.sign()
        await ward.supervisor.cosign(note, comment="Well seen.")
        await forge(practice, ward, note, change)
        assert (await ward.trainee.verify(note)).first_break == 1, change


async def test_a_state_that_nobody_attested_is_found(practice, ward):
    for statement in TAMPERING:
        note = await ward.trainee.sign()
        await ward.supervisor.cosign(note)
        async with practice.environment.superuser() as db:
            await db.execute("SET session_replication_role = replica")
            await db.execute(statement, UUID(note.id))
        assert (await ward.trainee.verify(note)).first_break == 1, statement


async def test_a_note_that_waits_or_was_returned_is_not_settled_or_withdrawn_unseen(practice, ward):
    waiting, returned = await ward.trainee.sign(), await ward.trainee.sign()
    await ward.supervisor.give_back(returned)
    for note in (waiting, returned):
        for status in ("settled", "withdrawn"):
            async with practice.environment.superuser() as db:
                await db.execute("UPDATE clinical.cosign_requests SET status = $2 WHERE id = $1", UUID(note.id), status)
            assert (await ward.trainee.verify(note)).first_break == 1, status


async def test_what_was_attested_goes_with_the_note_and_stays_otherwise(practice, ward, prune):
    erased, kept = await ward.trainee.sign(), await ward.trainee.sign()
    for note in (erased, kept):
        await ward.supervisor.cosign(note)
    await ward.administrator.delete(erased)
    await practice.erase_note(erased)
    await practice.environment.settle()
    assert (await practice.count("cosignatures"), await practice.count("cosign_requests")) == (1, 1)

    await practice.erase(practice.client_id)
    await practice.environment.settle()
    assert (await practice.count("cosignatures"), await practice.count("cosign_requests")) == (0, 0)


async def test_the_comment_is_in_no_row_line_or_event(practice, ward):
    note = await ward.trainee.sign()
    await ward.supervisor.give_back(note, "Ask about the Zanzibar journey.")
    async with practice.environment.superuser() as db:
        for table in ("cosignatures", "cosign_requests", "outbox", "idempotency"):
            rows = await db.fetch(f"SELECT * FROM clinical.{table} WHERE workspace_id = $1", practice.workspace_id)
            assert b"Zanzibar" not in repr([tuple(row) for row in rows]).encode()
    (line,) = await practice.audited("return_session")
    assert (line.resource_id, dict(line.facts)) == (note.id, {"decision": "returned", "role": "supervisor", "version_number": "1"})
