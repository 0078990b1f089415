"""Shared by the services; knows nothing of practices, clients or appointments."""

import os
import zoneinfo

from chassis.garbage import look_rarely

# Nobody here forks once gRPC is at work, except to run another program. gRPC's own preparations for a fork stop its
# threads nevertheless, and about one in a hundred times a connection was lost to that. Read when gRPC is first loaded.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")

# Time zones are those of the `tzdata` wheel, in every process the same. The system's would be of another version, and differ from
# machine to machine.
zoneinfo.reset_tzpath(to=[])

# Before anything else is loaded: loading makes a great many objects, all of which stay.
look_rarely()
