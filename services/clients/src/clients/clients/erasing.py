"""Erases a client with everybody who was merged into it: here at once, everywhere else by the events that this announces."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.store import JobStore
from chassis.service.runtime import Runtime
from chassis.work.audit import record_effect
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import mapping, store
from clients.clients.workflow import check_not_merged, same_person_as
from clients.consent_records import workflow as consent_records
from clients.erasures.workflow import begin
from clients.patient_records.workflow import bury

_SECONDS = 60.0


async def erase(
    client_id: UUID, keys: WorkspaceKeys, work: UnitOfWork, jobs: JobStore, check: Callable[[UUID], Awaitable[None]] | None = None
) -> UUID:
    """The id of the job that sees it through. `check` may refuse, and is called for each client once it is locked."""
    same_person = await same_person_as(str(client_id), work)
    await bury(same_person, keys, work)
    await consent_records.erase(same_person, keys, work)
    # Last of all the one who is asked for: the job in the answer is theirs.
    for each in reversed(same_person):
        erased = await work.db.one(store.erase, id=each)
        if check is not None:
            await check(each)
        await work.db.run(store.add_tombstone, id=each)
        mapping.CLIENTS.gone(erased, keys, work)
    # Last, so that it includes what was answered until the client's row was locked.
    await work.db.run(store.forget_answers, ids=same_person)
    ordered = [await begin(jobs, work, keys, each) for each in reversed(same_person)]
    return ordered[-1]


async def erase_again(runtime: Runtime, jobs: JobStore, workspace_id: UUID, client_id: UUID, erased_by: UUID) -> bool:
    """For an installation that was restored to before the erasure. Whether the client was there. Holds are not asked for: it was decided."""
    keys = await runtime.keys.of(workspace_id)
    async with runtime.background(workspace_id, seconds=_SECONDS, on_behalf_of=erased_by) as work:
        row = await work.db.maybe(store.get_for_update, id=client_id)
        if row is None:
            return False
        await check_not_merged(row, work)
        await erase(client_id, keys, work, jobs)
        record_effect(work, "erase_client_again", options_pb2.RESOURCE_CLIENT, options_pb2.ACTION_DELETE, [str(client_id)])
    return True
