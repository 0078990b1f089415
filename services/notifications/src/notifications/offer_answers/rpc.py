"""The OfferAnswers service: whoever has a link may do what it is for. Nobody is signed in."""

from caseload.identity.v1 import workspaces_pb2
from caseload.notifications.v1 import offer_answers_pb2 as pb
from caseload.notifications.v1.offer_answers_rpc import OfferAnswersServicer
from caseload.scheduling.v1 import waitlist_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.context import RequestContext
from chassis.errors import NotFound
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from notifications.mail import dates
from notifications.stubs import Stubs

_SECONDS_TO_ASK = 5.0


class OfferAnswers(OfferAnswersServicer[UnitOfWork]):
    """Scheduling knows the offers and their tokens; it is asked on this service's own behalf, in the workspace that the token names."""

    def __init__(self, stubs: Stubs) -> None:
        self._stubs = stubs

    async def GetOfferLink(self, request: pb.GetOfferLinkRequest, work: UnitOfWork) -> pb.OfferLink:
        asking, token = _asking(request.token, work)
        await self._check_open(asking)
        offer = await self._stubs.waitlist.ReadOffer(waitlist_pb2.ReadOfferRequest(token=request.token), asking)
        work.enter(token.workspace_id)
        return await self._told(offer, request.locale, asking)

    async def AcceptOffer(self, request: pb.AcceptOfferRequest, work: UnitOfWork) -> pb.OfferLink:
        asking, token = _asking(request.token, work)
        await self._check_open(asking)
        offer = await self._stubs.waitlist.AcceptByLink(waitlist_pb2.AcceptByLinkRequest(token=request.token), asking)
        work.enter(token.workspace_id)
        return await self._told(offer, request.locale, asking)

    async def _check_open(self, asking: RequestContext) -> None:
        """Raises NotFound for a link of a suspended workspace, as for one of none."""
        try:
            workspace = await self._stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), asking)
        except NotFound:
            raise _unknown() from None
        if workspace.status == workspaces_pb2.WORKSPACE_STATUS_SUSPENDED:
            raise _unknown()

    async def _told(self, offer: waitlist_pb2.LinkedOffer, locale: str, asking: RequestContext) -> pb.OfferLink:
        workspace = await self._stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), asking)
        zone, known, starts_at = dates.zone("", workspace.time_zone), dates.locale(locale), to_datetime(offer.starts_at)
        return pb.OfferLink(
            client_id=offer.client_id,
            practice=workspace.name,
            date=dates.format_day(starts_at, zone, known),
            time=dates.format_time(starts_at, zone, known),
            is_open=offer.is_open,
            is_accepted=offer.is_accepted,
        )


def _asking(text: str, work: UnitOfWork) -> tuple[RequestContext, OpaqueToken]:
    """A call in the workspace that the token names. Raises NotFound for what is no token."""
    token = OpaqueToken.parse(text)
    if token is None:
        raise _unknown()
    return RequestContext(request_id=work.context.request_id, workspace_id=token.workspace_id).within(_SECONDS_TO_ASK), token


def _unknown() -> NotFound:
    return NotFound("waitlist_link_unknown", "There is no such link, or a later one has replaced it.")
