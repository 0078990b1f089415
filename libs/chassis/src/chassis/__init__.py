"""Shared by the services; knows nothing of practices, clients or appointments."""

import os

# Nobody here forks once gRPC is at work, except to run another program. gRPC's own preparations for a fork stop its
# threads nevertheless, and about one in a hundred times a connection was lost to that. Read when gRPC is first loaded.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
