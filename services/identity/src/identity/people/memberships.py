"""The memberships of a person: an e-mail address may belong to a user in each of several workspaces.

Each user is a membership with a role of its own. A membership is *proved* once the person has shown, for it, that they read the mail of the
address: whoever invites is shown a link too, and may have used it. The *home* of a person is the first proved membership; the password,
second factor and whatever else proves who they are is kept with the home's user, in the home's workspace.

A membership that is not proved stands alone: it knows of no other, and no other knows of it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.db.errors import nothing_here
from chassis.db.transaction import Transaction
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.people import store
from identity.people.rules import Membership, Person, person_of_rows


async def person_of(work: UnitOfWork) -> Person:
    """The caller. Raises NotFound for an API key, which is nobody."""
    async with work.beside(None) as tx:
        return await person_of_user(tx, work.workspace_id, work.user_id)


async def person_of_user(tx: Transaction, workspace_id: UUID, user_id: UUID) -> Person:
    """The person who is this user. Any transaction will do. Raises NotFound where there is no such user."""
    rows = await tx.all(store.memberships_of_user, workspace_id=workspace_id, user_id=user_id)
    if not rows:
        raise nothing_here()
    return person_of_rows(rows, Membership(workspace_id, user_id))


@asynccontextmanager
async def at_home(work: UnitOfWork, person: Person, event_type: str) -> AsyncIterator[None]:
    """The statements of the block are those of the caller's home, whose trail has a line of it if it is another workspace."""
    async with work.elsewhere(*person.home):
        yield
        if person.home != person.own:
            record_effect(work, event_type, options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [person.home.user_id])
