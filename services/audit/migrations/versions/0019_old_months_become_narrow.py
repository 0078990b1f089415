"""The functions that make months narrow. The release before does not read narrow months, so they are there when none of its processes is left."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

contract = True

# A week after its end: what arrives late is there, and what is read most still has its own rows.
CHECK_MONTH_IS_PAST = """
CREATE FUNCTION audit.check_month_is_past(month date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF month <> date_trunc('month', month)::date OR month + interval '1 month' + interval '7 days' > now() AT TIME ZONE 'UTC' THEN
        RAISE EXCEPTION 'the trail of % is not over', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
END $$
"""

_KIND = "jsonb_strip_nulls(jsonb_build_object('code', e.metadata -> 'code', 'recorded_by', e.metadata -> 'recorded_by', 'service', e.metadata -> 'service'))"
_ORIGIN = "jsonb_build_array(e.session_id, e.ip_address, e.user_agent)"
_WITHIN = "e.workspace_id = workspace AND e.created_at >= first AND e.created_at < past"

# Writes the events of the transaction's workspace in a month into narrow rows, with their entries in the chain, which are deleted. Returns their number.
# The month's partition is filled before it is one, so that its indexes are built at once.
NARROW_EVENTS = f"""
CREATE FUNCTION audit.narrow_events(month date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    first timestamptz := month::timestamp AT TIME ZONE 'UTC';
    past timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    parent text;
    child text;
    moved bigint;
    deleted bigint;
BEGIN
    PERFORM audit.check_month_is_past(month);
    FOREACH parent IN ARRAY ARRAY['kept_events', 'kept_mentions'] LOOP
        child := parent || to_char(month, '_YYYY_MM');
        IF to_regclass(format('audit.%I', child)) IS NULL THEN
            EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING CONSTRAINTS INCLUDING STORAGE)', child, parent);
            PERFORM audit.guard_partition(child);
        END IF;
    END LOOP;
    INSERT INTO audit.kept_kinds (workspace_id, event_type, resource_type, action, outcome, metadata)
        SELECT DISTINCT e.workspace_id, e.event_type, e.resource_type, e.action, e.outcome, {_KIND}
        FROM audit.audit_events e WHERE {_WITHIN} ON CONFLICT DO NOTHING;
    INSERT INTO audit.kept_origins (workspace_id, told)
        SELECT DISTINCT e.workspace_id, {_ORIGIN} FROM audit.audit_events e WHERE {_WITHIN} ON CONFLICT DO NOTHING;
    EXECUTE format($insert$
        INSERT INTO audit.%I
        SELECT e.workspace_id, e.id, e.created_at, s.sequence, e.user_id, e.resource_id, audit.uuid_of(e.metadata -> 'request_id'),
            k.number, o.number, e.retention_until, s.hash,
            CASE WHEN lag(s.sequence) OVER chain = s.sequence - 1 AND lag(s.hash) OVER chain = s.previous_hash THEN NULL ELSE s.previous_hash END,
            audit.uuids_of(e.metadata -> 'resource_ids'), audit.uuids_of(e.metadata -> 'client_ids'),
            nullif(e.metadata - ARRAY['code', 'recorded_by', 'service']
                - CASE WHEN audit.uuid_of(e.metadata -> 'request_id') IS NULL THEN '{{}}' ELSE ARRAY['request_id'] END
                - CASE WHEN audit.uuids_of(e.metadata -> 'resource_ids') IS NULL THEN '{{}}' ELSE ARRAY['resource_ids'] END
                - CASE WHEN audit.uuids_of(e.metadata -> 'client_ids') IS NULL THEN '{{}}' ELSE ARRAY['client_ids'] END, '{{}}')
        FROM audit.audit_events e
        JOIN audit.seals s ON s.workspace_id = e.workspace_id AND s.event_id = e.id AND s.event_created_at = e.created_at
        JOIN audit.kept_kinds k ON k.workspace_id = e.workspace_id AND k.event_type = e.event_type AND k.resource_type = e.resource_type
            AND k.action = e.action AND k.outcome = e.outcome AND k.metadata = {_KIND}
        JOIN audit.kept_origins o ON o.workspace_id = e.workspace_id AND o.told = {_ORIGIN}
        WHERE e.workspace_id = $1 AND e.created_at >= $2 AND e.created_at < $3
        WINDOW chain AS (ORDER BY s.sequence)
        ORDER BY e.created_at, e.id
    $insert$, 'kept_events' || to_char(month, '_YYYY_MM')) USING workspace, first, past;
    GET DIAGNOSTICS moved = ROW_COUNT;
    -- What an event is about beside its own resource.
    EXECUTE format($insert$
        INSERT INTO audit.%I
        SELECT m.workspace_id, m.resource_id, $2, m.base, array_agg((m.sequence - m.base)::integer ORDER BY m.sequence)
        FROM (
            SELECT t.workspace_id, t.resource_id, s.sequence, min(s.sequence) OVER (PARTITION BY t.resource_id) AS base
            FROM audit.touched t
            JOIN audit.audit_events e ON e.workspace_id = t.workspace_id AND e.created_at = t.created_at AND e.id = t.event_id
            JOIN audit.seals s ON s.workspace_id = e.workspace_id AND s.event_id = e.id
            WHERE t.workspace_id = $1 AND t.created_at >= $2 AND t.created_at < $3 AND t.resource_id IS DISTINCT FROM e.resource_id
                AND e.created_at >= $2 AND e.created_at < $3
        ) AS m
        GROUP BY 1, 2, 4
    $insert$, 'kept_mentions' || to_char(month, '_YYYY_MM')) USING workspace, first, past;
    PERFORM set_config('audit.is_closing', 'on', true);
    DELETE FROM audit.seals s USING audit.audit_events e WHERE {_WITHIN} AND s.workspace_id = e.workspace_id AND s.event_id = e.id;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    PERFORM set_config('audit.is_closing', 'off', true);
    IF deleted <> moved THEN
        RAISE EXCEPTION 'the entries of % are not those of its events', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN moved;
END $$
"""

# Makes what was filled the month's partitions. Nobody waits for it.
ATTACH_NARROW_MONTH = """
CREATE FUNCTION audit.attach_narrow_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' SET maintenance_work_mem = '128MB' AS $$
DECLARE
    parent text;
    child text;
BEGIN
    PERFORM audit.check_month_is_past(month);
    FOREACH parent IN ARRAY ARRAY['kept_events', 'kept_mentions'] LOOP
        child := parent || to_char(month, '_YYYY_MM');
        IF NOT (SELECT relispartition FROM pg_class WHERE oid = to_regclass(format('audit.%I', child))) THEN
            IF parent = 'kept_events' THEN
                EXECUTE format('ALTER TABLE audit.%I ADD PRIMARY KEY (workspace_id, created_at, id) INCLUDE (kind) WITH (fillfactor = 100)', child);
            END IF;
            EXECUTE format('ALTER TABLE audit.%I ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)', parent, child,
                to_char(month, 'YYYY-MM-DD 00:00:00+00'), to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
        END IF;
    END LOOP;
END $$
"""

# Whether each event of the transaction's workspace in the month is in a narrow row that says the same to the last bit.
IS_NARROW = f"""
CREATE FUNCTION audit.is_narrow(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET work_mem = '64MB' AS $$
DECLARE
    workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    first timestamptz := month::timestamp AT TIME ZONE 'UTC';
    past timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    RETURN NOT EXISTS (
        SELECT * FROM audit.audit_events e WHERE {_WITHIN}
        EXCEPT SELECT * FROM audit.narrow_events e WHERE {_WITHIN}
    ) AND NOT EXISTS (
        SELECT t.resource_id, t.created_at, t.event_id FROM audit.touched t
            WHERE t.workspace_id = workspace AND t.created_at >= first AND t.created_at < past
        EXCEPT SELECT a.resource_id, a.created_at, a.event_id FROM audit.narrow_touched a
            WHERE a.workspace_id = workspace AND a.created_at >= first AND a.created_at < past
    );
END $$
"""

# Drops the rows that were written into narrow ones, if all were, and makes their partitions anew for what arrives late.
NARROW_MONTH = """
CREATE FUNCTION audit.narrow_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' SET work_mem = '64MB' AS $$
DECLARE
    child text;
    is_left boolean;
BEGIN
    PERFORM audit.check_month_is_past(month);
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        EXECUTE format('LOCK TABLE audit.%I IN SHARE ROW EXCLUSIVE MODE', child);
        IF (SELECT relforcerowsecurity FROM pg_class WHERE oid = to_regclass('audit.' || quote_ident(child))) THEN
            EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', child);
        END IF;
    END LOOP;
    EXECUTE format('SELECT EXISTS (SELECT e.workspace_id, e.created_at, e.id FROM audit.%I e EXCEPT SELECT k.workspace_id, k.created_at, k.id FROM audit.%I k)',
        'audit_events' || to_char(month, '_YYYY_MM'), 'kept_events' || to_char(month, '_YYYY_MM')) INTO is_left;
    IF is_left THEN
        RAISE EXCEPTION 'not all of the trail of % is narrow', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        IF child LIKE 'kept%' THEN
            EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', child);
        END IF;
    END LOOP;
    LOCK TABLE audit.audit_events, audit.touched IN ACCESS EXCLUSIVE MODE;
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        IF child NOT LIKE 'kept%' THEN
            EXECUTE format('DROP TABLE audit.%I', child);
        END IF;
    END LOOP;
    PERFORM audit.make_partitions(month, 1);
END $$
"""

# Deletes where lines of the transaction's workspace came from that are dropped. Whoever makes a month narrow is waited for: until its rows are there,
# nobody sees which origins they have.
FORGET_ORIGINS = r"""
CREATE FUNCTION audit.forget_origins() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' SET work_mem = '64MB' AS $$
DECLARE
    workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    deleted bigint;
BEGIN
    LOCK TABLE audit.kept_origins IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind = 'r' AND c.relname LIKE 'kept\_events\_%'
            AND NOT c.relispartition) THEN
        RAISE EXCEPTION 'a month is being made narrow' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('audit.is_closing', 'on', true);
    DELETE FROM audit.kept_origins o WHERE o.workspace_id = workspace
        AND NOT EXISTS (SELECT FROM audit.kept_events e WHERE e.workspace_id = workspace AND e.origin = o.number);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    PERFORM set_config('audit.is_closing', 'off', true);
    RETURN deleted;
END $$
"""

# Entries of a chain and origins of lines go only by functions of the owner: the setting is theirs, and nobody else gets past the grants.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME {tables} AND current_setting('audit.is_closing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
CALLED = ("narrow_events(date)", "attach_narrow_month(date)", "is_narrow(date)", "narrow_month(date)", "forget_origins()")


def upgrade() -> None:
    for function in (CHECK_MONTH_IS_PAST, NARROW_EVENTS, ATTACH_NARROW_MONTH, IS_NARROW, NARROW_MONTH, FORGET_ORIGINS):
        op.execute(function)
    op.execute(REFUSE_CHANGE.format(tables="IN ('seals', 'kept_origins')"))
    for name in (*CALLED, "check_month_is_past(date)"):
        op.execute(f"REVOKE ALL ON FUNCTION audit.{name} FROM PUBLIC")
    for name in CALLED:
        op.execute(f"GRANT EXECUTE ON FUNCTION audit.{name} TO audit_app")


def downgrade() -> None:
    op.execute(REFUSE_CHANGE.format(tables="= 'seals'"))
    op.execute(f"DROP FUNCTION {', '.join(f'audit.{name}' for name in (*CALLED, 'check_month_is_past(date)'))}")
