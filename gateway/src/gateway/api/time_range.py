"""The time range of a list: from and to an instant, or whole days in the workspace's time zone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from gateway.api.workspace_facts import workspace_facts
from gateway.request import GatewayRequest


async def time_range(request: GatewayRequest, start: datetime | date | None, end: datetime | date | None) -> Mapping[str, datetime | None]:
    """`start_date` and the exclusive `end_date` of a list's message. A date as the end includes its whole day."""
    return {"start_date": await _instant(request, start, 0), "end_date": await _instant(request, end, 1)}


async def _instant(request: GatewayRequest, value: datetime | date | None, days_later: int) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    day = value + timedelta(days=days_later)
    return datetime(day.year, day.month, day.day, tzinfo=(await workspace_facts(request)).time_zone)
