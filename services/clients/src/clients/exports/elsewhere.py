"""What an export is read with: the services that hold something on clients, asked in the name of whoever has ordered it."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.clients.v1.patients_rpc import PatientsStub
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsStub
from caseload.clinical.v1.measures_rpc import MeasuresStub
from caseload.clinical.v1.milestones_rpc import MilestonesStub
from caseload.clinical.v1.plans_rpc import PlansStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.context import RequestContext
from chassis.rpc.client.peers import Peer

_SECONDS_TO_ASK = 5.0


class Everywhere:
    """The stubs, made when they are first used. `own` is this service, which is asked as any other."""

    def __init__(self, peers: Mapping[str, Peer], own: Callable[[], Peer]) -> None:
        self._peers = peers
        self._own = own

    @cached_property
    def clients(self) -> ClientsStub:
        return ClientsStub(self._own())

    @cached_property
    def consents(self) -> ConsentsStub:
        return ConsentsStub(self._own())

    @cached_property
    def patients(self) -> PatientsStub:
        return PatientsStub(self._own())

    @cached_property
    def appointments(self) -> AppointmentsStub:
        return AppointmentsStub(self._peers["scheduling"])

    @cached_property
    def sessions(self) -> SessionsStub:
        return SessionsStub(self._peers["clinical"])

    @cached_property
    def plans(self) -> PlansStub:
        return PlansStub(self._peers["clinical"])

    @cached_property
    def milestones(self) -> MilestonesStub:
        return MilestonesStub(self._peers["clinical"])

    @cached_property
    def measures(self) -> MeasuresStub:
        return MeasuresStub(self._peers["clinical"])

    @cached_property
    def client_attachments(self) -> ClientAttachmentsStub:
        return ClientAttachmentsStub(self._peers["clinical"])

    @cached_property
    def waitlist(self) -> WaitlistStub:
        return WaitlistStub(self._peers["scheduling"])

    @cached_property
    def reminders(self) -> RemindersStub:
        return RemindersStub(self._peers["notifications"])

    @cached_property
    def _users(self) -> UsersStub:
        return UsersStub(self._peers["identity"])

    async def reader(self, workspace_id: UUID, user_id: UUID, job_id: UUID, scope: str) -> "Reader":
        """Forbidden unless the user may order such an export today."""
        reader = Reader(self._users, workspace_id, user_id, job_id, scope)
        await reader.renew()
        return reader


class Reader:
    """A user as whom an export reads: with an access token of minutes that identity lends for reading."""

    def __init__(self, users: UsersStub, workspace_id: UUID, user_id: UUID, job_id: UUID, scope: str) -> None:
        self._users = users
        self._workspace_id = workspace_id
        self._asked = users_pb2.LendReadingRequest(user_id=str(user_id), scope=scope)
        self._job_id = job_id
        self._good_until = 0.0
        self.context = RequestContext()

    @property
    def is_due(self) -> bool:
        """Whether half of the token's time is over."""
        return time.monotonic() >= self._good_until

    async def renew(self) -> None:
        ours = RequestContext(request_id=str(uuid7()), workspace_id=self._workspace_id).within(_SECONDS_TO_ASK)
        lent = await self._users.LendReading(self._asked, ours)
        self._good_until = time.monotonic() + lent.expires_in / 2
        # Every line of the trail says by which job it was read.
        told = f"caseload export {self._job_id}"
        self.context = RequestContext(request_id=str(uuid7()), workspace_id=self._workspace_id, token=lent.access_token, user_agent=told)
