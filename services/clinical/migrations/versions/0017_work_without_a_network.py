"""Receipts of what devices without a network have sent."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "sync_receipts",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("note_key", sa.LargeBinary(), nullable=False),
        sa.Column("item_digest", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("conflict_session_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("made_version", sa.BigInteger(), nullable=True),
        sa.Column("part_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('created', 'updated', 'unchanged', 'conflict')", name="sync_status"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_sync_receipts"),
        sa.UniqueConstraint("workspace_id", "user_id", "note_key", "device_id", "item_digest", name="sync_item_known"),
        schema="clinical",
    )
    op.create_index("ix_sync_receipts_client", "sync_receipts", ["workspace_id", "client_id"], unique=False, schema="clinical")
    op.create_index("ix_sync_receipts_over", "sync_receipts", ["created_at"], unique=False, schema="clinical")
    op.execute("ALTER TABLE clinical.sync_receipts ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.sync_receipts FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clinical.sync_receipts USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, DELETE ON clinical.sync_receipts TO clinical_app")
    op.execute("GRANT SELECT (workspace_id, id, created_at) ON clinical.sync_receipts TO clinical_relay")
    op.execute("CREATE POLICY relay ON clinical.sync_receipts TO clinical_relay USING (true) WITH CHECK (true)")


def downgrade() -> None:
    op.drop_table("sync_receipts", schema="clinical")
