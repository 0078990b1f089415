"""Where somebody who shows an e-mail address gets in, and by whose credentials."""

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.work.unit_of_work import UnitOfWork
from identity.credentials.rules import DECOY_USER, DECOY_WORKSPACE
from identity.people import store
from identity.people.rules import Membership, memberships_to_sign_in_to

_DECOY = Membership(DECOY_WORKSPACE, DECOY_USER)


@dataclass(frozen=True, slots=True)
class SignInTarget:
    """`is_known` says whether anybody has the address; the memberships are the decoy's otherwise."""

    # Whose password and second factor are asked for.
    home: Membership
    # Where the login session begins: in the preferred membership, at home, or in the first other one, whichever may sign in.
    entrance: Membership
    is_known: bool

    def enter(self, work: UnitOfWork) -> None:
        """Enters the workspace where the login session begins. Call it when no wrong guess is refused any more."""
        if self.is_known:
            work.enter(*self.entrance)


async def is_known(email_index: bytes, work: UnitOfWork) -> bool:
    """Whether anybody has the address. Nothing else is done, so the time that it takes tells."""
    async with work.beside(None) as tx:
        return bool(await tx.all(store.memberships_of_address, email_index=email_index))


async def enter_by_address(email_index: bytes, work: UnitOfWork, preferred: Membership | None = None) -> SignInTarget:
    """Enters the workspace of whoever has the address, or the decoy for unknown addresses, which takes as long. Its trail has what is refused.

    The sign-in begins there, or in `preferred`, if that is a membership of theirs that lets them in: `SignInTarget.enter`, once the person has
    proved who they are. Whoever runs another workspace can begin login sessions in it, and would guess where nobody looks.
    """
    async with work.beside(None) as tx:
        found = memberships_to_sign_in_to(await tx.all(store.memberships_of_address, email_index=email_index))
    home, *_ = memberships = found or [_DECOY]
    first = await _first_open(memberships, work) or home
    entrance = first
    if preferred is not None and preferred in memberships and preferred != first:
        entrance = await _first_open([preferred], work) or first
    work.enter(first.workspace_id, first.user_id if found else None)
    return SignInTarget(home, entrance, is_known=bool(found))


async def _first_open(memberships: Iterable[Membership], work: UnitOfWork) -> Membership | None:
    """The first of them that may sign in."""
    for membership in memberships:
        async with work.beside(membership.workspace_id) as tx:
            if await tx.maybe(store.may_sign_in, user_id=membership.user_id) is not None:
                return membership
    return None
