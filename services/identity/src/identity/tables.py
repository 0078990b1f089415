"""The tables of identity: workspaces, their people, and how those people sign in.

Three tables are outside row security, because they are read before anybody has said which workspace they mean:
sign_ins, login_attempts and revocations. They hold keyed digests, ids and counts, and nothing about a person.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment, tenant

metadata = MetaData(schema="identity")

chassis_tables(metadata)

# Why each table without row security may be without it; a test holds the catalogue against this list.
WITHOUT_ROW_SECURITY = {
    "sign_ins": "finds the workspace of an e-mail address, by a keyed digest of it",
    "login_attempts": "slows down guessing at addresses whether or not anybody has them",
    "revocations": "tells every service which tokens are void, of all workspaces at once",
}


def _timestamps() -> tuple[Column[Any], Column[Any]]:
    return moment("created_at", default_now=True), moment("updated_at", default_now=True)


# A workspace is its own tenant: its id is the workspace_id that row security compares.
workspaces = tenant(
    "workspaces",
    metadata,
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("address", Text),
    Column("phone", Text),
    Column("license_number", Text),
    Column("settings", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("status", Text, nullable=False, server_default="active"),
    *_timestamps(),
    PrimaryKeyConstraint("workspace_id", name="pk_workspaces"),
    CheckConstraint("kind IN ('practice', 'hospital')", name="workspace_kind"),
    CheckConstraint("status IN ('active', 'suspended')", name="workspace_status"),
)

departments = tenant(
    "departments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    *_timestamps(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_departments"),
    UniqueConstraint("workspace_id", "code", name="department_code_taken"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
)

users = tenant(
    "users",
    metadata,
    Column("id", Uuid, nullable=False),
    # E-mail address and full name.
    Column("sealed", LargeBinary, nullable=False),
    # The revision `sealed` was sealed at: it moves with those fields, not with the open ones.
    Column("version", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("is_platform_admin", Boolean, nullable=False, server_default=text("false")),
    Column("department_id", Uuid),
    Column("license_number", Text),
    Column("specialization", Text),
    Column("shift_schedule", JSONB),
    # Argon2id in its PHC form; null for people who sign in by magic link alone.
    Column("password_hash", Text),
    # Null until a second factor is enrolled.
    Column("totp_sealed", LargeBinary),
    moment("last_login_at", nullable=True),
    *_timestamps(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_users"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
    ForeignKeyConstraint(
        ["workspace_id", "department_id"],
        ["identity.departments.workspace_id", "identity.departments.id"],
        name="department_not_found",
    ),
    CheckConstraint("role IN ('owner', 'assistant', 'therapist', 'operator', 'doctor', 'nurse', 'head_doctor', 'admin')", name="user_role"),
    Index("ix_users_department", "workspace_id", "department_id", postgresql_where=text("department_id IS NOT NULL")),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("email_index", LargeBinary, nullable=False),
    Column("workspace_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    PrimaryKeyConstraint("email_index", name="email_taken"),
    UniqueConstraint("workspace_id", "user_id", name="one_sign_in_per_user"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="sign_in_of_a_user"),
)

# How often somebody has lately tried, per account (a digest that unknown addresses have too) and lane.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("account", LargeBinary, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("lane", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
    moment("last_at"),
    moment("blocked_until"),
    PrimaryKeyConstraint("account", "purpose", "lane", name="pk_login_attempts"),
    CheckConstraint("purpose IN ('password', 'link')", name="login_attempt_purpose"),
    Index("ix_login_attempts_last", "last_at"),
)

login_sessions = tenant(
    "login_sessions",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # How the person proved who they are: "pwd" or "link" (amr, RFC 8176).
    Column("method", Text, nullable=False),
    Column("ip_address", Text),
    Column("user_agent", Text),
    moment("created_at"),
    moment("last_seen_at"),
    # However active the person is, the sign-in is over then.
    moment("expires_at"),
    # Over by then unless the person is active.
    moment("idle_at"),
    moment("ended_at", nullable=True),
    Column("end_reason", Text),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_login_sessions"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="login_session_of_a_user"),
    CheckConstraint("method IN ('pwd', 'link')", name="login_session_method"),
    CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="login_session_end"),
    Index("ix_login_sessions_user", "workspace_id", "user_id", "created_at"),
    Index("ix_login_sessions_expires", "workspace_id", "expires_at"),
)

refresh_tokens = tenant(
    "refresh_tokens",
    metadata,
    Column("session_id", Uuid, nullable=False),
    # Counts the rotations of one sign-in from 1.
    Column("generation", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("used_at", nullable=True),
    # The next token, for requests racing on this one; emptied when the next is used in its turn.
    Column("successor_sealed", LargeBinary),
    PrimaryKeyConstraint("workspace_id", "session_id", "generation", name="pk_refresh_tokens"),
    UniqueConstraint("workspace_id", "session_id", "hash", name="refresh_token_hash"),
    ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["identity.login_sessions.workspace_id", "identity.login_sessions.id"],
        name="refresh_token_of_a_login_session",
        ondelete="CASCADE",
    ),
)

magic_links = tenant(
    "magic_links",
    metadata,
    Column("id", Uuid, nullable=False),
    # Null where nobody has the address that was asked for: kept all the same, so that both take equally long.
    Column("user_id", Uuid),
    # SHA-256 of the secret that was mailed last; null until one is.
    Column("hash", LargeBinary),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_magic_links"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="magic_link_of_a_user"),
    Index("ix_magic_links_expires", "workspace_id", "expires_at"),
)

# Tokens of a user, a sign-in or a workspace issued before `epoch` (milliseconds since 1970) are void.
revocations = Table(
    "revocations",
    metadata,
    Column("subject_id", Uuid, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    moment("created_at", default_now=True),
    PrimaryKeyConstraint("subject_id", name="pk_revocations"),
    Index("ix_revocations_created", "created_at"),
)
