"""Runs the clients service."""

from caseload.clients.v1 import events_pb2
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime
from clients.clients.name_index_cache import NameIndexCache
from clients.clients.rpc import Clients
from clients.settings import ClientsSettings
from clients.tables import metadata


def servicers(runtime: Runtime) -> list[Clients]:
    """The servicers of this service."""
    return [Clients(runtime.keys, NameIndexCache(runtime.settings.clients_in_order))]


SERVICE = Service(
    "clients",
    metadata,
    servicers,
    settings=ClientsSettings,
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished),
)

if __name__ == "__main__":
    run(SERVICE)
