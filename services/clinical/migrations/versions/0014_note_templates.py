"""Templates for notes, and which one a note began with."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "note_templates",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_user_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_note_templates"),
        schema="clinical",
    )
    op.create_index("ix_note_templates_owner", "note_templates", ["workspace_id", "owner_user_id", "id"], unique=False, schema="clinical")
    op.execute("ALTER TABLE clinical.note_templates ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE clinical.note_templates FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clinical.note_templates USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT, UPDATE (is_active, sealed, updated_at, version), DELETE ON clinical.note_templates TO clinical_app")
    op.add_column("sessions", sa.Column("template_id", sa.Uuid(), nullable=True), schema="clinical")


def downgrade() -> None:
    op.drop_column("sessions", "template_id", schema="clinical")
    op.drop_table("note_templates", schema="clinical")
