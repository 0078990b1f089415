"""Signs the log of heads: once a minute a leaf for every chain that has grown, then one tree head over all leaves, kept in the file store once and for all."""

import asyncio
import base64
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from prometheus_client import Counter, Gauge

from audit.trail import proofs
from audit.trail.chain import Checkpoint
from audit.tree_heads import merkle, notes, store
from audit.tree_heads.trees import DamagedTree, extend_chain, extend_log, of_chain, of_log
from chassis import base64url
from chassis.auth.signer import Signer
from chassis.db.database import Database
from chassis.db.transaction import Record, Transaction
from chassis.encryption.key_store import Keys
from chassis.errors import Conflict, Refusal, Unavailable
from chassis.observability.redaction import cause
from chassis.storage.base import Blobs, new_key

_log = logging.getLogger(__name__)

_FORKS = Counter(
    "caseload_audit_forks_total", "Tree heads that were not signed, or not believed, because they contradict what was signed before."
)
_SIGNED = Gauge("caseload_audit_tree_head_timestamp_seconds", "When the newest tree head was signed.")

_SECONDS = 30.0
# Heads that are logged in one transaction, under one tree head; the others follow at once.
_AT_ONCE = 500
_POLL = 1.0
_SECONDS_TO_TRY_AGAIN = 5.0
# The folder of the file store that is no workspace's, and what comes before all workspaces.
_FOLDER = _FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Head:
    workspace_id: UUID
    sequence: int
    chain_hash: bytes
    root_hash: bytes

    @property
    def leaf(self) -> bytes:
        return merkle.leaf_hash(notes.head_leaf(self.workspace_id, self.sequence, self.chain_hash, self.root_hash))


