"""The people who are treated."""

from chassis.service.cli import run
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from clients.clients.directory import Directory
from clients.clients.rpc import Clients
from clients.settings import ClientsSettings
from clients.tables import metadata


def features(runtime: Runtime) -> list[Clients]:
    return [Clients(runtime.keys, Directory(runtime.settings.clients_in_order))]


SERVICE = Service("clients", metadata, features, settings=ClientsSettings)

if __name__ == "__main__":
    run(SERVICE)
