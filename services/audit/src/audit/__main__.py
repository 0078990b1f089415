"""The audit service: records what every service did, and proves that the record is complete."""

from functools import partial

from audit.compliance.rpc import Compliance
from audit.dropping.worker import month_dropper
from audit.exports.rpc import AuditExports
from audit.exports.workflow import job_kind
from audit.legal_holds.rpc import LegalHolds
from audit.narrowing.worker import month_narrower
from audit.retention.rpc import Retention
from audit.settings import AuditSettings
from audit.tables import JOBS, KEPT_AFTER_ERASURE, RETENTIONS, metadata
from audit.trail.background_verification import background_verification
from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.partitions import keep_partitions_ahead
from audit.trail.reactions import reactions
from audit.trail.rpc import Trail
from audit.trail.sequencer import sequencer
from audit.tree_heads.log import HeadLog
from audit.tree_heads.rpc import TreeHeads
from caseload.audit.v1 import events_pb2
from chassis.auth.signer import Signer
from chassis.jobs.files import JobFiles
from chassis.jobs.rpc import Jobs
from chassis.jobs.store import JobStore
from chassis.jobs.sweep import Sweeper, remove_all
from chassis.jobs.worker import JobWorker
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime

_JOBS = JobStore(JOBS)


def signer(runtime: Runtime) -> Signer:
    """What signs tree heads and exports."""
    return Signer(runtime.signer, runtime.past_keys)


def head_log(runtime: Runtime) -> HeadLog:
    """What signs the log of heads."""
    every = runtime.settings.tree_head_seconds
    return HeadLog(runtime.database, runtime.keys, runtime.blobs, runtime.once(signer), every=every)


def job_files(runtime: Runtime) -> JobFiles:
    """The exports that this service's jobs make."""
    return JobFiles(_JOBS, runtime.job_blobs, days=runtime.settings.job_files_days)


def jobs(runtime: Runtime) -> Jobs:
    """What answers for this service's jobs."""
    return Jobs(_JOBS, runtime.keys, runtime.once(job_files))


def sweeper(runtime: Runtime) -> Sweeper:
    """What deletes exports in time."""
    return Sweeper(runtime.name, runtime.relay_dsn, _JOBS, runtime.job_blobs, runtime.background)


def worker(runtime: Runtime) -> JobWorker:
    """What makes exports."""
    kinds = [job_kind(_JOBS, runtime.once(job_files), runtime.once(signer))]
    return JobWorker("audit", runtime.database, runtime.keys, _JOBS, kinds, runtime.background, runtime.check_standing)


SERVICE = Service(
    name="audit",
    metadata=metadata,
    settings=AuditSettings,
    servicers=lambda runtime: [
        Trail(runtime.keys, checkpoint_publisher(runtime), unsigned_until=runtime.settings.unsigned_events_until),
        TreeHeads(runtime.once(signer)),
        LegalHolds(runtime.keys, runtime.peers),
        Retention(),
        AuditExports(runtime.keys, _JOBS, runtime.once(jobs), runtime.once(signer), runtime.once(worker).wake),
        runtime.once(jobs),
        Compliance(runtime.keys, checkpoint_publisher(runtime), runtime.peers, unsigned_until=runtime.settings.unsigned_events_until),
    ],
    reactions=lambda runtime: reactions(runtime.keys),
    loops=lambda runtime: [
        sequencer(runtime).run,
        background_verification(runtime, checkpoint_publisher(runtime)).run,
        head_log(runtime).run,
        partial(keep_partitions_ahead, runtime.database),
        month_narrower(runtime).run,
        month_dropper(runtime).run,
        runtime.once(worker).run,
        runtime.once(sweeper).run,
    ],
    retentions=RETENTIONS,
    erasure=Erasure(
        events_pb2.WorkspaceErasureUnfinished,
        events_pb2.WorkspaceErasureFinished,
        kept=KEPT_AFTER_ERASURE,
        files=lambda runtime, workspace_id: remove_all(runtime.job_blobs, workspace_id),
        # Without them the trail could neither be continued nor verified.
        destroys_keys=False,
    ),
)

if __name__ == "__main__":
    run(SERVICE)
