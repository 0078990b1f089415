"""Idempotency-Key: one effect and one answer per person, method and key, kept with the effect itself for 72 hours.

The record is written in the effect's own transaction, so a crash keeps both or neither. The key is claimed by the first statement of
that transaction: until a servicer makes one it holds no connection. The answer is sealed, the request is remembered only as a keyed
fingerprint, and the ids of both are kept beside them, so that an erasure deletes what it is about. Secrets are left out of the
stored answer, and the fingerprint of a request that carries one is as slow to compute as a password's hash.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import scrypt, sha256
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import LargeBinary, MetaData, Table, Text, bindparam, func, insert, or_, select

from chassis.bounded_threads import BoundedThreads
from chassis.db.advisory_locks import lock_number
from chassis.db.errors import refusals
from chassis.db.statement import Statement, command, query
from chassis.db.system_tables import answer_name, answer_row, chassis_tables
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import Conflict, Invalid
from chassis.protobuf.field_options import holds_secrets, uuids, without_hints, without_secrets
from chassis.rpc.method import Method
from chassis.work.unit_of_work import UnitOfWork

KEPT = timedelta(hours=72)
IN_PROGRESS = "idempotency_in_progress"
# Threads that compute slow fingerprints; how many may be computed or wait before a request is refused as Unavailable.
_THREADS, _QUEUE = 2, 64
_LOCK = lock_number("answer", bindparam("name", type_=Text))


class AnsweredBefore(Exception):
    """Another call with this key has been answered already. Its answer, without secrets, is this call's too."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body


@dataclass(frozen=True, slots=True)
class Claim:
    """What a call holds its key by, from the first statement of its transaction to the end."""

    keys: WorkspaceKeys
    fingerprint: bytes
    row: UUID
    # Of the record: workspace, user, method and key.
    place: dict[str, Any]

    def answer(self, kept: Record) -> bytes:
        """The stored answer; Invalid when it is another request's."""
        if kept["fingerprint"] != self.fingerprint:
            raise Invalid("idempotency_key_reused", "This Idempotency-Key was used for another request.")
        return self.keys.open_bytes(kept["sealed"], table="idempotency", row=self.row, revision=0)


class Idempotency:
    """The records of one service."""

    def __init__(self, schema: str, keys: Keys) -> None:
        self._keys = keys
        self._threads = BoundedThreads(
            "fingerprint", threads=_THREADS, queue=_QUEUE, code="idempotency_busy", message="Too much is waiting to be done; try again."
        )
        table = _table(schema)
        here = (
            (table.c.workspace_id == bindparam("workspace_id"))
            & (table.c.user_id == bindparam("user_id"))
            & (table.c.method == bindparam("method"))
            & (table.c.key == bindparam("key"))
        )
        self._lock: Statement = command(select(func.pg_try_advisory_xact_lock(_LOCK).label("held")))
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
                about=bindparam("about", type_=table.c.about.type),
                created_at=bindparam("created_at"),
            )
        )

    async def claim(self, work: UnitOfWork, method: Method, key: str, request: Message, body_digest: bytes = b"") -> Claim:
        """Lets the transaction begin with the claim of the key. `body_digest` is that of a body that came in pieces.

        AnsweredBefore when there is an answer, here or from the first statement; from that also Conflict while another call holds
        the key. Invalid when the key was used for another request.
        """
        keys = await self._keys.of(work.workspace_id)
        place = {"workspace_id": work.workspace_id, "user_id": work.user_id, "method": method.path, "key": key}
        name, row = answer_name(place), answer_row(place)
        fingerprint = keys.proofs.exact("request", await self._digest(method, request, body_digest, salt=row.bytes))
        claim = Claim(keys, fingerprint, row, place)
        since = work.now - KEPT
        async with work.beside(work.workspace_id) as tx:
            kept = await tx.maybe(self._find, since=since, **place)
        if kept is not None:
            raise AnsweredBefore(claim.answer(kept))

        async def take(connection: Any, seconds: float | None) -> None:
            with refusals():
                if not await connection.fetchval(self._lock.sql, *self._lock.arguments({"name": name}), timeout=seconds):
                    raise Conflict(IN_PROGRESS, "The same request is still being answered.", retry_after=1.0)
                kept = await connection.fetchrow(self._find.sql, *self._find.arguments({"since": since, **place}), timeout=seconds)
            if kept is not None:
                raise AnsweredBefore(claim.answer(kept))

        work.begin_with(take)
        return claim

    async def keep(self, work: UnitOfWork, claim: Claim, request: Message, reply: Message) -> None:
        """Stores the answer, without its secrets; it becomes visible with the effect, or not at all."""
        await work.db.run(self._forget, **claim.place)
        answer = without_secrets(reply).SerializeToString()
        sealed = claim.keys.seal_bytes(answer, table="idempotency", row=claim.row, revision=0)
        about = sorted({*uuids(request), *uuids(reply)})
        await work.db.run(self._keep, fingerprint=claim.fingerprint, sealed=sealed, about=about, created_at=work.now, **claim.place)

    async def _digest(self, method: Method, request: Message, body_digest: bytes, *, salt: bytes) -> str:
        """A hash of the request in hexadecimal. A password in the request must not be quicker to guess from it than from the password's own hash."""
        raw = method.path.encode() + b":" + without_hints(request).SerializeToString(deterministic=True) + body_digest
        if not holds_secrets(request.DESCRIPTOR):
            return sha256(raw).hexdigest()
        # The scrypt parameters of OWASP's password storage cheat sheet that take 16 MiB.
        return (await self._threads.run(partial(scrypt, raw, salt=salt, n=2**14, r=8, p=5, dklen=32))).hex()


def forget_answers(schema: str) -> Statement:
    """A command that deletes the stored answers that name one of `ids`, or whose request did; for erasures."""
    table = _table(schema)
    return command(table.delete().where(or_(table.c.about.is_(None), table.c.about.overlap(bindparam("ids", type_=table.c.about.type)))))


def _table(schema: str) -> Table:
    table: Table = chassis_tables(MetaData(schema=schema)).idempotency
    return table
