"""The manifest of rows that were moved from one owner to another: by it each of them can be moved back.

A row of it is written in the transaction that moves a row, with the version that the move made. Whoever moves rows back settles
each: it is back as it was moved, back with what was changed since, or it stayed, because it is gone or somebody else's by now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from caseload.moves.v1 import moves_pb2
from chassis.db.statement import command, query
from chassis.db.tables import moment, tenant
from chassis.db.transaction import Record
from chassis.work.retention import Retention
from chassis.work.unit_of_work import UnitOfWork

# Told of what was changed or stayed: whoever has more has to look at all of them.
MOST_TOLD = 200
# Longer than a move can be undone.
_DAYS_KEPT = 60.0


class Outcome(StrEnum):
    """What became of a row that was moved."""

    MOVED = "moved"
    BACK = "back"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Move:
    """One move of rows, from an owner to another, and who asked for it."""

    id: UUID
    old_owner: UUID
    new_owner: UUID
    asked_by: UUID

    @classmethod
    def of(cls, request: moves_pb2.MoveClientRequest) -> Self:
        return cls(UUID(request.merge_id), UUID(request.merged_id), UUID(request.survivor_id), UUID(request.asked_by))


def moved_rows(metadata: MetaData) -> Table:
    """Adds the manifest to the tables of a service. Ids, names of tables, numbers and times alone."""
    return tenant(
        "moved_rows",
        metadata,
        Column("move_id", Uuid, nullable=False),
        Column("table_name", Text, nullable=False),
        Column("id", Uuid, nullable=False),
        Column("old_owner", Uuid, nullable=False),
        Column("new_owner", Uuid, nullable=False),
        # The version that the move made; null of rows that have none.
        Column("version", BigInteger),
        Column("outcome", Text, nullable=False, server_default=Outcome.MOVED),
        moment("moved_at"),
        PrimaryKeyConstraint("workspace_id", "id", "table_name", "move_id", name="pk_moved_rows"),
        CheckConstraint("outcome IN ('moved', 'back', 'changed', 'kept')", name="move_outcome_known"),
        Index("ix_moved_rows_move", "workspace_id", "move_id", "table_name", "id"),
        Index("ix_moved_rows_old_owner", "workspace_id", "old_owner"),
        Index("ix_moved_rows_new_owner", "workspace_id", "new_owner"),
        Index("ix_moved_rows_over", "moved_at"),
        grants="SELECT, INSERT, UPDATE (outcome), DELETE",
        relay_grants="SELECT",
    )


# Of every service that has a manifest.
RETENTION = Retention("moved_rows", since="moved_at", days=_DAYS_KEPT)


class Manifest:
    """The statements on one service's manifest, compiled once."""

    def __init__(self, table: Table) -> None:
        c = table.c
        move_id = c.move_id == bindparam("move_id", type_=Uuid)
        self._add = command(
            insert(table).values(
                {name: bindparam(name, type_=c[name].type) for name in c.keys() if name != "outcome"}  # noqa: SIM118 - no mapping
            )
        )
        self._to_move_back = query(
            select(table)
            .where(move_id, c.table_name == bindparam("table_name", type_=Text), c.outcome == str(Outcome.MOVED))
            .order_by(c.id)
            .limit(bindparam("limit", type_=Integer))
        )
        self._settle = command(
            update(table)
            .where(move_id, c.table_name == bindparam("table_name", type_=Text), c.id == bindparam("id", type_=Uuid))
            .values(outcome=bindparam("to", type_=Text))
        )
        self._count = query(
            select(
                func.count().label("moved"),
                func.count().filter(c.outcome != str(Outcome.MOVED)).label("settled"),
            )
            .select_from(table)
            .where(move_id)
        )
        self._told = query(
            select(c.table_name, c.id)
            .where(move_id, c.outcome == bindparam("outcome", type_=Text))
            .order_by(c.table_name, c.id)
            .limit(MOST_TOLD)
        )
        owner = bindparam("owner", type_=Uuid)
        # Of an owner who is erased.
        self.forget = command(delete(table).where(or_(c.old_owner == owner, c.new_owner == owner)))

    async def add(self, work: UnitOfWork, move: Move, table: str, rows: Sequence[tuple[UUID, int | None]]) -> None:
        """Keeps that these rows are moved, each with the version that it will have."""
        of_move = {"workspace_id": work.workspace_id, "move_id": move.id, "table_name": table, "moved_at": work.now}
        owners = {"old_owner": move.old_owner, "new_owner": move.new_owner}
        await work.db.many(self._add, [{**of_move, **owners, "id": id_, "version": version} for id_, version in rows])

    async def to_move_back(self, work: UnitOfWork, move: Move, table: str, limit: int) -> list[Record]:
        return list(await work.db.all(self._to_move_back, move_id=move.id, table_name=table, limit=limit))

    async def settle(self, work: UnitOfWork, move: Move, table: str, outcomes: Mapping[UUID, Outcome]) -> None:
        given = [{"move_id": move.id, "table_name": table, "id": id_, "to": str(outcome)} for id_, outcome in outcomes.items()]
        await work.db.many(self._settle, given)

    async def moved_there(self, work: UnitOfWork, move: Move, *, unfinished: bool) -> moves_pb2.MoveClientResponse:
        """How far the move has come."""
        row = await work.db.one(self._count, move_id=move.id)
        return moves_pb2.MoveClientResponse(moved=row["moved"], unfinished=unfinished)

    async def moved_back(self, work: UnitOfWork, move: Move, *, unfinished: bool) -> moves_pb2.MoveClientResponse:
        """How far moving back has come; at its end with the rows that were changed or stayed."""
        row = await work.db.one(self._count, move_id=move.id)
        reply = moves_pb2.MoveClientResponse(moved=row["settled"], unfinished=unfinished)
        if not unfinished:
            for outcome, rows in ((Outcome.CHANGED, reply.changed), (Outcome.KEPT, reply.kept)):
                told = await work.db.all(self._told, move_id=move.id, outcome=str(outcome))
                rows.extend(moves_pb2.MovedRow(kind=each["table_name"], id=str(each["id"])) for each in told)
        return reply


def outcome_of(moved: Mapping[str, Any], version: int | None) -> Outcome:
    """What becomes of a row of the manifest whose own row is at this version now, and goes back."""
    return Outcome.BACK if version == moved["version"] else Outcome.CHANGED
