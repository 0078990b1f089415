"""Nothing. What was here comes last, with 0033: a migration that only adds follows this one, and would have taken it along."""

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is changed here."""


def downgrade() -> None:
    """Nothing is changed here."""
