"""Months of the trail can be dropped: what is left of them, and the functions that drop. The serving role owns nothing, so both are the owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"

# Entries go only by the function below: the setting is its own, and nobody but the owner of the table gets past the grants.
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {exception}TG_OP = 'DELETE' AND TG_TABLE_NAME = 'seals' AND current_setting('audit.is_closing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

# Whatever a workspace has chosen: 45 CFR 164.316(b)(2)(i). The same is in audit.dropping.rules.
CHECK_MONTH_IS_OVER = """
CREATE FUNCTION audit.check_month_is_over(month date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF month <> date_trunc('month', month)::date OR month + interval '1 month' + interval '6 years' > now() AT TIME ZONE 'UTC' THEN
        RAISE EXCEPTION 'the trail of % is kept', to_char(month, 'YYYY-MM') USING ERRCODE = 'restrict_violation';
    END IF;
END $$
"""

# Deletes the entries of a run whose hashes are kept, of the transaction's workspace.
CLOSE_RUN = """
CREATE FUNCTION audit.close_run(first bigint) RETURNS bigint
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

# From here on nobody reads the month, so whoever places a hold finds it as it is, or gone. Waits two seconds for those who read it now.
LOCK_MONTH = """
CREATE FUNCTION audit.lock_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    PERFORM audit.check_month_is_over(month);
    EXECUTE format('LOCK TABLE audit.audit_events, audit.touched, audit.%I, audit.%I IN ACCESS EXCLUSIVE MODE',
        'audit_events' || to_char(month, '_YYYY_MM'), 'touched' || to_char(month, '_YYYY_MM'));
END $$
"""

# Drops the month if it has exactly so many events, and none that was promised to be kept for longer.
DROP_MONTH = """
CREATE FUNCTION audit.drop_month(month date, events bigint) RETURNS void
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
CALLED = ("close_run(bigint)", "lock_month(date)", "drop_month(date, bigint)")


def upgrade() -> None:
    op.create_table(
        "closed_runs",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("first_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(previous_hash) = 32 AND octet_length(hashes) = 32 * (last_sequence - first_sequence + 1)",
            name="closed_run_hashes",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "first_sequence", name="pk_closed_runs"),
        schema="audit",
    )
    op.execute("ALTER TABLE audit.closed_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON audit.closed_runs USING ({TENANT}) WITH CHECK ({TENANT})")
    op.execute("GRANT SELECT, INSERT ON audit.closed_runs TO audit_app")
    op.execute("CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.closed_runs EXECUTE FUNCTION audit.refuse_change()")
    op.execute(REFUSE_CHANGE.format(exception=""))
    for function in (CHECK_MONTH_IS_OVER, CLOSE_RUN, LOCK_MONTH, DROP_MONTH):
        op.execute(function)
    for name in (*CALLED, "check_month_is_over(date)"):
        op.execute(f"REVOKE ALL ON FUNCTION audit.{name} FROM PUBLIC")
    for name in CALLED:
        op.execute(f"GRANT EXECUTE ON FUNCTION audit.{name} TO audit_app")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {', '.join(f'audit.{name}' for name in (*CALLED, 'check_month_is_over(date)'))}")
    op.execute(REFUSE_CHANGE.format(exception="false AND "))
    op.drop_table("closed_runs", schema="audit")
