"""Calendars for other programs."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shows_initials", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_calendar_feeds"),
        schema="scheduling",
    )
    op.create_index(
        "ix_calendar_feeds_practitioner",
        "calendar_feeds",
        ["workspace_id", "practitioner_id", "created_at"],
        unique=False,
        schema="scheduling",
    )
    op.create_index(
        "ix_appointments_deleted",
        "appointments",
        ["workspace_id", "practitioner_id", "deleted_at"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE scheduling.calendar_feeds ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON scheduling.calendar_feeds USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (last_read_at), DELETE ON scheduling.calendar_feeds TO scheduling_app")


def downgrade() -> None:
    op.drop_index("ix_appointments_deleted", table_name="appointments", schema="scheduling")
    op.drop_table("calendar_feeds", schema="scheduling")
