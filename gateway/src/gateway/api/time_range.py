"""The time range of a list: from and to an instant, or whole days in the workspace's time zone."""

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from caseload.identity.v1 import workspaces_pb2 as pb
from gateway.request import GatewayRequest

_CACHE_SECONDS = 60.0
_CACHE_SIZE = 10_000
_time_zones: dict[UUID, tuple[float, ZoneInfo]] = {}


async def time_range(request: GatewayRequest, start: datetime | date | None, end: datetime | date | None) -> Mapping[str, datetime | None]:
    """`start_date` and the exclusive `end_date` of a list's message. A date as the end includes its whole day."""
    return {"start_date": await _instant(request, start, 0), "end_date": await _instant(request, end, 1)}


async def _instant(request: GatewayRequest, value: datetime | date | None, days_later: int) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    day = value + timedelta(days=days_later)
    return datetime(day.year, day.month, day.day, tzinfo=await _time_zone(request))


async def _time_zone(request: GatewayRequest) -> ZoneInfo:
    workspace_id = request.caller.workspace_id
    cached = _time_zones.get(workspace_id) if workspace_id is not None else None
    if cached is not None and time.monotonic() < cached[0]:
        return cached[1]
    workspace = await request.stubs.workspaces.GetWorkspace(pb.GetWorkspaceRequest(), request.context)
    zone = ZoneInfo(workspace.time_zone)
    if len(_time_zones) >= _CACHE_SIZE:
        _time_zones.clear()
    _time_zones[UUID(workspace.id)] = (time.monotonic() + _CACHE_SECONDS, zone)
    return zone
