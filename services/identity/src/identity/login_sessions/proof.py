"""What it takes to be believed to be the person: that mail was read, and that a login session is the person's own."""

from uuid import UUID

from chassis.errors import Forbidden, Unauthenticated
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import revocation, store
from identity.login_sessions.token_issuer import login_session_ended
from identity.people import store as people
from identity.people.rules import is_of_the_person


async def prove(work: UnitOfWork, user_id: UUID, *, void_credentials: bool) -> None:
    """The person has shown that they read this user's mail; nothing changes if that was known. Call it before the user's sign-in.

    Whoever invited may have got in before: the user's login sessions end, and a password or second factor that was set before is void.
    Without `void_credentials` a user who has one of these stays as it is.
    """
    await _prove(work, user_id, unless_password=not void_credentials, unless_second_factor=not void_credentials)


async def prove_by_reset(work: UnitOfWork, user_id: UUID) -> None:
    """The same by a mailed link that replaces the password, which is no way around a second factor."""
    await _prove(work, user_id, unless_password=False, unless_second_factor=True)


async def _prove(work: UnitOfWork, user_id: UUID, *, unless_password: bool, unless_second_factor: bool) -> None:
    membership = await work.db.one(store.hold_membership, user_id=user_id)
    if membership["proved_at"] is not None or (unless_second_factor and membership["second_factor"]):
        return
    if unless_password and (await work.db.one(store.hold_password, user_id=user_id))["is_set"]:
        return
    await work.db.run(people.prove, user_id=user_id, now=work.now)
    await work.db.run(store.clear_password, user_id=user_id)
    await work.db.run(store.clear_second_factor, user_id=user_id)
    await work.db.run(people.set_second_factor, user_id=user_id, confirmed=False)
    await revocation.end_login_sessions(work.db, user_id, reason="proved", now=work.now)


async def hold_own_session(work: UnitOfWork, *, is_proved: bool) -> None:
    """Holds the caller's login session until the commit: call it where the caller changes what proves who they are.

    Raises Unauthenticated if it has ended, Forbidden if somebody else may have begun it: then a proved address is not theirs to change.
    """
    session = await work.db.maybe(store.hold_login_session, session_id=login_session_id(work), user_id=work.user_id)
    if session is None:
        raise login_session_ended()
    if is_proved and not is_of_the_person(session["amr"]):
        raise Forbidden("own_sign_in_required", "Sign in by a means of your own to change how you sign in.")


def login_session_id(work: UnitOfWork) -> UUID:
    """Of the caller. Raises Unauthenticated for a caller who has none."""
    if work.caller.session_id is None:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    return work.caller.session_id
