"""From here on the service seals the addresses of locations. Until then they stay as the release before reads them, so that it can be gone back to."""

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
contract = True


def upgrade() -> None:
    """Nothing is changed here: the service asks for the revision. A migration has no keys."""


def downgrade() -> None:
    """What is sealed stays sealed."""
