"""An alert that somebody sees to may have a timer too: when nobody has closed it by then, it is active again."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SCHEMA = "notifications"

# The release before sets no timer when an alert is acknowledged, and takes no step of one that it finds.
KEEP_DUE_ALERTS = """
CREATE OR REPLACE FUNCTION notifications.keep_due_alerts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    next_step_at timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = 'alert' AND item_id = OLD.id;
        RETURN NULL;
    END IF;
    next_step_at := CASE WHEN NEW.status IN ({open}) THEN LEAST(NEW.escalates_at, NEW.expires_at){else_} END;
    IF next_step_at IS NULL THEN
        DELETE FROM notifications.due_work WHERE workspace_id = NEW.workspace_id AND kind = 'alert' AND item_id = NEW.id;
    ELSE
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, 'alert', NEW.id, next_step_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("escalation_policies", sa.Column("acknowledged_again_after_seconds", sa.Integer(), nullable=True), schema=SCHEMA)
    op.execute("GRANT UPDATE (acknowledged_again_after_seconds) ON notifications.escalation_policies TO notifications_app")
    op.execute(KEEP_DUE_ALERTS.format(open="'active', 'acknowledged'", else_=""))


def downgrade() -> None:
    op.execute(KEEP_DUE_ALERTS.format(open="'active'", else_=" WHEN NEW.status = 'acknowledged' THEN NEW.expires_at"))
    op.drop_column("escalation_policies", "acknowledged_again_after_seconds", schema=SCHEMA)
