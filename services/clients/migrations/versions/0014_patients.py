"""Clients that a front end written for json-server knows as patients."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "patients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_patients_client",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", name="pk_patients"),
        sa.UniqueConstraint("workspace_id", "id_index", name="patient_id_taken"),
        sa.UniqueConstraint("workspace_id", "position", name="patient_position_taken"),
        schema="clients",
    )
    op.create_table(
        "patient_numbers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("last_position", sa.BigInteger(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_patient_numbers"),
        schema="clients",
    )
    for table in ("patients", "patient_numbers"):
        op.execute(f"ALTER TABLE clients.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE clients.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clients.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (version, position, id_index, sealed), DELETE ON clients.patients TO clients_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (last_position, last_number) ON clients.patient_numbers TO clients_app")
    op.execute("GRANT DELETE ON clients.patient_numbers TO clients_eraser")


def downgrade() -> None:
    op.drop_table("patient_numbers", schema="clients")
    op.drop_table("patients", schema="clients")
