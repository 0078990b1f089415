"""Consents: what clients have agreed to, and what they have taken back since."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="consent_withdrawn_facts"),
        sa.CheckConstraint("purpose IN ('treatment', 'reminders', 'data_processing', 'export')", name="consent_purpose_known"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"], ["clients.clients.workspace_id", "clients.clients.id"], name="fk_consents_client"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_consents"),
        schema="clients",
    )
    op.create_index(
        "ix_consents_client", "consents", ["workspace_id", "client_id", sa.literal_column("id DESC")], unique=False, schema="clients"
    )
    op.execute("ALTER TABLE clients.consents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clients.consents USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (sealed, version, withdrawn_at, withdrawn_by), DELETE ON clients.consents TO clients_app")


def downgrade() -> None:
    op.drop_index("ix_consents_client", table_name="consents", schema="clients")
    op.drop_table("consents", schema="clients")
