"""Makes the tokens that rows of one workspace are found by in one service with the active key, while everybody goes on working.

As sealing.py does with sealed values: in batches, past rows that somebody is changing, and what is left to do is read from the rows.
Rows that do not hold what they are found by get their tokens from the addresses that other services hold; those that are left are deleted.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from caseload.options.v1 import options_pb2
from chassis.encryption.data_keys import INDEX
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import BEGINNING
from chassis.service.definition import Indexed
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from standalone.records.key_versions import NotYet, check_promoted, operators_keys, references

_SECONDS_BETWEEN = 0.2
# A transaction of a service ends within a minute.
_VAIN_PASSES = 600


async def count_waiting(connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys) -> int:
    """How many rows are not found by the active key."""
    used = await references(connection, runtime, workspace_id, INDEX)
    return used.total() - used[keys.index_version]


async def index_addresses(
    connection: Any,
    runtime: Runtime,
    workspace_id: UUID,
    keys: WorkspaceKeys,
    holders: Iterable[Runtime],
    *,
    advance: Callable[[int], None],
) -> int:
    """How many rows got tokens of the addresses that the records of `holders` hold. Raises NotYet while a process may still write with the former key."""
    wanted = [(each.table, each.of_addresses) for each in runtime.service.indexed if each.of_addresses is not None]
    if not wanted:
        return 0
    await check_promoted(connection, runtime, workspace_id, INDEX)
    done = 0
    for holder, next_addresses in ((each, each.service.addresses) for each in holders):
        theirs, after = await operators_keys(connection, holder, workspace_id), BEGINNING
        while next_addresses is not None:
            async with holder.background(workspace_id) as work:
                last, addresses = await next_addresses(work, theirs, after)
            if last is None:
                break
            after = last
            number = 0
            async with runtime.background(workspace_id) as work:
                for table, of_addresses in wanted:
                    if given := await of_addresses(work, keys, addresses):
                        _tell(work, workspace_id, table, keys)
                        number += given
            done += number
            advance(number)
    return done


async def index_again(
    connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, *, advance: Callable[[int], None] = lambda _number: None
) -> int:
    """How many rows got other tokens, or were deleted where `index_addresses` gives them out. The trail is told the digests of records whose
    open columns became others. Goes on past what cannot be read, and then raises NotYet with those rows; also where rows stay locked.
    """
    unreadable: set[str] = set()
    done = vain = 0
    while True:
        before = done
        for each in runtime.service.indexed:
            done += await _pass_over(runtime, workspace_id, keys, each, advance, unreadable)
        # What is left was locked, or is new.
        if await count_waiting(connection, runtime, workspace_id, keys) <= len(unreadable):
            break
        vain = vain + 1 if done == before else 0
        if vain == _VAIN_PASSES:
            raise NotYet(f"rows of {runtime.name} are locked; try again")
        await asyncio.sleep(_SECONDS_BETWEEN)
    if unreadable:
        rows = "".join(f"\n  {row}" for row in sorted(unreadable))
        raise NotYet(f"{done} rows are found by the new key, {len(unreadable)} could not be read:{rows}")
    return done


async def forget_tokens(runtime: Runtime, workspace_id: UUID, versions: list[int]) -> None:
    """Deletes what keys of these versions have made beside the tokens of today. Raises NotYet for what stays locked."""
    for forget in (each.forget for each in runtime.service.indexed if each.forget is not None):
        vain, is_left = 0, True
        while is_left:
            async with runtime.background(workspace_id) as work:
                deleted, is_left = await forget(work, versions)
            if is_left and not deleted:
                vain += 1
                if vain == _VAIN_PASSES:
                    raise NotYet(f"rows of {runtime.name} are locked; try again")
                await asyncio.sleep(_SECONDS_BETWEEN)


async def _pass_over(
    runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, each: Indexed, advance: Callable[[int], None], unreadable: set[str]
) -> int:
    after, done = BEGINNING, 0
    while True:
        async with runtime.background(workspace_id) as work:
            last, number, damaged = await each.again(work, keys, after)
            if number:
                _tell(work, workspace_id, each.table, keys)
        unreadable.update(f"{each.table.fullname} {row_id}: does not open" for row_id in damaged)
        done += number
        advance(number)
        if last is None:
            return done
        after = last


def _tell(work: UnitOfWork, workspace_id: UUID, table: Table, keys: WorkspaceKeys) -> None:
    facts = {"table": table.fullname, "key_version": str(keys.index_version)}
    record_effect(work, "reindex_records", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [str(workspace_id)], **facts)
