"""Time that the erasure of a client gives back is offered to whoever waits."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The function reads nothing of a new row where there is none. Whoever erases a workspace offers nothing.
    op.execute(
        "CREATE TRIGGER note_opening_of_erased AFTER DELETE ON scheduling.appointments FOR EACH ROW"
        " WHEN (OLD.deleted_at IS NULL AND OLD.status IN ('scheduled', 'completed') AND current_user = 'scheduling_app')"
        " EXECUTE FUNCTION scheduling.note_opening()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER note_opening_of_erased ON scheduling.appointments")
