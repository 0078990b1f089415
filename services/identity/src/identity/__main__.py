"""The composition root of the identity service."""

from chassis.service.cli import run
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from identity.settings import IdentitySettings
from identity.sign_in.rpc import SignIn
from identity.tables import RETENTIONS, metadata
from identity.users.rpc import Users
from identity.workspaces.rpc import Workspaces


def servicers(runtime: Runtime) -> list[SignIn | Users | Workspaces]:
    return [SignIn(runtime), Users(runtime), Workspaces()]


SERVICE = Service("identity", metadata, servicers, settings=IdentitySettings, retentions=RETENTIONS)

if __name__ == "__main__":
    run(SERVICE)
