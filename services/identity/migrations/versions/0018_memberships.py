"""An e-mail address may belong to a user in each of several workspaces."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Whoever was never invited, nor added by the workspace's own provider, was registered by the operator. An invitation may have been
# accepted by whoever sent it.
PROVED = """
UPDATE identity.sign_ins s SET proved_at = now()
WHERE NOT EXISTS (SELECT FROM identity.invitations i WHERE i.workspace_id = s.workspace_id AND i.user_id = s.user_id)
AND NOT EXISTS (SELECT FROM identity.sso_accounts a WHERE a.workspace_id = s.workspace_id AND a.user_id = s.user_id)
"""

SECOND_FACTORS = """
UPDATE identity.sign_ins s SET second_factor = true
FROM identity.second_factors f
WHERE f.workspace_id = s.workspace_id AND f.user_id = s.user_id AND f.confirmed_at IS NOT NULL
"""

PASSKEYS = """
UPDATE identity.sign_ins s SET passkey = true
WHERE EXISTS (SELECT FROM identity.passkeys p WHERE p.workspace_id = s.workspace_id AND p.user_id = s.user_id)
"""

# An address belongs to one user again: to the person's home.
ALL_BUT_HOMES = """
DELETE FROM identity.sign_ins s USING identity.sign_ins other
WHERE other.email_index = s.email_index
AND (other.proved_at IS NULL, coalesce(other.proved_at, other.created_at), other.created_at, other.workspace_id)
  < (s.proved_at IS NULL, coalesce(s.proved_at, s.created_at), s.created_at, s.workspace_id)
"""


def upgrade() -> None:
    op.add_column(
        "sign_ins", sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False), schema="identity"
    )
    op.add_column("sign_ins", sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True), schema="identity")
    for column in ("second_factor", "passkey"):
        op.add_column("sign_ins", sa.Column(column, sa.Boolean(), server_default=sa.text("false"), nullable=False), schema="identity")
    op.drop_constraint("email_taken", "sign_ins", schema="identity", type_="primary")
    op.create_primary_key("email_taken", "sign_ins", ["email_index", "workspace_id"], schema="identity")
    op.execute("GRANT UPDATE (passkey, proved_at, second_factor) ON identity.sign_ins TO identity_app")

    # The owner of the tables works across workspaces here, which forced row security would keep it from.
    for table in ("invitations", "second_factors", "passkeys", "sso_accounts"):
        op.execute(f"ALTER TABLE identity.{table} NO FORCE ROW LEVEL SECURITY")
    op.execute(PROVED)
    op.execute(SECOND_FACTORS)
    op.execute(PASSKEYS)
    for table in ("invitations", "second_factors", "passkeys", "sso_accounts"):
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute(ALL_BUT_HOMES)
    op.execute("REVOKE UPDATE (passkey, proved_at, second_factor) ON identity.sign_ins FROM identity_app")
    op.drop_constraint("email_taken", "sign_ins", schema="identity", type_="primary")
    op.create_primary_key("email_taken", "sign_ins", ["email_index"], schema="identity")
    for column in ("passkey", "second_factor", "proved_at", "created_at"):
        op.drop_column("sign_ins", column, schema="identity")
