"""Users have supervisors, and are found by role."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("supervisor_id", sa.Uuid(), nullable=True), schema="identity")
    op.create_foreign_key(
        "supervisor_not_found",
        "users",
        "users",
        ["workspace_id", "supervisor_id"],
        ["workspace_id", "id"],
        source_schema="identity",
        referent_schema="identity",
    )
    op.execute("ALTER TABLE identity.users ADD CONSTRAINT supervisor_circle CHECK (supervisor_id <> id)")
    op.create_index("ix_users_role", "users", ["workspace_id", "role", "is_active"], unique=False, schema="identity")
    op.create_index(
        "ix_users_supervisor",
        "users",
        ["workspace_id", "supervisor_id"],
        unique=False,
        schema="identity",
        postgresql_where=sa.text("supervisor_id IS NOT NULL"),
    )
    op.execute("GRANT UPDATE (supervisor_id) ON identity.users TO identity_app")


def downgrade() -> None:
    op.drop_index("ix_users_supervisor", table_name="users", schema="identity")
    op.drop_index("ix_users_role", table_name="users", schema="identity")
    # Its constraints and grants go with it.
    op.drop_column("users", "supervisor_id", schema="identity")
