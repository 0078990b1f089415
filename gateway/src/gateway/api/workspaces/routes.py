"""The workspace of the caller."""

from starlette.responses import Response

from caseload.identity.v1 import workspaces_pb2
from gateway.api.responses import json_response
from gateway.api.workspaces import schemas
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/workspaces", "workspace")


@router.get("/current", response_model=schemas.Workspace)
async def get_workspace(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), request.context))


@router.patch("/current", response_model=schemas.Workspace)
async def update_workspace(body: schemas.WorkspaceUpdate, request: SignedInRequest) -> Response:
    return json_response(
        await request.stubs.workspaces.UpdateWorkspace(to_proto(body, workspaces_pb2.UpdateWorkspaceRequest), request.context)
    )
