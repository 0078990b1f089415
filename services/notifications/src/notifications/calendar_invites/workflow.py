"""Keeps what the calendar of a client was told, so that later mails can follow it."""

from dataclasses import replace
from uuid import UUID, uuid5

from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from notifications.calendar_invites import store
from notifications.calendar_invites.ics import Invite


async def record(work: UnitOfWork, keys: WorkspaceKeys, invite: Invite, *, client_id: UUID, email: str, told_by: UUID) -> Invite:
    """Records what a mail is about to tell. Returns the invite with a sequence that is not lower than one that was told."""
    invite_id = uuid5(UUID(str(invite.appointment_id)), str(client_id))
    before = await work.db.maybe(store.lock, id=invite_id)
    told = invite if before is None else replace(invite, sequence=max(invite.sequence, before["sequence"]))
    revision = 1 if before is None else before["revision"] + 1
    await work.db.run(
        store.put,
        id=invite_id,
        appointment_id=told.appointment_id,
        client_id=client_id,
        sealed=keys.seal_bytes(email.encode(), table="calendar_invites", row=invite_id, revision=revision),
        revision=revision,
        sequence=told.sequence,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        is_cancelled=told.is_cancelled,
        told_by=told_by,
    )
    return told


def address_of(row: Record, keys: WorkspaceKeys) -> str:
    """The address that was invited. SealBroken where the row is not as it was written."""
    return keys.open_bytes(row["sealed"], table="calendar_invites", row=row["id"], revision=row["revision"]).decode()
