"""What a reply tells of notes beside their rows: what the caller has typed into them, and what has become of them at a supervisor."""

from collections.abc import Sequence

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import mapping, pending
from clinical.supervision import workflow as cosigning


async def complete(work: UnitOfWork, keys: WorkspaceKeys, notes: Sequence[pb.Session]) -> None:
    """Adds it to these notes."""
    await pending.show(work, keys, notes)
    await cosigning.show(work, keys, notes)


async def after_signing(work: UnitOfWork, keys: WorkspaceKeys, row: Record) -> pb.Session:
    """The note of a row whose caller has just signed it. Into one that was never signed before, nobody has typed an amendment."""
    note = mapping.from_row(row, keys)
    if row["signed_versions"] == 1:
        await cosigning.show(work, keys, [note])
    else:
        await complete(work, keys, [note])
    return note
