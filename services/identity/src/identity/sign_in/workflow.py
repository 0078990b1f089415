"""What signing in, signing out and running a workspace share: the end of sign-ins, and of the belief in their tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.db.transaction import Transaction
from identity.sign_in import store


async def revoke(tx: Transaction, subjects: Sequence[UUID]) -> None:
    """Voids every access token of these users, sign-ins or workspaces signed until now.

    Called after the statement that locked what the tokens were made from: a token signed before that carries
    an earlier epoch, and one signed after it sees the change.
    """
    if subjects:
        await tx.many(store.revoke, [{"subject_id": subject} for subject in subjects])


async def end(tx: Transaction, session_id: UUID, user_id: UUID, *, reason: str, now: datetime) -> bool:
    """Ends one sign-in of the user; False when it is not theirs or over already."""
    ended = await tx.maybe(store.end_session, session_id=session_id, user_id=user_id, reason=reason, now=now)
    if ended is None:
        return False
    await revoke(tx, [session_id])
    return True


async def end_all(tx: Transaction, user_id: UUID, *, reason: str, now: datetime, but: UUID | None = None) -> None:
    """Ends every sign-in of the user, or every other one."""
    ended = await tx.all(store.end_sessions, user_id=user_id, but=but, reason=reason, now=now)
    await revoke(tx, [row["id"] for row in ended])
