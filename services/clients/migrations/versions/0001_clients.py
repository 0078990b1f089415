"""Clients, what they are found by, and the directory that orders their changes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    _create_chassis_tables()
    op.create_table(
        "clients",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("external_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("consent_status", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
        sa.UniqueConstraint("workspace_id", "external_id_index", name="external_id_taken"),
        schema="clients",
    )
    op.create_index("ix_clients_revision", "clients", ["workspace_id", "revision"], schema="clients")
    op.create_table(
        "terms",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "client_id", "term", name="pk_terms"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "client_id"],
            ["clients.clients.workspace_id", "clients.clients.id"],
            name="fk_terms_client",
            ondelete="CASCADE",
        ),
        schema="clients",
    )
    op.create_index("ix_terms_term", "terms", ["workspace_id", "term"], schema="clients")
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_erasures"),
        schema="clients",
    )
    op.create_index("ix_erasures_revision", "erasures", ["workspace_id", "revision"], schema="clients")
    op.create_table(
        "directory",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_directory"),
        schema="clients",
    )
    _secure("clients")
    # A client's terms are added and taken away, never changed; where a client was erased stays so.
    _secure("terms", grants="SELECT, INSERT, DELETE")
    _secure("erasures", grants="SELECT, INSERT")
    _secure("directory", grants="SELECT, INSERT, UPDATE")


def _secure(table: str, *, grants: str = "SELECT, INSERT, UPDATE, DELETE") -> None:
    op.execute(f"ALTER TABLE clients.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON clients.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute(f"GRANT {grants} ON clients.{table} TO clients_app")


def _secure_for_relay(table: str, *, grants: str) -> None:
    """The relay publishes, replays and cleans up across workspaces."""
    _secure(table)
    op.execute(f"CREATE POLICY relay ON clients.{table} TO clients_relay USING (true) WITH CHECK (true)")
    op.execute(f"GRANT {grants} ON clients.{table} TO clients_relay")


def _create_chassis_tables() -> None:
    """The tables that every service has."""
    op.create_table(
        "outbox",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("traceparent", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_outbox"),
        schema="clients",
    )
    unpublished, published = sa.text("published_at IS NULL"), sa.text("published_at IS NOT NULL")
    op.create_index("ix_outbox_due", "outbox", ["due_at", "id"], schema="clients", postgresql_where=unpublished)
    op.create_index("ix_outbox_published", "outbox", ["published_at"], schema="clients", postgresql_where=published)
    op.create_table(
        "inbox",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "queue", "event_id", name="pk_inbox"),
        schema="clients",
    )
    op.create_index("ix_inbox_received", "inbox", ["received_at"], schema="clients")
    op.create_table(
        "idempotency",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "method", "key", name="pk_idempotency"),
        schema="clients",
    )
    op.create_index("ix_idempotency_created", "idempotency", ["created_at"], schema="clients")
    op.create_table(
        "data_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("purpose IN ('seal', 'index')", name="data_key_purpose"),
        sa.CheckConstraint("state IN ('active', 'reading', 'retired')", name="data_key_state"),
        sa.PrimaryKeyConstraint("workspace_id", "purpose", "version", name="pk_data_keys"),
        schema="clients",
    )
    op.create_table(
        "dead_letters",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("traceparent", sa.Text(), server_default="", nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("replay_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "queue", "id", name="pk_dead_letters"),
        schema="clients",
    )
    wanted, replayed = sa.text("replay_requested_at IS NOT NULL AND replayed_at IS NULL"), sa.text("replayed_at IS NOT NULL")
    op.create_index("ix_dead_letters_wanted", "dead_letters", ["replay_requested_at"], schema="clients", postgresql_where=wanted)
    op.create_index("ix_dead_letters_replayed", "dead_letters", ["replayed_at"], schema="clients", postgresql_where=replayed)
    _secure("data_keys")
    _secure_for_relay("outbox", grants="SELECT, UPDATE, DELETE")
    _secure_for_relay("inbox", grants="SELECT, DELETE")
    _secure_for_relay("idempotency", grants="SELECT, DELETE")
    _secure_for_relay("dead_letters", grants="SELECT, UPDATE, DELETE")


def downgrade() -> None:
    for table in ("directory", "erasures", "terms", "clients"):
        op.drop_table(table, schema="clients")
    for table in ("outbox", "inbox", "idempotency", "data_keys", "dead_letters"):
        op.drop_table(table, schema="clients")
