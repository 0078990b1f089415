"""Series of appointments."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rrule", sa.Text(), nullable=False),
        sa.Column("first_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name="series_duration_range"),
        sa.CheckConstraint("char_length(rrule) BETWEEN 1 AND 600", name="series_rule_length"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_series"),
        schema="scheduling",
    )
    op.create_table(
        "series_occurrences",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("left_out IN ('conflict', 'holiday', 'nonexistent_local_time')", name="series_occurrence_left_out_known"),
        sa.CheckConstraint("(left_out IS NULL) = (appointment_id IS NOT NULL)", name="series_occurrence_left_out"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "series_id"],
            ["scheduling.series.workspace_id", "scheduling.series.id"],
            name="fk_series_occurrences_series",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "series_id", "planned_start", name="pk_series_occurrences"),
        schema="scheduling",
    )
    for table in ("series", "series_occurrences"):
        op.execute(f"ALTER TABLE scheduling.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON scheduling.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (rrule, first_start, duration_minutes, time_zone, version, updated_at, deleted_at), DELETE"
        " ON scheduling.series TO scheduling_app"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.series_occurrences TO scheduling_app")
    # The later occurrences of a series become one of their own when they are changed.
    op.execute("GRANT UPDATE (series_id) ON scheduling.appointments TO scheduling_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (series_id) ON scheduling.appointments FROM scheduling_app")
    op.drop_table("series_occurrences", schema="scheduling")
    op.drop_table("series", schema="scheduling")
