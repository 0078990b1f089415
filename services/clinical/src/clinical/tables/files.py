"""The files of notes and of clients, and how much they may be together. A file's name is sealed."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, Index, LargeBinary, PrimaryKeyConstraint, Text, Uuid

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import Sealed, moment, tenant
from clinical.tables.base import metadata

attachments = tenant(
    "attachments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("session_id", Uuid),
    Column("client_id", Uuid, nullable=False),
    Column("created_by_user_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("file_type", Text, nullable=False),
    Column("file_size_bytes", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    # When a malware scanner found nothing in it. Null if it was checked for active content alone.
    moment("scanned_at", nullable=True),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_attachments"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"], ["clinical.sessions.workspace_id", "clinical.sessions.id"], name="session_not_found"
    ),
    CheckConstraint("status IN ('scanning', 'ready', 'rejected')", name="attachment_status"),
    Index("ix_attachments_session", "workspace_id", "session_id", "created_at", "id"),
    Index("ix_attachments_client", "workspace_id", "client_id"),
    care_team="reads",
    fixed=("id", "session_id", "created_by_user_id", "file_type", "file_size_bytes", "scanned_at", "created_at"),
    sealed=Sealed(
        bound=("session_id", "client_id", "created_by_user_id", "file_type", "file_size_bytes", "status", "scanned_at", "created_at")
    ),
    # Whether each file is there is asked across workspaces.
    relay_grants="SELECT (workspace_id, id, created_at)",
)

# The bytes of a workspace's files. A change is appended in the transaction that adds or removes a file.
storage_counters = counter(
    "storage_counter_changes",
    tenant(
        "storage",
        metadata,
        Column("used_bytes", BigInteger, nullable=False),
        PrimaryKeyConstraint("workspace_id", name="pk_storage"),
        # As for the tallies.
        grants="SELECT, INSERT, UPDATE",
        relay_grants=FOLDED_GRANTS,
    ),
    metadata,
    counts=["used_bytes"],
)

# How many bytes a workspace's files may have together, where it is not what the settings say.
storage_quotas = tenant(
    "storage_quotas",
    metadata,
    Column("quota_bytes", BigInteger, nullable=False),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_storage_quotas"),
    CheckConstraint("quota_bytes >= 0", name="quota_bytes_range"),
    grants="SELECT, INSERT, UPDATE (quota_bytes, updated_at)",
)
