"""Runs the clients service."""

from caseload.clients.v1 import events_pb2
from chassis.jobs.rpc import Jobs
from chassis.jobs.store import JobStore
from chassis.jobs.worker import JobWorker
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime
from clients.clients.name_index_cache import NameIndexCache
from clients.clients.rpc import Clients
from clients.duplicates.backfill import backfill_loop
from clients.duplicates.rpc import ClientDuplicates
from clients.imports.rpc import ClientImports
from clients.imports.use_elsewhere import UseElsewhere
from clients.imports.workflow import job_kinds
from clients.merges import workflow as merges
from clients.merges.elsewhere import MovesElsewhere
from clients.merges.rpc import ClientMerges
from clients.settings import ClientsSettings
from clients.tables import JOBS, RETENTIONS, metadata

_JOBS = JobStore(JOBS)


def servicers(runtime: Runtime) -> list[object]:
    """The servicers of this service."""
    return [
        Clients(runtime.keys, NameIndexCache(runtime.settings.clients_in_order)),
        ClientDuplicates(runtime.keys),
        ClientImports(runtime.keys, _JOBS),
        ClientMerges(runtime.keys, _JOBS, runtime.once(worker).wake),
        Jobs(_JOBS),
    ]


def worker(runtime: Runtime) -> JobWorker:
    """What does this service's jobs."""
    elsewhere = UseElsewhere(runtime.peers)
    kinds = [*job_kinds(elsewhere.find), *merges.job_kinds(MovesElsewhere(runtime.peers))]
    return JobWorker("clients", runtime.database, runtime.keys, _JOBS, kinds, runtime.background)


SERVICE = Service(
    "clients",
    metadata,
    servicers,
    loops=lambda runtime: [runtime.once(worker).run, backfill_loop(runtime)],
    settings=ClientsSettings,
    retentions=RETENTIONS,
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished),
)

if __name__ == "__main__":
    run(SERVICE)
