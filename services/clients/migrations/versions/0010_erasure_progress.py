"""Which services have still to erase a client."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "erasure_progress",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("deleted", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(finished_at IS NULL) = (deleted IS NULL)", name="erasure_progress_finished"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["clients.jobs.workspace_id", "clients.jobs.id"], name="fk_erasure_progress_job", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "service", name="pk_erasure_progress"),
        schema="clients",
    )
    op.create_index("ix_erasure_progress_job", "erasure_progress", ["workspace_id", "job_id"], unique=False, schema="clients")
    op.execute("ALTER TABLE clients.erasure_progress ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clients.erasure_progress FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clients.erasure_progress USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (deleted, finished_at) ON clients.erasure_progress TO clients_app")
    op.execute("GRANT DELETE ON clients.erasure_progress TO clients_eraser")


def downgrade() -> None:
    op.drop_table("erasure_progress", schema="clients")
