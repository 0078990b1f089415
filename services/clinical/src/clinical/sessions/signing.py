"""Signs the versions of notes, and finds out whether a note's versions are what was signed."""

from collections.abc import AsyncIterable, Mapping
from typing import Any, TypeAlias

from caseload.clinical.v1 import sessions_pb2 as pb
from chassis.auth.signer import Signer
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.protobuf.enums import enum_text
from chassis.protobuf.timestamps import to_datetime
from clinical.note_search.pace import Pace
from clinical.sessions import canonical, mapping, rules
from clinical.signatures.rfc8785 import time_text
from clinical.supervision import attested


class VersionSigner(Signer):
    """Signs versions."""

    def sign(self, version: pb.SessionVersion, note: pb.Session) -> None:
        """Sets the version's hash and signature. All else that is signed has to be set."""
        version.content_hash = hash_of(version, note, note.client_id)
        version.key_id = self.key_id
        version.signature = self.signature(canonical.signed_message(version.content_hash))

    def is_genuine(self, version: pb.SessionVersion) -> bool:
        """Whether the signature is one of ours, over this version's hash."""
        return self.is_signature(version.signature, version.key_id, canonical.signed_message(version.content_hash))


def hash_of(version: pb.SessionVersion, note: pb.Session, client_id: str) -> str:
    """The hash of the version's content, whatever hash it says it has. `note` is its note, whose author is signed; so is whom it was signed for."""
    texts = {name: getattr(version, name) if version.HasField(name) else None for name in (*rules.TEXTS, "previous_hash", "reason")}
    return canonical.content_hash(
        texts
        | {
            "author_user_id": note.created_by_user_id,
            "client_id": client_id,
            "duration_minutes": version.duration_minutes if version.HasField("duration_minutes") else None,
            "form": canonical.FORM,
            "kind": enum_text(pb.VersionKind, version.kind),
            "session_date": time_text(to_datetime(version.session_date)),
            "session_id": note.id,
            "signed_at": time_text(to_datetime(version.created_at)),
            "signed_by_user_id": version.created_by_user_id,
            "version_number": version.version_number,
            "workspace_id": note.workspace_id,
        }
    )


def complete(version: pb.SessionVersion, note: pb.Session, client_id: str, previous: pb.SessionVersion | None) -> pb.SessionVersion:
    """The version; one from before versions were signed gets its hash, and the hash of the version before."""
    if not version.HasField("signature"):
        if previous is not None:
            version.previous_hash = previous.content_hash
        version.content_hash = hash_of(version, note, client_id)
    return version


# A version's row, and its co-signature's if it has one.
Signed: TypeAlias = tuple[Mapping[str, Any], Mapping[str, Any] | None]


async def verify(
    note: Mapping[str, Any],
    versions: AsyncIterable[Signed],
    keys: WorkspaceKeys,
    signer: VersionSigner,
    waiting: Mapping[str, Any] | None = None,
) -> pb.Verification:
    """Holds a note's versions, the oldest first, against their hashes, signatures and each other, and the note against the newest.

    `waiting` is what is told of the newest one's co-signature. However many versions there are, two are held at a time, and others have their turn.
    """
    expected = rules.signed_versions(note["signed_versions"], note["amendment_count"], note["status"])
    found = pb.Verification(versions=expected)
    try:
        head = mapping.from_row(note, keys)
    except SealBroken:
        # Nothing of the note can be believed, so nothing can be held against it.
        found.first_break = 1
        return found
    pace = Pace()
    number, previous, cosigned = 0, None, attested.Attested(request=waiting)
    since_cosigned: set[str] = set()
    async for row, cosignature in versions:
        number += 1
        cosigned = attested.Attested({} if cosignature is None else {cosignature["version_number"]: cosignature}, waiting)
        client_id = rules.signed_client(note["signed_for"], number, head.client_id)
        version = _intact(row, number, head, client_id, previous, keys, signer)
        if version is None or number > expected or not attested.is_genuine(cosigned, version, head, keys, signer, since_cosigned):
            found.first_break = number
            return found
        found.cosignatures += cosignature is not None
        found.unsigned += not version.HasField("signature")
        since_cosigned = set() if attested.is_cosigned(cosigned, number) else {*since_cosigned, version.created_by_user_id}
        previous = version
        await pace()
    if number < expected:
        found.first_break = number + 1
    elif previous is not None and not (_is_as_signed(head, previous) and attested.is_settled(cosigned, head, previous)):
        found.first_break = number
    found.intact = not found.HasField("first_break")
    return found


def _intact(
    row: Mapping[str, Any],
    number: int,
    note: pb.Session,
    client_id: str,
    previous: pb.SessionVersion | None,
    keys: WorkspaceKeys,
    signer: VersionSigner,
) -> pb.SessionVersion | None:
    """The version, if it is what was signed as this number after the previous one."""
    try:
        version = mapping.version_from_row(row, keys)
    except SealBroken:
        return None
    if not version.HasField("signature"):
        # No signed version is followed by one from before signatures.
        is_from_before = previous is None or not previous.HasField("signature")
        return complete(version, note, client_id, previous) if is_from_before and version.version_number == number else None
    follows = version.previous_hash == (previous.content_hash if previous else "")
    is_whole = version.version_number == number and version.content_hash == hash_of(version, note, client_id)
    return version if follows and is_whole and signer.is_genuine(version) else None


def _is_as_signed(note: pb.Session, newest: pb.SessionVersion) -> bool:
    """Whether the note is as its newest version says. What a draft says has not been signed yet."""
    if note.HasField("content_hash") != newest.HasField("signature") or (
        note.HasField("content_hash") and note.content_hash != newest.content_hash
    ):
        return False
    return note.is_draft or all(
        note.HasField(name) == newest.HasField(name) and getattr(note, name) == getattr(newest, name)
        for name in (*rules.TEXTS, "session_date", "duration_minutes")
    )
