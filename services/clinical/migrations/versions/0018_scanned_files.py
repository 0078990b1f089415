"""When a malware scanner found nothing in a file; every signed conflict copy is in its client's timeline."""

from uuid import uuid5

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Read or written here for all workspaces; row security binds the owner at all other times.
REWRITTEN = ("sessions", "session_versions", "history")
# Until 0012 no copy had events. What was added then is the events of signatures, without that of the session itself.
WITHOUT_SESSION = """
    SELECT copy.workspace_id, copy.id, copy.client_id, copy.appointment_id, copy.session_date, copy.deleted_at IS NOT NULL AS hidden
    FROM clinical.sessions AS copy
    WHERE copy.conflict_of IS NOT NULL
        AND EXISTS (
            SELECT FROM clinical.session_versions AS version WHERE version.workspace_id = copy.workspace_id AND version.session_id = copy.id
        )
        AND NOT EXISTS (
            SELECT FROM clinical.history AS event
            WHERE event.workspace_id = copy.workspace_id AND event.session_id = copy.id AND event.kind = 'session'
        )
"""
ADD_SESSION = """
    INSERT INTO clinical.history (workspace_id, id, session_id, client_id, appointment_id, kind, at, hidden)
    VALUES (:workspace_id, :event_id, :id, :client_id, :appointment_id, 'session', :session_date, :hidden)
    ON CONFLICT ON CONSTRAINT pk_history DO NOTHING
"""


def upgrade() -> None:
    op.add_column("attachments", sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True), schema="clinical")
    op.execute("CREATE POLICY relay ON clinical.attachments TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (workspace_id, id, created_at) ON clinical.attachments TO clinical_relay")
    for table in REWRITTEN:
        op.execute(f"ALTER TABLE clinical.{table} NO FORCE ROW LEVEL SECURITY")
    connection = op.get_bind()
    for row in connection.execute(sa.text(WITHOUT_SESSION)).mappings().all():
        # The id that a change of the note's date looks for.
        connection.execute(sa.text(ADD_SESSION), {**row, "event_id": uuid5(row["id"], "session")})
    for table in REWRITTEN:
        op.execute(f"ALTER TABLE clinical.{table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("REVOKE ALL ON clinical.attachments FROM clinical_relay")
    op.execute("DROP POLICY relay ON clinical.attachments")
    op.drop_column("attachments", "scanned_at", schema="clinical")
