"""What a service asks before it shows something of a client or changes it (decision 76).

Row security asks by itself, where a table is declared with `care_team`. This is for the rest: for refusals that say why, and for what is
shown of a restricted client to everybody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Table

from caseload.clients.v1 import care_teams_pb2, clients_pb2, patients_pb2
from chassis.care_teams import rules
from chassis.care_teams.store import AccessStore
from chassis.care_teams.tables import AccessTables
from chassis.db.errors import client_restricted
from chassis.db.transaction import Transaction
from chassis.work.unit_of_work import UnitOfWork

# The fact in an audit line.
GLASS = "break_glass_id"
_SECONDS = 10.0
# Messages whose id is the client's.
_CLIENTS = frozenset({clients_pb2.Client.DESCRIPTOR.full_name, patients_pb2.Patient.DESCRIPTOR.full_name})
# Who opens a record and who broke the glass is told to those who set and review it, whether they open the record or not.
_OF_NO_RECORD = frozenset({care_teams_pb2.CareTeam.DESCRIPTOR.full_name, care_teams_pb2.BrokenGlass.DESCRIPTOR.full_name})


@dataclass(frozen=True, slots=True)
class Access:
    """Of some clients: which of them are restricted, and of these the ones whose record the caller may not open."""

    restricted: frozenset[UUID]
    hidden: frozenset[UUID]


class CareTeams:
    """Asks the service's own tables. `is_told`: clients tells it; clients itself knows.

    `records` are the tables whose rows requests name without naming the client, by the name of the field with the id. Whoever is shown something
    because they broke the glass, has that in the audit line of the call.
    """

    def __init__(self, tables: AccessTables, *, is_told: bool = True, records: Mapping[str, Table] | None = None) -> None:
        self.store = AccessStore(tables, records or {})
        self.is_told = is_told

    async def of(self, work: UnitOfWork, client_ids: Iterable[UUID]) -> Access:
        """Before the work's first statement it is read together with calls that ask the same."""
        ids = set(client_ids)
        if work.has_begun:
            found = _access(await work.db.all(self.store.restricted_among, ids=list(ids), now=work.now), work)
        else:
            # Whole seconds: only calls with the same parameters share a statement.
            now = work.now.replace(microsecond=0)
            found = _access((await work.find(self.store.restricted_among, ids, key="client_id", now=now)).values(), work)
        work.access_known |= ids
        return found

    async def hidden(self, work: UnitOfWork, tx: Transaction) -> frozenset[UUID]:
        """All clients of the workspace whose record the caller may not open."""
        reader = work.caller.reader
        if reader is None:
            return frozenset()
        rows = await tx.all(self.store.restricted, now=work.now)
        return frozenset(row["client_id"] for row in rows if not _may_open(reader, row))

    def beyond(self, work: UnitOfWork) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that sees the rows of hidden clients too: for what is subtracted from figures of the workspace, never for what is shown.

        RuntimeError after the work's first statement: nobody waits for a second connection who has one.
        """
        if work.has_begun:
            raise RuntimeError("the transaction has begun; look beyond it before the first statement")
        left = work.context.remaining()
        return work.database.transaction(work.workspace_id, seconds=_SECONDS if left is None else left)

    async def check(self, work: UnitOfWork, client_ids: Collection[UUID]) -> None:
        """Raises Forbidden `client_restricted` unless the caller may open the record of every one of them."""
        if client_ids and work.caller.reader is not None and (await self.of(work, client_ids)).hidden:
            raise client_restricted()

    async def check_answer(self, work: UnitOfWork, request: Message, reply: Message) -> None:
        """As `check`, for an answer that is given once more: of all whose records it tells something of.

        Raises NotFound where row security hides the record that the request names: many a part of one does not name the client.
        """
        if work.caller.reader is None or not reply.ByteSize():
            return
        concerned = named_clients(reply)
        async with work.beside(work.workspace_id) as tx:
            for name, statement in self.store.clients_of.items():
                if ids := _ids(request, name):
                    concerned.add((await tx.one(statement, ids=ids))["client_id"])
        await self.check(work, concerned)

    async def mark(self, work: UnitOfWork, request: Message, clients: Sequence[str]) -> None:
        """Has the audit line tell whose record a user was shown or changed, where neither request nor reply does, and by which broken glass, if by any."""
        reader = work.caller.reader
        if not self.store.clients_of or reader is None:
            return
        # What there is to tell of those who were asked about before is told.
        if clients and set(map(str, work.access_known)).issuperset(clients):
            return
        concerned = set(map(UUID, clients)) or await self._clients_of(request, work)
        if not clients and len(concerned) == 1:
            work.note(client_id=str(*concerned))
        if concerned and GLASS not in work.facts and await work.db.all(self.store.breaking, ids=[reader], now=work.now):
            await self.of(work, concerned)

    async def _clients_of(self, request: Message, work: UnitOfWork) -> set[UUID]:
        """The clients of the records that the request names."""
        found = set()
        for name, statement in self.store.clients_of.items():
            if ids := _ids(request, name):
                found |= {row["client_id"] for row in await work.db.all(statement, ids=ids)}
        return found


def named_clients(message: Message) -> set[UUID]:
    """The clients of whose records the message is, itself or in what it holds."""
    if message.DESCRIPTOR.full_name in _OF_NO_RECORD:
        return set()
    found = {UUID(client_id) for client_id in _ids(message, "id" if message.DESCRIPTOR.full_name in _CLIENTS else "client_id")}
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            for part in value if field.is_repeated else (value,):
                found |= named_clients(part)
    return found


def _ids(message: Message, name: str) -> list[str]:
    """The id in the field of this name; none where the message has no such field, or leaves it unset."""
    value = getattr(message, name, "")
    return [value] if isinstance(value, str) and value else []


def _access(rows: Iterable[Mapping[str, Any]], work: UnitOfWork) -> Access:
    known, reader = list(rows), work.caller.reader
    for row in known:
        by = rules.glass_of(reader, care_team=row["user_ids"], broken_by=row["broken_by"] or (), broken_glass=row["broken_glass"] or ())
        if by is not None:
            work.note(**{GLASS: str(by)})
    hidden = frozenset(row["client_id"] for row in known if not _may_open(reader, row))
    return Access(frozenset(row["client_id"] for row in known), hidden)


def _may_open(reader: UUID | None, row: Mapping[str, Any]) -> bool:
    return rules.may_open(reader, restricted=True, care_team=row["user_ids"], broke_glass=row["broken_by"] or ())
