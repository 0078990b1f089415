"""Single sign-on: a workspace's OpenID provider, which of its accounts belong to which users, and sign-ins under way."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.db.tables import moment, sealed_alone, tenant
from identity.tables.base import metadata

# Whose provider a sign-in at `/auth/oidc/{slug}` is for. It can be read without a workspace, and is written in the workspace's own transactions.
sso_directory = Table(
    "sso_directory",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("slug", Text, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_sso_directory"),
    UniqueConstraint("slug", name="sso_slug_taken"),
)


def provider_flags(row: Mapping[str, Any]) -> bytes:
    """What a configuration is bound to beside its revision."""
    return bytes((row["is_enabled"], row["is_required"]))


sso_providers = tenant(
    "sso_providers",
    metadata,
    Column("is_enabled", Boolean, nullable=False),
    # Whether everybody but the administrators has to sign in this way.
    Column("is_required", Boolean, nullable=False),
    # The revision that `sealed` is bound to, with the two columns above. A sign-in that began with another one is over.
    Column("version", BigInteger, nullable=False),
    # The whole configuration, with the client's secret, encrypted: what is in the database alone cannot send people, or the secret, elsewhere.
    Column("sealed", LargeBinary, nullable=False, info=sealed_alone("workspace_id", revision="version", bound=provider_flags)),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", name="pk_sso_providers"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
    grants="SELECT, INSERT, UPDATE (is_enabled, is_required, version, sealed, updated_at)",
)

sso_accounts = tenant(
    "sso_accounts",
    metadata,
    # A keyed digest of the issuer and the subject: some providers use addresses as subjects.
    Column("account_index", LargeBinary, nullable=False),
    Column("user_id", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "account_index", name="sso_account_known"),
    UniqueConstraint("workspace_id", "user_id", name="sso_account_taken"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="sso_account_of_a_user"),
    grants="SELECT, INSERT, DELETE",
)

# Sign-ins that people are away for, at their provider.
sso_attempts = tenant(
    "sso_attempts",
    metadata,
    Column("id", Uuid, nullable=False),
    # SHA-256 of the state's secret, and of what the browser keeps. The nonce and the PKCE verifier are made of both, and kept nowhere.
    Column("state_hash", LargeBinary, nullable=False),
    Column("browser_hash", LargeBinary, nullable=False),
    # Of the provider's configuration.
    Column("provider_version", BigInteger, nullable=False),
    # Where the person goes afterwards, encrypted: paths of front ends may hold what somebody searched for.
    Column("return_to_sealed", LargeBinary, info=sealed_alone("id", revision=1, column="return_to_sealed")),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_sso_attempts"),
    ForeignKeyConstraint(["workspace_id"], ["identity.sso_providers.workspace_id"], name="sso_attempt_of_a_provider"),
    Index("ix_sso_attempts_expires", "expires_at"),
    grants="SELECT, INSERT, UPDATE (used_at), DELETE",
    relay_grants="SELECT (workspace_id, id, expires_at)",
)
