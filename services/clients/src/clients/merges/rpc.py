"""The ClientMerges service: each method is one use case and one transaction."""

from collections.abc import Callable, Sequence
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import merges_pb2 as pb
from caseload.clients.v1.merges_rpc import ClientMergesServicer
from caseload.jobs.v1 import jobs_pb2
from chassis.care_teams.access import CareTeams
from chassis.db.errors import client_restricted
from chassis.db.transaction import Transaction
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.ordering import order, order_once
from chassis.jobs.rpc import to_message
from chassis.jobs.store import JobStore
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.work.unit_of_work import UnitOfWork
from clients.clients import rules as client_rules
from clients.clients import store as clients
from clients.clients.workflow import check_not_merged, shown
from clients.merges import rules, store, workflow
from clients.merges.workflow import KIND, UNDO_KIND, Pair


class ClientMerges(ClientMergesServicer[UnitOfWork]):
    """`wake` has the worker look for jobs at once."""

    def __init__(self, keys: Keys, jobs: JobStore, care_teams: CareTeams, holds: LegalHolds, wake: Callable[[], None]) -> None:
        self._keys = keys
        self._jobs = jobs
        self._care_teams = care_teams
        self._holds = holds
        self._wake = wake

    async def MergeClients(self, request: pb.MergeClientsRequest, work: UnitOfWork) -> pb.MergedClient:
        survivor_id, merged_id = rules.two(request.client_id, request.duplicate_id)
        keys = await self._keys.of(work.workspace_id)
        pair = await workflow.lock_pair(work, keys, survivor_id, merged_id)
        await check_not_merged(pair.survivor_row, work)
        await self._check_free([survivor_id, merged_id], work)
        client_rules.check_nothing_under_way(await work.db.maybe(store.under_way, ids=[survivor_id, merged_id]))
        work.note(duplicate=str(merged_id))
        work.afterwards(self._look)
        if pair.merged_row["merged_into"] is not None:
            return await self._go_on(work, keys, pair)
        merge_id = uuid7()
        taken = await workflow.merge(work, keys, pair, merge_id)
        job = await order(self._jobs, work, keys, KIND, {"merge": str(merge_id)})
        await work.db.run(
            store.create,
            id=merge_id,
            merged_id=merged_id,
            survivor_id=survivor_id,
            taken_over=taken,
            merged_by=work.user_id,
            merged_at=work.now,
            undo_until=rules.undo_until(work.now),
            job_id=job["id"],
        )
        return pb.MergedClient(client=shown(pair.survivor, work), job_id=str(job["id"]))

    async def UndoMerge(self, request: pb.UndoMergeRequest, work: UnitOfWork) -> jobs_pb2.Job:
        keys = await self._keys.of(work.workspace_id)
        # Raises NotFound for a client of no or another workspace.
        await work.find_one(clients.get_many, request.client_id)
        pair, merged = None, await work.db.maybe(store.last_of_client, id=request.client_id)
        if merged is not None:
            # The clients before the merge, as whoever merges them.
            pair = await workflow.lock_pair(work, keys, merged["survivor_id"], merged["merged_id"])
            merged = await work.db.maybe(store.lock, id=merged["id"])
        rules.check_can_be_undone(merged, pair.survivor_row["merged_into"] if pair is not None else None, work.now)
        assert merged is not None
        await self._check_free([merged["survivor_id"], merged["merged_id"]], work)
        parameters = {"merge": str(merged["id"])}
        if merged["undo_requested_at"] is None:
            client_rules.check_nothing_under_way(await work.db.maybe(store.under_way, ids=[merged["survivor_id"], merged["merged_id"]]))
        job = await order_once(self._jobs, work, keys, UNDO_KIND, parameters, total=0)
        await work.db.run(store.undo, id=merged["id"], job_id=job["id"], now=work.now)
        work.note(merge=str(merged["id"]))
        work.afterwards(self._look)
        return to_message(job, work.now)

    async def _go_on(self, work: UnitOfWork, keys: WorkspaceKeys, pair: Pair) -> pb.MergedClient:
        """Has the history moved of a merge whose job was cancelled, or has failed."""
        merged = await work.db.maybe(store.last_of_client, id=pair.merged_row["id"])
        rules.check_goes_on(merged, pair.survivor_row["id"], pair.merged_row["merged_into"])
        assert merged is not None
        job = await order(self._jobs, work, keys, KIND, {"merge": str(merged["id"])})
        await work.db.run(store.go_on, id=merged["id"], job_id=job["id"])
        return pb.MergedClient(client=shown(pair.survivor, work), job_id=str(job["id"]))

    async def _check_free(self, client_ids: Sequence[UUID], work: UnitOfWork) -> None:
        """Raises Forbidden where a care team hides one of the clients, Conflict where one is restricted, or held for a court."""
        access = await self._care_teams.of(work, client_ids)
        if access.hidden:
            raise client_restricted()
        rules.check_not_restricted(is_restricted=bool(access.restricted))
        if await self._holds.held(list(client_ids), work):
            raise rules.held()

    async def _look(self, _transaction: Transaction) -> None:
        self._wake()
