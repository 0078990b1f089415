"""The e-mail addresses of a workspace's clients, for services that know addresses by keyed tokens alone."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select

from chassis.db.statement import query
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from clients.clients.mapping import to_message
from clients.tables import clients

_AT_ONCE = 500
_next = query(
    select(clients).where(clients.c.id > bindparam("after", type_=Uuid)).order_by(clients.c.id).limit(bindparam("limit", type_=Integer))
)


async def next_addresses(work: UnitOfWork, keys: WorkspaceKeys, after: UUID) -> tuple[UUID | None, list[str]]:
    """The last client that was looked at, None at the end, and the addresses of those whose record opens. Who was merged still has theirs."""
    rows, found = await work.db.all(_next, after=after, limit=_AT_ONCE), []
    for row in rows:
        try:
            found.append(to_message(row, keys).email)
        except SealBroken:
            continue
    return (rows[-1]["id"] if rows else None), [email for email in found if email]
