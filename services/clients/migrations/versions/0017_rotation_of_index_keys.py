"""Rotation of the keys for indexes: which key a row is found by, and match keys of two keys beside each other."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Before there were two, every token was made with the first key.
FIRST = sa.text("1")
KEY = ["workspace_id", "client_id", "kind"]


def upgrade() -> None:
    for table, row in (("clients", "id"), ("patients", "client_id")):
        op.add_column(table, sa.Column("index_version", sa.Integer(), server_default=FIRST, nullable=False), schema="clients")
        op.create_index(f"ix_{table}_index_version", table, ["workspace_id", "index_version", row], unique=False, schema="clients")
        op.execute(f"GRANT UPDATE (index_version) ON clients.{table} TO clients_app")
    op.add_column("match_keys", sa.Column("index_version", sa.Integer(), server_default=FIRST, nullable=False), schema="clients")
    op.drop_constraint("pk_match_keys", "match_keys", schema="clients")
    op.create_primary_key("pk_match_keys", "match_keys", [*KEY, "index_version"], schema="clients")
    op.drop_index("ix_match_keys_token", table_name="match_keys", schema="clients")
    op.create_index(
        "ix_match_keys_token", "match_keys", ["workspace_id", "index_version", "kind", "token", "client_id"], unique=False, schema="clients"
    )


def downgrade() -> None:
    op.drop_index("ix_match_keys_token", table_name="match_keys", schema="clients")
    # Those of a second key beside the first one's; the owner is bound by row security, too.
    op.execute("ALTER TABLE clients.match_keys NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM clients.match_keys AS one USING clients.match_keys AS other WHERE one.workspace_id = other.workspace_id"
        " AND one.client_id = other.client_id AND one.kind = other.kind AND one.index_version > other.index_version"
    )
    op.execute("ALTER TABLE clients.match_keys FORCE ROW LEVEL SECURITY")
    op.drop_constraint("pk_match_keys", "match_keys", schema="clients")
    op.create_primary_key("pk_match_keys", "match_keys", KEY, schema="clients")
    op.drop_column("match_keys", "index_version", schema="clients")
    op.create_index("ix_match_keys_token", "match_keys", ["workspace_id", "kind", "token", "client_id"], unique=False, schema="clients")
    for table in ("patients", "clients"):
        op.drop_index(f"ix_{table}_index_version", table_name=table, schema="clients")
        op.drop_column(table, "index_version", schema="clients")