class HeadLog:
    """Any number may run: the primary keys of the log let one of two that do the same come to nothing.

    A chain waits for nothing here. A file store that does not answer delays tree heads, and no chain.
    """

    def __init__(self, database: Database, keys: Keys, blobs: Blobs, signer: Signer, *, every: float) -> None:
        self._database = database
        self._keys = keys
        self._blobs = blobs
        self._signer = signer
        self._every = every

    async def run(self) -> None:
        """Signs until cancelled."""
        while True:
            try:
                await self.advance()
            except Refusal as refusal:
                # Also where another instance was faster.
                _log.warning("the log of heads has to wait", extra={"code": refusal.code})
                await asyncio.sleep(_SECONDS_TO_TRY_AGAIN)
            except DamagedTree as damage:
                _FORKS.inc()
                _log.error("the log of heads cannot go on", extra={"error": str(damage)})
                await asyncio.sleep(_SECONDS_TO_TRY_AGAIN)
            else:
                await asyncio.sleep(_POLL)

    async def advance(self) -> None:
        """Stores what was signed and is not in the file store yet; then signs what has grown, unless something was signed less than a minute ago."""
        await self.store_signed()
        async with self._database.transaction(None, seconds=_SECONDS) as tx:
            newest = await tx.maybe(store.newest)
        age = None if newest is None else (datetime.now(UTC) - newest["signed_at"]).total_seconds()
        # One of the future says that a clock was wrong, or somebody else has written there.
        if age is None or not 0 <= age < self._every:
            await self.sign_grown()

    async def sign_grown(self) -> bool:
        """Logs the heads of all chains that have grown, some at a time, and signs the log each time. Returns whether any had."""
        after, has_signed = _FIRST, False
        while True:
            async with self._database.transaction(None, seconds=_SECONDS) as tx:
                grown = await tx.all(store.grown, after=after, limit=_AT_ONCE)
            has_signed |= await self._sign_some([row["workspace_id"] for row in grown])
            if len(grown) < _AT_ONCE:
                return has_signed
            after = grown[-1]["workspace_id"]

    async def _sign_some(self, grown: Sequence[UUID]) -> bool:
        found = [await self._head_of(workspace_id) for workspace_id in grown]
        grown_heads = [head for head in found if head is not None]
        if not grown_heads:
            return False
        try:
            async with self._database.transaction(None, seconds=_SECONDS) as tx:
                await self._sign(tx, grown_heads)
        except Conflict:
            # Another instance was faster.
            return True
        await self.store_signed()
        return True

    async def store_signed(self) -> None:
        """Puts tree heads that were signed into the file store, in their order."""
        while True:
            async with self._database.transaction(None, seconds=_SECONDS) as tx:
                head = await tx.maybe(store.to_store)
                if head is None:
                    return
                written = await self._written(tx, head)
            kept = await self._blobs.put_once(tree_head_key(head["origin"], head["number"]), written, "application/json")
            async with self._database.transaction(None, seconds=_SECONDS) as tx:
                if kept == written:
                    await tx.run(store.note_stored, number=head["number"], origin=head["origin"])
                    _SIGNED.set(head["signed_at"].timestamp())
                else:
                    await self._begin_again(tx, head)

    async def _head_of(self, workspace_id: UUID) -> _Head | None:
        """The newest head of the chain; None for one that audit did not write, that contradicts what was logged of it, or that cannot be read."""
        try:
            keys = await self._keys.of(workspace_id)
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
                checkpoint = await tx.one(store.newest_checkpoint)
                newest = Checkpoint(checkpoint["sequence"], checkpoint["hash"])
                if not proofs.holds(checkpoint["proof"], proofs.of_checkpoint(newest, keys)):
                    # The sequencer tells of it.
                    return None
            while True:
                async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
                    if not await extend_chain(tx, newest.sequence):
                        break
            async with self._database.transaction(workspace_id, seconds=_SECONDS) as tx:
                before = await tx.maybe(store.newest_head, tree_size=_BEYOND)
                # What was signed of it once has to be there still.
                if before is not None and await merkle.hash_of((0, before["sequence"]), of_chain(tx)) != before["root_hash"]:
                    raise DamagedTree("the chain is not what was signed of it")
                return _Head(workspace_id, newest.sequence, newest.hash, await merkle.hash_of((0, newest.sequence), of_chain(tx)))
        except DamagedTree as damage:
            _FORKS.inc()
            _log.error("a chain is not logged", extra={"workspace_id": str(workspace_id), "error": str(damage)})
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever was written into this one's rows, or that it has none, the others have their turn
            _log.error("a chain is not logged", extra={"workspace_id": str(workspace_id), "error": cause(error)})
        return None

    async def _sign(self, tx: Transaction, grown: list[_Head]) -> None:
        newest = await tx.maybe(store.newest)
        number, size = (newest["number"], newest["tree_size"]) if newest else (0, 0)
        if newest is not None and await merkle.hash_of((0, size), of_log(tx)) != newest["root_hash"]:
            raise DamagedTree("the log of heads is not what was signed of it")
        heads = [head for head in grown if await self._is_unlogged(tx, head)]
        if not heads:
            return
        await extend_log(tx, size, [head.leaf for head in heads])
        for leaf_index, head in enumerate(heads, size):
            async with tx.confined_to(head.workspace_id):
                await tx.run(
                    store.keep_head, leaf_index=leaf_index, sequence=head.sequence, chain_hash=head.chain_hash, root_hash=head.root_hash
                )
                await tx.run(store.logged, sequence=head.sequence)
        size += len(heads)
        root_hash = await merkle.hash_of((0, size), of_log(tx))
        signed = self._signed(newest["origin"] if newest else _new_origin(), size, root_hash)
        await tx.run(store.sign, number=number + 1, tree_size=size, root_hash=root_hash, **signed)

    async def _is_unlogged(self, tx: Transaction, head: _Head) -> bool:
        """Whether no other instance has logged this head, or a later one, since it was read."""
        async with tx.confined_to(head.workspace_id):
            newest = await tx.maybe(store.newest_head, tree_size=_BEYOND)
            is_logged = newest is not None and newest["sequence"] >= head.sequence
            if is_logged:
                await tx.run(store.logged, sequence=head.sequence)
            return not is_logged

    async def _begin_again(self, tx: Transaction, head: Record) -> None:
        """The file store has another tree head of this log and number: an older backup was restored, or somebody rewrote the log.

        Nothing is signed twice under one name, so the log goes on under a new one: whoever has checkpoints of the former sees it.
        """
        _FORKS.inc()
        signed = self._signed(_new_origin(), head["tree_size"], head["root_hash"])
        facts = {"origin": head["origin"], "number": head["number"], "new_origin": signed["origin"]}
        _log.error("the file store has another tree head of this number; the log of heads goes on under a new name", extra=facts)
        await tx.run(store.sign_again, number=head["number"], **{f"new_{name}": value for name, value in signed.items()})

    def _signed(self, origin: str, tree_size: int, root_hash: bytes) -> dict[str, Any]:
        signed_at = datetime.now(UTC).replace(microsecond=0)
        signature = self._signer.signature(notes.signed_message(origin, tree_size, root_hash, signed_at))
        return {"origin": origin, "signed_at": signed_at, "key_id": self._signer.key_id, "signature": base64url.decode(signature)}

    async def _written(self, tx: Transaction, head: Record) -> bytes:
        """The tree head as it is stored, with the leaves that it added, so that the log can be made anew of what is stored."""
        before = await tx.maybe(store.before, number=head["number"] - 1)
        first = 0 if before is None else before["tree_size"]
        leaves = await tx.all(store.log_hashes, level=0, first=first, end=head["tree_size"])
        told: dict[str, Any] = {
            "origin": head["origin"],
            "tree_size": head["tree_size"],
            "root_hash": head["root_hash"].hex(),
            "signed_at": int(head["signed_at"].timestamp()),
            "key_id": head["key_id"],
            "signature": base64.b64encode(head["signature"]).decode(),
            "leaves": [row["hash"].hex() for row in leaves],
        }
        return json.dumps(told, sort_keys=True).encode()


# Beyond any size that a log reaches.
_BEYOND = 2**62


def _new_origin() -> str:
    return f"caseload/audit/{uuid4()}"


def tree_head_key(origin: str, number: int) -> str:
    """One key per log and number: whoever has signed two different tree heads as the next one of a log cannot store both, whatever their sizes."""
    return new_key(_FOLDER, uuid5(_FOLDER, f"caseload audit tree head {origin} {number}"))
