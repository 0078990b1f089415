"""Invitations of users who were added."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mailed_hash", sa.LargeBinary(), nullable=True),
        sa.Column("shown_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"], ["identity.users.workspace_id", "identity.users.id"], name="invitation_of_a_user"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_invitations"),
        schema="identity",
    )
    op.create_index("ix_invitations_user", "invitations", ["workspace_id", "user_id"], unique=False, schema="identity")
    op.create_index("ix_invitations_expires", "invitations", ["expires_at"], unique=False, schema="identity")
    op.execute("ALTER TABLE identity.invitations ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.invitations FORCE ROW LEVEL SECURITY")
    tenant = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
    op.execute(f"CREATE POLICY tenant ON identity.invitations USING ({tenant}) WITH CHECK ({tenant})")
    op.execute("CREATE POLICY relay ON identity.invitations TO identity_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (accepted_at, expires_at, mailed_hash), DELETE ON identity.invitations TO identity_app")
    op.execute("GRANT SELECT ON identity.invitations TO identity_relay")


def downgrade() -> None:
    op.drop_table("invitations", schema="identity")
