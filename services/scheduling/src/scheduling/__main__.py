"""Runs the scheduling service."""

from typing import Any

from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import events_pb2
from chassis.care_teams.access import CareTeams
from chassis.service.cli import run
from chassis.service.definition import Erasure, Service
from chassis.service.runtime import Runtime
from scheduling.activity.rpc import ActivityReports
from scheduling.appointments.clients import ActiveClients
from scheduling.appointments.reactions import reactions
from scheduling.appointments.rpc import Appointments
from scheduling.availability.rpc import Availability
from scheduling.calendar_feeds.rpc import CalendarFeeds
from scheduling.client_answers import reactions as client_answers
from scheduling.client_moves.rpc import ClientMoves
from scheduling.clock_changes.worker import ClockChanges
from scheduling.locations.rpc import Locations
from scheduling.locations.sealing import AddressSealer
from scheduling.offered_services.rpc import OfferedServices
from scheduling.payments.rpc import Payments
from scheduling.series.rpc import AppointmentSeries
from scheduling.slot_holds.rpc import Holds
from scheduling.slots.rpc import FreeSlots
from scheduling.tables import ACCESS, RETENTIONS, metadata, waitlist_entries
from scheduling.waitlist import reactions as waitlist
from scheduling.waitlist.rpc import Waitlist
from scheduling.waitlist.worker import WaitlistWorker
from scheduling.workspace_holidays.rpc import Holidays

_CARE_TEAMS = CareTeams(ACCESS, records={"entry_id": waitlist_entries})


def servicers(runtime: Runtime) -> list[Any]:
    """The servicers of this service."""
    peers = runtime.peers
    users, clients = UsersStub(peers["identity"]), ClientsStub(peers["clients"])
    active_clients = ActiveClients(clients)
    return [
        Appointments(runtime.keys, active_clients, users, _CARE_TEAMS),
        OfferedServices(),
        Locations(runtime.keys),
        Holds(users),
        AppointmentSeries(runtime.keys, active_clients, users),
        Payments(runtime.keys, _CARE_TEAMS),
        ClientMoves(runtime.keys),
        Availability(runtime.keys, users),
        Holidays(),
        FreeSlots(runtime.keys, users),
        CalendarFeeds(clients, users, WorkspacesStub(peers["identity"]), _CARE_TEAMS),
        ActivityReports(runtime.keys, users),
        Waitlist(runtime.keys, ActiveClients(clients), users),
    ]


SERVICE = Service(
    "scheduling",
    metadata,
    servicers,
    reactions=lambda runtime: [*reactions(runtime.keys), *client_answers.reactions(runtime.keys), *waitlist.reactions()],
    loops=lambda runtime: [WaitlistWorker(runtime).poller.run, AddressSealer(runtime).run, ClockChanges(runtime).run],
    retentions=RETENTIONS,
    care_teams=_CARE_TEAMS,
    erasure=Erasure(events_pb2.WorkspaceErasureUnfinished, events_pb2.WorkspaceErasureFinished),
)

if __name__ == "__main__":
    run(SERVICE)
