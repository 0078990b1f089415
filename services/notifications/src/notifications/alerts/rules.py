"""The period that a report on alerts is about."""

from datetime import datetime, timedelta

from chassis.errors import Fault, Invalid

_USUAL = timedelta(days=30)
_LONGEST = timedelta(days=367)


def period(since: datetime | None, until: datetime | None, *, now: datetime) -> tuple[datetime, datetime]:
    """From when until when (exclusive): by default the last 30 days. Raises Invalid for more than a year, and for none at all."""
    end = until or (now if since is None else max(now, since))
    start = since or end - _USUAL
    if not start < end <= start + _LONGEST:
        faults = [Fault("/end_date", "must be after start_date, by a year at most")]
        raise Invalid("report_range_invalid", "There is no report of such a time.", faults=faults)
    return start, end
