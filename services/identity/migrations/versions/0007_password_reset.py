"""Links that reset a password, in the table of the links that sign in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("magic_links", sa.Column("purpose", sa.Text(), server_default="sign_in", nullable=False), schema="identity")
    op.create_check_constraint("magic_link_purpose", "magic_links", "purpose IN ('sign_in', 'password_reset')", schema="identity")
    op.create_index(
        "ix_magic_links_user",
        "magic_links",
        ["workspace_id", "user_id"],
        unique=False,
        schema="identity",
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.drop_constraint("login_attempt_purpose", "login_attempts", schema="identity")
    op.create_check_constraint("login_attempt_purpose", "login_attempts", "purpose IN ('password', 'link', 'reset')", schema="identity")


def downgrade() -> None:
    # What has waited for a reset is forgotten: the counts are of the last hour.
    op.execute("DELETE FROM identity.login_attempts WHERE purpose = 'reset'")
    op.drop_constraint("login_attempt_purpose", "login_attempts", schema="identity")
    op.create_check_constraint("login_attempt_purpose", "login_attempts", "purpose IN ('password', 'link')", schema="identity")
    op.drop_index("ix_magic_links_user", table_name="magic_links", schema="identity", postgresql_where=sa.text("user_id IS NOT NULL"))
    op.drop_constraint("magic_link_purpose", "magic_links", schema="identity")
    op.drop_column("magic_links", "purpose", schema="identity")
