"""The ClientAccess service, as every service answers it that has something of clients."""

from uuid import UUID

from caseload.access.v1 import access_pb2 as pb
from caseload.access.v1.access_rpc import ClientAccessServicer
from caseload.clients.v1 import events_pb2
from chassis.care_teams.store import AccessStore
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork


class ClientAccess(ClientAccessServicer[UnitOfWork]):
    def __init__(self, store: AccessStore) -> None:
        self._store = store

    async def ApplyCareTeam(self, request: pb.ApplyCareTeamRequest, work: UnitOfWork) -> pb.ApplyCareTeamResponse:
        await apply_care_team(self._store, request, work)
        return pb.ApplyCareTeamResponse()

    async def ApplyBrokenGlass(self, request: pb.ApplyBrokenGlassRequest, work: UnitOfWork) -> pb.ApplyBrokenGlassResponse:
        await apply_broken_glass(self._store, request, work)
        return pb.ApplyBrokenGlassResponse()


async def apply_care_team(store: AccessStore, changed: pb.ApplyCareTeamRequest | events_pb2.CareTeamChanged, work: UnitOfWork) -> None:
    """Goes by the care team from the commit on; what is older than what is known changes nothing."""
    user_ids = [UUID(user_id) for user_id in changed.user_ids]
    values = {"client_id": changed.client_id, "version": changed.version, "restricted": changed.restricted, "user_ids": user_ids}
    await work.db.run(store.apply, **values)


async def apply_broken_glass(store: AccessStore, broken: pb.ApplyBrokenGlassRequest | events_pb2.GlassBroken, work: UnitOfWork) -> None:
    """Opens the record until the time is over."""
    ids = {"id": broken.break_glass_id, "client_id": broken.client_id, "user_id": broken.user_id}
    await work.db.run(store.break_glass, **ids, expires_at=to_datetime(broken.expires_at))
