"""Clients without appointments who are closed for a moment, because they may be about to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEEP_COUNTS = """
CREATE OR REPLACE FUNCTION scheduling.keep_counts() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.deleted_at IS NULL THEN
        INSERT INTO scheduling.client_counter_changes (workspace_id, client_id, appointment_count)
        VALUES (OLD.workspace_id, OLD.client_id, -1);
        INSERT INTO scheduling.day_counter_changes (workspace_id, day, status, appointment_count)
        VALUES (OLD.workspace_id, (OLD.scheduled_start AT TIME ZONE 'UTC')::date, OLD.status, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.deleted_at IS NULL THEN
        IF TG_OP = 'INSERT' OR NEW.client_id <> OLD.client_id THEN
            PERFORM pg_advisory_xact_lock_shared(hashtextextended(concat('client ', NEW.workspace_id, ' ', NEW.client_id), 0));
            IF EXISTS (
                SELECT FROM scheduling.client_figures
                WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND {closed}
            ) THEN
                RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
            END IF;
        END IF;
        INSERT INTO scheduling.client_counter_changes (workspace_id, client_id, appointment_count)
        VALUES (NEW.workspace_id, NEW.client_id, 1);
        INSERT INTO scheduling.day_counter_changes (workspace_id, day, status, appointment_count)
        VALUES (NEW.workspace_id, (NEW.scheduled_start AT TIME ZONE 'UTC')::date, NEW.status, 1);
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.add_column("client_figures", sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True), schema="scheduling")
    op.execute(KEEP_COUNTS.format(closed="(erased_at IS NOT NULL OR closed_until > now())"))


def downgrade() -> None:
    op.execute(KEEP_COUNTS.format(closed="erased_at IS NOT NULL"))
    op.drop_column("client_figures", "closed_until", schema="scheduling")
