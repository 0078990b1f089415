"""Co-signatures: signed, stored beside the version they are about, and held against it when a note is verified."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.auth.signer import Signer
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_tables import SealedTable
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.signatures.rfc8785 import time_text
from clinical.supervision import canonical, store
from clinical.tables import cosignatures

COSIGNATURES = SealedTable(cosignatures)
_DECIDED = {"cosigned", "returned"}


@dataclass(frozen=True, slots=True)
class Attested:
    """Rows about one note: the co-signatures by their version's number, and what waits."""

    cosignatures: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    # None for a note that never waited.
    request: Mapping[str, Any] | None = None


NOTHING = Attested()


def from_row(row: Mapping[str, Any], keys: WorkspaceKeys) -> pb.Cosignature:
    return COSIGNATURES.open(row, keys, into=fill(pb.Cosignature(), row))


async def add(work: UnitOfWork, keys: WorkspaceKeys, signer: Signer, cosignature: pb.Cosignature) -> None:
    """Signs and stores a co-signature, of which all else is set."""
    cosignature.key_id = signer.key_id
    cosignature.signature = signer.signature(_message(cosignature, str(work.workspace_id)))
    row = {
        "id": UUID(cosignature.id),
        "session_id": UUID(cosignature.session_id),
        "version_number": cosignature.version_number,
        "decision": enum_text(pb.CosignDecision, cosignature.decision),
        "signed_by_user_id": UUID(cosignature.signed_by_user_id),
        "created_at": to_datetime(cosignature.created_at),
    }
    await work.db.run(store.add_cosignature, **row, sealed=COSIGNATURES.seal(cosignature, keys, row, work))


def is_genuine(
    attested: Attested, version: pb.SessionVersion, note: pb.Session, keys: WorkspaceKeys, signer: Signer, since_cosigned: Collection[str]
) -> bool:
    """Whether the version has no co-signature, or one that was signed for it, by somebody else than who wrote or signed it.

    `since_cosigned` are those who signed the versions before it that were not co-signed. An administrator is none of them; a supervisor may be,
    for what supervisors sign needs no co-signature.
    """
    row = attested.cosignatures.get(version.version_number)
    if row is None:
        return True
    try:
        cosignature = from_row(row, keys)
    except SealBroken:
        return False
    signers = {version.created_by_user_id}
    if cosignature.role != pb.COSIGN_ROLE_SUPERVISOR:
        signers.update(since_cosigned)
    return (
        cosignature.session_id == note.id
        and cosignature.content_hash == version.content_hash
        and cosignature.signed_by_user_id not in {note.created_by_user_id, *signers}
        and signer.is_signature(cosignature.signature, cosignature.key_id, _message(cosignature, note.workspace_id))
    )


def is_cosigned(attested: Attested, number: int) -> bool:
    """Whether the version was co-signed, and not returned."""
    return number in attested.cosignatures and attested.cosignatures[number]["decision"] == "cosigned"


def is_settled(attested: Attested, note: pb.Session, newest: pb.SessionVersion) -> bool:
    """Whether what is told of the newest version is what was attested of it."""
    last = attested.cosignatures.get(newest.version_number)
    decision = None if last is None else last["decision"]
    told = attested.request
    if told is None:
        return decision is None
    if told["status"] == "withdrawn":
        return note.is_draft
    if told["status"] == "settled" and str(told["supervisor_user_id"]) != newest.created_by_user_id:
        return False
    return told["version_number"] == newest.version_number and decision == (told["status"] if told["status"] in _DECIDED else None)


def _message(cosignature: pb.Cosignature, workspace_id: str) -> bytes:
    return canonical.signed_message(
        {
            "comment_hash": canonical.comment_hash(cosignature.comment if cosignature.HasField("comment") else None),
            "content_hash": cosignature.content_hash,
            "cosigned_at": time_text(to_datetime(cosignature.created_at)),
            "cosigned_by_user_id": cosignature.signed_by_user_id,
            "decision": enum_text(pb.CosignDecision, cosignature.decision),
            "form": canonical.FORM,
            "role": enum_text(pb.CosignRole, cosignature.role),
            "session_id": cosignature.session_id,
            "version_number": cosignature.version_number,
            "workspace_id": workspace_id,
        }
    )
