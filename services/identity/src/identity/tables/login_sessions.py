"""Login sessions, their refresh tokens, and what voids access tokens."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.db.tables import moment, sealed_alone, tenant
from identity.tables.base import metadata

login_sessions = tenant(
    "login_sessions",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # How the user proved their identity, step by step: "pwd" or "link", then "otp" (the `amr` of access tokens, RFC 8176).
    Column("amr", ARRAY(Text), nullable=False),
    Column("ip_address", Text),
    Column("user_agent", Text),
    moment("created_at"),
    moment("last_seen_at"),
    # The session ends then, however active the user is.
    moment("expires_at"),
    # The session ends then unless the user is active before.
    moment("idle_at"),
    moment("ended_at", nullable=True),
    Column("end_reason", Text),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_login_sessions"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="login_session_of_a_user"),
    CheckConstraint("cardinality(amr) > 0", name="login_session_amr"),
    CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="login_session_end"),
    Index("ix_login_sessions_user", "workspace_id", "user_id", "created_at"),
    Index("ix_login_sessions_expires", "expires_at"),
    fixed=("id", "user_id", "ip_address", "user_agent", "created_at", "expires_at"),
    relay_grants="SELECT (workspace_id, id, expires_at)",
)

refresh_tokens = tenant(
    "refresh_tokens",
    metadata,
    Column("session_id", Uuid, nullable=False),
    # 1 for the first token of a login session, one more for each rotation.
    Column("generation", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("used_at", nullable=True),
    # The secret of the next token, encrypted, for requests that use this one at the same moment. Null after the grace period.
    Column("successor_sealed", LargeBinary, info=sealed_alone("session_id", revision="generation", column="successor_sealed")),
    PrimaryKeyConstraint("workspace_id", "session_id", "generation", name="pk_refresh_tokens"),
    UniqueConstraint("workspace_id", "session_id", "hash", name="refresh_token_hash"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["identity.login_sessions.workspace_id", "identity.login_sessions.id"],
        name="refresh_token_of_a_login_session",
        ondelete="CASCADE",
    ),
    # Deleted with their login session, by cascade.
    grants="SELECT, INSERT, UPDATE (used_at, successor_sealed)",
)

# Access tokens of a user, login session or workspace are void if their user was read before this time (milliseconds since 1970).
revocations = Table(
    "revocations",
    metadata,
    Column("subject_id", Uuid, nullable=False),
    Column("epoch", BigInteger, key="revoked_before", nullable=False),
    moment("created_at", default_now=True),
    PrimaryKeyConstraint("subject_id", name="pk_revocations"),
    Index("ix_revocations_created", "created_at"),
)
