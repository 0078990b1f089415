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
from clients.imports.rpc import ClientImports
from clients.imports.use_elsewhere import UseElsewhere
from clients.imports.workflow import job_kinds
from clients.patients.patient_index import PatientIndexes
from clients.patients.rpc import Patients
from clients.settings import ClientsSettings
from clients.tables import JOBS, RETENTIONS, metadata

_JOBS = JobStore(JOBS)


def servicers(runtime: Runtime) -> list[object]:
    """The servicers of this service."""
    return [
        Clients(runtime.keys, NameIndexCache(runtime.settings.clients_in_order)),
        ClientImports(runtime.keys, _JOBS),
        Jobs(_JOBS),
        Patients(runtime.keys, PatientIndexes(runtime.settings.patients_in_memory)),
    ]


def worker(runtime: Runtime) -> JobWorker:
    """What does this service's jobs."""
    elsewhere = UseElsewhere(runtime.peers)
    return JobWorker("clients", runtime.database, runtime.keys, _JOBS, job_kinds(elsewhere.find), runtime.background)


SERVICE = Service(
    "clients",
    metadata,
    servicers,
    loops=lambda runtime: [runtime.once(worker).run],
    settings=ClientsSettings,
    retentions=RETENTIONS,
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished),
)

if __name__ == "__main__":
    run(SERVICE)
