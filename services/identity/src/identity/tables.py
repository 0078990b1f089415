"""The tables of identity: workspaces, their users, and how users sign in.

sign_ins, login_attempts and revocations have no row security, because they are read before the workspace is known.
They hold keyed digests, ids, counts and times, and no personal data.
workspace_directory, too, can be read without a workspace: it holds the names, kinds, statuses and times of workspaces.

A column whose name is not the word that the code uses has a `key`: its name in Python.
"""

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
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from caseload.options.v1 import options_pb2
from chassis.db.system_tables import chassis_tables
from chassis.db.tables import Sealed, moment, tenant
from chassis.work.retention import Audited, Retention

metadata = MetaData(schema="identity")

chassis_tables(metadata)

# Why these tables have no row security. A test compares the list with the database's catalogue.
WITHOUT_ROW_SECURITY = {
    "sign_ins": "finds the workspace and user of an e-mail address by a keyed digest",
    "login_attempts": "limits attempts with any e-mail address, whether or not a user has it",
    "revocations": "lists void access tokens of all workspaces for every service",
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
    fixed=("kind", "created_at"),
    grants="SELECT, INSERT, UPDATE",
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
    fixed=("id", "created_at"),
)

users = tenant(
    "users",
    metadata,
    Column("id", Uuid, nullable=False),
    # E-mail address and full name, encrypted.
    Column("sealed", LargeBinary, nullable=False),
    # The revision that `sealed` is bound to. It counts changes of the encrypted fields and of the columns bound to them.
    Column("version", BigInteger, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("is_platform_admin", Boolean, nullable=False, server_default=text("false")),
    Column("department_id", Uuid),
    Column("supervisor_id", Uuid),
    Column("license_number", Text),
    Column("specialization", Text),
    Column("shift_schedule", JSONB),
    # Argon2id as a PHC string; null for users who sign in by magic link alone.
    Column("password_hash", Text),
    moment("last_login_at", nullable=True),
    *_timestamps(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_users"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
    ForeignKeyConstraint(
        ["workspace_id", "department_id"],
        ["identity.departments.workspace_id", "identity.departments.id"],
        name="department_not_found",
    ),
    ForeignKeyConstraint(
        ["workspace_id", "supervisor_id"], ["identity.users.workspace_id", "identity.users.id"], name="supervisor_not_found"
    ),
    CheckConstraint("supervisor_id <> id", name="supervisor_circle"),
    CheckConstraint("role IN ('owner', 'assistant', 'therapist', 'operator', 'doctor', 'nurse', 'head_doctor', 'admin')", name="user_role"),
    Index("ix_users_department", "workspace_id", "department_id", postgresql_where=text("department_id IS NOT NULL")),
    Index("ix_users_role", "workspace_id", "role", "is_active"),
    Index("ix_users_supervisor", "workspace_id", "supervisor_id", postgresql_where=text("supervisor_id IS NOT NULL")),
    fixed=("id", "is_platform_admin", "created_at"),
    grants="SELECT, INSERT, UPDATE",
    sealed=Sealed(
        bound=("role", "is_active", "is_platform_admin", "department_id", "supervisor_id", "license_number", "specialization"),
        unbound={
            "shift_schedule": "JSON has several spellings of one value, and nothing is decided by it",
            "password_hash": "replaced at a sign-in, and at a change of the password, without opening the row",
            "last_login_at": "written at every sign-in; the sign-in itself is on record",
            "created_at": "the database's clock",
            "updated_at": "also written where nothing bound changes",
        },
    ),
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

# Recent attempts to sign in, counted per e-mail address (known or not) and throttle bucket.
login_attempts = Table(
    "login_attempts",
    metadata,
    Column("account", LargeBinary, key="email_index", nullable=False),
    Column("purpose", Text, nullable=False),
    Column("lane", LargeBinary, key="bucket", nullable=False),
    Column("count", Integer, nullable=False),
    moment("last_at"),
    moment("blocked_until"),
    PrimaryKeyConstraint("email_index", "purpose", "bucket", name="pk_login_attempts"),
    CheckConstraint("purpose IN ('password', 'link', 'reset', 'second_step')", name="login_attempt_purpose"),
    Index("ix_login_attempts_last", "last_at"),
)

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
    Column("successor_sealed", LargeBinary),
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

magic_links = tenant(
    "magic_links",
    metadata,
    Column("id", Uuid, nullable=False),
    # What it is good for: "sign_in" or "password_reset".
    Column("purpose", Text, nullable=False, server_default="sign_in"),
    # Null if no user has the e-mail address: the row is written all the same, so that both requests take equally long.
    Column("user_id", Uuid),
    # SHA-256 of the secret in the mail that was sent last; null until one is sent.
    Column("hash", LargeBinary),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_magic_links"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="magic_link_of_a_user"),
    CheckConstraint("purpose IN ('sign_in', 'password_reset')", name="magic_link_purpose"),
    Index("ix_magic_links_user", "workspace_id", "user_id", postgresql_where=text("user_id IS NOT NULL")),
    Index("ix_magic_links_expires", "expires_at"),
    grants="SELECT, INSERT, UPDATE (hash, used_at), DELETE",
    relay_grants="SELECT (workspace_id, id, expires_at)",
)

invitations = tenant(
    "invitations",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # SHA-256 of two secrets, each of which accepts the invitation: the one in the mail, null until it is sent, and the one that
    # whoever invited was shown.
    Column("mailed_hash", LargeBinary),
    Column("shown_hash", LargeBinary, nullable=False),
    moment("created_at"),
    # When it ended, if a newer one replaced it.
    moment("expires_at"),
    moment("accepted_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_invitations"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="invitation_of_a_user"),
    Index("ix_invitations_user", "workspace_id", "user_id"),
    Index("ix_invitations_expires", "expires_at"),
    fixed=("id", "user_id", "shown_hash", "created_at"),
    relay_grants="SELECT",
)

# Every workspace, for platform administrators: it can be read without a workspace, and is written in the workspace's own
# transactions, by triggers on the tables above. It holds what the installation is run by, and nothing of what is in a workspace.
workspace_directory = Table(
    "workspace_directory",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    moment("created_at"),
    # Whom the platform invited as the owner, and when that user first got in.
    Column("owner_id", Uuid),
    moment("owner_accepted_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", name="pk_workspace_directory"),
    Index("ix_workspace_directory_created", "created_at"),
    Index("ix_workspace_directory_owner", "owner_id"),
)

# What platform administrators have done, in their own workspace.
activities = tenant(
    "activities",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    # The workspace it was done to.
    Column("subject_id", Uuid, nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("reason", Text),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_activities"),
    Index("ix_activities_created", "workspace_id", "created_at"),
    grants="SELECT, INSERT",
)

api_keys = tenant(
    "api_keys",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    # How the key begins, by which people tell keys apart.
    Column("prefix", Text, nullable=False),
    # SHA-256 of its secret.
    Column("hash", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    moment("expires_at", nullable=True),
    moment("last_used_at", nullable=True),
    Column("created_by", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_api_keys"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
    grants="SELECT, INSERT, UPDATE (last_used_at), DELETE",
)

# One-time passwords by time. Not in use until a first code was confirmed.
second_factors = tenant(
    "second_factors",
    metadata,
    Column("user_id", Uuid, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    # The newest step that a code was accepted of: neither it nor an earlier one is good again (RFC 6238, 5.2).
    Column("last_step", BigInteger, nullable=False, server_default="0"),
    moment("created_at"),
    moment("confirmed_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "user_id", name="second_factor_enabled"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="second_factor_of_a_user"),
    grants="SELECT, INSERT, UPDATE (confirmed_at, last_step), DELETE",
)

backup_codes = tenant(
    "backup_codes",
    metadata,
    Column("user_id", Uuid, nullable=False),
    # A keyed digest.
    Column("hash", LargeBinary, nullable=False),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "user_id", "hash", name="pk_backup_codes"),
    ForeignKeyConstraint(
        ["workspace_id", "user_id"],
        ["identity.second_factors.workspace_id", "identity.second_factors.user_id"],
        name="backup_code_of_a_second_factor",
        ondelete="CASCADE",
    ),
    # Deleted with their second factor, by cascade.
    grants="SELECT, INSERT, UPDATE (used_at)",
)

# First steps of a sign-in that wait for the second one.
second_steps = tenant(
    "second_steps",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # SHA-256 of the secret.
    Column("hash", LargeBinary, nullable=False),
    Column("amr", ARRAY(Text), nullable=False),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_second_steps"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="second_step_of_a_user"),
    Index("ix_second_steps_expires", "expires_at"),
    grants="SELECT, INSERT, UPDATE (used_at), DELETE",
    relay_grants="SELECT (workspace_id, id, expires_at)",
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

RETENTIONS = (
    Retention("revocations", since="created_at", days=1 / 24, scope="deployment"),
    # As long as the throttle counts them.
    Retention("login_attempts", since="last_at", days=1, scope="deployment"),
    Retention("magic_links", since="expires_at", days="magic_links_days"),
    Retention("second_steps", since="expires_at", days="magic_links_days"),
    Retention("invitations", since="expires_at", days="invitations_days"),
    # With their refresh tokens.
    Retention(
        "login_sessions",
        since="expires_at",
        days="login_sessions_days",
        audited=Audited("delete_expired_login_sessions", options_pb2.RESOURCE_USER, "user_id"),
    ),
)
