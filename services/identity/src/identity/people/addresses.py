"""The e-mail addresses of a workspace's users, for services that know addresses by keyed tokens alone."""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, select

from caseload.identity.v1 import users_pb2 as pb
from chassis.db.statement import query
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from identity.people.record import USERS
from identity.tables import users

_AT_ONCE = 500
_next = query(
    select(users).where(users.c.id > bindparam("after", type_=Uuid)).order_by(users.c.id).limit(bindparam("limit", type_=Integer))
)


async def next_addresses(work: UnitOfWork, keys: WorkspaceKeys, after: UUID) -> tuple[UUID | None, list[str]]:
    """The last user that was looked at, None at the end, and the addresses of those whose record opens."""
    rows, found = await work.db.all(_next, after=after, limit=_AT_ONCE), []
    for row in rows:
        try:
            found.append(USERS.open(row, keys, into=pb.User()).email)
        except SealBroken:
            continue
    return (rows[-1]["id"] if rows else None), found
