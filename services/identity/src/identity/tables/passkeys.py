"""Passkeys, and the challenges that were used up."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.db.tables import moment, tenant
from identity.tables.base import metadata

passkeys = tenant(
    "passkeys",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    # What the authenticator calls it.
    Column("credential_id", LargeBinary, nullable=False),
    # As COSE (RFC 9052).
    Column("public_key", LargeBinary, nullable=False),
    # How often it was used, by the authenticator's own count; stays 0 where a passkey is synchronized between devices.
    Column("sign_count", BigInteger, nullable=False),
    # How a browser reaches the authenticator: "internal", "hybrid", "usb" …
    Column("transports", ARRAY(Text), nullable=False),
    # The model of the authenticator, as it says itself.
    Column("aaguid", Uuid, nullable=False),
    # Whether it may be kept on several devices, and whether it is.
    Column("backup_eligible", Boolean, nullable=False),
    Column("backed_up", Boolean, nullable=False),
    Column("name", Text, nullable=False),
    moment("created_at"),
    moment("last_used_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_passkeys"),
    UniqueConstraint("workspace_id", "credential_id", name="passkey_registered"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="passkey_of_a_user"),
    Index("ix_passkeys_user", "workspace_id", "user_id", "created_at"),
    grants="SELECT, INSERT, UPDATE (sign_count, backed_up, name, last_used_at), DELETE",
)

# Challenges that have come back once, until they expire: none is good a second time.
used_challenges = tenant(
    "used_challenges",
    metadata,
    # The challenge's own random part.
    Column("id", Uuid, nullable=False),
    moment("expires_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_used_challenges"),
    Index("ix_used_challenges_expires", "expires_at"),
    grants="SELECT, INSERT, DELETE",
    relay_grants="SELECT (workspace_id, id, expires_at)",
)
