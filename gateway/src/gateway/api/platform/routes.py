"""Running the installation: its workspaces, and who owns them. Nothing of what is in a workspace is shown."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request
from starlette.responses import Response

from caseload.clinical.v1 import sessions_pb2
from caseload.identity.v1 import blacklist_pb2
from caseload.identity.v1 import platform_pb2 as pb
from chassis.errors import Conflict
from gateway.api.fields import Email, PageQuery
from gateway.api.invitations.routes import invitation_url
from gateway.api.invitations.schemas import SentInvitation
from gateway.api.platform import schemas
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.problems.responses import BadRequest
from gateway.routing.nouns import RECENT_SIGN_IN, noun_router

router = noun_router("/platform-admin", "platform")

_DESCRIPTIONS = {
    "workspace_opened": "Opened {}",
    "invitation_resent": "Invited the owner of {} again",
    "workspace_suspended": "Suspended {}",
    "workspace_reactivated": "Reactivated {}",
    "workspace_deleted": "Deleted {}",
    "address_blacklisted": "Blacklisted an e-mail address",
    "address_unblacklisted": "Took an e-mail address off the blacklist",
}


@router.post("/invite-therapist", response_model=schemas.OpenedWorkspace, status_code=201)
async def open_workspace(body: schemas.OwnerInvitation, request: SignedInRequest, http: Request) -> Response:
    """Opens a practice, or a hospital, and mails its owner an invitation."""
    owner = {"email": body.therapist_email, "full_name": body.therapist_full_name}
    message = to_proto(body, pb.OpenWorkspaceRequest, name=body.workspace_name, **owner)
    opened = await request.stubs.platform.OpenWorkspace(message, request.context)
    ids = {"workspace_id": opened.workspace_id, "user_id": opened.user_id}
    return json_response(ids | {"invitation_url": invitation_url(http.app.state.settings, opened.token)}, 201)


@router.post("/resend-invitation/{user_id}", response_model=SentInvitation, openapi_extra=RECENT_SIGN_IN)
async def resend_owner_invitation(user_id: UUID, request: SignedInRequest, http: Request) -> Response:
    message = pb.ResendOwnerInvitationRequest(user_id=str(user_id))
    invitation = await request.stubs.platform.ResendOwnerInvitation(message, request.context)
    return json_response({"invitation_url": invitation_url(http.app.state.settings, invitation.token)})


@router.get("/pending-invitations", response_model=schemas.PendingInvitations)
async def list_pending_invitations(request: SignedInRequest) -> Response:
    """The owners who have not accepted yet, the latest first."""
    pending = await request.stubs.platform.ListPendingOwners(pb.ListPendingOwnersRequest(), request.context)
    return json_response({"invitations": [render(owner) for owner in pending.items]})


@router.get("/workspaces", response_model=schemas.OperatedWorkspaces)
async def list_workspaces(query: Annotated[schemas.OperatedWorkspaceQuery, Query()], request: SignedInRequest) -> Response:
    """The newest first. `search` finds a part of the name."""
    page = await request.stubs.platform.ListWorkspaces(to_proto(query, pb.ListWorkspacesRequest), request.context)
    message = sessions_pb2.CountSessionsRequest(workspace_ids=[workspace.id for workspace in page.items])
    counted = await request.stubs.sessions.CountSessions(message, request.context)
    sessions = {count.workspace_id: count.session_count for count in counted.items}
    workspaces = [render(workspace) | {"session_count": sessions[workspace.id]} for workspace in page.items]
    return json_response({"workspaces": workspaces, "total": page.total})


@router.post("/workspaces/{workspace_id}/suspend", response_model=schemas.WorkspaceState)
async def suspend_workspace(workspace_id: UUID, body: schemas.Reason, request: SignedInRequest) -> Response:
    """Within five seconds nobody of the workspace is let in; nothing is lost, and reminders are held."""
    return await _change_status(
        request.stubs.platform.SuspendWorkspace, to_proto(body, pb.SuspendWorkspaceRequest, workspace_id=workspace_id), request
    )


@router.post("/workspaces/{workspace_id}/reactivate", response_model=schemas.WorkspaceState)
async def reactivate_workspace(workspace_id: UUID, body: schemas.Reason, request: SignedInRequest) -> Response:
    """Also a deleted one."""
    message = to_proto(body, pb.ReactivateWorkspaceRequest, workspace_id=workspace_id)
    return await _change_status(request.stubs.platform.ReactivateWorkspace, message, request)


@router.delete("/workspaces/{workspace_id}", response_model=schemas.WorkspaceState)
async def delete_workspace(workspace_id: UUID, body: schemas.Reason, request: SignedInRequest) -> Response:
    """The workspace is suspended, and its owner is told by mail.

    It can be brought back until it is erased, which is not before `erase_after`.
    """
    message = to_proto(body, pb.DeleteWorkspaceRequest, workspace_id=workspace_id)
    return await _change_status(request.stubs.platform.DeleteWorkspace, message, request)


@router.get("/metrics", response_model=schemas.Metrics)
async def get_metrics(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.platform.GetMetrics(pb.GetMetricsRequest(), request.context))


@router.get("/blacklist", response_model=schemas.Blacklist)
async def list_blacklist(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """The addresses that may be neither invited nor signed in with, the latest first."""
    return await _blacklist(request, query)


@router.post("/blacklist", response_model=schemas.Blacklist)
async def add_to_blacklist(body: schemas.BlacklistedAddress, request: SignedInRequest) -> Response:
    """Within five seconds nobody is let in with the address. One that is listed already stays as it is. The answer is the first page."""
    await request.stubs.blacklist.AddToBlacklist(to_proto(body, blacklist_pb2.AddToBlacklistRequest), request.context)
    return await _blacklist(request, PageQuery())


@router.delete("/blacklist/{email}", response_model=schemas.Blacklist)
async def remove_from_blacklist(email: Annotated[Email, Path()], request: SignedInRequest) -> Response:
    """Sessions that ended stay ended. The answer is the first page."""
    message = blacklist_pb2.RemoveFromBlacklistRequest(email=email)
    await request.stubs.blacklist.RemoveFromBlacklist(message, request.context)
    return await _blacklist(request, PageQuery())


@router.get("/activity", response_model=schemas.Activities)
async def list_activities(query: Annotated[schemas.ActivityQuery, Query()], request: SignedInRequest) -> Response:
    """What platform administrators have done, the latest first."""
    found = await request.stubs.platform.ListActivity(to_proto(query, pb.ListActivityRequest), request.context)
    activities = [_activity(render(activity)) for activity in found.items]
    has_more = query.offset + len(activities) < found.total
    counts = {"total_count": found.total, "has_more": has_more, "displayed_count": len(activities)}
    return json_response({"activities": activities, **counts})


async def _change_status(change: Callable[..., Any], message: Any, request: SignedInRequest) -> Response:
    try:
        return json_response(await change(message, request.context))
    except Conflict as refusal:
        if refusal.code == "workspace_already_so":
            # As front ends know it.
            raise BadRequest("workspace_already_so", refusal.message) from None
        raise


async def _blacklist(request: SignedInRequest, query: PageQuery) -> Response:
    message = to_proto(query, blacklist_pb2.ListBlacklistRequest)
    page = await request.stubs.blacklist.ListBlacklist(message, request.context)
    entries = [{name: value for name, value in render(entry).items() if name != "id"} for entry in page.items]
    return json_response({"blacklist": entries, "total": page.total})


def _activity(activity: dict[str, Any]) -> dict[str, Any]:
    about = {name: activity[name] for name in ("workspace_id", "workspace_name", "user_id", "reason") if activity[name] is not None}
    description = _DESCRIPTIONS[activity["type"]].format(activity["workspace_name"])
    return {"type": activity["type"], "timestamp": activity["timestamp"], "description": description, "metadata": about}
