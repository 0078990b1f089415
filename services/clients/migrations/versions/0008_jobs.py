"""Long work, and what it is given to read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
CHANGED = "status, attempt, failures, done, total, state, result, error, started_at, finished_at, cancel_requested_at"


def upgrade() -> None:
    op.create_table(
        "due_jobs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", name="pk_due_jobs"),
        schema="clients",
    )
    op.create_index("ix_due_jobs", "due_jobs", ["due_at"], unique=False, schema="clients")
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
        sa.CheckConstraint("(finished_at IS NULL) = (status IN ('pending', 'running'))", name="job_finished_facts"),
        sa.CheckConstraint("status IN ('pending', 'running', 'done', 'failed', 'cancelled')", name="job_status_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_jobs"),
        schema="clients",
    )
    op.create_index("ix_jobs_created_by", "jobs", ["workspace_id", "created_by", "id"], unique=False, schema="clients")
    op.create_index("ix_jobs_finished", "jobs", ["finished_at"], unique=False, schema="clients")
    op.create_table(
        "job_inputs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"], ["clients.jobs.workspace_id", "clients.jobs.id"], name="fk_job_inputs_job", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", "number", name="pk_job_inputs"),
        schema="clients",
    )
    op.create_table(
        "imported_clients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "job_id"],
            ["clients.jobs.workspace_id", "clients.jobs.id"],
            name="fk_imported_clients_job",
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_imported_clients_client",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "job_id", "client_id", name="pk_imported_clients"),
        schema="clients",
    )
    op.create_index("ix_imported_clients_client", "imported_clients", ["workspace_id", "client_id"], unique=False, schema="clients")
    for table in ("jobs", "job_inputs", "due_jobs", "imported_clients"):
        op.execute(f"ALTER TABLE clients.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE clients.{table} FORCE ROW LEVEL SECURITY")
    for table in ("jobs", "job_inputs", "imported_clients"):
        op.execute(f"CREATE POLICY tenant ON clients.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED}), DELETE ON clients.jobs TO clients_app")
    op.execute("GRANT SELECT ON clients.jobs TO clients_relay")
    op.execute("CREATE POLICY relay ON clients.jobs TO clients_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, DELETE ON clients.job_inputs TO clients_app")
    op.execute("GRANT SELECT, INSERT ON clients.imported_clients TO clients_app")
    op.execute("GRANT DELETE ON clients.imported_clients TO clients_eraser")
    # Work is put in and taken out inside a workspace, but found and claimed across them: the claim is its time alone.
    op.execute(f"CREATE POLICY tenant_insert ON clients.due_jobs FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_delete ON clients.due_jobs FOR DELETE USING ({TENANT})")
    op.execute("CREATE POLICY workers_find ON clients.due_jobs FOR SELECT USING (true)")
    op.execute("CREATE POLICY workers_claim ON clients.due_jobs FOR UPDATE USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, DELETE ON clients.due_jobs TO clients_app")
    op.execute("GRANT UPDATE (due_at) ON clients.due_jobs TO clients_app")


def downgrade() -> None:
    for table in ("imported_clients", "job_inputs", "jobs", "due_jobs"):
        op.drop_table(table, schema="clients")
