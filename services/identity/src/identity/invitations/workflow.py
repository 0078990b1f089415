"""Invites a user."""

from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.work.unit_of_work import UnitOfWork
from identity.invitations import store


async def invite(work: UnitOfWork, user_id: UUID, *, seconds: int) -> tuple[OpaqueToken, datetime]:
    """Invite the user by mail, in place of earlier invitations. Returns a token that accepts it as the mailed one does, and when both expire."""
    token = OpaqueToken.generate(work.workspace_id, uuid7())
    expires_at = work.now + timedelta(seconds=seconds)
    await work.db.run(store.end_invitations, user_id=user_id, now=work.now)
    await work.db.run(store.add_invitation, id=token.row_id, user_id=user_id, shown_hash=token.hash, expires_at=expires_at, now=work.now)
    work.emit(events_pb2.UserInvited(invitation_id=str(token.row_id)))
    return token, expires_at
