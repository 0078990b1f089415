"""Gives reminders, and the copies of appointments, of one client to another, and back. Appointments are changed by scheduling alone."""

from collections.abc import Iterable
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.work.audit import record_effect
from chassis.work.moves import Move, Outcome
from chassis.work.unit_of_work import UnitOfWork
from notifications.client_moves.store import TABLES
from notifications.merged_clients import store
from notifications.merged_clients.store import MOVED
from notifications.reminders.rule_store import lock_rules

AT_ONCE = 200


async def move(work: UnitOfWork, merge: Move) -> bool:
    """Moves the next rows of one table. Returns whether there may be more."""
    # An appointment that is being recorded is there before, or goes to the survivor.
    await work.db.run(lock_rules)
    await work.db.run(store.mark_merged, id=merge.old_owner, into=merge.new_owner)
    for table, (following, give) in TABLES.items():
        ids = [row["id"] for row in await work.db.all(following, client_id=merge.old_owner, limit=AT_ONCE)]
        if ids:
            await MOVED.add(work, merge, table, [(id_, None) for id_ in ids])
            await work.db.all(give, ids=ids, from_id=merge.old_owner, to_id=merge.new_owner)
            _record(work, f"move_{table}", ids, merge, merge.new_owner)
            return True
    return False


async def move_back(work: UnitOfWork, merge: Move) -> bool:
    """Moves the next rows of one table back. Returns whether there may be more."""
    await work.db.run(lock_rules)
    await work.db.run(store.unmark, id=merge.old_owner)
    for table, (_, give) in TABLES.items():
        ids = [row["id"] for row in await MOVED.to_move_back(work, merge, table, AT_ONCE)]
        if ids:
            given = {row["id"] for row in await work.db.all(give, ids=ids, from_id=merge.new_owner, to_id=merge.old_owner)}
            # What is not there any more was deleted because it was over, or is another client's by now.
            await MOVED.settle(work, merge, table, {id_: Outcome.BACK if id_ in given else Outcome.KEPT for id_ in ids})
            _record(work, f"move_{table}_back", sorted(given), merge, merge.old_owner)
            return True
    return False


def _record(work: UnitOfWork, event_type: str, ids: Iterable[UUID], merge: Move, client_id: UUID) -> None:
    for id_ in ids:
        facts = {"merge": merge.id, "client_after": client_id}
        record_effect(work, event_type, options_pb2.RESOURCE_APPOINTMENT, options_pb2.ACTION_UPDATE, [id_], **facts)
