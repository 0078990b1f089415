"""Makes the tokens that rows of one workspace are found by in one service with the active key, while everybody goes on working.

As sealing.py does with sealed values: in batches, past rows that somebody is changing, and what is left to do is read from the rows.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.encryption.data_keys import INDEX
from chassis.encryption.records import WorkspaceKeys
from chassis.paging import BEGINNING
from chassis.service.definition import Indexed
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from standalone.records.key_versions import NotYet, references

_SECONDS_BETWEEN = 0.2
# A transaction of a service ends within a minute.
_VAIN_PASSES = 600


async def count_waiting(connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys) -> int:
    """How many rows are not found by the active key."""
    used = await references(connection, runtime, workspace_id, INDEX)
    return used.total() - used[keys.index_version]


async def index_again(
    connection: Any, runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, *, advance: Callable[[int], None] = lambda _number: None
) -> int:
    """How many rows got other tokens. The trail is told the digests of records whose open columns became others. Raises NotYet for rows that stay locked."""
    done = vain = 0
    while True:
        before = done
        for each in runtime.service.indexed:
            done += await _pass_over(runtime, workspace_id, keys, each, advance)
        # What is left was locked, or is new.
        if not await count_waiting(connection, runtime, workspace_id, keys):
            return done
        vain = vain + 1 if done == before else 0
        if vain == _VAIN_PASSES:
            raise NotYet(f"rows of {runtime.name} are locked; try again")
        await asyncio.sleep(_SECONDS_BETWEEN)


async def forget_tokens(runtime: Runtime, workspace_id: UUID, versions: list[int]) -> None:
    """Deletes what keys of these versions have made beside the tokens of today."""
    for each in runtime.service.indexed:
        deleted = int(each.forget is not None)
        while each.forget is not None and deleted:
            async with runtime.background(workspace_id) as work:
                deleted = await each.forget(work, versions)


async def _pass_over(runtime: Runtime, workspace_id: UUID, keys: WorkspaceKeys, each: Indexed, advance: Callable[[int], None]) -> int:
    after, done = BEGINNING, 0
    while True:
        async with runtime.background(workspace_id) as work:
            last, number = await each.again(work, keys, after)
            if number:
                facts = {"table": each.table.fullname, "key_version": str(keys.index_version)}
                resource, action = options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE
                record_effect(work, "reindex_records", resource, action, [str(workspace_id)], **facts)
        done += number
        advance(number)
        if last is None:
            return done
        after = last
