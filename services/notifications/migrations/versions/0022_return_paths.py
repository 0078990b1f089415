"""Where reports about mail that was not delivered come back to, and the addresses that it is not delivered to."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SCHEMA = "notifications"
TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "return_paths",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('reminder', 'mail')", name="return_path_kind_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_return_paths"),
        sa.UniqueConstraint("workspace_id", "token_hash", name="return_token_is_one"),
        schema=SCHEMA,
    )
    op.create_index("ix_return_paths_over", "return_paths", ["created_at"], schema=SCHEMA)
    op.create_table(
        "address_troubles",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason IN ('dead_address', 'mailbox_full', 'unclear')", name="address_reason_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_address_troubles"),
        sa.UniqueConstraint("workspace_id", "address_index", name="address_trouble_is_one"),
        schema=SCHEMA,
    )
    op.create_index("ix_address_troubles_over", "address_troubles", ["last_at"], schema=SCHEMA)
    for table, changed in (
        ("return_paths", "kind, token_hash, address_index, created_at"),
        ("address_troubles", "failures, reason, first_at, last_at, held_at"),
    ):
        op.execute(f"ALTER TABLE notifications.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON notifications.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"CREATE POLICY relay ON notifications.{table} TO notifications_relay USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({changed}), DELETE ON notifications.{table} TO notifications_app")
        op.execute(f"GRANT SELECT ON notifications.{table} TO notifications_relay")


def downgrade() -> None:
    op.drop_table("address_troubles", schema=SCHEMA)
    op.drop_table("return_paths", schema=SCHEMA)
