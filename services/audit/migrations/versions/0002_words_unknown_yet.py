"""A line whose action or outcome has no word here yet is kept, as `unknown:<number>`.

Rows are not looked at under the lock that replaces a constraint; 0003 does that afterwards, while everybody writes.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

UNKNOWN = "^unknown:-?[0-9]+$"


def upgrade() -> None:
    _replace("audit_event_outcome", f"outcome IN ('success', 'failure') OR outcome ~ '{UNKNOWN}'")
    _replace("audit_event_action", f"action = upper(action) AND action <> '' OR action ~ '{UNKNOWN}'")


def downgrade() -> None:
    # Not for the rows that are there: what was recorded as unknown stays.
    _replace("audit_event_outcome", "outcome IN ('success', 'failure')")
    _replace("audit_event_action", "action = upper(action) AND action <> ''")


def _replace(name: str, condition: str) -> None:
    op.execute(
        f"ALTER TABLE audit.audit_events DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID",
    )
