"""Places a legal hold again in an installation that was restored to before it was placed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.legal_holds import mapping, store
from caseload.options.v1 import options_pb2
from chassis.encryption.keyring import SealBroken
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect

_IDS = ("workspace_id", "id", "client_id", "user_id", "created_by", "released_by")
_TIMES = ("created_at", "released_at", "pending_until")
# What it was sealed with was made after the moment. That something is held counts more than why.
REASON_LOST = "(Placed again after a restore. Its reason was sealed with a key that is lost.)"


async def place_again(runtime: Runtime, document: Mapping[str, Any]) -> bool:
    """Whether the hold was not there. `document` is its row as PostgreSQL writes it as JSON."""
    row = {
        **document,
        **{name: document[name] and UUID(document[name]) for name in _IDS},
        **{name: document[name] and datetime.fromisoformat(document[name]) for name in _TIMES},
        "sealed": bytes.fromhex(document["sealed"].removeprefix("\\x")),
    }
    keys = await runtime.keys.of(row["workspace_id"])
    try:
        reason = mapping.from_row(row, keys).reason
    except SealBroken:
        reason = REASON_LOST
    async with runtime.background(row["workspace_id"]) as work:
        if await work.db.maybe(store.lock, id=row["id"]) is not None:
            return False
        columns = {name: row[name] for name in ("id", "client_id", "user_id", "created_by")}
        await work.db.run(store.begin, **columns, sealed=mapping.seal(reason, keys, row, work), pending_until=None, now=row["created_at"])
        record_effect(work, "place_legal_hold_again", options_pb2.RESOURCE_AUDIT, options_pb2.ACTION_CREATE, [row["id"]])
    return True
