"""The trail: events by month, what they touched, and the chain that seals them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations.runner import create_chassis_tables, drop_chassis_tables, secure

revision = "0001"
down_revision = None

# Partitions are made by a function of the owner's, so that the serving role, which owns nothing, can keep
# months ahead. A month that DEFAULT already holds rows of stays there: rows are never moved.
MAKE_PARTITIONS = """
CREATE FUNCTION audit.make_partitions(first_month date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    made integer := 0;
    month date := date_trunc('month', first_month)::date;
    parent text;
    child text;
BEGIN
    IF months NOT BETWEEN 0 AND 120 THEN
        RAISE EXCEPTION 'between 0 and 120 months can be made at once';
    END IF;
    FOR i IN 1..months LOOP
        FOREACH parent IN ARRAY ARRAY['audit_events', 'touched'] LOOP
            child := parent || to_char(month, '_YYYY_MM');
            IF to_regclass(format('audit.%I', child)) IS NULL THEN
                BEGIN
                    EXECUTE format(
                        'CREATE TABLE audit.%I PARTITION OF audit.%I FOR VALUES FROM (%L) TO (%L)',
                        child, parent, to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
                    PERFORM audit.guard_partition(child);
                    made := made + 1;
                EXCEPTION WHEN check_violation THEN
                    RAISE WARNING 'the default partition of % already holds rows of %', parent, to_char(month, 'YYYY-MM');
                END;
            END IF;
        END LOOP;
        month := (month + interval '1 month')::date;
    END LOOP;
    RETURN made;
END $$
"""

# A partition is reached through its parent alone, whose policy and grants apply; these are for whoever comes by the side door.
GUARD_PARTITION = """
CREATE FUNCTION audit.guard_partition(child text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', child);
    EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', child);
    EXECUTE format(
        'CREATE POLICY tenant ON audit.%1$I USING (workspace_id = %2$s) WITH CHECK (workspace_id = %2$s)',
        child, $policy$nullif(current_setting('app.workspace_id', true), '')::uuid$policy$);
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I EXECUTE FUNCTION audit.refuse_change()', child);
END $$
"""

REFUSE_CHANGE = """
CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

APPEND_ONLY = ("audit_events", "touched", "seals")


def upgrade() -> None:
    create_chassis_tables()
    op.create_table(
        "audit_events",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Uuid()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text()),
        sa.Column("user_agent", sa.Text()),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("metadata", postgresql.JSONB(), nullable=False),
        sa.Column("retention_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace_id",
            "created_at",
            "id",
            name="pk_audit_events",
            postgresql_include=["user_id", "resource_type", "action", "outcome"],
        ),
        sa.UniqueConstraint("workspace_id", "id", "created_at", name="one_audit_event"),
        sa.CheckConstraint("outcome IN ('success', 'failure')", name="audit_event_outcome"),
        sa.CheckConstraint("action = upper(action) AND action <> ''", name="audit_event_action"),
        schema="audit",
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(
        "ix_audit_events_user",
        "audit_events",
        ["workspace_id", "user_id", "created_at", "id"],
        schema="audit",
        postgresql_include=["resource_type", "action", "outcome"],
    )
    op.create_table(
        "touched",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "resource_id", "created_at", "event_id", name="pk_touched"),
        schema="audit",
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_table(
        "seals",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "sequence", name="pk_seals"),
        sa.UniqueConstraint("workspace_id", "event_id", name="one_seal_per_event"),
        sa.CheckConstraint("sequence > 0", name="seal_sequence"),
        sa.CheckConstraint("octet_length(previous_hash) = 32 AND octet_length(hash) = 32", name="seal_hashes"),
        schema="audit",
    )
    op.create_table(
        "chain_heads",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_chain_heads"),
        schema="audit",
    )
    op.create_table(
        "unsealed",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("arrival", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "arrival", name="pk_unsealed"),
        sa.UniqueConstraint("workspace_id", "event_id", name="one_wait_per_event"),
        schema="audit",
    )
    for table in APPEND_ONLY:
        secure(table, grants="SELECT, INSERT")
    secure("chain_heads", grants="SELECT, INSERT, UPDATE")
    # No row security: the sealer asks which workspaces have events waiting, and the rows are ids and times alone.
    op.execute("GRANT SELECT, INSERT, DELETE ON audit.unsealed TO audit_app")

    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table} EXECUTE FUNCTION audit.refuse_change()"
        )
    op.execute(GUARD_PARTITION)
    op.execute(MAKE_PARTITIONS)
    op.execute("REVOKE ALL ON FUNCTION audit.make_partitions(date, integer), audit.guard_partition(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION audit.make_partitions(date, integer) TO audit_app")
    # Whatever the month, an event has a place to go.
    for table in ("audit_events", "touched"):
        op.execute(f"CREATE TABLE audit.{table}_default PARTITION OF audit.{table} DEFAULT")
        op.execute(f"SELECT audit.guard_partition('{table}_default')")
    op.execute("SELECT audit.make_partitions((now() - interval '1 month')::date, 14)")


def downgrade() -> None:
    for table in ("unsealed", "chain_heads", "seals", "touched", "audit_events"):
        op.drop_table(table, schema="audit")
    op.execute("DROP FUNCTION audit.make_partitions(date, integer), audit.guard_partition(text), audit.refuse_change()")
    drop_chassis_tables()
