"""Workspaces, their people, and how those people sign in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Created in this order, dropped in the other.
TENANT_TABLES = ("workspaces", "departments", "users", "login_sessions", "magic_links", "refresh_tokens")
# Read before a workspace is known; they hold keyed digests, ids and counts (see tables.py).
OPEN_TABLES = ("login_attempts", "revocations", "sign_ins")


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "login_attempts",
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('password', 'link')", name="login_attempt_purpose"),
        sa.PrimaryKeyConstraint("account", "purpose", "lane", name="pk_login_attempts"),
        schema="identity",
    )
    op.create_index("ix_login_attempts_last", "login_attempts", ["last_at"], unique=False, schema="identity")
    op.create_table(
        "revocations",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", name="pk_revocations"),
        schema="identity",
    )
    op.create_index("ix_revocations_created", "revocations", ["created_at"], unique=False, schema="identity")
    op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("license_number", sa.Text(), nullable=True),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('practice', 'hospital')", name="workspace_kind"),
        sa.CheckConstraint("status IN ('active', 'suspended')", name="workspace_status"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspaces"),
        schema="identity",
    )
    op.create_table(
        "departments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_departments"),
        sa.UniqueConstraint("workspace_id", "code", name="department_code_taken"),
        schema="identity",
    )
    op.create_table(
        "users",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_platform_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("license_number", sa.Text(), nullable=True),
        sa.Column("specialization", sa.Text(), nullable=True),
        sa.Column("shift_schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'assistant', 'therapist', 'operator', 'doctor', 'nurse', 'head_doctor', 'admin')", name="user_role"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "department_id"], ["identity.departments.workspace_id", "identity.departments.id"], name="department_not_found"
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["identity.workspaces.workspace_id"], name="workspace_not_found"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_users"),
        schema="identity",
    )
    op.create_index(
        "ix_users_department",
        "users",
        ["workspace_id", "department_id"],
        unique=False,
        schema="identity",
        postgresql_where=sa.text("department_id IS NOT NULL"),
    )
    op.create_table(
        "login_sessions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("method IN ('pwd', 'link')", name="login_session_method"),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="login_session_end"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="login_session_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_login_sessions"),
        schema="identity",
    )
    op.create_index("ix_login_sessions_expires", "login_sessions", ["workspace_id", "expires_at"], unique=False, schema="identity")
    op.create_index("ix_login_sessions_user", "login_sessions", ["workspace_id", "user_id", "created_at"], unique=False, schema="identity")
    op.create_table(
        "magic_links",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="magic_link_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_magic_links"),
        schema="identity",
    )
    op.create_index("ix_magic_links_expires", "magic_links", ["workspace_id", "expires_at"], unique=False, schema="identity")
    op.create_table(
        "sign_ins",
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="sign_in_of_a_user"
        ),
        sa.PrimaryKeyConstraint("email_index", name="email_taken"),
        sa.UniqueConstraint("workspace_id", "user_id", name="one_sign_in_per_user"),
        schema="identity",
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("successor_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["identity.login_sessions.workspace_id", "identity.login_sessions.id"],
            name="refresh_token_of_a_login_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session_id", "generation", name="pk_refresh_tokens"),
        sa.UniqueConstraint("workspace_id", "session_id", "hash", name="refresh_token_hash"),
        schema="identity",
    )
    for table in TENANT_TABLES:
        secure(table)
    for table in OPEN_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON identity.{table} TO identity_app")


def downgrade() -> None:
    for table in (*reversed(OPEN_TABLES), *reversed(TENANT_TABLES)):
        op.drop_table(table, schema="identity")
    drop_chassis_tables()
