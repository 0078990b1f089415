"""Invitations of users who were added."""

from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from caseload.identity.v1 import invitations_pb2 as pb
from gateway.api.invitations import schemas
from gateway.api.responses import json_response
from gateway.api.sign_in.routes import TheAuthenticator, signed_in_members
from gateway.auth.dependencies import PublicRequest, SignedInRequest
from gateway.mapping import to_proto
from gateway.pages.destinations import INVITATION
from gateway.routing.nouns import PUBLIC_SIGN_IN, RECENT_SIGN_IN, noun_router
from gateway.settings import GatewaySettings

router = noun_router("", "users")


@router.get("/auth/accept-invite", response_model=schemas.AcceptedInvitation, openapi_extra=PUBLIC_SIGN_IN, responses={404: {}, 410: {}})
async def accept_invitation(
    query: Annotated[schemas.AcceptQuery, Query()], request: PublicRequest, authenticator: TheAuthenticator
) -> Response:
    """Signs the invited user in. An unknown token is 404; one that was used, replaced or is too old is 410.

    For `fetch`: a browser that is sent here, by whomever, is sent on to the page that asks first.
    """
    if request.is_navigation:
        return RedirectResponse(f"{INVITATION}?{urlencode({'token': query.token})}", 303, {"Cache-Control": "no-store"})
    authenticator.csrf.check_own(request)
    signed_in = await request.stubs.invitations.AcceptInvitation(to_proto(query, pb.AcceptInvitationRequest), request.context)
    authenticator.write_cookies(request, signed_in)
    return json_response({**signed_in_members(signed_in), "success": True})


@router.post("/invitations/{user_id}/resend", response_model=schemas.SentInvitation, openapi_extra=RECENT_SIGN_IN)
async def resend_invitation(user_id: UUID, request: SignedInRequest, http: Request) -> Response:
    """Mails a new invitation to a user who has never signed in; earlier ones are over."""
    invitation = await request.stubs.invitations.ResendInvitation(pb.ResendInvitationRequest(user_id=str(user_id)), request.context)
    return json_response({"invitation_url": invitation_url(http.app.state.settings, invitation.token)})


def invitation_url(settings: GatewaySettings, token: str) -> str:
    return f"{settings.app_url.rstrip('/')}/accept-invitation?token={quote(token, safe='')}"
