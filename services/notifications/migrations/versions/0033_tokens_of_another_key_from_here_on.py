"""From here on the key that addresses are known by may be changed. The release before knows them by one key alone."""

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None
contract = True


def upgrade() -> None:
    """Nothing is changed here: the step that lets a new key make tokens asks for the revision."""


def downgrade() -> None:
    """Tokens of a second key stay, and this release knows addresses by them."""
