"""Departments are added, changed and deleted by the people who run a workspace."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT INSERT, UPDATE (code, is_active, name, updated_at), DELETE ON identity.departments TO identity_app")


def downgrade() -> None:
    op.execute("REVOKE INSERT, UPDATE (code, is_active, name, updated_at), DELETE ON identity.departments FROM identity_app")
