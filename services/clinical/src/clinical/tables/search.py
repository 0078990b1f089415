"""The index by which the notes of a workspace are found. What it says of the notes is sealed (decision 64)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Uuid,
)

from chassis.db.tables import moment, sealed_alone, tenant
from clinical.tables.base import metadata

# What the index has to take in: notes that were written, changed or erased; without a note, that its segments are to be looked at. A
# trigger adds a row whenever a note gets another version. The worker finds rows without a workspace, by a policy that the migration has
# beside the tenant's, so they hold ids and times only.
search_work = Table(
    "search_work",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("session_id", Uuid),
    moment("due_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_search_work"),
    Index("ix_search_work_due", "workspace_id", "due_at"),
)

# A segment has some notes as they were when it was made. It is never changed, but for `dead`: those of its notes that another segment has
# by now, or that are erased; `version` counts the changes of it. Until a segment is ready, nobody reads it.
search_segments = tenant(
    "search_segments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("header", LargeBinary, nullable=False, info=sealed_alone("id", revision=0, column="header")),
    Column("dead", LargeBinary, nullable=False, info=sealed_alone("id", revision="version", column="dead")),
    Column("version", BigInteger, nullable=False),
    Column("is_ready", Boolean, nullable=False),
    # When the first note was erased that it still has words of.
    moment("erased_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_search_segments"),
    fixed=("id",),
)

search_blocks = tenant(
    "search_blocks",
    metadata,
    Column("segment_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False, info=sealed_alone("segment_id", revision="number", column="content")),
    PrimaryKeyConstraint("workspace_id", "segment_id", "number", name="pk_search_blocks"),
    ForeignKeyConstraint(
        ["workspace_id", "segment_id"],
        ["clinical.search_segments.workspace_id", "clinical.search_segments.id"],
        name="fk_search_blocks_segment",
        ondelete="CASCADE",
    ),
    grants="SELECT, INSERT",
)
