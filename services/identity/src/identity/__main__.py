"""The composition root of the identity service."""

from caseload.identity.v1 import events_pb2
from chassis.service.cli import run
from chassis.service.definition import Erasure, Loop, Service
from chassis.service.runtime import Runtime
from identity.api_keys.rpc import ApiKeys
from identity.backup_notices.watch import BackupWatch, over_http
from identity.blacklist.rpc import Blacklist
from identity.departments.rpc import Departments
from identity.erasure.reactions import reactions
from identity.invitations.rpc import Invitations
from identity.memberships.rpc import Memberships
from identity.passkeys.rpc import Passkeys
from identity.people.addresses import next_addresses
from identity.platform.rpc import Platform
from identity.second_factors.rpc import SecondFactors
from identity.settings import IdentitySettings
from identity.sign_in.rpc import SignIn
from identity.single_sign_on.rpc import SingleSignOn
from identity.tables import KEPT_AFTER_ERASURE, RETENTIONS, metadata
from identity.users.rpc import Users
from identity.workspaces.rpc import Workspaces


def servicers(
    runtime: Runtime,
) -> list[
    SignIn
    | SecondFactors
    | Passkeys
    | SingleSignOn
    | Memberships
    | Users
    | Invitations
    | ApiKeys
    | Departments
    | Workspaces
    | Platform
    | Blacklist
]:
    return [
        SignIn(runtime),
        SecondFactors(runtime),
        Passkeys(runtime),
        SingleSignOn(runtime),
        Memberships(runtime),
        Users(runtime),
        Invitations(runtime),
        ApiKeys(runtime),
        Departments(),
        Workspaces(),
        Platform(runtime),
        Blacklist(runtime),
    ]


def loops(runtime: Runtime) -> list[Loop]:
    url = runtime.settings.backup_state_url
    return [BackupWatch(runtime, over_http(url)).run] if url else []


SERVICE = Service(
    "identity",
    metadata,
    servicers,
    reactions=lambda runtime: reactions(runtime.legal_holds(lambda: runtime.peers["audit"])),
    loops=loops,
    settings=IdentitySettings,
    retentions=RETENTIONS,
    addresses=next_addresses,
    holds=lambda runtime: runtime.legal_holds(lambda: runtime.peers["audit"]),
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished, kept=KEPT_AFTER_ERASURE),
)

if __name__ == "__main__":
    run(SERVICE)
