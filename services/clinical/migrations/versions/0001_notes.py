"""Notes, their versions, what the timeline tells of them, and their attachments."""

import sqlalchemy as sa
from alembic import op

from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# No grant lets the app change a version; this keeps everybody else from it. A note that is erased takes its versions
# along: that deletion comes from the foreign key's own trigger, never from a statement.
KEEP_VERSIONS = """
CREATE FUNCTION clinical.keep_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'versions of notes are never changed' USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "sessions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("conflict_of", sa.Uuid(), nullable=True),
        sa.Column("created_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("session_date", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("draft_last_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finalized_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finalized_by_user_id", sa.Uuid(), nullable=True),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amendment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("attachment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_user_id", sa.Uuid(), nullable=True),
        sa.Column("permanent_delete_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'draft') = (finalized_at IS NULL)", name="session_finalized_at"),
        sa.CheckConstraint("status IN ('draft', 'finalized', 'archived')", name="session_status"),
        sa.CheckConstraint("attachment_count >= 0", name="session_attachment_count"),
        sa.CheckConstraint("duration_minutes BETWEEN 0 AND 480", name="duration_out_of_range"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conflict_of"], ["clinical.sessions.workspace_id", "clinical.sessions.id"], name="conflict_of_not_found"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_sessions"),
        schema="clinical",
    )
    op.create_index(
        "ix_sessions_appointment",
        "sessions",
        ["workspace_id", "appointment_id"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("appointment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sessions_client",
        "sessions",
        ["workspace_id", "client_id", sa.literal_column("session_date DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
    )
    op.create_index(
        "ix_sessions_conflict_of",
        "sessions",
        ["workspace_id", "conflict_of"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("conflict_of IS NOT NULL"),
    )
    op.create_index(
        "ix_sessions_date",
        "sessions",
        ["workspace_id", sa.literal_column("session_date DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
    )
    op.create_index(
        "ix_sessions_status",
        "sessions",
        ["workspace_id", "status", sa.literal_column("session_date DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
    )
    op.create_index(
        "session_already_exists",
        "sessions",
        ["workspace_id", "appointment_id"],
        unique=True,
        schema="clinical",
        postgresql_where=sa.text("appointment_id IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_table(
        "clients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
        schema="clinical",
    )
    op.create_table(
        "storage",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used_bytes >= 0", name="storage_below_zero"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_storage"),
        schema="clinical",
    )
    op.create_table(
        "tallies",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("live >= 0 AND deleted >= 0", name="tally_below_zero"),
        sa.PrimaryKeyConstraint("workspace_id", "status", name="pk_tallies"),
        schema="clinical",
    )
    op.create_table(
        "attachments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("file_type", sa.Text(), nullable=False),
        sa.Column("file_size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('scanning', 'ready', 'rejected')", name="attachment_status"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"], ["clinical.sessions.workspace_id", "clinical.sessions.id"], name="session_not_found"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_attachments"),
        schema="clinical",
    )
    op.create_index("ix_attachments_client", "attachments", ["workspace_id", "client_id"], unique=False, schema="clinical")
    op.create_index(
        "ix_attachments_session", "attachments", ["workspace_id", "session_id", "created_at", "id"], unique=False, schema="clinical"
    )
    op.create_table(
        "history",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('session', 'session_finalized', 'session_amended')", name="history_kind"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["clinical.sessions.workspace_id", "clinical.sessions.id"],
            name="fk_history_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_history"),
        schema="clinical",
    )
    op.create_index(
        "ix_history_client",
        "history",
        ["workspace_id", "client_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
    )
    op.create_index("ix_history_session", "history", ["workspace_id", "session_id"], unique=False, schema="clinical")
    op.create_table(
        "session_versions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["clinical.sessions.workspace_id", "clinical.sessions.id"],
            name="fk_session_versions_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_session_versions"),
        sa.UniqueConstraint("workspace_id", "session_id", "version_number", name="session_version_exists"),
        schema="clinical",
    )
    for table in ("sessions", "attachments"):
        secure(table)
    for table in ("clients", "history", "tallies", "storage"):
        secure(table, grants="SELECT, INSERT, UPDATE")
    secure("session_versions", grants="SELECT, INSERT")
    op.execute(KEEP_VERSIONS)
    op.execute(
        "CREATE TRIGGER keep_versions BEFORE UPDATE OR DELETE ON clinical.session_versions"
        " FOR EACH ROW EXECUTE FUNCTION clinical.keep_versions()"
    )
    op.execute(
        "CREATE TRIGGER keep_all_versions BEFORE TRUNCATE ON clinical.session_versions"
        " FOR EACH STATEMENT EXECUTE FUNCTION clinical.keep_versions()"
    )


def downgrade() -> None:
    for table in ("attachments", "history", "session_versions", "storage", "tallies", "clients", "sessions"):
        op.drop_table(table, schema="clinical")
    op.execute("DROP FUNCTION clinical.keep_versions()")
    drop_chassis_tables()
