"""What many requests have to know of their workspace: where it is, and how its people write. Kept for a minute."""

import time
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.identity.v1 import workspaces_pb2 as pb
from gateway.request import GatewayRequest

_CACHE_SECONDS = 60.0
_CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """`locale` is a language tag, like de-AT."""

    time_zone: ZoneInfo
    locale: str


_known: dict[UUID, tuple[float, WorkspaceFacts]] = {}


async def workspace_facts(request: GatewayRequest) -> WorkspaceFacts:
    """Those of the caller's workspace."""
    workspace_id = request.caller.workspace_id
    cached = _known.get(workspace_id) if workspace_id is not None else None
    if cached is not None and time.monotonic() < cached[0]:
        return cached[1]
    workspace = await request.stubs.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), request.context)
    facts = WorkspaceFacts(ZoneInfo(workspace.time_zone), workspace.locale)
    if len(_known) >= _CACHE_SIZE:
        _known.clear()
    _known[UUID(workspace.id)] = (time.monotonic() + _CACHE_SECONDS, facts)
    return facts
