"""The audit service: records what every service did, and proves that the record is complete."""

from functools import partial

from audit.settings import AuditSettings
from audit.tables import metadata
from audit.trail.checkpoints import checkpoint_publisher
from audit.trail.partitions import keep_partitions_ahead
from audit.trail.reactions import reactions
from audit.trail.rpc import Trail
from audit.trail.sequencer import sequencer
from chassis.service.cli import run
from chassis.service.definition import Service

SERVICE = Service(
    name="audit",
    metadata=metadata,
    settings=AuditSettings,
    servicers=lambda runtime: [Trail(runtime.keys, checkpoint_publisher(runtime), unsigned_until=runtime.settings.unsigned_events_until)],
    reactions=lambda runtime: reactions(runtime.keys),
    loops=lambda runtime: [sequencer(runtime).run, partial(keep_partitions_ahead, runtime.database)],
)

if __name__ == "__main__":
    run(SERVICE)
