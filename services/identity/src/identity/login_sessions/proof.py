"""What it takes to be believed to be the person: that mail was read, and that a login session is the person's own."""

from collections.abc import Sequence
from uuid import UUID

from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Forbidden, Unauthenticated
from chassis.work.unit_of_work import UnitOfWork
from identity.login_sessions import revocation, store
from identity.login_sessions.rules import check_is_recent
from identity.login_sessions.token_issuer import login_session_ended
from identity.people import store as people
from identity.people.memberships import person_of
from identity.people.rules import Membership, Person, is_whole


async def prove(work: UnitOfWork, user_id: UUID, *, void_credentials: bool) -> None:
    """The person has shown that they read this user's mail; nothing changes if that was known. Call it before the user's sign-in.

    Whoever invited may have got in before: the user's login sessions end, and a password, second factor or passkey of before is void.
    Without `void_credentials` a user who has one of these stays as it is.
    """
    await _prove(work, user_id, unless_password=not void_credentials, unless_second_factor=not void_credentials)


async def prove_by_reset(work: UnitOfWork, user_id: UUID) -> None:
    """The same by a mailed link that replaces the password, which is no way around a second factor."""
    await _prove(work, user_id, unless_password=False, unless_second_factor=True)


async def _prove(work: UnitOfWork, user_id: UUID, *, unless_password: bool, unless_second_factor: bool) -> None:
    membership = await work.db.one(store.hold_membership, user_id=user_id)
    has_second_factor = membership["second_factor"] or membership["passkey"]
    if membership["proved_at"] is not None or (unless_second_factor and has_second_factor):
        return
    if unless_password and (await work.db.one(store.hold_password, user_id=user_id))["is_set"]:
        return
    await work.db.run(people.prove, user_id=user_id, now=work.now)
    await work.db.run(store.clear_password, user_id=user_id)
    await work.db.run(store.clear_second_factor, user_id=user_id)
    await work.db.run(store.clear_passkeys, user_id=user_id)
    await work.db.run(people.set_second_factor, user_id=user_id, confirmed=False)
    await work.db.run(people.set_passkey, user_id=user_id, has_passkey=False)
    await revocation.end_login_sessions(work.db, user_id, reason="proved", now=work.now)


async def person_of_own_sign_in(work: UnitOfWork) -> Person:
    """The caller, who is about to change what proves who they are; see also `hold_own_session`.

    Raises Forbidden if somebody else may have begun the sign-in and the address is proved. Call it before a password or a code is looked
    at: whoever begins sign-ins at will would have as many guesses.
    """
    person = await person_of(work)
    _check_own(work.caller.amr, person)
    return person


async def person_of_recent_sign_in(work: UnitOfWork) -> Person:
    """The same, who has signed in within the last minutes. Raises Forbidden also if that was earlier."""
    person = await person_of_own_sign_in(work)
    check_is_recent(work.caller.auth_time, work.caller.amr, work.now)
    return person


async def hold_own_session(work: UnitOfWork, person: Person, *, second_factor: bool = False) -> None:
    """Holds the caller's login session until the commit, so that nothing is changed by one that has ended.

    Raises Unauthenticated if it has, Forbidden if somebody else may have begun it and the address is proved, or if it was begun without
    the `second_factor` that the person has: what is then added would be a way around it.
    """
    session = await work.db.maybe(store.hold_login_session, session_id=login_session_id(work), user_id=work.user_id)
    if session is None:
        raise login_session_ended()
    _check_own(session["amr"], person, second_factor=second_factor)


def _check_own(amr: Sequence[str], person: Person, *, second_factor: bool = False) -> None:
    if person.is_proved and not is_whole(amr, second_factor=second_factor):
        raise Forbidden("own_sign_in_required", "Sign in by a means of your own to change how you sign in.")


async def present_membership(refresh_token: str, work: UnitOfWork) -> Membership | None:
    """Whose login session a browser has, by its refresh token, which stays good; None for one that is not genuine.

    It lets nobody in. Whoever signs in there as the same person stays in its workspace.
    """
    token = OpaqueToken.parse(refresh_token)
    if token is None:
        return None
    async with work.beside(token.workspace_id) as tx:
        found = await tx.maybe(store.find_refresh_token, session_id=token.row_id, hash=token.hash)
    return None if found is None else Membership(token.workspace_id, found["user_id"])


def login_session_id(work: UnitOfWork) -> UUID:
    """Of the caller. Raises Unauthenticated for a caller who has none."""
    if work.caller.session_id is None:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    return work.caller.session_id
