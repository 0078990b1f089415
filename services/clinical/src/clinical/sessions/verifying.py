"""Reads a note's versions to verify them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Unavailable
from chassis.work.unit_of_work import UnitOfWork
from clinical.sessions import signing, store

# Versions are as long as notes, and a note may have any number of them.
_AT_ONCE = 50
_ATTEMPTS = 5


async def verified(work: UnitOfWork, keys: WorkspaceKeys, signer: signing.VersionSigner, session_id: str) -> pb.Verification:
    """What becomes of verifying the note's versions. Unavailable if it is signed again each time while they are read."""
    for _ in range(_ATTEMPTS):
        note = await work.db.one(store.to_verify, id=session_id)
        waiting = _part(note, store.REQUEST_COLUMNS) if note["request_id"] is not None else None
        verification = await signing.verify(note, _versions(work, session_id), keys, signer, waiting)
        # What was signed or decided while the versions were read is not held against them.
        if _state(await work.db.one(store.to_verify, id=session_id)) == _state(note):
            return verification
    raise Unavailable("list_changing", "The list changes while it is read; try again.", retry_after=1.0)


async def _versions(work: UnitOfWork, session_id: str) -> AsyncIterator[signing.Signed]:
    """The note's versions, each with its co-signature, the oldest first."""
    # The lowest number that the column can hold, so that one which no version has is found as well.
    first = -(2**31)
    while rows := await work.db.all(store.versions_to_verify, session_id=session_id, first=first, limit=_AT_ONCE):
        for row in rows:
            yield row, _part(row, store.COSIGNATURE_COLUMNS) if row["cosignature_id"] is not None else None
        first = rows[-1]["version_number"] + 1


def _state(note: Record) -> list[Any]:
    """What a signature or a co-signature changes of a note."""
    return [note[name] for name in ("signed_versions", "amendment_count", "status", "signed_for", *store.REQUEST_COLUMNS)]


def _part(row: Record, columns: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a row of another table that is beside the row's own, by its own names."""
    return {name: row[label] for label, name in columns.items()}
