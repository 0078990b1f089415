"""When practitioners work, and the days on which nobody does."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "availability",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("notice_minutes", sa.Integer(), nullable=False),
        sa.Column("slot_step_minutes", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("notice_minutes BETWEEN 0 AND 43200", name="availability_notice_range"),
        sa.CheckConstraint("slot_step_minutes BETWEEN 5 AND 240", name="availability_step_range"),
        sa.PrimaryKeyConstraint("workspace_id", "practitioner_id", name="pk_availability"),
        schema="scheduling",
    )
    op.create_table(
        "holidays",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("source_version", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(country IS NULL) = (source_version IS NULL)", name="holiday_source"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="holiday_name_length"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_holidays"),
        sa.UniqueConstraint("workspace_id", "date", "name", name="holiday_exists"),
        schema="scheduling",
    )
    op.execute("ALTER TABLE scheduling.availability ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.availability USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (time_zone, notice_minutes, slot_step_minutes, sealed, version, updated_by, updated_at) ON scheduling.availability TO scheduling_app"
    )
    op.execute("GRANT DELETE ON scheduling.availability TO scheduling_eraser")
    op.execute("ALTER TABLE scheduling.holidays ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.holidays USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.holidays TO scheduling_app")


def downgrade() -> None:
    op.drop_table("holidays", schema="scheduling")
    op.drop_table("availability", schema="scheduling")
