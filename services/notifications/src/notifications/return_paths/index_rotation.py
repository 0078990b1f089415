"""Makes the tokens that addresses are known by with another key, from the addresses that others hold, while mail goes out and comes back."""

from collections.abc import Sequence
from uuid import UUID

from chassis.db.statement import Statement
from chassis.encryption.records import WorkspaceKeys
from chassis.service.definition import Indexed
from chassis.work.unit_of_work import UnitOfWork
from notifications.return_paths import store
from notifications.return_paths.workflow import index_of
from notifications.tables import address_troubles, return_paths

_FORGOTTEN_AT_ONCE = 500


async def _paths_of(work: UnitOfWork, keys: WorkspaceKeys, addresses: Sequence[str]) -> int:
    return await work.db.run(store.give_paths_index, **_tokens(keys, addresses))


async def _troubles_of(work: UnitOfWork, keys: WorkspaceKeys, addresses: Sequence[str]) -> int:
    """Of an address that processes have written of with both keys, what is known becomes one row."""
    tokens = _tokens(keys, addresses)
    joined = await work.db.run(store.join_troubles, former=tokens["former"], of_today=tokens["of_today"])
    return joined + await work.db.run(store.give_troubles_index, **tokens)


async def _forget_paths(work: UnitOfWork, keys: WorkspaceKeys, _after: UUID) -> tuple[UUID | None, int, list[UUID]]:
    return await _forget(work, keys, store.forget_paths)


async def _forget_troubles(work: UnitOfWork, keys: WorkspaceKeys, _after: UUID) -> tuple[UUID | None, int, list[UUID]]:
    return await _forget(work, keys, store.forget_troubles)


async def _forget(work: UnitOfWork, keys: WorkspaceKeys, statement: Statement) -> tuple[UUID | None, int, list[UUID]]:
    forgotten = await work.db.all(statement, index_version=keys.index_version, limit=_FORGOTTEN_AT_ONCE)
    return (forgotten[-1]["id"] if forgotten else None), len(forgotten), []


def _tokens(keys: WorkspaceKeys, addresses: Sequence[str]) -> dict[str, object]:
    """Pairs of what the addresses were known by and are known by."""
    former, of_today = [], []
    for address in {each.casefold() for each in addresses}:
        token, *others = index_of(keys, address).values()
        former += others
        of_today += [token] * len(others)
    return {"former": former, "of_today": of_today, "index_version": keys.index_version}


INDEXED = (
    Indexed(return_paths, _forget_paths, of_addresses=_paths_of),
    Indexed(address_troubles, _forget_troubles, of_addresses=_troubles_of),
)
