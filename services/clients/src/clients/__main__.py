"""Runs the clients service."""

from caseload.clients.v1 import events_pb2
from chassis.care_teams.access import CareTeams as Access
from chassis.jobs.files import JobFiles
from chassis.jobs.rpc import Jobs
from chassis.jobs.store import JobStore
from chassis.jobs.sweep import Sweeper, remove_all
from chassis.jobs.worker import JobWorker
from chassis.rpc.client.in_process import LocalPeer
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime
from clients.care_teams.elsewhere import Elsewhere
from clients.care_teams.members import Members
from clients.care_teams.reactions import reactions as care_team_reactions
from clients.care_teams.rpc import CareTeams
from clients.clients.addresses import next_addresses
from clients.clients.index_rotation import INDEXED
from clients.clients.name_index_cache import NameIndexCache
from clients.clients.rpc import Clients
from clients.consents.rpc import Consents
from clients.duplicates.backfill import backfill_loop
from clients.duplicates.rpc import ClientDuplicates
from clients.erasures.reactions import reactions
from clients.erasures.workflow import JOB_KIND
from clients.exports.elsewhere import Everywhere
from clients.exports.rpc import ClientExports
from clients.exports.workflow import job_kind as export_kind
from clients.imports.rpc import ClientImports
from clients.imports.use_elsewhere import UseElsewhere
from clients.imports.workflow import job_kinds
from clients.merges import workflow as merges
from clients.merges.elsewhere import MovesElsewhere
from clients.merges.rpc import ClientMerges
from clients.patients.patient_index import PatientIndexes
from clients.patients.rpc import Patients
from clients.settings import ClientsSettings
from clients.tables import ACCESS, JOBS, RETENTIONS, metadata

JOB_STORE = JobStore(JOBS, decided=[JOB_KIND.name])
_ACCESS = Access(ACCESS, is_told=False)


def servicers(runtime: Runtime) -> list[object]:
    """The servicers of this service."""
    return [
        Clients(runtime.keys, NameIndexCache(runtime.settings.clients_in_order), _ACCESS, runtime.once(legal_holds), JOB_STORE),
        CareTeams(runtime.keys, _ACCESS, Members(runtime.peers), Elsewhere(runtime.peers), runtime.background),
        ClientDuplicates(runtime.keys, _ACCESS),
        Consents(runtime.keys),
        ClientExports(runtime.keys, JOB_STORE),
        ClientImports(runtime.keys, JOB_STORE),
        ClientMerges(runtime.keys, JOB_STORE, _ACCESS, runtime.once(legal_holds), runtime.once(worker).wake),
        Jobs(JOB_STORE, runtime.keys, runtime.once(job_files)),
        Patients(runtime.keys, PatientIndexes(runtime.settings.patients_in_memory), _ACCESS),
    ]


def job_files(runtime: Runtime) -> JobFiles:
    """What this service's jobs make."""
    return JobFiles(JOB_STORE, runtime.job_blobs, days=runtime.settings.job_files_days)


def sweeper(runtime: Runtime) -> Sweeper:
    """What deletes the files of jobs in time."""
    return Sweeper(runtime.name, runtime.relay_dsn, JOB_STORE, runtime.job_blobs, runtime.background)


def legal_holds(runtime: Runtime) -> LegalHolds:
    """What must not be erased."""
    return runtime.legal_holds(lambda: runtime.peers["audit"])


def worker(runtime: Runtime) -> JobWorker:
    """What does this service's jobs."""
    elsewhere = UseElsewhere(runtime.peers)
    everywhere = Everywhere(runtime.peers, lambda: LocalPeer(runtime.name, runtime.signer, {runtime.name: runtime.server}))
    kinds = [
        *job_kinds(elsewhere, runtime.once(legal_holds)),
        JOB_KIND,
        *merges.job_kinds(MovesElsewhere(runtime.peers)),
        export_kind(JOB_STORE, runtime.once(job_files), everywhere),
    ]
    return JobWorker("clients", runtime.database, runtime.keys, JOB_STORE, kinds, runtime.background, runtime.check_standing)


SERVICE = Service(
    "clients",
    metadata,
    servicers,
    reactions=lambda runtime: [*care_team_reactions(runtime.keys), *reactions(JOB_STORE, lambda: runtime.once(worker).wake())],
    loops=lambda runtime: [runtime.once(worker).run, backfill_loop(runtime), runtime.once(sweeper).run],
    settings=ClientsSettings,
    retentions=RETENTIONS,
    indexed=INDEXED,
    addresses=next_addresses,
    care_teams=_ACCESS,
    erasure=Erasure(
        events_pb2.WorkspaceErasureUnfinished,
        events_pb2.WorkspaceErasureFinished,
        files=lambda runtime, workspace_id: remove_all(runtime.job_blobs, workspace_id),
    ),
)

if __name__ == "__main__":
    run(SERVICE)
