"""The audit service: keeps what every service did, and proves that it is whole."""

from functools import partial

from audit.settings import AuditSettings
from audit.tables import metadata
from audit.trail.checkpoints import checkpoints
from audit.trail.partitions import keep_months_ahead
from audit.trail.reactions import record
from audit.trail.rpc import Trail
from audit.trail.sealer import Sealer
from chassis.service.cli import run
from chassis.service.definition import Service

SERVICE = Service(
    name="audit",
    metadata=metadata,
    settings=AuditSettings,
    features=lambda runtime: [Trail(checkpoints(runtime))],
    reactions=lambda runtime: [record],
    loops=lambda runtime: [Sealer(runtime.database, checkpoints(runtime)).run, partial(keep_months_ahead, runtime.database)],
)

if __name__ == "__main__":
    run(SERVICE)
