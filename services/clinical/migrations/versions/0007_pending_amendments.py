"""What authors typed into signed notes and have not yet made amendments."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_amendments",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("session_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duration_minutes BETWEEN 0 AND 480", name="pending_duration_out_of_range"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["clinical.sessions.workspace_id", "clinical.sessions.id"],
            name="fk_pending_amendments_session",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session_id", "user_id", name="pk_pending_amendments"),
        schema="clinical",
    )
    op.execute("ALTER TABLE clinical.pending_amendments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.pending_amendments USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute(
        "GRANT SELECT, INSERT, DELETE,"
        " UPDATE (fields, sealed, revision, base_version, session_date, duration_minutes, saved_at)"
        " ON clinical.pending_amendments TO clinical_app"
    )


def downgrade() -> None:
    op.drop_table("pending_amendments", schema="clinical")
