"""What the clients service is told besides what every service is."""

from pydantic import Field

from chassis.settings import Settings


class ClientsSettings(Settings):
    # How many clients' names a process keeps in order, all workspaces together; about half a kilobyte each.
    clients_in_order: int = Field(500_000, ge=1)
