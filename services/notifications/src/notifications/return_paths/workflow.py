"""Gives a mail its return path, and keeps what is learnt of addresses that mail is not delivered to."""

from dataclasses import asdict
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.notifications.v1 import events_pb2
from chassis.encryption.blind_index import BlindIndex
from chassis.work.unit_of_work import UnitOfWork
from notifications.return_paths import rules, store
from notifications.return_paths.rules import Reason, Trouble
from notifications.return_paths.tokens import ReturnToken


def index_of(keys: BlindIndex, address: str) -> bytes:
    """By what an address is known here: nobody without the workspace's keys can tell which one it is."""
    return keys.exact("mailed_address", address.casefold())


async def is_held(work: UnitOfWork, address_index: bytes) -> bool:
    """Whether nothing is mailed to the address any more."""
    return await work.db.maybe(store.is_held, address_index=address_index) is not None


async def issue(work: UnitOfWork, kind: str, item_id: UUID, address_index: bytes, *, domain: str) -> str:
    """The address to which a report about this mail comes back."""
    token = ReturnToken.generate(work.workspace_id)
    await work.db.run(store.put, id=item_id, kind=kind, token_hash=token.hash, address_index=address_index, now=work.now)
    return token.address_at(domain)


async def record_failure(work: UnitOfWork, address_index: bytes, reason: Reason, *, kind: str, item_id: UUID) -> bool:
    """Records that a mail, of this kind and id, was not delivered. Returns whether the address is not mailed any more from now on."""
    first = rules.after(None, reason, now=work.now)
    if first is None:
        return False
    trouble_id, after = uuid7(), first
    before: Trouble | None = None
    # Of two that are the first, one has to learn of the other.
    if not await work.db.run(store.add_trouble, id=trouble_id, address_index=address_index, kind=kind, item_id=item_id, **asdict(first)):
        row = await work.db.one(store.lock_trouble, address_index=address_index)
        trouble_id, before = row["id"], Trouble(*(row[name] for name in ("failures", "first_at", "last_at", "reason", "held_at")))
        after = rules.after(before, reason, now=work.now) or before
        await work.db.run(store.change_trouble, address_index=address_index, kind=kind, item_id=item_id, **asdict(after))
    is_new = after.held_at is not None and (before is None or before.held_at is None)
    if is_new:
        work.emit(events_pb2.AddressHeld(address_trouble_id=str(trouble_id)))
    return is_new


async def record_success(work: UnitOfWork, address_index: bytes) -> None:
    """A mail was delivered: what was known of the address is forgotten."""
    await work.db.run(store.forget_trouble, address_index=address_index)
