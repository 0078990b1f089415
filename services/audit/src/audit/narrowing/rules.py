"""Which months become narrow."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from audit.dropping.rules import month_of, next_month

# What arrives late is there by then. The same is in the database's own function.
_AFTER = timedelta(days=7)


def months_past(names: Sequence[str], *, now: datetime) -> list[date]:
    """The months of the partitions' names (`audit_events_2016_03`) that ended a week ago, the oldest first."""
    found = sorted(month for name in names if (month := month_of(name)) is not None)
    today = now.astimezone(UTC).date()
    return [month for month in found if next_month(month) + _AFTER <= today]
