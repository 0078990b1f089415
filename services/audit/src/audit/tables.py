"""What the trail keeps. Nothing in it is ever changed: see the migration for the grants and triggers that see to it."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment, tenant

metadata = MetaData(schema="audit")

# Why each table without row security may be without it; a test holds the catalogue against this list.
WITHOUT_ROW_SECURITY = {
    "unsealed": "tells the sealer which workspaces have events waiting, and holds their ids and times alone",
}

chassis = chassis_tables(metadata)

# Partitioned by month of created_at, so that years can be let go without touching a row.
audit_events = tenant(
    "audit_events",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("created_at"),
    Column("user_id", Uuid),
    Column("event_type", Text, nullable=False),
    Column("resource_type", Text, nullable=False),
    Column("resource_id", Uuid),
    Column("action", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ip_address", Text),
    Column("user_agent", Text),
    Column("session_id", Uuid),
    Column("metadata", JSONB, nullable=False),
    Column("retention_until", Date, nullable=False),
    # Carries what lists filter by, so that pages and totals are found in the index alone.
    PrimaryKeyConstraint(
        "workspace_id",
        "created_at",
        "id",
        name="pk_audit_events",
        postgresql_include=["user_id", "resource_type", "action", "outcome"],
    ),
    # One event per id, and the way to an event by its id.
    UniqueConstraint("workspace_id", "id", "created_at", name="one_audit_event"),
    CheckConstraint("outcome IN ('success', 'failure')", name="audit_event_outcome"),
    CheckConstraint("action = upper(action) AND action <> ''", name="audit_event_action"),
    Index(
        "ix_audit_events_user",
        "workspace_id",
        "user_id",
        "created_at",
        "id",
        postgresql_include=["resource_type", "action", "outcome"],
    ),
    postgresql_partition_by="RANGE (created_at)",
)

# Who touched what, lists included: an index of audit_events, which stay the truth.
touched = tenant(
    "touched",
    metadata,
    Column("resource_id", Uuid, nullable=False),
    moment("created_at"),
    Column("event_id", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", "resource_id", "created_at", "event_id", name="pk_touched"),
    postgresql_partition_by="RANGE (created_at)",
)

seals = tenant(
    "seals",
    metadata,
    Column("sequence", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    moment("event_created_at"),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "sequence", name="pk_seals"),
    UniqueConstraint("workspace_id", "event_id", name="one_seal_per_event"),
    CheckConstraint("sequence > 0", name="seal_sequence"),
    CheckConstraint("octet_length(previous_hash) = 32 AND octet_length(hash) = 32", name="seal_hashes"),
)

chain_heads = tenant(
    "chain_heads",
    metadata,
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_chain_heads"),
)

# Events in order of arrival until their seal is made.
unsealed = tenant(
    "unsealed",
    metadata,
    Column("arrival", BigInteger, Identity(always=True), nullable=False),
    Column("event_id", Uuid, nullable=False),
    moment("event_created_at"),
    PrimaryKeyConstraint("workspace_id", "arrival", name="pk_unsealed"),
    UniqueConstraint("workspace_id", "event_id", name="one_wait_per_event"),
)
