"""Writes alerts: every change is sealed anew and takes the next number of the workspace's log, in the transaction that makes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1 import alerts_pb2 as pb
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound
from chassis.events.hints import ALERTS_CHANGED
from chassis.work.unit_of_work import UnitOfWork
from notifications.alert_records import mapping, rules, store
from notifications.alert_records.rules import Sight

# What an alert has that nobody sees to, or nobody any more.
NOBODYS: Final[Mapping[str, Any]] = {
    "status": "active",
    "acknowledged_by": None,
    "acknowledged_at": None,
    "answered_at": None,
}


async def sight(users: UsersStub, work: UnitOfWork) -> Sight:
    """Whose alerts the caller sees. Asks identity unless it is all; an API key belongs to no department."""
    if rules.sees_all(work.caller.scopes):
        return Sight(work.user_id, sees_all=True)
    departments = set()
    try:
        own = await users.GetPractitioner(users_pb2.GetPractitionerRequest(user_id=str(work.user_id)), work.context)
    except NotFound:
        return Sight(work.user_id)
    if own.HasField("department_id"):
        departments.add(UUID(own.department_id))
    # Beside the transaction: it would be held while the alert is read on another connection, and who waits for one holds one.
    async with work.beside(work.workspace_id) as tx:
        departments |= {row["department_id"] for row in await tx.all(store.stands_in, user_id=work.user_id, now=work.now)}
    return Sight(work.user_id, departments=frozenset(departments))


def filters(seen: Sight) -> dict[str, Any]:
    """What confines a list to what somebody sees."""
    return {} if seen.sees_all else {"departments": list(seen.departments), "user_id": seen.user_id}


def check_seen(row: Mapping[str, Any], seen: Sight) -> None:
    """NotFound for an alert that the caller does not see: it may as well not be there."""
    if not seen.sees(row):
        raise nothing_here()


async def add(work: UnitOfWork, keys: WorkspaceKeys, alert: pb.Alert, *, now: datetime, **columns: Any) -> Record:
    """Adds an alert with the title and description of `alert`."""
    row = {
        "id": uuid7(),
        "workspace_id": work.workspace_id,
        "version": 1,
        "escalation_level": 0,
        **NOBODYS,
        **dict.fromkeys(("resolved_by", "resolved_at")),
        **columns,
        "created_at": now,
        "updated_at": now,
    }
    sealed = mapping.ALERTS.seal(alert, keys, row, work)
    added = await work.db.one(store.add, **{**row, "sealed": sealed})
    await _log(work, added["id"], "raised", now)
    return added


async def change(work: UnitOfWork, keys: WorkspaceKeys, row: Mapping[str, Any], action: str, *, now: datetime, **columns: Any) -> Record:
    """Changes an alert that is locked. `columns` are what the action sets."""
    changed = {**row, **columns, "version": row["version"] + 1, "updated_at": now}
    sealed = mapping.ALERTS.seal(mapping.from_row(row, keys), keys, changed, work)
    values = {name: {**changed, "sealed": sealed}[name] for name in store.save.names}
    saved = await work.db.one(store.save, **values)
    await _log(work, row["id"], rules.CHANGES[action], now)
    return saved


async def put_off(work: UnitOfWork, row: Record, action: str, escalates_at: datetime) -> Record:
    """The locked alert, which goes on by itself at another time. Nothing else of it changes; whoever looks at it is told."""
    await work.db.run(store.put_off, id=row["id"], escalates_at=escalates_at)
    await _log(work, row["id"], rules.CHANGES[action], row["now"])
    return {**row, "escalates_at": escalates_at}


async def _log(work: UnitOfWork, alert_id: UUID, kind: str, now: datetime) -> None:
    taken = await work.db.one(store.next_sequence, generation=uuid7())
    await work.db.run(store.log_change, id=uuid7(), sequence=taken["last_sequence"], alert_id=alert_id, kind=kind, now=now)
    work.hint(ALERTS_CHANGED)
