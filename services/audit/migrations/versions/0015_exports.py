"""Exports of the trail: long work, and the files that it makes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
CHANGED = "status, attempt, failures, done, total, state, result, error, started_at, finished_at, cancel_requested_at, file_sealed, file_expires_at"


def upgrade() -> None:
    op.create_table(
        "due_jobs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", name="pk_due_jobs"),
        schema="audit",
    )
    op.create_index("ix_due_jobs", "due_jobs", ["due_at"], unique=False, schema="audit")
    op.create_table(
        "jobs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("file_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(finished_at IS NULL) = (status IN ('pending', 'running'))", name="job_finished_facts"),
        sa.CheckConstraint("status IN ('pending', 'running', 'done', 'failed', 'cancelled')", name="job_status_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_jobs"),
        schema="audit",
    )
    op.create_index("ix_jobs_created_by", "jobs", ["workspace_id", "created_by", "id"], unique=False, schema="audit")
    op.create_index("ix_jobs_finished", "jobs", ["finished_at"], unique=False, schema="audit")
    op.create_index(
        "ix_jobs_file_expires",
        "jobs",
        ["file_expires_at"],
        unique=False,
        schema="audit",
        postgresql_where=sa.text("file_sealed IS NOT NULL"),
    )
    op.create_table(
        "job_inputs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["audit.jobs.workspace_id", "audit.jobs.id"], name="fk_job_inputs_job", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", "number", name="pk_job_inputs"),
        schema="audit",
    )
    op.create_table(
        "job_file_pieces",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["audit.jobs.workspace_id", "audit.jobs.id"], name="fk_job_file_pieces_job", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", "start", name="pk_job_file_pieces"),
        schema="audit",
    )
    op.create_index("ix_job_file_pieces_id", "job_file_pieces", ["workspace_id", "id"], unique=False, schema="audit")
    for table in ("jobs", "job_inputs", "job_file_pieces", "due_jobs"):
        op.execute(f"ALTER TABLE audit.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for table in ("jobs", "job_inputs", "job_file_pieces"):
        op.execute(f"CREATE POLICY tenant ON audit.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED}), DELETE ON audit.jobs TO audit_app")
    op.execute("GRANT SELECT ON audit.jobs TO audit_relay")
    op.execute("CREATE POLICY relay ON audit.jobs TO audit_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, DELETE ON audit.job_inputs, audit.job_file_pieces TO audit_app")
    # Work is put in and taken out inside a workspace, but found and claimed across them: the claim is its time alone.
    op.execute(f"CREATE POLICY tenant_insert ON audit.due_jobs FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_delete ON audit.due_jobs FOR DELETE USING ({TENANT})")
    op.execute("CREATE POLICY workers_find ON audit.due_jobs FOR SELECT USING (true)")
    op.execute("CREATE POLICY workers_claim ON audit.due_jobs FOR UPDATE USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (due_at), DELETE ON audit.due_jobs TO audit_app")


def downgrade() -> None:
    for table in ("job_file_pieces", "job_inputs", "jobs", "due_jobs"):
        op.drop_table(table, schema="audit")
