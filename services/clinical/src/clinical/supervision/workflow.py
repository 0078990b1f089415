"""What becomes of a note at its signer's supervisor: it waits, is withdrawn, and is shown with its state."""

from collections.abc import Sequence
from uuid import UUID

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_timestamp
from chassis.work.unit_of_work import UnitOfWork
from clinical.signatures.notes import was_signed
from clinical.supervision import attested, rules, store

_TOLD_AS_NONE = {"withdrawn", "settled"}


async def of_caller(work: UnitOfWork, users: UsersStub) -> users_pb2.Supervision:
    """Who supervises the caller now, and how long the workspace gives for a co-signature: to be asked before the first statement."""
    return await users.GetSupervision(users_pb2.GetSupervisionRequest(user_id=str(work.user_id)), work.context)


async def signed(work: UnitOfWork, note: pb.Session, number: int, supervision: users_pb2.Supervision) -> None:
    """Lets the version that the caller has just signed wait for a co-signature, if it needs one. The note's row is locked."""
    supervisor = await _supervisor(work, supervision)
    was = await work.db.maybe(store.request, id=note.id)
    waited_for = await _told_supervisor(work, was["supervisee_user_id"]) if was else None
    if rules.is_needed(work.user_id, supervisor, is_supervised=was is not None, waited_for=waited_for):
        await work.db.run(
            store.ask,
            id=note.id,
            version_number=number,
            signed_by_user_id=work.user_id,
            supervisee_user_id=was["supervisee_user_id"] if was and supervisor is None else work.user_id,
            supervisor_user_id=supervisor or waited_for,
            author_user_id=note.created_by_user_id,
            due_at=rules.due_at(work.now, supervision.cosign_hours),
        )
    elif was is not None:
        await work.db.run(store.settle, id=note.id, version_number=number, user_id=work.user_id)


async def unsigned(work: UnitOfWork, note: pb.Session) -> None:
    """Takes a note that is a draft again out of the queue; one that was returned stays so until it is signed again."""
    await work.db.run(store.withdraw, id=note.id)


async def show(work: UnitOfWork, keys: WorkspaceKeys, notes: Sequence[pb.Session]) -> None:
    """Sets what has become of the notes' newest versions. Drafts that were never signed have nothing to show, so that a page of them costs nothing."""
    signed_notes = {UUID(note.id): note for note in notes if was_signed(note)}
    if not signed_notes:
        return
    asked = [row for row in await work.db.all(store.requests, ids=list(signed_notes)) if row["status"] not in _TOLD_AS_NONE]
    decided = []
    for row in asked:
        note = fill(signed_notes[row["id"]], {"cosign_status": row["status"]})
        if row["status"] == "pending":
            note.cosign_due_at.CopyFrom(to_timestamp(row["due_at"]))
        else:
            decided.append(row["id"])
    if decided:
        for row in await work.db.all(store.newest_cosignatures, ids=decided):
            _set_decision(signed_notes[row["session_id"]], attested.from_row(row, keys))


async def show_versions(work: UnitOfWork, keys: WorkspaceKeys, session_id: str, versions: Sequence[pb.SessionVersion]) -> None:
    """Sets the versions' co-signatures."""
    rows = {row["version_number"]: row for row in await work.db.all(store.cosignatures_of, session_id=session_id)}
    for version in versions:
        if version.version_number in rows:
            version.cosignature.CopyFrom(attested.from_row(rows[version.version_number], keys))


def _set_decision(note: pb.Session, cosignature: pb.Cosignature) -> None:
    if cosignature.HasField("comment"):
        note.cosign_comment = cosignature.comment
    if cosignature.decision == pb.COSIGN_DECISION_COSIGNED:
        note.cosigned_by_user_id = cosignature.signed_by_user_id
        note.cosigned_at.CopyFrom(cosignature.created_at)


async def _told_supervisor(work: UnitOfWork, user_id: UUID) -> UUID | None:
    """The newest supervisor of the user that clinical has heard of. The user's row is locked, so that nobody is told of another one meanwhile."""
    told = await work.db.maybe(store.lock_user, user_id=user_id)
    supervisor: UUID | None = told["supervisor_user_id"] if told else None
    return supervisor


async def _supervisor(work: UnitOfWork, supervision: users_pb2.Supervision) -> UUID | None:
    """The caller's supervisor as of the newest that clinical has heard, which may be newer than what identity has said a moment ago."""
    if not supervision.HasField("supervisor_id") and await work.db.maybe(store.lock_user, user_id=work.user_id) is None:
        return None
    told = await work.db.one(
        store.tell,
        user_id=work.user_id,
        supervisor_user_id=supervision.supervisor_id if supervision.HasField("supervisor_id") else None,
        version=supervision.version,
    )
    supervisor: UUID | None = told["supervisor_user_id"]
    return supervisor
