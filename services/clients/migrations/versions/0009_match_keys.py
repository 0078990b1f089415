"""Keyed hashes by which rows of the same person are found; a row of work for each workspace whose clients have none yet."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
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


def downgrade() -> None:
    op.drop_table("match_work", schema="clients")
    op.drop_table("match_keys", schema="clients")
