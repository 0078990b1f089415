"""Erases a workspace from one service: its keys at once, then its rows and files, a batch to a transaction.

Identity announces WorkspaceErased. From the commit of the first reaction nothing of the workspace can be read here any more, and later events
about it have no effect. Then each WorkspaceErasureUnfinished deletes a batch and announces the next one, until nothing is left, which
WorkspaceErasureFinished tells. What stops this chain is found by the service's retention, which announces the next batch again, and looks once
more when everything that was under way at the end is over.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from google.protobuf.message import Message
from sqlalchemy import Table

from caseload.identity.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.db.counters import is_of_changes
from chassis.db.errors import refusals
from chassis.encryption.key_store import destroy_keys
from chassis.events.delivery import Delivery
from chassis.events.reactions import Reaction, on
from chassis.service.definition import Erasure, Service
from chassis.work.audit import record_effect
from chassis.work.retention import Retention

_ROWS_AT_ONCE = 2_000
# Nothing that a service does takes longer: whatever had begun before the end of an erasure has ended by then.
_STALLED = timedelta(minutes=10)
# Of the chassis's tables: events on their way and those that were seen go in their time, the others say that the workspace is erased.
_KEPT = frozenset({"outbox", "inbox", "data_keys", "erased_workspaces"})


def retention(service: Service) -> Retention | None:
    """Finds the erasures that do not go on, and those that have ended and are looked at once more."""
    erasure = service.erasure
    if erasure is None:
        return None
    return Retention(
        "erased_workspaces",
        since="advanced_at",
        days=_STALLED / timedelta(days=1),
        over="settled_at IS NULL",
        announced=lambda workspace_id: erasure.unfinished(workspace_id=str(workspace_id)),
        row="workspace_id",
    )


def erasable_tables(service: Service) -> list[Table]:
    """The service's tables whose rows an erasure deletes, in an order in which no row goes before those that refer to it.

    Changes of counters come first: folding moves them into the counters meanwhile, and never back.
    """
    kept = _KEPT | (service.erasure.kept.keys() if service.erasure else set())
    tables = [table for table in reversed(service.metadata.sorted_tables) if "workspace_id" in table.c and table.name not in kept]
    return sorted(tables, key=lambda table: not is_of_changes(table))


def reactions(runtime: Any) -> Sequence[Reaction]:
    """What the service of this runtime does about an erased workspace."""
    service, erasure = runtime.service, runtime.service.erasure
    if erasure is None:
        return []
    eraser = _Eraser(runtime, erasure)
    return [
        on(events_pb2.WorkspaceErased, queue=f"{service.name}.erase-workspace", concurrency=2, erases=True, of_erased=True)(eraser.begin),
        on(erasure.unfinished, queue=f"{service.name}.go-on-erasing", concurrency=2, erases=True, of_erased=True)(eraser.go_on),
    ]


class _Eraser:
    def __init__(self, runtime: Any, erasure: Erasure) -> None:
        self._runtime = runtime
        self._name = runtime.service.name
        self._erasure = erasure
        self._state = f"{self._name}.erased_workspaces"
        self._deletions = [(str(table.name), _deletion(table)) for table in erasable_tables(runtime.service)]

    async def begin(self, _event: events_pb2.WorkspaceErased, delivery: Delivery) -> None:
        connection = await delivery.db.connection()
        with refusals():
            await connection.execute(
                f"INSERT INTO {self._state} (workspace_id, erased_at, advanced_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING",
                delivery.workspace_id,
                delivery.now,
            )
        if self._erasure.destroys_keys:
            await self._destroy_keys(delivery)
            _record(delivery, "destroy_workspace_keys")
        delivery.emit(self._erasure.unfinished(workspace_id=str(delivery.workspace_id)))

    async def go_on(self, _event: Message, delivery: Delivery) -> None:
        connection = await delivery.db.connection()
        with refusals():
            # One batch at a time.
            state = await connection.fetchrow(
                f"SELECT deleted, finished_at FROM {self._state} WHERE workspace_id = $1 FOR UPDATE", delivery.workspace_id
            )
        if state is None:
            return
        deleted = await self._delete_batch(connection, delivery)
        is_over = not deleted
        total = Counter(state["deleted"]) + deleted
        with refusals():
            await connection.execute(
                f"UPDATE {self._state} SET deleted = $2, advanced_at = $3, finished_at = coalesce(finished_at, $4),"
                " settled_at = CASE WHEN finished_at < $5 THEN $4 END WHERE workspace_id = $1",
                delivery.workspace_id,
                dict(total),
                delivery.now,
                delivery.now if is_over else None,
                delivery.now - _STALLED,
            )
        if not is_over:
            delivery.emit(self._erasure.unfinished(workspace_id=str(delivery.workspace_id)))
        elif state["finished_at"] is None:
            if self._erasure.destroys_keys:
                # Also one that was being made when the others were destroyed.
                await self._destroy_keys(delivery)
            _record(delivery, "erase_workspace", **total)
            delivery.emit(self._erasure.finished(workspace_id=str(delivery.workspace_id)))

    async def _delete_batch(self, connection: Any, delivery: Delivery) -> Counter[str]:
        """How many rows of which tables were deleted, or else how many files: together no more than a batch, and none if nothing is left."""
        deleted: Counter[str] = Counter()
        for name, deletion in self._deletions:
            if left := _ROWS_AT_ONCE - deleted.total():
                with refusals():
                    deleted[name] += await connection.fetchval(deletion, delivery.workspace_id, left)
        if not deleted.total() and self._erasure.files is not None:
            deleted["files"] = await self._erasure.files(self._runtime, delivery.workspace_id)
        return +deleted

    async def _destroy_keys(self, delivery: Delivery) -> None:
        await destroy_keys(delivery.db, self._name)
        self._runtime.keys.forget(delivery.workspace_id)


def _deletion(table: Table) -> str:
    """Deletes at most $2 rows of the workspace $1. Returns how many."""
    name = table.fullname
    return (
        f"WITH gone AS (DELETE FROM {name} WHERE workspace_id = $1 AND ctid = ANY (ARRAY("
        f"SELECT ctid FROM {name} WHERE workspace_id = $1 LIMIT $2)) RETURNING 1) SELECT count(*) FROM gone"
    )


def _record(delivery: Delivery, event_type: str, **facts: Any) -> None:
    ids = [delivery.workspace_id]
    record_effect(delivery, event_type, options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_DELETE, ids, **facts)
