"""The composition root of the identity service."""

from chassis.service.cli import run
from chassis.service.definition import Service
from chassis.service.runtime import Runtime
from identity.api_keys.rpc import ApiKeys
from identity.blacklist.rpc import Blacklist
from identity.departments.rpc import Departments
from identity.invitations.rpc import Invitations
from identity.passkeys.rpc import Passkeys
from identity.platform.rpc import Platform
from identity.second_factors.rpc import SecondFactors
from identity.settings import IdentitySettings
from identity.sign_in.rpc import SignIn
from identity.single_sign_on.rpc import SingleSignOn
from identity.tables import RETENTIONS, metadata
from identity.users.rpc import Users
from identity.workspaces.rpc import Workspaces


def servicers(
    runtime: Runtime,
) -> list[
    SignIn | SecondFactors | Passkeys | SingleSignOn | Users | Invitations | ApiKeys | Departments | Workspaces | Platform | Blacklist
]:
    return [
        SignIn(runtime),
        SecondFactors(runtime),
        Passkeys(runtime),
        SingleSignOn(runtime),
        Users(runtime),
        Invitations(runtime),
        ApiKeys(runtime),
        Departments(),
        Workspaces(),
        Platform(runtime),
        Blacklist(runtime),
    ]


SERVICE = Service("identity", metadata, servicers, settings=IdentitySettings, retentions=RETENTIONS)

if __name__ == "__main__":
    run(SERVICE)
