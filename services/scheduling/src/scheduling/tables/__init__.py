"""The tables of scheduling: appointments, their counters, payments and series, busy periods, the waitlist, offered services and locations."""

from chassis.work import moves
from scheduling.tables.access import ACCESS
from scheduling.tables.appointments import appointments, client_counters, client_figures, day_counters, status_changes
from scheduling.tables.availability import availability, clock_rules, holidays
from scheduling.tables.base import metadata, moved
from scheduling.tables.busy_periods import busy_periods
from scheduling.tables.calendar_feeds import calendar_feeds
from scheduling.tables.catalogue import locations, offered_services
from scheduling.tables.payments import payment_requests, payment_settings
from scheduling.tables.series import series, series_occurrences
from scheduling.tables.waitlist import RETENTIONS as WAITLIST_RETENTIONS
from scheduling.tables.waitlist import waitlist_due, waitlist_entries, waitlist_offers, waitlist_openings

__all__ = [
    "ACCESS",
    "RETENTIONS",
    "appointments",
    "availability",
    "busy_periods",
    "calendar_feeds",
    "client_counters",
    "client_figures",
    "clock_rules",
    "day_counters",
    "holidays",
    "locations",
    "metadata",
    "moved",
    "offered_services",
    "payment_requests",
    "payment_settings",
    "series",
    "series_occurrences",
    "status_changes",
    "waitlist_due",
    "waitlist_entries",
    "waitlist_offers",
    "waitlist_openings",
]

RETENTIONS = (moves.RETENTION, *WAITLIST_RETENTIONS)
