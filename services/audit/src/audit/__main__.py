"""The audit service: keeps what every service did, and proves that it is whole."""

from functools import partial

from audit.tables import metadata
from audit.trail.partitions import keep_months_ahead
from audit.trail.reactions import record
from audit.trail.rpc import Trail
from audit.trail.sealer import Sealer
from chassis.run import Service, run

SERVICE = Service(
    name="audit",
    metadata=metadata,
    features=lambda runtime: [Trail()],
    reactions=lambda runtime: [record],
    loops=lambda runtime: [Sealer(runtime.database).run, partial(keep_months_ahead, runtime.database)],
)

if __name__ == "__main__":
    run(SERVICE)
