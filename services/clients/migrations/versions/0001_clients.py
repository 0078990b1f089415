"""Clients, what they are found by, and the directory that orders their changes."""

import sqlalchemy as sa
from alembic import op

from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "clients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("external_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("consent_status", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
        sa.UniqueConstraint("workspace_id", "external_id_index", name="external_id_taken"),
        schema="clients",
    )
    op.create_index("ix_clients_revision", "clients", ["workspace_id", "revision"], schema="clients")
    op.create_table(
        "terms",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "term", name="pk_terms"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_terms_client",
            ondelete="CASCADE",
        ),
        schema="clients",
    )
    op.create_index("ix_terms_term", "terms", ["workspace_id", "term"], schema="clients")
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_erasures"),
        schema="clients",
    )
    op.create_index("ix_erasures_revision", "erasures", ["workspace_id", "revision"], schema="clients")
    op.create_table(
        "directory",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_directory"),
        schema="clients",
    )
    secure("clients")
    # A client's terms are added and taken away, never changed; where a client was erased stays so.
    secure("terms", grants="SELECT, INSERT, DELETE")
    secure("erasures", grants="SELECT, INSERT")
    secure("directory", grants="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    for table in ("directory", "erasures", "terms", "clients"):
        op.drop_table(table, schema="clients")
    drop_chassis_tables()
