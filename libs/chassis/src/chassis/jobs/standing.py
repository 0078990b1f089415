"""Whether a job may still be done for whoever has ordered it: identity is asked before every step."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.identity.v1 import users_pb2
from caseload.identity.v1.users_rpc import UsersStub
from chassis.context import RequestContext
from chassis.jobs import rules
from chassis.rpc.client.peers import Peer

_SECONDS_TO_ASK = 5.0

# Takes a workspace, a user or an API key of it, and a scope. Raises Suspended, Forbidden, or Unavailable when nobody can say.
CheckStanding = Callable[[UUID, UUID, str], Awaitable[None]]


def standing_by(identity: Peer) -> CheckStanding:
    """The check, as identity answers it."""
    users = UsersStub(identity)

    async def check(workspace_id: UUID, orderer_id: UUID, scope: str) -> None:
        ours = RequestContext(request_id=str(uuid7()), workspace_id=workspace_id).within(_SECONDS_TO_ASK)
        standing = await users.GetStanding(users_pb2.GetStandingRequest(orderer_id=str(orderer_id), scope=scope), ours)
        rules.check_standing(workspace_is_active=standing.workspace_is_active, is_permitted=standing.is_permitted)

    return check
