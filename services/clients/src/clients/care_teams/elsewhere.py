"""Tells the services that have something of clients who opens whose record."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from caseload.access.v1 import access_pb2 as pb
from caseload.access.v1.access_rpc import ClientAccessStub
from caseload.clients.v1 import events_pb2
from chassis.context import Caller, RequestContext
from chassis.errors import Unavailable
from chassis.rpc.client.peers import Peer
from chassis.work.unit_of_work import UnitOfWork

TOLD = ("clinical", "scheduling")


class Elsewhere:
    """Requests have the fields of the events, and their numbers. What is told here holds in every instance of those services when the call returns; the events are for a service that does not answer."""

    def __init__(self, peers: Mapping[str, Peer]) -> None:
        self._peers = peers

    @cached_property
    def _stubs(self) -> list[ClientAccessStub]:
        return [ClientAccessStub(self._peers[name]) for name in TOLD]

    async def tell_care_team(self, changed: events_pb2.CareTeamChanged, work: UnitOfWork) -> None:
        """Raises Unavailable if one of the services does not answer."""
        request = pb.ApplyCareTeamRequest.FromString(changed.SerializeToString())
        await asyncio.gather(*(stub.ApplyCareTeam(request, _ours(work)) for stub in self._stubs))

    async def close(self, changed: events_pb2.CareTeamChanged, work: UnitOfWork) -> None:
        """As `tell_care_team`, for a record that is closed to somebody: refused as a whole where it would not be closed everywhere."""
        try:
            await self.tell_care_team(changed, work)
        except Unavailable as refusal:
            raise Unavailable(
                "care_team_not_in_force",
                "A service does not answer, so the record cannot be closed everywhere; try again.",
                retry_after=1.0,
            ) from refusal

    async def tell_broken_glass(self, broken: events_pb2.GlassBroken, work: UnitOfWork) -> None:
        """Raises Unavailable if one of the services does not answer."""
        request = pb.ApplyBrokenGlassRequest.FromString(broken.SerializeToString())
        await asyncio.gather(*(stub.ApplyBrokenGlass(request, _ours(work)) for stub in self._stubs))


def _ours(work: UnitOfWork) -> RequestContext:
    """On this service's own behalf: no user may tell it."""
    return replace(work.context, token="", caller=Caller(workspace_id=work.workspace_id, service=work.database.schema))
