"""The settings of the clients service, in addition to those of every service."""

from pydantic import Field

from chassis.settings import Settings


class ClientsSettings(Settings):
    # How many clients the name indexes of a process hold together, in all workspaces. A client takes about 400 bytes.
    clients_in_order: int = Field(500_000, ge=1)
    # How many patients a process holds opened, in all workspaces with a door for json-server's front ends. A patient takes about 2 kilobytes.
    patients_in_memory: int = Field(50_000, ge=1)
    # How long what is over of a job can be asked for.
    jobs_days: float = Field(90.0, ge=1.0)
