"""What people prove who they are with: links, second factors and API keys, and how often they may try."""

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
    Uuid,
    text,
)

from chassis.db.tables import moment, sealed_alone, tenant
from identity.tables.base import metadata

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
    CheckConstraint("purpose IN ('password', 'link', 'reset', 'second_step', 'passkey')", name="login_attempt_purpose"),
    Index("ix_login_attempts_last", "last_at"),
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

# One-time passwords by time. Not in use until a first code was confirmed.
second_factors = tenant(
    "second_factors",
    metadata,
    Column("user_id", Uuid, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False, info=sealed_alone("user_id", revision=1, column="secret_sealed")),
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
