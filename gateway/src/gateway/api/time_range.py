"""Time windows as people ask for them: moments, or days of the workspace's own calendar."""

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.identity.v1 import workspaces_pb2 as pb
from gateway.request import Visit

_KEPT_SECONDS = 60.0
_MOST_KEPT = 10_000
_zones: dict[UUID, tuple[float, ZoneInfo]] = {}


async def window(at: Visit, start: datetime | date | None, end: datetime | date | None) -> Mapping[str, datetime | None]:
    """`start_date` and the exclusive `end_date` of a list request; a day means all of it, where the workspace is."""
    return {"start_date": await _moment(at, start, 0), "end_date": await _moment(at, end, 1)}


async def _moment(at: Visit, value: datetime | date | None, days_later: int) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    day = value + timedelta(days=days_later)
    return datetime(day.year, day.month, day.day, tzinfo=await _zone(at))


async def _zone(at: Visit) -> ZoneInfo:
    workspace_id = at.caller.workspace_id
    kept = _zones.get(workspace_id) if workspace_id is not None else None
    if kept is not None and time.monotonic() < kept[0]:
        return kept[1]
    workspace = await at.services.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), at.call)
    zone = ZoneInfo(workspace.time_zone)
    if len(_zones) >= _MOST_KEPT:
        _zones.clear()
    _zones[UUID(workspace.id)] = (time.monotonic() + _KEPT_SECONDS, zone)
    return zone
