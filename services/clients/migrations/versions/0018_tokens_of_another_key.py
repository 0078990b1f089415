"""From here on the key that clients are found by may be changed. The release before finds by one key alone, and makes digests with the wrong one."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
contract = True


def upgrade() -> None:
    """Nothing is changed here: the step that lets a new key make tokens asks for the revision."""


def downgrade() -> None:
    """Tokens of a second key stay, and this release finds them."""
