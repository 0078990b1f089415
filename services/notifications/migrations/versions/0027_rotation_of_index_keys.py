"""Which key an address that was mailed is known by."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("return_paths", "address_troubles")
# Before there were two, every token was made with the first key.
FIRST = 1
# As long as a migration waits for a lock that others wait behind.
LOCK_SECONDS = 2


def upgrade() -> None:
    """Nobody who sends mail waits for an index. What comes before the last transaction is kept when it fails, and is found by who tries again."""
    with op.get_context().autocommit_block():
        for table in TABLES:
            op.execute(f"ALTER TABLE notifications.{table} ADD COLUMN IF NOT EXISTS index_version integer DEFAULT {FIRST} NOT NULL")
        # Building waits for transactions that began before, and none waits for it.
        op.execute("SET lock_timeout = 0")
        for table in TABLES:
            build(f"ix_{table}_index_version", f"{table} (workspace_id, index_version, address_index)")
        op.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    op.execute("GRANT UPDATE (index_version) ON notifications.return_paths TO notifications_app")
    op.execute("GRANT UPDATE (address_index, index_version) ON notifications.address_troubles TO notifications_app")


def build(name: str, on: str) -> None:
    """An index beside those who read and write. One that was not finished is built anew."""
    is_valid = op.get_bind().scalar(sa.text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('notifications.{name}')"))
    if is_valid is False:
        op.execute(f"DROP INDEX CONCURRENTLY notifications.{name}")
    if not is_valid:
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON notifications.{on}")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (address_index) ON notifications.address_troubles FROM notifications_app")
    for table in reversed(TABLES):
        op.drop_index(f"ix_{table}_index_version", table_name=table, schema="notifications")
        op.drop_column(table, "index_version", schema="notifications")
