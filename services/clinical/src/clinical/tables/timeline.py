"""How many events the timeline of a client has. The events themselves are in the tables of notes and of plans."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text, Uuid

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import tenant
from clinical.tables.base import metadata

# Of the events that are not hidden. Triggers of the tables of events append the changes, whatever adds, hides or deletes an event, or gives it
# to another client.
timeline_counters = counter(
    "timeline_counter_changes",
    tenant(
        "timeline_tallies",
        metadata,
        Column("client_id", Uuid, nullable=False),
        # "notes" or "plans".
        Column("source", Text, nullable=False),
        Column("events", BigInteger, nullable=False),
        PrimaryKeyConstraint("workspace_id", "client_id", "source", name="pk_timeline_tallies"),
        grants="SELECT",
        relay_grants=FOLDED_GRANTS,
    ),
    metadata,
    counts=["events"],
)
