"""Which clients other services have something of, and keeping it so that they have nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from uuid import UUID

from caseload.clinical.v1 import treated_clients_pb2
from caseload.clinical.v1.treated_clients_rpc import TreatedClientsStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.context import Caller, RequestContext
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork


class UseElsewhere:
    """Asks scheduling for appointments, and clinical for notes, plans and files; neither is called before the first question."""

    def __init__(self, peers: Mapping[str, Peer]) -> None:
        self._peers = peers

    @cached_property
    def _appointments(self) -> AppointmentsStub:
        return AppointmentsStub(self._peers["scheduling"])

    @cached_property
    def _treated(self) -> TreatedClientsStub:
        return TreatedClientsStub(self._peers["clinical"])

    async def find(self, client_ids: Sequence[UUID], work: UnitOfWork) -> frozenset[UUID]:
        """Those of the clients that have or had any. Raises Unavailable when one of the services does not answer."""
        ids, ours = _asking(client_ids, work)
        figures, treated = await asyncio.gather(
            self._appointments.GetFigures(appointments_pb2.GetFiguresRequest(client_ids=ids), ours),
            self._treated.FindTreatedClients(treated_clients_pb2.FindTreatedClientsRequest(client_ids=ids), ours),
        )
        return frozenset(map(UUID, treated.client_ids)) | {UUID(each.client_id) for each in figures.items if each.appointment_count}

    async def close(self, client_ids: Sequence[UUID], work: UnitOfWork) -> frozenset[UUID]:
        """The same, and keeps both services from adding anything for the others until the caller's transaction is long over."""
        ids, ours = _asking(client_ids, work)
        booked, treated = await asyncio.gather(
            self._appointments.CloseUnbooked(appointments_pb2.CloseUnbookedRequest(client_ids=ids), ours),
            self._treated.CloseUntreated(treated_clients_pb2.CloseUntreatedRequest(client_ids=ids), ours),
        )
        return frozenset(map(UUID, [*booked.client_ids, *treated.client_ids]))


def _asking(client_ids: Sequence[UUID], work: UnitOfWork) -> tuple[list[str], RequestContext]:
    """The ids, and a call of the service's own."""
    return [str(client_id) for client_id in client_ids], replace(
        work.context, caller=Caller(workspace_id=work.workspace_id, service=work.caller.service)
    )
