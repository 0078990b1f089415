"""Co-signatures of signed notes, which notes wait for one, and whom clinical knows to be supervised."""

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

from chassis.db.tables import Sealed, moment, tenant
from clinical.tables.base import metadata

_OF_VERSION = ["clinical.session_versions.workspace_id", "clinical.session_versions.session_id", "clinical.session_versions.version_number"]
_WAITS = "status = 'pending' AND NOT hidden"

# Who supervises whom, as of the newest version of the user that clinical has heard of. Signing a note and hearing of another supervisor
# both lock the user's row: no note waits for somebody who is not the supervisor any more.
supervised_users = tenant(
    "supervised_users",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("supervisor_user_id", Uuid),
    Column("version", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_supervised_users"),
    fixed=("id",),
    grants="SELECT, INSERT, UPDATE",
)

# One row for each note that was signed by somebody who is supervised: what has become of its newest version. The state is `status`
# alone; the queue, the deadline and what the API tells follow from it.
cosign_requests = tenant(
    "cosign_requests",
    metadata,
    # The note's.
    Column("id", Uuid, nullable=False),
    # The signed version that waits, or waited last.
    Column("version_number", Integer, nullable=False),
    Column("signed_by_user_id", Uuid, nullable=False),
    # The last who signed it and was supervised: whose supervisor it waits for, also with somebody else's amendment.
    Column("supervisee_user_id", Uuid, nullable=False),
    # Null: it waits for whoever oversees the workspace.
    Column("supervisor_user_id", Uuid),
    # `withdrawn`: the note is a draft again. `settled`: its supervisor has signed it, so that nobody has to co-sign.
    Column("status", Text, nullable=False),
    moment("due_at"),
    # Set once it is on record that the deadline has passed.
    moment("announced_at", nullable=True),
    # Set while the note is deleted.
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    # Who wrote the note, and who signed its versions since the last co-signature: what is their own is in no queue of theirs. Rows that
    # an older version writes during an upgrade say neither.
    Column("author_user_id", Uuid),
    Column("signer_user_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_cosign_requests"),
    ForeignKeyConstraint(["workspace_id", "id", "version_number"], _OF_VERSION, name="fk_cosign_requests_version", ondelete="CASCADE"),
    CheckConstraint("status IN ('pending', 'cosigned', 'returned', 'withdrawn', 'settled')", name="cosign_status_known"),
    Index("ix_cosign_requests_supervisor", "workspace_id", "supervisor_user_id", "due_at", "id", postgresql_where=text(_WAITS)),
    Index("ix_cosign_requests_workspace", "workspace_id", "due_at", "id", postgresql_where=text(_WAITS)),
    Index("ix_cosign_requests_supervisee", "workspace_id", "supervisee_user_id", postgresql_where=text("status = 'pending'")),
    Index("ix_cosign_requests_returned", "workspace_id", "id", postgresql_where=text("status = 'returned'")),
    Index("ix_cosign_requests_due", "due_at", postgresql_where=text(f"{_WAITS} AND announced_at IS NULL")),
    fixed=("id",),
    grants="SELECT, INSERT, UPDATE",
    # It finds the deadlines that have passed.
    relay_grants="SELECT (workspace_id, id, status, due_at, announced_at, hidden)",
)

# What was attested of a version: it was co-signed, or returned. Rows are never changed, and an erasure alone deletes them.
cosignatures = tenant(
    "cosignatures",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("version_number", Integer, nullable=False),
    Column("decision", Text, nullable=False),
    Column("signed_by_user_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_cosignatures"),
    UniqueConstraint("workspace_id", "session_id", "version_number", name="cosign_not_pending"),
    ForeignKeyConstraint(["workspace_id", "session_id", "version_number"], _OF_VERSION, name="fk_cosignatures_version"),
    CheckConstraint("decision IN ('cosigned', 'returned')", name="cosign_decision_known"),
    grants="SELECT, INSERT",
    eraser_grants="SELECT, DELETE",
    sealed=Sealed(bound=("session_id", "decision", "signed_by_user_id", "created_at"), revision="version_number"),
)
