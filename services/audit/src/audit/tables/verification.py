"""How far the background verification has come with each chain, and what it has found."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Uuid

from audit.tables.base import metadata
from chassis.db.tables import moment

verifications = Table(
    "verifications",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    # The end of the last whole segment that was verified, and the hash of the chain there.
    Column("anchor_sequence", BigInteger, nullable=False, server_default="0"),
    Column("anchor_hash", LargeBinary),
    # How far the present pass has come, which verifies everything again from the beginning.
    Column("cursor_sequence", BigInteger, nullable=False, server_default="0"),
    Column("cursor_hash", LargeBinary),
    # How far the events themselves have been held against the chain, in the order of their times. Not begun if unset.
    moment("swept_at", nullable=True),
    Column("swept_id", Uuid),
    # What the last pass has found, and when the last one that found nothing ended.
    Column("first_break", BigInteger),
    moment("passed_at", nullable=True),
    moment("due_at"),
    # That audit wrote the row: a keyed hash of all but due_at.
    Column("proof", LargeBinary),
    PrimaryKeyConstraint("workspace_id", name="pk_verifications"),
    CheckConstraint("cursor_sequence <= anchor_sequence", name="verification_cursor"),
    Index("ix_verifications_due", "due_at", "workspace_id"),
)
