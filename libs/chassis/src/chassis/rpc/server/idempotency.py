"""Idempotency-Key: one effect and one answer per person, method and key, kept with the effect itself for 72 hours.

The record is written in the effect's own transaction, so a crash keeps both or neither. The answer is sealed, and the
request is remembered only as a keyed fingerprint. Secrets are left out of the stored answer, and the fingerprint of a
request that carries one is as slow to compute as a password's hash.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from hashlib import scrypt, sha256
from typing import Any
from uuid import UUID, uuid5

from google.protobuf.message import Message
from sqlalchemy import LargeBinary, MetaData, bindparam, func, insert, select

from chassis.db.statement import Statement, command, query
from chassis.db.system_tables import chassis_tables
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Invalid
from chassis.protobuf.field_options import holds_secrets, without_secrets
from chassis.rpc.method import Method
from chassis.work.unit_of_work import UnitOfWork

KEPT = timedelta(hours=72)
IN_PROGRESS = "idempotency_in_progress"
_NAMESPACE = UUID("6f0d2c0e-6a0b-4e58-9d4b-0b9f7c6d5a11")


@dataclass(slots=True)
class Claim:
    """A key that this call holds until it ends."""

    keys: WorkspaceKeys
    key: str
    fingerprint: bytes
    row: UUID


class Idempotency:
    """The records of one service."""

    def __init__(self, schema: str, keys: Keys) -> None:
        self._keys = keys
        table = chassis_tables(MetaData(schema=schema)).idempotency
        here = (table.c.user_id == bindparam("user_id")) & (table.c.method == bindparam("method")) & (table.c.key == bindparam("key"))
        self._lock: Statement = command(select(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)).label("held")))
        self._find: Statement = query(
            select(table.c.fingerprint, table.c.sealed).where(here).where(table.c.created_at > bindparam("since"))
        )
        self._forget: Statement = command(table.delete().where(here))
        self._keep: Statement = command(
            insert(table).values(
                workspace_id=bindparam("workspace_id"),
                user_id=bindparam("user_id"),
                method=bindparam("method"),
                key=bindparam("key"),
                fingerprint=bindparam("fingerprint", type_=LargeBinary),
                sealed=bindparam("sealed", type_=LargeBinary),
                created_at=bindparam("created_at"),
            )
        )

    async def claim(self, work: UnitOfWork, method: Method, key: str, request: Message) -> Claim | bytes:
        """The stored answer, or the right to make one.

        Conflict while another call holds the key; Invalid when the key was used for another request.
        """
        keys = await self._keys.of(work.workspace_id)
        name = f"{work.workspace_id}:{work.user_id}:{method.path}:{key}"
        row = uuid5(_NAMESPACE, name)
        fingerprint = keys.exact("request", await _digest(method, request, salt=row.bytes))
        held = await work.db.one(self._lock, name=name)
        if not held["held"]:
            raise Conflict(IN_PROGRESS, "The same request is still being answered.", retry_after=1.0)
        where = self._where(work, method, key)
        kept = await work.db.maybe(self._find, since=work.now - KEPT, **where)
        if kept is None:
            return Claim(keys, key, fingerprint, row)
        if kept["fingerprint"] != fingerprint:
            raise Invalid("idempotency_key_reused", "This Idempotency-Key was used for another request.")
        return keys.open_bytes(kept["sealed"], table="idempotency", row=row, revision=0)

    async def keep(self, work: UnitOfWork, method: Method, claim: Claim, reply: Message) -> None:
        """Stores the answer, without its secrets; it becomes visible with the effect, or not at all."""
        where = self._where(work, method, claim.key)
        await work.db.run(self._forget, **where)
        answer = without_secrets(reply).SerializeToString()
        sealed = claim.keys.seal_bytes(answer, table="idempotency", row=claim.row, revision=0)
        await work.db.run(self._keep, fingerprint=claim.fingerprint, sealed=sealed, created_at=work.now, **where)

    def _where(self, work: UnitOfWork, method: Method, key: str) -> dict[str, Any]:
        return {"user_id": work.user_id, "method": method.path, "key": key}


async def _digest(method: Method, request: Message, *, salt: bytes) -> str:
    """A hash of the request in hexadecimal. A password in the request must not be quicker to guess from it than from the password's own hash."""
    raw = method.path.encode() + b":" + request.SerializeToString(deterministic=True)
    if not holds_secrets(request.DESCRIPTOR):
        return sha256(raw).hexdigest()
    # The scrypt parameters of OWASP's password storage cheat sheet that take 16 MiB.
    return (await asyncio.to_thread(scrypt, raw, salt=salt, n=2**14, r=8, p=5, dklen=32)).hex()
