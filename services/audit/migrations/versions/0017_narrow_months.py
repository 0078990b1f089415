"""Months that are over can be kept narrow: events in the row of their entry in the chain, what repeats once, and views that have them as they were recorded."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
PARTITIONED = ("kept_events", "kept_mentions")
TABLES = ("kept_kinds", "kept_origins", *PARTITIONED)

# What the words of many events are, and where many came from: read in the place of each.
_KIND = "(SELECT k.{column} FROM audit.kept_kinds k WHERE k.workspace_id = e.workspace_id AND k.number = e.kind)"
_ORIGIN = "(SELECT o.told ->> {place} FROM audit.kept_origins o WHERE o.workspace_id = e.workspace_id AND o.number = e.origin)"

# The events of narrow months with the columns of audit_events. One table beneath each, so that a row is looked up by its key through the view.
NARROW_EVENTS = f"""
SELECT e.workspace_id, e.id, e.created_at, e.user_id,
    {_KIND.format(column="event_type")} AS event_type,
    {_KIND.format(column="resource_type")} AS resource_type,
    e.resource_id,
    {_KIND.format(column="action")} AS action,
    {_KIND.format(column="outcome")} AS outcome,
    {_ORIGIN.format(place=1)} AS ip_address,
    {_ORIGIN.format(place=2)} AS user_agent,
    ({_ORIGIN.format(place=0)})::uuid AS session_id,
    {_KIND.format(column="metadata")} || coalesce(e.facts, '{{}}')
        || jsonb_strip_nulls(jsonb_build_object('request_id', e.request_id, 'resource_ids', e.resource_ids, 'client_ids', e.client_ids)) AS metadata,
    e.retention_until
FROM audit.kept_events e
"""
NARROW_TOUCHED = """
SELECT workspace_id, resource_id, created_at, id AS event_id FROM audit.kept_events WHERE resource_id IS NOT NULL
UNION ALL
SELECT m.workspace_id, m.entity_id, e.created_at, e.id
FROM audit.kept_mentions m CROSS JOIN LATERAL unnest(m.places) AS place CROSS JOIN LATERAL (
    SELECT n.created_at, n.id FROM audit.kept_events n WHERE n.workspace_id = m.workspace_id AND n.sequence = m.base + place
        AND n.created_at >= m.month AND n.created_at < m.month + interval '1 month' LIMIT 1
) AS e
"""
_EVENT_COLUMNS = (
    "workspace_id, id, created_at, user_id, event_type, resource_type, resource_id, action, outcome, ip_address, user_agent, session_id,"
    " metadata, retention_until"
)

VIEWS = {
    "narrow_events": NARROW_EVENTS,
    "all_events": f"SELECT {_EVENT_COLUMNS} FROM audit.audit_events UNION ALL {NARROW_EVENTS}",
    # The hash before one is that of the row before it, unless that is not of this month.
    "all_entries": """
SELECT workspace_id, sequence, event_id, event_created_at, previous_hash, hash FROM audit.seals
UNION ALL
SELECT e.workspace_id, e.sequence, e.id, e.created_at, coalesce(e.previous_hash, (
    SELECT b.hash FROM audit.kept_events b WHERE b.workspace_id = e.workspace_id AND b.sequence = e.sequence - 1
        AND b.created_at >= e.created_at - interval '31 days' AND b.created_at <= e.created_at + interval '31 days'
)), e.hash
FROM audit.kept_events e
""",
    "narrow_touched": NARROW_TOUCHED,
    "all_touched": f"SELECT workspace_id, resource_id, created_at, event_id FROM audit.touched UNION ALL {NARROW_TOUCHED}",
}

# 32 hexadecimal digits in lower case, as audit writes them; anything else is kept as it is.
UUID_OF = """
CREATE FUNCTION audit.uuid_of(value jsonb) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN value #>> '{}' ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' THEN (value #>> '{}')::uuid END
$$
"""
UUIDS_OF = """
CREATE FUNCTION audit.uuids_of(value jsonb) RETURNS uuid[] LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'array' THEN (
        SELECT CASE WHEN bool_and(audit.uuid_of(each) IS NOT NULL) THEN array_agg(audit.uuid_of(each) ORDER BY place) END
        FROM jsonb_array_elements(value) WITH ORDINALITY AS members(each, place)
    ) END
$$
"""


def upgrade() -> None:
    op.create_table(
        "kept_kinds",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("metadata", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name="pk_kept_kinds"),
        sa.UniqueConstraint("workspace_id", "event_type", "resource_type", "action", "outcome", "metadata", name="one_kept_kind"),
        schema="audit",
    )
    op.create_table(
        "kept_origins",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "number", name="pk_kept_origins"),
        sa.UniqueConstraint("workspace_id", "told", name="one_kept_origin"),
        schema="audit",
    )
    op.create_table(
        "kept_events",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("resource_id", sa.Uuid()),
        sa.Column("request_id", sa.Uuid()),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Integer(), nullable=False),
        sa.Column("retention_until", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary()),
        sa.Column("resource_ids", postgresql.ARRAY(sa.Uuid())),
        sa.Column("client_ids", postgresql.ARRAY(sa.Uuid())),
        sa.Column("facts", postgresql.JSONB()),
        sa.PrimaryKeyConstraint("workspace_id", "created_at", "id", name="pk_kept_events", postgresql_include=["kind"]),
        sa.CheckConstraint("sequence > 0", name="kept_event_sequence"),
        sa.CheckConstraint("octet_length(hash) = 32 AND octet_length(previous_hash) = 32", name="kept_event_hashes"),
        schema="audit",
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index(
        "ix_kept_events_sequence", "kept_events", ["workspace_id", "sequence"], schema="audit", postgresql_with={"fillfactor": 100}
    )
    op.create_index("ix_kept_events_user", "kept_events", ["user_id", "created_at"], schema="audit", postgresql_with={"fillfactor": 100})
    op.create_index(
        "ix_kept_events_resource", "kept_events", ["resource_id", "created_at"], schema="audit", postgresql_with={"fillfactor": 100}
    )
    op.create_index("ix_kept_events_id", "kept_events", ["id"], schema="audit", postgresql_with={"fillfactor": 100})
    op.create_table(
        "kept_mentions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.DateTime(timezone=True), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("places", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "entity_id", "month", "base", name="pk_kept_mentions"),
        schema="audit",
        postgresql_partition_by="RANGE (month)",
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE audit.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON audit.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"GRANT SELECT ON audit.{table} TO audit_app")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.{table} EXECUTE FUNCTION audit.refuse_change()"
        )
    for function in (UUID_OF, UUIDS_OF):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION audit.uuid_of(jsonb), audit.uuids_of(jsonb) FROM PUBLIC")
    for name, select in VIEWS.items():
        op.execute(f"CREATE VIEW audit.{name} WITH (security_invoker = true) AS {select}")
        op.execute(f"GRANT SELECT ON audit.{name} TO audit_app")


def downgrade() -> None:
    # Row security binds the owner, so this counts nothing that is not to be: a table without a row has no size.
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_partition_tree('audit.kept_events') t WHERE t.isleaf AND t.level > 0 AND pg_relation_size(t.relid) > 0)"
        " THEN RAISE EXCEPTION 'months of the trail are narrow, which the release before does not read'; END IF; END $$"
    )
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW audit.{name}")
    op.execute("DROP FUNCTION audit.uuids_of(jsonb), audit.uuid_of(jsonb)")
    for table in TABLES:
        op.drop_table(table, schema="audit")
