"""Care teams of restricted clients, and broken glass with its review."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "client_access",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("user_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="client_not_found",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name="pk_client_access"),
        schema="clients",
    )
    op.create_index(
        "ix_client_access_restricted",
        "client_access",
        ["workspace_id"],
        unique=False,
        schema="clients",
        postgresql_where=sa.text("restricted"),
    )
    op.create_table(
        "broken_glass",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reviewed_by <> user_id", name="own_broken_glass"),
        sa.CheckConstraint(
            "(review = 'pending') = (reviewed_by IS NULL) AND (review = 'pending') = (reviewed_at IS NULL)", name="review_facts"
        ),
        sa.CheckConstraint("review IN ('pending', 'justified', 'unjustified')", name="review_known"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_broken_glass"),
        schema="clients",
    )
    op.create_index(
        "ix_broken_glass_client", "broken_glass", ["workspace_id", "client_id", "user_id", "expires_at"], unique=False, schema="clients"
    )
    op.create_index("ix_broken_glass_review", "broken_glass", ["workspace_id", "review", "id"], unique=False, schema="clients")
    for table in ("client_access", "broken_glass"):
        op.execute(f"ALTER TABLE clients.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clients.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, restricted, user_ids) ON clients.client_access TO clients_app")
    op.execute("GRANT DELETE ON clients.client_access TO clients_eraser")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, sealed, review, reviewed_by, reviewed_at) ON clients.broken_glass TO clients_app")
    op.execute("GRANT DELETE ON clients.broken_glass TO clients_eraser")


def downgrade() -> None:
    op.drop_table("broken_glass", schema="clients")
    op.drop_table("client_access", schema="clients")
