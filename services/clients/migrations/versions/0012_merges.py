"""Clients who were merged into others."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.add_column("clients", sa.Column("merged_into", sa.Uuid(), nullable=True), schema="clients")
    op.create_index(
        "ix_clients_merged_into",
        "clients",
        ["workspace_id", "merged_into"],
        unique=False,
        schema="clients",
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "merges",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("taken_over", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "merged_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_merges_merged",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "survivor_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_merges_survivor",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_merges"),
        schema="clients",
    )
    op.create_index(
        "already_merged",
        "merges",
        ["workspace_id", "merged_id"],
        unique=True,
        schema="clients",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_merges_merged", "merges", ["workspace_id", "merged_id"], unique=False, schema="clients")
    op.create_index("ix_merges_survivor", "merges", ["workspace_id", "survivor_id"], unique=False, schema="clients")
    op.execute("ALTER TABLE clients.merges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clients.merges USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (job_id, moved_at, undo_requested_at, undone_at) ON clients.merges TO clients_app")
    op.execute("GRANT DELETE ON clients.merges TO clients_eraser")
    op.execute("GRANT UPDATE (merged_into) ON clients.clients TO clients_app")


def downgrade() -> None:
    op.drop_table("merges", schema="clients")
    op.drop_index("ix_clients_merged_into", table_name="clients", schema="clients", postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.execute("REVOKE UPDATE (merged_into) ON clients.clients FROM clients_app")
    op.drop_column("clients", "merged_into", schema="clients")
