"""The workspace of the caller."""

from starlette.responses import Response

from caseload.identity.v1 import workspaces_pb2
from gateway.api.responses import reply
from gateway.api.workspaces import schemas as shapes
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/workspaces", "workspace")


@router.get("/current", response_model=shapes.Workspace)
async def get_workspace(at: SignedIn) -> Response:
    return reply(await at.services.workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), at.call))


@router.patch("/current", response_model=shapes.Workspace)
async def update_workspace(body: shapes.WorkspaceUpdate, at: SignedIn) -> Response:
    return reply(await at.services.workspaces.UpdateWorkspace(to_proto(body, workspaces_pb2.UpdateWorkspaceRequest), at.call))
