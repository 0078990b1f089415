"""Ends login sessions and revokes access tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record, Transaction
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import store
from identity.people.rules import Person


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
    """End every login session of the user, except the one that is named, and every sign-in that waits for its second step."""
    await tx.run(store.void_second_steps, user_id=user_id, now=now)
    ended = await tx.all(store.end_login_sessions, user_id=user_id, except_id=except_id, reason=reason, now=now)
    await revoke_access_tokens(tx, [row["id"] for row in ended])


async def end_all_login_sessions(work: UnitOfWork, person: Person, *, reason: str, except_id: UUID | None = None) -> None:
    """End the person's login sessions in every workspace, except the one that is named. Hold the memberships before (`people.store`)."""
    for membership in person.memberships:
        async with work.elsewhere(*membership):
            await end_login_sessions(work.db, membership.user_id, reason=reason, now=work.now, except_id=except_id)
            if membership != person.own:
                record_effect(
                    work,
                    "end_login_sessions",
                    options_pb2.RESOURCE_USER,
                    options_pb2.ACTION_LOGOUT,
                    [membership.user_id],
                    reason=reason,
                )


async def leave_login_session(tx: Transaction, session_id: UUID, user_id: UUID, *, now: datetime) -> Record | None:
    """End a login session that goes on in another workspace. None if it has ended already."""
    left = await tx.maybe(store.leave_login_session, session_id=session_id, user_id=user_id, reason="switched", now=now)
    if left is not None:
        await revoke_access_tokens(tx, [session_id])
    return left
