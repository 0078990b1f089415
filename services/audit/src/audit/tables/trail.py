"""The trail and its chain. Events and entries are append-only: the migration has the grants and triggers that enforce it.

The tables `touched`, `seals`, `chain_heads` and `unsealed` keep the names they were installed with.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from audit.tables.base import metadata
from chassis.db.tables import moment, tenant

# What is stored for a number that had no word yet when it was recorded.
_UNKNOWN = "^unknown:-?[0-9]+$"

# Partitioned by month of created_at, so that old years can be dropped without deleting rows.
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
    # Includes the columns that lists filter by, so that pages and totals need the index only.
    PrimaryKeyConstraint(
        "workspace_id",
        "created_at",
        "id",
        name="pk_audit_events",
        postgresql_include=["user_id", "resource_type", "action", "outcome"],
    ),
    # Keeps ids unique and finds an event by its id.
    UniqueConstraint("workspace_id", "id", "created_at", name="one_audit_event"),
    CheckConstraint(f"outcome IN ('success', 'failure') OR outcome ~ '{_UNKNOWN}'", name="audit_event_outcome"),
    CheckConstraint(f"action = upper(action) AND action <> '' OR action ~ '{_UNKNOWN}'", name="audit_event_action"),
    Index(
        "ix_audit_events_user",
        "workspace_id",
        "user_id",
        "created_at",
        "id",
        postgresql_include=["resource_type", "action", "outcome"],
    ),
    postgresql_partition_by="RANGE (created_at)",
    grants="SELECT, INSERT",
    eraser_grants="",
)

# Which entities each event was about, including those of a list. An index of audit_events, which stay authoritative.
event_entities = tenant(
    "touched",
    metadata,
    Column("resource_id", Uuid, nullable=False),
    moment("created_at"),
    Column("event_id", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", "resource_id", "created_at", "event_id", name="pk_touched"),
    postgresql_partition_by="RANGE (created_at)",
    grants="SELECT, INSERT",
    eraser_grants="",
)

# The hash chain: one entry per event.
entries = tenant(
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
    grants="SELECT, INSERT",
    eraser_grants="",
)

# The newest checkpoint of each chain, with the proof that audit wrote it. Those of a release before proofs have none.
checkpoints = tenant(
    "chain_heads",
    metadata,
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("proof", LargeBinary),
    # Of the newest checkpoint that was published: one that is gone from the file store is missed.
    Column("published_sequence", BigInteger),
    PrimaryKeyConstraint("workspace_id", name="pk_chain_heads"),
    grants="SELECT, INSERT, UPDATE (sequence, hash, proof, published_sequence)",
    eraser_grants="",
)

# Events that are not in a chain yet, in order of arrival, each with the proof that audit recorded it.
waiting_events = Table(
    "unsealed",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("arrival", BigInteger, Identity(always=True), nullable=False),
    Column("event_id", Uuid, nullable=False),
    moment("event_created_at"),
    Column("proof", LargeBinary),
    PrimaryKeyConstraint("workspace_id", "arrival", name="pk_unsealed"),
    UniqueConstraint("workspace_id", "event_id", name="one_wait_per_event"),
)

# Chains that have grown beyond their published checkpoint, and when it is due.
awaiting_witness = Table(
    "unwitnessed",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    # Of the chain, when it last grew.
    Column("sequence", BigInteger, nullable=False),
    moment("due_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_unwitnessed"),
    Index("ix_unwitnessed_due", "due_at", "workspace_id"),
)
