"""Invites a user, where one needs to be invited."""

from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import events_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.work.unit_of_work import UnitOfWork
from identity.invitations import rules, store
from identity.people.memberships import person_of_user


async def check_user_may_be_invited(work: UnitOfWork, user_id: UUID) -> str:
    """Returns the user's role. Raises NotFound for an unknown user, Conflict for one who needs no invitation, TooMany for one who was mailed many. Holds the user until the commit."""
    user = dict(await work.db.one(store.lock_user, user_id=user_id))
    role: str = user.pop("role")
    person = await person_of_user(work.db, work.workspace_id, user_id)
    rules.check_may_be_invited(**user, is_shut_out=person.is_shut_out)
    mailed = await work.db.one(store.count_invitations, user_id=user_id, since=work.now - rules.COUNTED_FOR)
    rules.check_not_too_many(mailed["number"])
    return role


async def invite(work: UnitOfWork, user_id: UUID, *, seconds: int) -> tuple[OpaqueToken, datetime]:
    """Invite the user by mail, in place of earlier invitations. Returns a token that accepts it as the mailed one does, and when both expire."""
    token = OpaqueToken.generate(work.workspace_id, uuid7())
    expires_at = work.now + timedelta(seconds=seconds)
    await work.db.run(store.end_invitations, user_id=user_id, now=work.now)
    await work.db.run(store.add_invitation, id=token.row_id, user_id=user_id, shown_hash=token.hash, expires_at=expires_at, now=work.now)
    work.emit(events_pb2.UserInvited(invitation_id=str(token.row_id)))
    return token, expires_at
