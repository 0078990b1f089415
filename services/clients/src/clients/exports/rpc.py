"""The ClientExports service: each method is one use case and one transaction."""

from caseload.clients.v1 import exports_pb2 as pb
from caseload.clients.v1.exports_rpc import ClientExportsServicer
from caseload.jobs.v1 import jobs_pb2
from chassis.encryption.key_store import Keys
from chassis.jobs.ordering import order_once
from chassis.jobs.rpc import to_message
from chassis.jobs.store import JobStore
from chassis.work.unit_of_work import UnitOfWork
from clients.exports import store
from clients.exports.workflow import KIND


class ClientExports(ClientExportsServicer[UnitOfWork]):
    def __init__(self, keys: Keys, jobs: JobStore) -> None:
        self._keys = keys
        self._jobs = jobs

    async def ExportAllClients(self, request: pb.ExportAllClientsRequest, work: UnitOfWork) -> jobs_pb2.Job:
        keys = await self._keys.of(work.workspace_id)
        # Two who order at once order one after the other; without a client nobody has anything to wait for.
        await work.db.maybe(store.lock_workspace)
        total = (await work.db.one(store.count))["total"]
        # Their own: what is in it depends on whose records they open.
        job = await order_once(self._jobs, work, keys, KIND, {"by": str(work.user_id)}, total=total)
        work.note(job=str(job["id"]))
        return to_message(job, work.now)
