"""The files that jobs make."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("file_sealed", sa.LargeBinary(), nullable=True), schema="clients")
    op.add_column("jobs", sa.Column("file_expires_at", sa.DateTime(timezone=True), nullable=True), schema="clients")
    op.create_index(
        "ix_jobs_file_expires",
        "jobs",
        ["file_expires_at"],
        unique=False,
        schema="clients",
        postgresql_where=sa.text("file_sealed IS NOT NULL"),
    )
    op.execute("GRANT UPDATE (file_sealed, file_expires_at) ON clients.jobs TO clients_app")
    op.create_table(
        "job_file_pieces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["clients.jobs.workspace_id", "clients.jobs.id"], name="fk_job_file_pieces_job", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", "start", name="pk_job_file_pieces"),
        schema="clients",
    )
    op.create_index("ix_job_file_pieces_id", "job_file_pieces", ["workspace_id", "id"], unique=False, schema="clients")
    op.execute("ALTER TABLE clients.job_file_pieces ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clients.job_file_pieces FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clients.job_file_pieces USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, DELETE ON clients.job_file_pieces TO clients_app")


def downgrade() -> None:
    op.drop_table("job_file_pieces", schema="clients")
    op.drop_index("ix_jobs_file_expires", table_name="jobs", schema="clients")
    op.drop_column("jobs", "file_expires_at", schema="clients")
    op.drop_column("jobs", "file_sealed", schema="clients")
