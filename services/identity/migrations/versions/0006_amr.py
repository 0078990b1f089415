"""A login session keeps every step of its sign-in, not only the first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("login_session_method", "login_sessions", schema="identity")
    # Not an UPDATE: row security hides the rows of all workspaces from the owner.
    op.alter_column("login_sessions", "method", type_=postgresql.ARRAY(sa.Text()), postgresql_using="ARRAY[method]", schema="identity")
    op.alter_column("login_sessions", "method", new_column_name="amr", schema="identity")
    op.create_check_constraint("login_session_amr", "login_sessions", "cardinality(amr) > 0", schema="identity")


def downgrade() -> None:
    op.drop_constraint("login_session_amr", "login_sessions", schema="identity")
    op.alter_column("login_sessions", "amr", new_column_name="method", schema="identity")
    op.alter_column(
        "login_sessions",
        "method",
        type_=sa.Text(),
        postgresql_using="CASE WHEN 'link' = ANY (method) THEN 'link' ELSE 'pwd' END",
        schema="identity",
    )
    op.create_check_constraint("login_session_method", "login_sessions", "method IN ('pwd', 'link')", schema="identity")
