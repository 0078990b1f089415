"""Who changed the status of an appointment, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status_before", sa.Text(), nullable=False),
        sa.Column("status_after", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "appointment_id"],
            ["scheduling.appointments.workspace_id", "scheduling.appointments.id"],
            name="fk_status_changes_appointment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "appointment_id", "version", name="pk_status_changes"),
        schema="scheduling",
    )
    op.execute("ALTER TABLE scheduling.status_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.status_changes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT ON scheduling.status_changes TO scheduling_app")


def downgrade() -> None:
    op.drop_table("status_changes", schema="scheduling")
