"""Amends a signed note by a save, with what its author has typed into it before."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.identity.v1 import users_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, pending, rules, signed
from clinical.sessions.signing import VersionSigner


async def amend_with_pending(
    work: UnitOfWork,
    keys: WorkspaceKeys,
    signer: VersionSigner,
    row: Record,
    note: pb.Session,
    changes: Mapping[str, Any],
    request: pb.SaveSessionRequest | pb.SaveDraftRequest,
    supervision: users_pb2.Supervision,
    *,
    needs_reason: bool,
    grace: timedelta,
) -> Record | None:
    """Amends a signed note by what its author has typed before and by the changes; None where the note says all that already.

    What was typed into an older version stays pending: it could undo what others have amended since. A save that names the
    newest version is made by somebody who has read that one, so it replaces what was typed into the same fields before. What they may
    not have read, because another tab has typed it, is kept beside the note.
    """
    present = mapping.values(note)
    held = (await pending.of_caller(work, keys, [note.id])).get(note.id)
    typed: dict[str, Any] = dict(changes)
    if held is not None and held.base_version == note.version:
        typed = {**held.changes, **changes}
        await pending.keep_displaced(work, keys, note, held, changes, grace)
        await pending.drop(work, note.id)
    elif held is not None and request.HasField("expected_version"):
        await pending.keep_displaced(work, keys, note, held, changes, grace)
        await pending.take_out(work, keys, note.id, held, changes)
    differing = rules.real_changes(typed, present)
    if not differing:
        return None
    mapping.apply(note, differing)
    reason = request.reason if isinstance(request, pb.SaveSessionRequest) else ""
    return await signed.amend(work, keys, signer, row, note, reason, supervision, needs_reason=needs_reason)
