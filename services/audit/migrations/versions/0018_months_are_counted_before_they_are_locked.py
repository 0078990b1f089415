"""A month is counted while everybody reads, and its partitions are locked for the moment in which they go; months that are kept narrow go as well."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CLOSE_RUN = """
CREATE OR REPLACE FUNCTION audit.close_run(first bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    run audit.closed_runs;
    deleted bigint;
    kept bigint;
BEGIN
    SELECT * INTO STRICT run FROM audit.closed_runs r WHERE r.first_sequence = first;
    PERFORM audit.check_month_is_over(run.month);
    PERFORM set_config('audit.is_closing', 'on', true);
    DELETE FROM audit.seals s WHERE s.sequence BETWEEN run.first_sequence AND run.last_sequence
        AND s.event_created_at >= run.month::timestamp AT TIME ZONE 'UTC'
        AND s.event_created_at < (run.month + interval '1 month')::timestamp AT TIME ZONE 'UTC'
        AND s.hash = substring(run.hashes FROM (32 * (s.sequence - run.first_sequence) + 1)::integer FOR 32);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    PERFORM set_config('audit.is_closing', 'off', true);
    -- Those of a narrow month go with its events.
    SELECT count(*) INTO kept FROM audit.kept_events e WHERE e.sequence BETWEEN run.first_sequence AND run.last_sequence
        AND e.created_at >= run.month::timestamp AT TIME ZONE 'UTC'
        AND e.created_at < (run.month + interval '1 month')::timestamp AT TIME ZONE 'UTC'
        AND e.hash = substring(run.hashes FROM (32 * (e.sequence - run.first_sequence) + 1)::integer FOR 32);
    IF deleted + kept <> run.last_sequence - run.first_sequence + 1 THEN
        RAISE EXCEPTION 'the entries from % on are not those of the run', first USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN deleted + kept;
END $$
"""

# The partitions of a month, as far as there are any.
PARTITIONS_OF = """
CREATE FUNCTION audit.partitions_of(month date) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(name) FROM (
        SELECT parent || to_char(month, '_YYYY_MM') AS name FROM unnest(ARRAY['audit_events', 'touched', 'kept_events', 'kept_mentions']) AS parent
    ) AS names WHERE to_regclass('audit.' || quote_ident(name)) IS NOT NULL
$$
"""

# So that the owner, who cannot log in, counts what all workspaces have in a month. In a transaction of its own: it locks the partitions for a moment.
OPEN_MONTH = """
CREATE FUNCTION audit.open_month(month date, is_open boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    child text;
BEGIN
    FOREACH child IN ARRAY coalesce(audit.partitions_of(month), '{}') LOOP
        EXECUTE format('ALTER TABLE audit.%I %s ROW LEVEL SECURITY', child, CASE WHEN is_open THEN 'NO FORCE' ELSE 'FORCE' END);
    END LOOP;
END $$
"""

# From here on nobody writes into the month, and nobody places a hold; everybody reads. Waits two seconds for those who do now.
LOCK_MONTH = """
CREATE OR REPLACE FUNCTION audit.lock_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    child text;
BEGIN
    PERFORM audit.check_month_is_over(month);
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        EXECUTE format('LOCK TABLE audit.%I IN SHARE ROW EXCLUSIVE MODE', child);
    END LOOP;
    LOCK TABLE audit.legal_holds IN SHARE MODE;
END $$
"""

# Drops the month if it has exactly so many events, and none that was promised to be kept for longer. Both are looked at before anybody who reads has to wait.
DROP_MONTH = """
CREATE OR REPLACE FUNCTION audit.drop_month(month date, events bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    child text;
    found bigint := 0;
    kept_until date;
    found_there bigint;
    kept_there date;
BEGIN
    PERFORM audit.lock_month(month);
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        IF child LIKE '%events%' THEN
            IF (SELECT relforcerowsecurity FROM pg_class WHERE oid = to_regclass('audit.' || quote_ident(child))) THEN
                EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', child);
            END IF;
            EXECUTE format('SELECT count(*), max(retention_until) FROM audit.%I', child) INTO found_there, kept_there;
            found := found + found_there;
            kept_until := greatest(kept_until, kept_there);
        END IF;
    END LOOP;
    IF found <> events OR kept_until > (now() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'the trail of % is kept', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
    LOCK TABLE audit.audit_events, audit.touched, audit.kept_events, audit.kept_mentions IN ACCESS EXCLUSIVE MODE;
    FOREACH child IN ARRAY audit.partitions_of(month) LOOP
        EXECUTE format('DROP TABLE audit.%I', child);
    END LOOP;
END $$
"""

# As they were.
FORMER_CLOSE_RUN = """
CREATE OR REPLACE FUNCTION audit.close_run(first bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    run audit.closed_runs;
    deleted bigint;
BEGIN
    SELECT * INTO STRICT run FROM audit.closed_runs r WHERE r.first_sequence = first;
    PERFORM audit.check_month_is_over(run.month);
    PERFORM set_config('audit.is_closing', 'on', true);
    DELETE FROM audit.seals s WHERE s.sequence BETWEEN run.first_sequence AND run.last_sequence
        AND s.event_created_at >= run.month::timestamp AT TIME ZONE 'UTC'
        AND s.event_created_at < (run.month + interval '1 month')::timestamp AT TIME ZONE 'UTC'
        AND s.hash = substring(run.hashes FROM (32 * (s.sequence - run.first_sequence) + 1)::integer FOR 32);
    GET DIAGNOSTICS deleted = ROW_COUNT;
    PERFORM set_config('audit.is_closing', 'off', true);
    IF deleted <> run.last_sequence - run.first_sequence + 1 THEN
        RAISE EXCEPTION 'the entries from % on are not those of the run', first USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN deleted;
END $$
"""
FORMER_LOCK_MONTH = """
CREATE OR REPLACE FUNCTION audit.lock_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM audit.check_month_is_over(month);
    EXECUTE format('LOCK TABLE audit.audit_events, audit.touched, audit.%I, audit.%I IN ACCESS EXCLUSIVE MODE',
        'audit_events' || to_char(month, '_YYYY_MM'), 'touched' || to_char(month, '_YYYY_MM'));
END $$
"""
FORMER_DROP_MONTH = """
CREATE OR REPLACE FUNCTION audit.drop_month(month date, events bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    child text := 'audit_events' || to_char(month, '_YYYY_MM');
    found bigint;
    kept_until date;
BEGIN
    PERFORM audit.lock_month(month);
    EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', child);
    EXECUTE format('SELECT count(*), max(retention_until) FROM audit.%I', child) INTO found, kept_until;
    IF found <> events OR kept_until > (now() AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'the trail of % is kept', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('DROP TABLE audit.%I, audit.%I', child, 'touched' || to_char(month, '_YYYY_MM'));
END $$
"""


def upgrade() -> None:
    for function in (PARTITIONS_OF, OPEN_MONTH, CLOSE_RUN, LOCK_MONTH, DROP_MONTH):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION audit.partitions_of(date), audit.open_month(date, boolean) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION audit.open_month(date, boolean) TO audit_app")


def downgrade() -> None:
    for function in (FORMER_CLOSE_RUN, FORMER_LOCK_MONTH, FORMER_DROP_MONTH):
        op.execute(function)
    op.execute("DROP FUNCTION audit.open_month(date, boolean)")
    op.execute("DROP FUNCTION audit.partitions_of(date)")
