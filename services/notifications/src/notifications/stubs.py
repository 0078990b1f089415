"""The services that the mail senders call."""

from dataclasses import dataclass

from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1.departments_rpc import DepartmentsStub
from caseload.identity.v1.invitations_rpc import InvitationsStub
from caseload.identity.v1.sign_in_rpc import SignInStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.payments_rpc import PaymentsStub
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.service.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Stubs:
    appointments: AppointmentsStub
    payments: PaymentsStub
    waitlist: WaitlistStub
    clients: ClientsStub
    sign_in: SignInStub
    invitations: InvitationsStub
    departments: DepartmentsStub
    workspaces: WorkspacesStub

    @classmethod
    def of(cls, runtime: Runtime) -> "Stubs":
        peers = runtime.peers
        return cls(
            appointments=AppointmentsStub(peers["scheduling"]),
            payments=PaymentsStub(peers["scheduling"]),
            waitlist=WaitlistStub(peers["scheduling"]),
            clients=ClientsStub(peers["clients"]),
            sign_in=SignInStub(peers["identity"]),
            invitations=InvitationsStub(peers["identity"]),
            departments=DepartmentsStub(peers["identity"]),
            workspaces=WorkspacesStub(peers["identity"]),
        )
