"""Workspaces, their departments and users, who is invited, and who owns an e-mail address."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.tables import Sealed, moment, tenant
from identity.tables.base import metadata, timestamps

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
    # Of a deleted one: when it was, and until when it is kept.
    moment("deleted_at", nullable=True),
    moment("erase_after", nullable=True),
    # When its erasure began. From then on it cannot be brought back; erasure_progress says which services have finished.
    moment("erased_at", nullable=True),
    *timestamps(),
    PrimaryKeyConstraint("workspace_id", name="pk_workspaces"),
    CheckConstraint("kind IN ('practice', 'hospital')", name="workspace_kind"),
    CheckConstraint("status IN ('active', 'suspended')", name="workspace_status"),
    CheckConstraint(
        "(deleted_at IS NULL) = (erase_after IS NULL) AND (deleted_at IS NULL OR status = 'suspended')", name="workspace_deletion"
    ),
    CheckConstraint("erased_at IS NULL OR deleted_at IS NOT NULL", name="workspace_erased"),
    Index("ix_workspaces_over", "erase_after", postgresql_where=text("erase_after IS NOT NULL AND erased_at IS NULL")),
    fixed=("kind", "created_at", "erased_at"),
    grants="SELECT, INSERT, UPDATE",
    eraser_grants="UPDATE (erased_at)",
    # It finds the deleted workspaces whose time is over.
    relay_grants="SELECT (workspace_id, erase_after, erased_at)",
)

departments = tenant(
    "departments",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    *timestamps(),
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
    *timestamps(),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_users"),
    ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
    ForeignKeyConstraint(
        ["workspace_id", "department_id"],
        ["identity.departments.workspace_id", "identity.departments.id"],
        name="department_not_found",
    ),
    ForeignKeyConstraint(
        ["workspace_id", "supervisor_id"],
        ["identity.users.workspace_id", "identity.users.id"],
        name="supervisor_not_found",
        # Users are deleted with their workspace alone, a batch at a time.
        ondelete="SET NULL (supervisor_id)",
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

# The memberships of people: an e-mail address may belong to a user in each of several workspaces.
sign_ins = Table(
    "sign_ins",
    metadata,
    Column("email_index", LargeBinary, nullable=False),
    Column("workspace_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    moment("created_at", default_now=True),
    # When the person first showed that they read this address's mail. Null while whoever invited may be the one who is signed in.
    moment("proved_at", nullable=True),
    # Whether this user has a confirmed second factor, and a passkey; of several users with one address, those of the home count.
    Column("second_factor", Boolean, nullable=False, server_default=text("false")),
    Column("passkey", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("email_index", "workspace_id", name="email_taken"),
    UniqueConstraint("workspace_id", "user_id", name="one_sign_in_per_user"),
    ForeignKeyConstraint(["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="sign_in_of_a_user"),
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
