"""Ends login sessions and revokes access tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.db.transaction import Transaction
from identity.login_sessions import store


async def revoke_access_tokens(tx: Transaction, subjects: Sequence[UUID]) -> None:
    """Void every access token of these users, login sessions or workspaces that was issued until now.

    Call it after the statement that locks and changes the rows a token is made from. A token whose user was read
    before that is void; one whose user is read afterwards contains the change.
    """
    if subjects:
        await tx.many(store.revoke, [{"subject_id": subject} for subject in subjects])


async def end_login_session(tx: Transaction, session_id: UUID, user_id: UUID, *, reason: str, now: datetime) -> bool:
    """End one login session of the user. Returns False if it has ended already or is not the user's."""
    ended = await tx.maybe(store.end_login_session, session_id=session_id, user_id=user_id, reason=reason, now=now)
    if ended is None:
        return False
    await revoke_access_tokens(tx, [session_id])
    return True


async def end_login_sessions(tx: Transaction, user_id: UUID, *, reason: str, now: datetime, except_id: UUID | None = None) -> None:
    """End every login session of the user, except the one that is named."""
    ended = await tx.all(store.end_login_sessions, user_id=user_id, except_id=except_id, reason=reason, now=now)
    await revoke_access_tokens(tx, [row["id"] for row in ended])
