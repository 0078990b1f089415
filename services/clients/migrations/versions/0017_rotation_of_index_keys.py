"""Rotation of the keys for indexes: which key a row is found by, and match keys of two keys beside each other."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Before there were two, every token was made with the first key.
FIRST = 1
# As long as a migration waits for a lock that others wait behind.
LOCK_SECONDS = 2
KEY = ["workspace_id", "client_id", "kind"]


def upgrade() -> None:
    """Nobody waits for an index: of a million clients they take half a minute to build, and whoever reads clients would wait for the transaction.

    So what comes before the last transaction is kept when it fails, and is found by who tries again.
    """
    with op.get_context().autocommit_block():
        for table in ("clients", "patients", "match_keys"):
            op.execute(f"ALTER TABLE clients.{table} ADD COLUMN IF NOT EXISTS index_version integer DEFAULT {FIRST} NOT NULL")
        # Building waits for transactions that began before, and none waits for it.
        op.execute("SET lock_timeout = 0")
        build("ix_clients_index_version", "clients (workspace_id, index_version, id)")
        build("ix_patients_index_version", "patients (workspace_id, index_version, client_id)")
        build("pk_match_keys_by_version", f"match_keys ({', '.join(KEY)}, index_version)", unique="UNIQUE ")
        build("ix_match_keys_token_by_version", "match_keys (workspace_id, index_version, kind, token, client_id)")
        op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    for table in ("clients", "patients"):
        op.execute(f"GRANT UPDATE (index_version) ON clients.{table} TO clients_app")
    op.execute(
        "ALTER TABLE clients.match_keys DROP CONSTRAINT pk_match_keys,"
        " ADD CONSTRAINT pk_match_keys PRIMARY KEY USING INDEX pk_match_keys_by_version"
    )
    op.drop_index("ix_match_keys_token", table_name="match_keys", schema="clients")
    op.execute("ALTER INDEX clients.ix_match_keys_token_by_version RENAME TO ix_match_keys_token")


def build(name: str, on: str, *, unique: str = "") -> None:
    """An index beside those who read and write. One that was not finished is built anew."""
    is_valid = op.get_bind().scalar(sa.text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('clients.{name}')"))
    if is_valid is False:
        op.execute(f"DROP INDEX CONCURRENTLY clients.{name}")
    if not is_valid:
        op.execute(f"CREATE {unique}INDEX CONCURRENTLY {name} ON clients.{on}")


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
