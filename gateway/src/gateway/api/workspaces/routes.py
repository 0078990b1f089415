"""The workspace of the caller."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from caseload.clinical.v1 import attachments_pb2
from caseload.identity.v1 import platform_pb2, workspaces_pb2
from chassis.errors import NotFound
from gateway.api.responses import json_response
from gateway.api.workspaces import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import noun_router
from gateway.settings import MEGABYTE

router = noun_router("/workspaces", "workspace")


@router.get("/current", response_model=schemas.Workspace)
async def get_workspace(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), request.context))


@router.patch("/current", response_model=schemas.Workspace)
async def update_workspace(body: schemas.WorkspaceUpdate, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.workspaces.UpdateWorkspace(to_proto(body, workspaces_pb2.UpdateWorkspaceRequest), request.context)
    )


@router.get("/{workspace_id}/storage", response_model=schemas.StorageUsage)
async def get_storage(workspace_id: UUID, request: SignedInRequest) -> Response:
    """The caller's own workspace's; any workspace's for platform administrators."""
    if request.has_scope("platform:admin"):
        await _check_exists(workspace_id, request)
    message = attachments_pb2.GetStorageRequest(workspace_id=str(workspace_id))
    return json_response(_usage(await request.stubs.attachments.GetStorage(message, request.context)))


@router.patch("/{workspace_id}/storage/quota", response_model=schemas.StorageUsage)
async def set_storage_quota(workspace_id: UUID, body: schemas.QuotaChange, request: SignedInRequest) -> Response:
    """For platform administrators. Files beyond a smaller quota stay; no more can be uploaded."""
    await _check_exists(workspace_id, request)
    message = to_proto(body, attachments_pb2.SetStorageQuotaRequest, workspace_id=workspace_id)
    return json_response(_usage(await request.stubs.attachments.SetStorageQuota(message, request.context)))


async def _check_exists(workspace_id: UUID, request: GatewayRequest) -> None:
    """Raises NotFound for an id of no workspace, or of an erased one: clinical knows those alone that have notes."""
    message = platform_pb2.GetWorkspaceStateRequest(workspace_id=str(workspace_id))
    state = await request.stubs.platform.GetWorkspaceState(message, request.context)
    if state.HasField("erasure"):
        raise NotFound("not_found", "There is nothing here under this id.")


def _usage(storage: attachments_pb2.Storage) -> dict[str, Any]:
    used, quota = storage.used_bytes, storage.quota_bytes
    remaining = max(0, quota - used)
    return {
        "used_bytes": used,
        "quota_bytes": quota,
        "remaining_bytes": remaining,
        "usage_percentage": round(100 * used / quota, 2) if quota else 100.0,
        "is_quota_exceeded": used > quota,
        "used_mb": round(used / MEGABYTE, 2),
        "quota_mb": round(quota / MEGABYTE, 2),
        "remaining_mb": round(remaining / MEGABYTE, 2),
    }
