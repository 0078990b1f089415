"""What devices without a network have sent: a receipt for each item, written with its effect."""

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Text, UniqueConstraint, Uuid

from chassis.db.tables import moment, tenant
from clinical.tables.base import metadata

# Ids, keyed digests and times alone. Not foreign keys: a receipt outlives its note, and goes with its client.
sync_receipts = tenant(
    "sync_receipts",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # The login session, or the API key, that the item came with.
    Column("device_id", Uuid, nullable=False),
    # Keyed digests: of the device's id of the note, which may be anything, and of the whole item.
    Column("note_key", LargeBinary, nullable=False),
    Column("item_digest", LargeBinary, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("conflict_session_id", Uuid),
    Column("status", Text, nullable=False),
    # The version of the note that says what the device's does.
    Column("version", BigInteger),
    # The version that the item made of the note, also where the rest of its text went into copies.
    Column("made_version", BigInteger),
    # The copies that have that rest, in its order.
    Column("part_ids", ARRAY(Uuid), nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    # When it was written, by the device's clock: the order of the device's own items.
    moment("written_at"),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_sync_receipts"),
    UniqueConstraint("workspace_id", "user_id", "note_key", "device_id", "item_digest", name="sync_item_known"),
    CheckConstraint("status IN ('created', 'updated', 'unchanged', 'conflict')", name="sync_status"),
    Index("ix_sync_receipts_client", "workspace_id", "client_id"),
    Index("ix_sync_receipts_over", "created_at"),
    care_team="reads",
    grants="SELECT, INSERT, UPDATE (client_id), DELETE",
    relay_grants="SELECT (workspace_id, id, created_at)",
)
