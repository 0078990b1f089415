"""The way from one of a person's workspaces to another, by a form."""

from starlette.responses import Response

from caseload.identity.v1 import memberships_pb2 as pb
from chassis.errors import NotFound
from chassis.rpc.method import is_uuid_text
from gateway.pages.destinations import ACCOUNT
from gateway.pages.visit import OwnVisit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")


@router.post("/auth/account/switch", include_in_schema=False)
async def switch_by_form(visit: OwnVisit) -> Response:
    workspace_id = visit.form.get("workspace_id", "")
    if not is_uuid_text(workspace_id):
        raise NotFound("not_found", "There is no such workspace of yours.")
    reply = await visit.request.stubs.memberships.SwitchWorkspace(
        pb.SwitchWorkspaceRequest(workspace_id=workspace_id), visit.request.context
    )
    visit.authenticator.write_cookies(visit.request, reply.signed_in)
    return visit.go(ACCOUNT, done="switched")
