"""Keyed hashes by which rows of the same person are found, with a row of work for each workspace whose clients have none yet; merges."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
# By the primary key, from one workspace to the next.
MARK_WORKSPACES = """
INSERT INTO clients.match_work (workspace_id)
WITH RECURSIVE found AS (
    (SELECT workspace_id FROM clients.clients ORDER BY workspace_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT later.workspace_id FROM clients.clients AS later
        WHERE later.workspace_id > found.workspace_id ORDER BY later.workspace_id LIMIT 1
    ) FROM found WHERE found.workspace_id IS NOT NULL
)
SELECT workspace_id FROM found WHERE workspace_id IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "match_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_match_keys_client",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "kind", name="pk_match_keys"),
        schema="clients",
    )
    op.create_index("ix_match_keys_token", "match_keys", ["workspace_id", "kind", "token", "client_id"], unique=False, schema="clients")
    op.create_table(
        "match_work",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_match_work"),
        schema="clients",
    )
    for table in ("match_keys", "match_work"):
        op.execute(f"ALTER TABLE clients.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE clients.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clients.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    # Where no workspace is set, the worker finds those that have work to be done.
    op.execute(
        "CREATE POLICY worker_finds ON clients.match_work FOR SELECT TO clients_app"
        " USING (nullif(current_setting('app.workspace_id', true), '') IS NULL)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (token), DELETE ON clients.match_keys TO clients_app")
    op.execute("GRANT SELECT, DELETE ON clients.match_work TO clients_app")
    # The owner is bound by row security, too.
    for table in ("clients", "match_work"):
        op.execute(f"ALTER TABLE clients.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(MARK_WORKSPACES)
    for table in ("clients", "match_work"):
        op.execute(f"ALTER TABLE clients.{table} FORCE ROW LEVEL SECURITY")
    _create_merges()


def _create_merges() -> None:
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
    op.drop_table("match_work", schema="clients")
    op.drop_table("match_keys", schema="clients")
