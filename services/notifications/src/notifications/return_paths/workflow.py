"""Gives a mail its return path, and keeps what is learnt of addresses that mail is not delivered to."""

from dataclasses import asdict
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import events_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.work.unit_of_work import UnitOfWork
from notifications.return_paths import rules, store
from notifications.return_paths.rules import KnownBy, Reason, Trouble
from notifications.return_paths.tokens import ReturnToken


def index_of(keys: WorkspaceKeys, address: str) -> KnownBy:
    """By what an address is known here: nobody without the workspace's keys can tell which one it is."""
    return {version: index.exact("mailed_address", address.casefold()) for version, index in keys.indexes.items()}


async def is_held(work: UnitOfWork, address: KnownBy) -> bool:
    """Whether nothing is mailed to the address any more."""
    return await work.db.maybe(store.is_held, known_by=list(address.values())) is not None


async def issue(work: UnitOfWork, kind: str, item_id: UUID, address: KnownBy, *, domain: str) -> str:
    """The address to which a report about this mail comes back."""
    token = ReturnToken.generate(work.workspace_id)
    await work.db.run(store.put, id=item_id, kind=kind, token_hash=token.hash, now=work.now, **_written(address))
    return token.address_at(domain)


async def record_failure(work: UnitOfWork, address: KnownBy, reason: Reason, *, kind: str, item_id: UUID) -> bool:
    """Records that a mail, of this kind and id, was not delivered. Returns whether the address is not mailed any more from now on."""
    first = rules.after(None, reason, now=work.now)
    if first is None:
        return False
    trouble_id, after = uuid7(), first
    before: Trouble | None = None
    known_by = list(address.values())
    row = await work.db.maybe(store.lock_trouble, known_by=known_by)
    # Of two that are the first, one has to learn of the other.
    if row is None and not await work.db.run(
        store.add_trouble, id=trouble_id, kind=kind, item_id=item_id, **_written(address), **asdict(first)
    ):
        row = await work.db.one(store.lock_trouble, known_by=known_by)
    if row is not None:
        trouble_id, before = row["id"], Trouble(*(row[name] for name in ("failures", "first_at", "last_at", "reason", "held_at")))
        after = rules.after(before, reason, now=work.now) or before
        await work.db.run(store.change_trouble, id=trouble_id, kind=kind, item_id=item_id, **asdict(after))
    is_new = after.held_at is not None and (before is None or before.held_at is None)
    if is_new:
        work.emit(events_pb2.AddressHeld(address_trouble_id=str(trouble_id)))
    return is_new


async def record_success(work: UnitOfWork, address: KnownBy) -> None:
    """A mail was delivered: what was known of the address is forgotten."""
    await work.db.run(store.forget_trouble, known_by=list(address.values()))


def _written(address: KnownBy) -> dict[str, int | bytes]:
    version, index = next(iter(address.items()))
    return {"address_index": index, "index_version": version}
