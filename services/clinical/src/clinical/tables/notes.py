"""Session notes, their versions and templates, and what clinical knows of clients and appointments. A note's texts are sealed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import Sealed, moment, sealed_alone, tenant
from chassis.encryption.bound_columns import encoder
from clinical.tables.base import metadata

sessions = tenant(
    "sessions",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("appointment_id", Uuid),
    # Set on a note that began as the copy of stale saves: the note they were meant for, which may be erased before its copy, and its
    # version that they were made on.
    Column("conflict_of", Uuid),
    Column("conflict_base_version", BigInteger),
    Column("created_by_user_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    # The version that losing its appointment made: its content is that of the version before.
    Column("detached_version", BigInteger),
    # Not a foreign key: a template may be deleted, and its notes stay.
    Column("template_id", Uuid),
    # How many signed versions it has. Null of a note that was last signed before versions were counted: one more than its amendments.
    Column("signed_versions", Integer),
    # Of a note that came from another client by a merge: `<client>:<number>`, whom the versions up to that number were signed for. Several
    # are parted by spaces, by ascending numbers; later versions are signed for the note's own client.
    Column("signed_for", Text),
    moment("session_date"),
    Column("duration_minutes", Integer),
    Column("status", Text, nullable=False),
    moment("draft_last_saved_at", nullable=True),
    moment("finalized_at", nullable=True),
    Column("finalized_by_user_id", Uuid),
    moment("amended_at", nullable=True),
    Column("amendment_count", Integer, nullable=False, server_default=text("0")),
    Column("attachment_count", Integer, nullable=False, server_default=text("0")),
    moment("deleted_at", nullable=True),
    Column("deleted_by_user_id", Uuid),
    moment("permanent_delete_after", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_sessions"),
    CheckConstraint("status IN ('draft', 'finalized', 'archived')", name="session_status"),
    CheckConstraint("duration_minutes BETWEEN 0 AND 480", name="duration_out_of_range"),
    CheckConstraint("(status = 'draft') = (finalized_at IS NULL)", name="session_finalized_at"),
    CheckConstraint("attachment_count >= 0", name="session_attachment_count"),
    # An appointment has at most one note that is not deleted.
    Index(
        "session_already_exists",
        "workspace_id",
        "appointment_id",
        unique=True,
        postgresql_where=text("appointment_id IS NOT NULL AND deleted_at IS NULL"),
    ),
    Index("ix_sessions_date", "workspace_id", text("session_date DESC"), text("id DESC")),
    Index("ix_sessions_status", "workspace_id", "status", text("session_date DESC"), text("id DESC")),
    Index("ix_sessions_client", "workspace_id", "client_id", text("session_date DESC"), text("id DESC")),
    Index("ix_sessions_appointment", "workspace_id", "appointment_id", postgresql_where=text("appointment_id IS NOT NULL")),
    Index("ix_sessions_conflict_of", "workspace_id", "conflict_of", postgresql_where=text("conflict_of IS NOT NULL")),
    Index("ix_sessions_drafts", "workspace_id", "created_by_user_id", postgresql_where=text("status = 'draft' AND deleted_at IS NULL")),
    Index("ix_sessions_over", "permanent_delete_after", postgresql_where=text("permanent_delete_after IS NOT NULL")),
    # The trigger `keep_signed` refuses changes of a signed note that no version tells of, and its deletion before its time.
    care_team="reads",
    # The trigger `keep_client` lets a row be another client's only as the manifest of a merge says.
    fixed=("id", "conflict_of", "conflict_base_version", "template_id", "created_by_user_id", "created_at"),
    grants="SELECT, INSERT, UPDATE",
    eraser_grants="SELECT, DELETE",
    # It finds the deleted notes whose time is over.
    relay_grants="SELECT (workspace_id, id, permanent_delete_after)",
    sealed=Sealed(
        bound=(
            "client_id", "appointment_id", "conflict_of", "conflict_base_version", "created_by_user_id", "template_id", "detached_version", "signed_versions",
            "signed_for",
            "session_date", "duration_minutes", "status",
            "draft_last_saved_at", "finalized_at", "finalized_by_user_id", "amended_at", "amendment_count", "deleted_at",
            "deleted_by_user_id", "permanent_delete_after", "created_at", "updated_at",
        ),
        unbound={
            "attachment_count": "counts the note's files, each of which is a sealed row of its own that names its note",
        },
    ),
)  # fmt: skip

# The whole content of a note each time it was signed or amended. Rows are never changed, and an erasure alone deletes them.
session_versions = tenant(
    "session_versions",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_by_user_id", Uuid, nullable=False),
    moment("created_at"),
    # Of versions from before they held their date and duration: those of the note when it was upgraded.
    moment("session_date_at_upgrade", nullable=True),
    Column("duration_minutes_at_upgrade", Integer),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_session_versions"),
    UniqueConstraint("workspace_id", "session_id", "version_number", name="session_version_exists"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["clinical.sessions.workspace_id", "clinical.sessions.id"],
        name="fk_session_versions_session",
    ),
    grants="SELECT, INSERT",
    eraser_grants="SELECT, DELETE",
    sealed=Sealed(
        bound=("session_id", "created_by_user_id", "created_at"),
        unbound=dict.fromkeys(
            ("session_date_at_upgrade", "duration_minutes_at_upgrade"),
            "filled by a migration, which has no keys; the hash of the next signed version covers them",
        ),
        revision="version_number",
    ),
)

# The notes that were erased, so that a late restoration is told so. Ids and times alone.
erased_sessions = tenant(
    "erased_sessions",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("erased_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_erased_sessions"),
    grants="SELECT, INSERT",
)

# What notes may begin with: the workspace's templates, and each user's own.
note_templates = tenant(
    "note_templates",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("owner_user_id", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_note_templates"),
    Index("ix_note_templates_owner", "workspace_id", "owner_user_id", "id"),
    fixed=("id", "owner_user_id", "created_at"),
    sealed=Sealed(bound=("owner_user_id", "is_active", "created_at", "updated_at")),
)


def pending_row(row: Mapping[str, Any]) -> str:
    """What a pending amendment is sealed as: the note and the author."""
    return f"{row['session_id']}/{row['user_id']}"


def pending_bound(row: Mapping[str, Any]) -> bytes:
    """What of its open columns it is bound to."""
    return _encode_pending(row)


# What an author has typed into a signed note and not yet made an amendment, one row for each author. `fields` names what
# differs from the note; the texts among them are sealed.
pending_amendments = tenant(
    "pending_amendments",
    metadata,
    Column("session_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("fields", ARRAY(Text), nullable=False),
    Column("sealed", LargeBinary, nullable=False, info=sealed_alone(pending_row, revision="revision", bound=pending_bound)),
    # Of this row, not of the note.
    Column("revision", BigInteger, nullable=False),
    # The version of the note that the author saw when it began. No autosave makes it newer.
    Column("base_version", BigInteger, nullable=False),
    moment("session_date", nullable=True),
    Column("duration_minutes", Integer),
    moment("saved_at"),
    PrimaryKeyConstraint("workspace_id", "session_id", "user_id", name="pk_pending_amendments"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["clinical.sessions.workspace_id", "clinical.sessions.id"],
        name="fk_pending_amendments_session",
        ondelete="CASCADE",
    ),
    CheckConstraint("duration_minutes BETWEEN 0 AND 480", name="pending_duration_out_of_range"),
    fixed=("session_id", "user_id"),
)
# What becomes part of the signed note beside the texts, and which version that is for.
_encode_pending = encoder(pending_amendments, ("fields", "base_version", "session_date", "duration_minutes", "saved_at"))

# The timeline events of notes, one row each, so that one index orders them all.
timeline_events = tenant(
    "history",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("appointment_id", Uuid),
    Column("kind", Text, nullable=False),
    moment("at"),
    # Set while the note is deleted, so that the timeline need not read the note.
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_history"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["clinical.sessions.workspace_id", "clinical.sessions.id"],
        name="fk_history_session",
        ondelete="CASCADE",
    ),
    CheckConstraint("kind IN ('session', 'session_finalized', 'session_amended')", name="history_kind"),
    Index("ix_history_client", "workspace_id", "client_id", text("at DESC"), text("id DESC"), postgresql_where=text("NOT hidden")),
    Index("ix_history_session", "workspace_id", "session_id"),
    care_team="reads",
    fixed=("id", "session_id", "kind"),
    grants="SELECT, INSERT, UPDATE",
)

# The clients that have notes. Creating a note and erasing its client both lock the client's row, and an erased client
# keeps its row: a note that was begun before the erasure cannot be written after it.
clients = tenant(
    "clients",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("erased_at", nullable=True),
    # The client is another one's duplicate: nothing is written for it any more.
    Column("merged_into", Uuid),
    # Of a client without records who may be about to be erased: until then nothing is added. Null once something was.
    moment("closed_until", nullable=True),
    # Of an erased client: the files that may still be in the store.
    Column("files_left", ARRAY(Uuid)),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
    fixed=("id",),
    grants="SELECT, INSERT, UPDATE",
)

# The appointments that have notes, and those that are deleted. Creating a note and hearing of its appointment's deletion both
# lock the appointment's row, and a deleted appointment keeps its row: no note can be written for it afterwards.
appointments = tenant(
    "appointments",
    metadata,
    Column("id", Uuid, nullable=False),
    moment("deleted_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_appointments"),
    fixed=("id",),
    grants="SELECT, INSERT, UPDATE",
)

# The number of notes of each status, because counting takes longer the more there are. A change is appended with its note.
session_counters = counter(
    "session_counter_changes",
    tenant(
        "tallies",
        metadata,
        Column("status", Text, nullable=False),
        Column("live", BigInteger, nullable=False),
        Column("deleted", BigInteger, nullable=False),
        PrimaryKeyConstraint("workspace_id", "status", name="pk_tallies"),
        # The app's INSERT and UPDATE are for 0.1.0, which may still run during an upgrade.
        grants="SELECT, INSERT, UPDATE",
        relay_grants=FOLDED_GRANTS,
    ),
    metadata,
    counts=["live", "deleted"],
)
