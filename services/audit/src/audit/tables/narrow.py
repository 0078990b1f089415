"""Months that are over, kept narrow (decision 108), and the trail as it was recorded, of narrow months and others alike.

Only the functions of the owner write into these tables. The views are what everything reads that does not record or append.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from audit.tables.base import metadata
from audit.tables.trail import audit_events, entries, event_entities
from chassis.db.tables import moment, tenant

# What many events have in common: `metadata` is the part of theirs that does not depend on what they are about.
kept_kinds = tenant(
    "kept_kinds",
    metadata,
    Column("number", Integer, Identity(always=True), nullable=False),
    Column("event_type", Text, nullable=False),
    Column("resource_type", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("metadata", JSONB, nullable=False),
    PrimaryKeyConstraint("workspace_id", "number", name="pk_kept_kinds"),
    UniqueConstraint("workspace_id", "event_type", "resource_type", "action", "outcome", "metadata", name="one_kept_kind"),
    grants="SELECT",
    eraser_grants="",
)

# Where many events came from: a list of the session, the address and the browser.
kept_origins = tenant(
    "kept_origins",
    metadata,
    Column("number", Integer, Identity(always=True), nullable=False),
    Column("told", JSONB, nullable=False),
    PrimaryKeyConstraint("workspace_id", "number", name="pk_kept_origins"),
    UniqueConstraint("workspace_id", "told", name="one_kept_origin"),
    grants="SELECT",
    eraser_grants="",
)

# Nothing is written into a month that is narrow, but for what arrives late.
_FULL = {"fillfactor": 100}

# An event and its entry in the chain. Ids alone lead the indexes that need no workspace: a resource is of one, and a user of few.
kept_events = tenant(
    "kept_events",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("created_at"),
    Column("sequence", BigInteger, nullable=False),
    Column("user_id", Uuid),
    Column("resource_id", Uuid),
    Column("request_id", Uuid),
    Column("kind", Integer, nullable=False),
    Column("origin", Integer, nullable=False),
    Column("retention_until", Date, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # Of an entry that does not follow one of the same month, or not properly.
    Column("previous_hash", LargeBinary),
    Column("resource_ids", ARRAY(Uuid)),
    Column("client_ids", ARRAY(Uuid)),
    # What else its metadata has.
    Column("facts", JSONB),
    PrimaryKeyConstraint("workspace_id", "created_at", "id", name="pk_kept_events", postgresql_include=["kind"]),
    CheckConstraint("sequence > 0", name="kept_event_sequence"),
    CheckConstraint("octet_length(hash) = 32 AND octet_length(previous_hash) = 32", name="kept_event_hashes"),
    Index("ix_kept_events_sequence", "workspace_id", "sequence", postgresql_with=_FULL),
    Index("ix_kept_events_user", "user_id", "created_at", postgresql_with=_FULL),
    Index("ix_kept_events_resource", "resource_id", "created_at", postgresql_with=_FULL),
    Index("ix_kept_events_id", "id", postgresql_with=_FULL),
    postgresql_partition_by="RANGE (created_at)",
    grants="SELECT",
    eraser_grants="",
)

# In which events of a month an entity is named beside the one they are about: their sequences, as distances from `base`.
kept_mentions = tenant(
    "kept_mentions",
    metadata,
    Column("entity_id", Uuid, nullable=False),
    moment("month"),
    Column("base", BigInteger, nullable=False),
    Column("places", ARRAY(Integer), nullable=False),
    PrimaryKeyConstraint("workspace_id", "entity_id", "month", "base", name="pk_kept_mentions"),
    postgresql_partition_by="RANGE (month)",
    grants="SELECT",
    eraser_grants="",
)

# No tables, so no migration compares them.
_views = MetaData(schema="audit")


def _view(name: str, table: Table) -> Table:
    return Table(name, _views, *(Column(column.name, column.type, nullable=column.nullable) for column in table.columns))


all_events = _view("all_events", audit_events)
all_entries = _view("all_entries", entries)
all_entities = _view("all_touched", event_entities)
