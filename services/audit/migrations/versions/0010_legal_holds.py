"""Legal holds: what must not be destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="legal_hold_released"),
        sa.CheckConstraint("client_id IS NULL OR user_id IS NULL", name="legal_hold_subject"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_legal_holds"),
        schema="audit",
    )
    op.create_index(
        "ix_legal_holds_client",
        "legal_holds",
        ["workspace_id", "client_id"],
        unique=False,
        schema="audit",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.execute("ALTER TABLE audit.legal_holds ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit.legal_holds FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON audit.legal_holds USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, sealed, released_by, released_at, pending_until) ON audit.legal_holds TO audit_app")


def downgrade() -> None:
    op.drop_table("legal_holds", schema="audit")
