-- Roles belong to the cluster; provisioning gives them their passwords and limits.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['identity_owner', 'identity_app', 'identity_relay', 'clients_owner', 'clients_app', 'clients_relay', 'scheduling_owner', 'scheduling_app', 'scheduling_relay', 'clinical_owner', 'clinical_app', 'clinical_relay', 'notifications_owner', 'notifications_app', 'notifications_relay', 'audit_owner', 'audit_app', 'audit_relay'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of the cluster has it
        END;
    END LOOP;
END $$;
--
-- PostgreSQL database dump
--


-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: audit; Type: SCHEMA; Schema: -; Owner: audit_owner
--

CREATE SCHEMA audit;


ALTER SCHEMA audit OWNER TO audit_owner;

--
-- Name: clients; Type: SCHEMA; Schema: -; Owner: clients_owner
--

CREATE SCHEMA clients;


ALTER SCHEMA clients OWNER TO clients_owner;

--
-- Name: clinical; Type: SCHEMA; Schema: -; Owner: clinical_owner
--

CREATE SCHEMA clinical;


ALTER SCHEMA clinical OWNER TO clinical_owner;

--
-- Name: identity; Type: SCHEMA; Schema: -; Owner: identity_owner
--

CREATE SCHEMA identity;


ALTER SCHEMA identity OWNER TO identity_owner;

--
-- Name: notifications; Type: SCHEMA; Schema: -; Owner: notifications_owner
--

CREATE SCHEMA notifications;


ALTER SCHEMA notifications OWNER TO notifications_owner;

--
-- Name: scheduling; Type: SCHEMA; Schema: -; Owner: scheduling_owner
--

CREATE SCHEMA scheduling;


ALTER SCHEMA scheduling OWNER TO scheduling_owner;

--
-- Name: btree_gin; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA public;


--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;


--
-- Name: guard_partition(text); Type: FUNCTION; Schema: audit; Owner: audit_owner
--

CREATE FUNCTION audit.guard_partition(child text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
BEGIN
    EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', child);
    EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', child);
    EXECUTE format(
        'CREATE POLICY tenant ON audit.%1$I USING (workspace_id = %2$s) WITH CHECK (workspace_id = %2$s)',
        child, $policy$nullif(current_setting('app.workspace_id', true), '')::uuid$policy$);
    EXECUTE format(
        'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I EXECUTE FUNCTION audit.refuse_change()', child);
END $_$;


ALTER FUNCTION audit.guard_partition(child text) OWNER TO audit_owner;

--
-- Name: make_partitions(date, integer); Type: FUNCTION; Schema: audit; Owner: audit_owner
--

CREATE FUNCTION audit.make_partitions(first_month date, months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '2s'
    AS $$
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
END $$;


ALTER FUNCTION audit.make_partitions(first_month date, months integer) OWNER TO audit_owner;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: audit; Owner: audit_owner
--

CREATE FUNCTION audit.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'the trail is append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;


ALTER FUNCTION audit.refuse_change() OWNER TO audit_owner;

--
-- Name: keep_versions(); Type: FUNCTION; Schema: clinical; Owner: clinical_owner
--

CREATE FUNCTION clinical.keep_versions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'versions of notes are never changed' USING ERRCODE = 'restrict_violation';
END
$$;


ALTER FUNCTION clinical.keep_versions() OWNER TO clinical_owner;

--
-- Name: keep_due_work(); Type: FUNCTION; Schema: notifications; Owner: notifications_owner
--

CREATE FUNCTION notifications.keep_due_work() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = OLD.workspace_id AND kind = TG_ARGV[0] AND item_id = OLD.id;
    ELSIF NEW.status = 'pending' THEN
        INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, TG_ARGV[0], NEW.id, NEW.next_attempt_at)
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    ELSIF NEW.status <> 'sending' THEN
        DELETE FROM notifications.due_work WHERE workspace_id = NEW.workspace_id AND kind = TG_ARGV[0] AND item_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;


ALTER FUNCTION notifications.keep_due_work() OWNER TO notifications_owner;

--
-- Name: keep_figures(); Type: FUNCTION; Schema: notifications; Owner: notifications_owner
--

CREATE FUNCTION notifications.keep_figures() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    INSERT INTO notifications.reminder_figures AS kept (workspace_id, day, status, reminder_count)
    SELECT workspace_id, (due_at AT TIME ZONE 'UTC')::date, status, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.due_at, OLD.told_status, -1),
        (NEW.workspace_id, NEW.due_at, NEW.told_status, 1)
    ) AS changes (workspace_id, due_at, status, change)
    WHERE status IS NOT NULL
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, day, status) DO UPDATE SET reminder_count = kept.reminder_count + excluded.reminder_count;
    RETURN NULL;
END $$;


ALTER FUNCTION notifications.keep_figures() OWNER TO notifications_owner;

--
-- Name: keep_counts(); Type: FUNCTION; Schema: scheduling; Owner: scheduling_owner
--

CREATE FUNCTION scheduling.keep_counts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog'
    AS $$
BEGIN
    INSERT INTO scheduling.client_figures AS kept (workspace_id, client_id, appointment_count)
    SELECT workspace_id, client_id, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.client_id, -1, OLD.deleted_at),
        (NEW.workspace_id, NEW.client_id, 1, NEW.deleted_at)
    ) AS changes (workspace_id, client_id, change, deleted_at)
    WHERE client_id IS NOT NULL AND deleted_at IS NULL
    GROUP BY workspace_id, client_id HAVING sum(change) <> 0 ORDER BY workspace_id, client_id
    ON CONFLICT (workspace_id, client_id) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count;

    IF NEW.deleted_at IS NULL AND EXISTS (
        SELECT FROM scheduling.client_figures
        WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND erased_at IS NOT NULL
    ) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
    END IF;

    INSERT INTO scheduling.day_figures AS kept (workspace_id, day, status, appointment_count)
    SELECT workspace_id, (scheduled_start AT TIME ZONE 'UTC')::date, status, sum(change)
    FROM (VALUES
        (OLD.workspace_id, OLD.scheduled_start, OLD.status, -1, OLD.deleted_at),
        (NEW.workspace_id, NEW.scheduled_start, NEW.status, 1, NEW.deleted_at)
    ) AS changes (workspace_id, scheduled_start, status, change, deleted_at)
    WHERE status IS NOT NULL AND deleted_at IS NULL
    GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 2, 3
    ON CONFLICT (workspace_id, day, status) DO UPDATE SET appointment_count = kept.appointment_count + excluded.appointment_count;

    RETURN NULL;
END
$$;


ALTER FUNCTION scheduling.keep_counts() OWNER TO scheduling_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alembic_version; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE audit.alembic_version OWNER TO audit_owner;

--
-- Name: audit_events; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    user_id uuid,
    event_type text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    action text NOT NULL,
    outcome text NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb NOT NULL,
    retention_until date NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
)
PARTITION BY RANGE (created_at);

ALTER TABLE ONLY audit.audit_events FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events OWNER TO audit_owner;

--
-- Name: audit_events_2026_10; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2026_10 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2026_10 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2026_10 OWNER TO audit_owner;

--
-- Name: audit_events_2026_11; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2026_11 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2026_11 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2026_11 OWNER TO audit_owner;

--
-- Name: audit_events_2026_12; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2026_12 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2026_12 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2026_12 OWNER TO audit_owner;

--
-- Name: audit_events_2027_01; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_01 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_01 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_01 OWNER TO audit_owner;

--
-- Name: audit_events_2027_02; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_02 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_02 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_02 OWNER TO audit_owner;

--
-- Name: audit_events_2027_03; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_03 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_03 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_03 OWNER TO audit_owner;

--
-- Name: audit_events_2027_04; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_04 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_04 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_04 OWNER TO audit_owner;

--
-- Name: audit_events_2027_05; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_05 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_05 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_05 OWNER TO audit_owner;

--
-- Name: audit_events_2027_06; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_06 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_06 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_06 OWNER TO audit_owner;

--
-- Name: audit_events_2027_07; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_07 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_07 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_07 OWNER TO audit_owner;

--
-- Name: audit_events_2027_08; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_08 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_08 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_08 OWNER TO audit_owner;

--
-- Name: audit_events_2027_09; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_09 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_09 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_09 OWNER TO audit_owner;

--
-- Name: audit_events_2027_10; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_10 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_10 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_10 OWNER TO audit_owner;

--
-- Name: audit_events_2027_11; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_2027_11 (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_2027_11 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_2027_11 OWNER TO audit_owner;

--
-- Name: audit_events_default; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.audit_events_default (
    workspace_id uuid CONSTRAINT audit_events_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT audit_events_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT audit_events_created_at_not_null NOT NULL,
    user_id uuid,
    event_type text CONSTRAINT audit_events_event_type_not_null NOT NULL,
    resource_type text CONSTRAINT audit_events_resource_type_not_null NOT NULL,
    resource_id uuid,
    action text CONSTRAINT audit_events_action_not_null NOT NULL,
    outcome text CONSTRAINT audit_events_outcome_not_null NOT NULL,
    ip_address text,
    user_agent text,
    session_id uuid,
    metadata jsonb CONSTRAINT audit_events_metadata_not_null NOT NULL,
    retention_until date CONSTRAINT audit_events_retention_until_not_null NOT NULL,
    CONSTRAINT audit_event_action CHECK (((action = upper(action)) AND (action <> ''::text))),
    CONSTRAINT audit_event_outcome CHECK ((outcome = ANY (ARRAY['success'::text, 'failure'::text])))
);

ALTER TABLE ONLY audit.audit_events_default FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.audit_events_default OWNER TO audit_owner;

--
-- Name: chain_heads; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.chain_heads (
    workspace_id uuid NOT NULL,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);

ALTER TABLE ONLY audit.chain_heads FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.chain_heads OWNER TO audit_owner;

--
-- Name: data_keys; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY audit.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.data_keys OWNER TO audit_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY audit.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.dead_letters OWNER TO audit_owner;

--
-- Name: idempotency; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY audit.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.idempotency OWNER TO audit_owner;

--
-- Name: inbox; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY audit.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.inbox OWNER TO audit_owner;

--
-- Name: outbox; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY audit.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.outbox OWNER TO audit_owner;

--
-- Name: seals; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.seals (
    workspace_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_id uuid NOT NULL,
    event_created_at timestamp with time zone NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT seal_hashes CHECK (((octet_length(previous_hash) = 32) AND (octet_length(hash) = 32))),
    CONSTRAINT seal_sequence CHECK ((sequence > 0))
);

ALTER TABLE ONLY audit.seals FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.seals OWNER TO audit_owner;

--
-- Name: touched; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched (
    workspace_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    event_id uuid NOT NULL
)
PARTITION BY RANGE (created_at);

ALTER TABLE ONLY audit.touched FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched OWNER TO audit_owner;

--
-- Name: touched_2026_10; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2026_10 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2026_10 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2026_10 OWNER TO audit_owner;

--
-- Name: touched_2026_11; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2026_11 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2026_11 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2026_11 OWNER TO audit_owner;

--
-- Name: touched_2026_12; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2026_12 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2026_12 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2026_12 OWNER TO audit_owner;

--
-- Name: touched_2027_01; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_01 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_01 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_01 OWNER TO audit_owner;

--
-- Name: touched_2027_02; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_02 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_02 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_02 OWNER TO audit_owner;

--
-- Name: touched_2027_03; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_03 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_03 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_03 OWNER TO audit_owner;

--
-- Name: touched_2027_04; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_04 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_04 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_04 OWNER TO audit_owner;

--
-- Name: touched_2027_05; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_05 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_05 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_05 OWNER TO audit_owner;

--
-- Name: touched_2027_06; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_06 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_06 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_06 OWNER TO audit_owner;

--
-- Name: touched_2027_07; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_07 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_07 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_07 OWNER TO audit_owner;

--
-- Name: touched_2027_08; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_08 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_08 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_08 OWNER TO audit_owner;

--
-- Name: touched_2027_09; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_09 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_09 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_09 OWNER TO audit_owner;

--
-- Name: touched_2027_10; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_10 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_10 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_10 OWNER TO audit_owner;

--
-- Name: touched_2027_11; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_2027_11 (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_2027_11 FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_2027_11 OWNER TO audit_owner;

--
-- Name: touched_default; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.touched_default (
    workspace_id uuid CONSTRAINT touched_workspace_id_not_null NOT NULL,
    resource_id uuid CONSTRAINT touched_resource_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT touched_created_at_not_null NOT NULL,
    event_id uuid CONSTRAINT touched_event_id_not_null NOT NULL
);

ALTER TABLE ONLY audit.touched_default FORCE ROW LEVEL SECURITY;


ALTER TABLE audit.touched_default OWNER TO audit_owner;

--
-- Name: unsealed; Type: TABLE; Schema: audit; Owner: audit_owner
--

CREATE TABLE audit.unsealed (
    workspace_id uuid NOT NULL,
    arrival bigint NOT NULL,
    event_id uuid NOT NULL,
    event_created_at timestamp with time zone NOT NULL
);


ALTER TABLE audit.unsealed OWNER TO audit_owner;

--
-- Name: unsealed_arrival_seq; Type: SEQUENCE; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.unsealed ALTER COLUMN arrival ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.unsealed_arrival_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: alembic_version; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE clients.alembic_version OWNER TO clients_owner;

--
-- Name: clients; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.clients (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    revision bigint NOT NULL,
    sealed bytea NOT NULL,
    sealed_name bytea NOT NULL,
    external_id_index bytea,
    is_active boolean NOT NULL,
    consent_status boolean NOT NULL,
    time_zone text,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY clients.clients FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.clients OWNER TO clients_owner;

--
-- Name: data_keys; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY clients.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.data_keys OWNER TO clients_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY clients.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.dead_letters OWNER TO clients_owner;

--
-- Name: directory; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.directory (
    workspace_id uuid NOT NULL,
    revision bigint NOT NULL
);

ALTER TABLE ONLY clients.directory FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.directory OWNER TO clients_owner;

--
-- Name: erasures; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.erasures (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    revision bigint NOT NULL
);

ALTER TABLE ONLY clients.erasures FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.erasures OWNER TO clients_owner;

--
-- Name: idempotency; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY clients.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.idempotency OWNER TO clients_owner;

--
-- Name: inbox; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY clients.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.inbox OWNER TO clients_owner;

--
-- Name: outbox; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY clients.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.outbox OWNER TO clients_owner;

--
-- Name: terms; Type: TABLE; Schema: clients; Owner: clients_owner
--

CREATE TABLE clients.terms (
    workspace_id uuid NOT NULL,
    client_id uuid NOT NULL,
    term bytea NOT NULL
);

ALTER TABLE ONLY clients.terms FORCE ROW LEVEL SECURITY;


ALTER TABLE clients.terms OWNER TO clients_owner;

--
-- Name: alembic_version; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE clinical.alembic_version OWNER TO clinical_owner;

--
-- Name: attachments; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.attachments (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid,
    client_id uuid NOT NULL,
    created_by_user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    version bigint NOT NULL,
    file_type text NOT NULL,
    file_size_bytes bigint NOT NULL,
    status text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT attachment_status CHECK ((status = ANY (ARRAY['scanning'::text, 'ready'::text, 'rejected'::text])))
);

ALTER TABLE ONLY clinical.attachments FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.attachments OWNER TO clinical_owner;

--
-- Name: clients; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.clients (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    erased_at timestamp with time zone
);

ALTER TABLE ONLY clinical.clients FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.clients OWNER TO clinical_owner;

--
-- Name: data_keys; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY clinical.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.data_keys OWNER TO clinical_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY clinical.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.dead_letters OWNER TO clinical_owner;

--
-- Name: history; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.history (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    client_id uuid NOT NULL,
    appointment_id uuid,
    kind text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT history_kind CHECK ((kind = ANY (ARRAY['session'::text, 'session_finalized'::text, 'session_amended'::text])))
);

ALTER TABLE ONLY clinical.history FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.history OWNER TO clinical_owner;

--
-- Name: idempotency; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY clinical.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.idempotency OWNER TO clinical_owner;

--
-- Name: inbox; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY clinical.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.inbox OWNER TO clinical_owner;

--
-- Name: outbox; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY clinical.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.outbox OWNER TO clinical_owner;

--
-- Name: session_versions; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.session_versions (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    version_number integer NOT NULL,
    sealed bytea NOT NULL,
    created_by_user_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY clinical.session_versions FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.session_versions OWNER TO clinical_owner;

--
-- Name: sessions; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.sessions (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    appointment_id uuid,
    conflict_of uuid,
    created_by_user_id uuid NOT NULL,
    sealed bytea NOT NULL,
    version bigint NOT NULL,
    session_date timestamp with time zone NOT NULL,
    duration_minutes integer,
    status text NOT NULL,
    draft_last_saved_at timestamp with time zone,
    finalized_at timestamp with time zone,
    finalized_by_user_id uuid,
    amended_at timestamp with time zone,
    amendment_count integer DEFAULT 0 NOT NULL,
    attachment_count integer DEFAULT 0 NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by_user_id uuid,
    permanent_delete_after timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT duration_out_of_range CHECK (((duration_minutes >= 0) AND (duration_minutes <= 480))),
    CONSTRAINT session_attachment_count CHECK ((attachment_count >= 0)),
    CONSTRAINT session_finalized_at CHECK (((status = 'draft'::text) = (finalized_at IS NULL))),
    CONSTRAINT session_status CHECK ((status = ANY (ARRAY['draft'::text, 'finalized'::text, 'archived'::text])))
);

ALTER TABLE ONLY clinical.sessions FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.sessions OWNER TO clinical_owner;

--
-- Name: storage; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.storage (
    workspace_id uuid NOT NULL,
    used_bytes bigint NOT NULL,
    CONSTRAINT storage_below_zero CHECK ((used_bytes >= 0))
);

ALTER TABLE ONLY clinical.storage FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.storage OWNER TO clinical_owner;

--
-- Name: tallies; Type: TABLE; Schema: clinical; Owner: clinical_owner
--

CREATE TABLE clinical.tallies (
    workspace_id uuid NOT NULL,
    status text NOT NULL,
    live bigint NOT NULL,
    deleted bigint NOT NULL,
    CONSTRAINT tally_below_zero CHECK (((live >= 0) AND (deleted >= 0)))
);

ALTER TABLE ONLY clinical.tallies FORCE ROW LEVEL SECURITY;


ALTER TABLE clinical.tallies OWNER TO clinical_owner;

--
-- Name: alembic_version; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE identity.alembic_version OWNER TO identity_owner;

--
-- Name: data_keys; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY identity.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.data_keys OWNER TO identity_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY identity.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.dead_letters OWNER TO identity_owner;

--
-- Name: departments; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.departments (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY identity.departments FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.departments OWNER TO identity_owner;

--
-- Name: idempotency; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY identity.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.idempotency OWNER TO identity_owner;

--
-- Name: inbox; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY identity.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.inbox OWNER TO identity_owner;

--
-- Name: login_attempts; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.login_attempts (
    account bytea NOT NULL,
    purpose text NOT NULL,
    lane bytea NOT NULL,
    count integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    CONSTRAINT login_attempt_purpose CHECK ((purpose = ANY (ARRAY['password'::text, 'link'::text])))
);


ALTER TABLE identity.login_attempts OWNER TO identity_owner;

--
-- Name: login_sessions; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.login_sessions (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    ip_address text,
    user_agent text,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    idle_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    end_reason text,
    CONSTRAINT login_session_end CHECK (((ended_at IS NULL) = (end_reason IS NULL))),
    CONSTRAINT login_session_method CHECK ((method = ANY (ARRAY['pwd'::text, 'link'::text])))
);

ALTER TABLE ONLY identity.login_sessions FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.login_sessions OWNER TO identity_owner;

--
-- Name: magic_links; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.magic_links (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid,
    hash bytea,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE ONLY identity.magic_links FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.magic_links OWNER TO identity_owner;

--
-- Name: outbox; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY identity.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.outbox OWNER TO identity_owner;

--
-- Name: refresh_tokens; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.refresh_tokens (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    generation integer NOT NULL,
    hash bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    successor_sealed bytea
);

ALTER TABLE ONLY identity.refresh_tokens FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.refresh_tokens OWNER TO identity_owner;

--
-- Name: revocations; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.revocations (
    subject_id uuid NOT NULL,
    epoch bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE identity.revocations OWNER TO identity_owner;

--
-- Name: sign_ins; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.sign_ins (
    email_index bytea NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL
);


ALTER TABLE identity.sign_ins OWNER TO identity_owner;

--
-- Name: users; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.users (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    sealed bytea NOT NULL,
    version bigint NOT NULL,
    role text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_platform_admin boolean DEFAULT false NOT NULL,
    department_id uuid,
    license_number text,
    specialization text,
    shift_schedule jsonb,
    password_hash text,
    totp_sealed bytea,
    last_login_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_role CHECK ((role = ANY (ARRAY['owner'::text, 'assistant'::text, 'therapist'::text, 'operator'::text, 'doctor'::text, 'nurse'::text, 'head_doctor'::text, 'admin'::text])))
);

ALTER TABLE ONLY identity.users FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.users OWNER TO identity_owner;

--
-- Name: workspaces; Type: TABLE; Schema: identity; Owner: identity_owner
--

CREATE TABLE identity.workspaces (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    time_zone text NOT NULL,
    locale text NOT NULL,
    address text,
    phone text,
    license_number text,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_kind CHECK ((kind = ANY (ARRAY['practice'::text, 'hospital'::text]))),
    CONSTRAINT workspace_status CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text])))
);

ALTER TABLE ONLY identity.workspaces FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.workspaces OWNER TO identity_owner;

--
-- Name: alembic_version; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE notifications.alembic_version OWNER TO notifications_owner;

--
-- Name: appointments; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.appointments (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid,
    starts_at timestamp with time zone,
    is_open boolean NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT open_appointment_complete CHECK (((NOT is_open) OR ((client_id IS NOT NULL) AND (starts_at IS NOT NULL))))
);

ALTER TABLE ONLY notifications.appointments FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.appointments OWNER TO notifications_owner;

--
-- Name: data_keys; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY notifications.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.data_keys OWNER TO notifications_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY notifications.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.dead_letters OWNER TO notifications_owner;

--
-- Name: due_work; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.due_work (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    item_id uuid NOT NULL,
    due_at timestamp with time zone NOT NULL,
    CONSTRAINT work_kind_known CHECK ((kind = ANY (ARRAY['reminder'::text, 'mail'::text])))
);

ALTER TABLE ONLY notifications.due_work FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.due_work OWNER TO notifications_owner;

--
-- Name: idempotency; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY notifications.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.idempotency OWNER TO notifications_owner;

--
-- Name: inbox; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY notifications.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.inbox OWNER TO notifications_owner;

--
-- Name: mails; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.mails (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    sent_at timestamp with time zone,
    last_error text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT mail_kind_known CHECK ((kind = 'magic_link'::text)),
    CONSTRAINT mail_sent_facts CHECK (((status = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT mail_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'bounced'::text, 'dropped'::text, 'unknown'::text])))
);

ALTER TABLE ONLY notifications.mails FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.mails OWNER TO notifications_owner;

--
-- Name: outbox; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY notifications.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.outbox OWNER TO notifications_owner;

--
-- Name: reminder_configurations; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.reminder_configurations (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    hours_before integer NOT NULL,
    channel text NOT NULL,
    template_id uuid,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT channel_known CHECK ((channel = 'email'::text)),
    CONSTRAINT hours_before_range CHECK (((hours_before >= 1) AND (hours_before <= 720)))
);

ALTER TABLE ONLY notifications.reminder_configurations FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.reminder_configurations OWNER TO notifications_owner;

--
-- Name: reminder_figures; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.reminder_figures (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    status text NOT NULL,
    reminder_count bigint NOT NULL
);

ALTER TABLE ONLY notifications.reminder_figures FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.reminder_figures OWNER TO notifications_owner;

--
-- Name: reminders; Type: TABLE; Schema: notifications; Owner: notifications_owner
--

CREATE TABLE notifications.reminders (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    client_id uuid NOT NULL,
    hours_before integer NOT NULL,
    channel text NOT NULL,
    appointment_version bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    told_status text GENERATED ALWAYS AS (
CASE status
    WHEN 'sending'::text THEN 'pending'::text
    ELSE status
END) STORED NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    sent_at timestamp with time zone,
    last_error text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT reminder_sent_facts CHECK (((status = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT reminder_status_known CHECK ((status = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'bounced'::text, 'cancelled'::text, 'skipped'::text, 'unknown'::text])))
);

ALTER TABLE ONLY notifications.reminders FORCE ROW LEVEL SECURITY;


ALTER TABLE notifications.reminders OWNER TO notifications_owner;

--
-- Name: alembic_version; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.alembic_version (
    version_num character varying(32) NOT NULL
);


ALTER TABLE scheduling.alembic_version OWNER TO scheduling_owner;

--
-- Name: appointments; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.appointments (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    practitioner_id uuid NOT NULL,
    series_id uuid,
    scheduled_start timestamp with time zone NOT NULL,
    scheduled_end timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    location_type text NOT NULL,
    location_id uuid,
    service_id uuid,
    status text NOT NULL,
    sealed bytea NOT NULL,
    version bigint DEFAULT '1'::bigint NOT NULL,
    overbooked boolean DEFAULT false NOT NULL,
    overbooked_by uuid,
    overbooked_at timestamp with time zone,
    edited_at timestamp with time zone,
    edit_count integer DEFAULT 0 NOT NULL,
    created_by uuid NOT NULL,
    cancelled_by uuid,
    cancelled_at timestamp with time zone,
    deleted_by uuid,
    deleted_at timestamp with time zone,
    deletion_reason bytea,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT appointment_cancelled_facts CHECK (((status = 'cancelled'::text) = (cancelled_at IS NOT NULL))),
    CONSTRAINT appointment_deleted_facts CHECK (((deleted_at IS NOT NULL) OR (deletion_reason IS NULL))),
    CONSTRAINT appointment_during CHECK (((during @> tstzrange(scheduled_start, scheduled_end)) AND (during <@ tstzrange((scheduled_start - '04:00:00'::interval), (scheduled_end + '04:00:00'::interval))))),
    CONSTRAINT appointment_length CHECK (((scheduled_end > scheduled_start) AND ((scheduled_end - scheduled_start) <= '24:00:00'::interval))),
    CONSTRAINT appointment_location_type_known CHECK ((location_type = ANY (ARRAY['clinic'::text, 'home'::text, 'online'::text]))),
    CONSTRAINT appointment_overbooked_facts CHECK (((overbooked = (overbooked_at IS NOT NULL)) AND (overbooked = (overbooked_by IS NOT NULL)))),
    CONSTRAINT appointment_status_known CHECK ((status = ANY (ARRAY['scheduled'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text])))
);

ALTER TABLE ONLY scheduling.appointments FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.appointments OWNER TO scheduling_owner;

--
-- Name: client_figures; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.client_figures (
    workspace_id uuid NOT NULL,
    client_id uuid NOT NULL,
    appointment_count bigint NOT NULL,
    erased_at timestamp with time zone
);

ALTER TABLE ONLY scheduling.client_figures FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.client_figures OWNER TO scheduling_owner;

--
-- Name: data_keys; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.data_keys (
    workspace_id uuid NOT NULL,
    purpose text NOT NULL,
    version integer NOT NULL,
    wrapped bytea NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_key_purpose CHECK ((purpose = ANY (ARRAY['seal'::text, 'index'::text]))),
    CONSTRAINT data_key_state CHECK ((state = ANY (ARRAY['active'::text, 'reading'::text, 'retired'::text])))
);

ALTER TABLE ONLY scheduling.data_keys FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.data_keys OWNER TO scheduling_owner;

--
-- Name: day_figures; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.day_figures (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    status text NOT NULL,
    appointment_count bigint NOT NULL
);

ALTER TABLE ONLY scheduling.day_figures FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.day_figures OWNER TO scheduling_owner;

--
-- Name: dead_letters; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.dead_letters (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    queue text NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    error text NOT NULL,
    attempts bigint NOT NULL,
    died_at timestamp with time zone DEFAULT now() NOT NULL,
    replay_requested_at timestamp with time zone,
    replayed_at timestamp with time zone
);

ALTER TABLE ONLY scheduling.dead_letters FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.dead_letters OWNER TO scheduling_owner;

--
-- Name: idempotency; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.idempotency (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY scheduling.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.idempotency OWNER TO scheduling_owner;

--
-- Name: inbox; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.inbox (
    workspace_id uuid NOT NULL,
    queue text NOT NULL,
    event_id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY scheduling.inbox FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.inbox OWNER TO scheduling_owner;

--
-- Name: locations; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.locations (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    location_type text NOT NULL,
    address text,
    details text,
    is_active boolean DEFAULT true NOT NULL,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT location_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT location_type_known CHECK ((location_type = ANY (ARRAY['clinic'::text, 'home'::text, 'online'::text]))),
    CONSTRAINT location_withdrawn_inactive CHECK (((deleted_at IS NULL) OR (NOT is_active)))
);

ALTER TABLE ONLY scheduling.locations FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.locations OWNER TO scheduling_owner;

--
-- Name: outbox; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.outbox (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    payload bytea NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    traceparent text DEFAULT ''::text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    last_error text
);

ALTER TABLE ONLY scheduling.outbox FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.outbox OWNER TO scheduling_owner;

--
-- Name: services; Type: TABLE; Schema: scheduling; Owner: scheduling_owner
--

CREATE TABLE scheduling.services (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    default_duration_minutes integer NOT NULL,
    buffer_before_minutes integer DEFAULT 0 NOT NULL,
    buffer_after_minutes integer DEFAULT 0 NOT NULL,
    price_minor_units bigint,
    currency text,
    is_active boolean DEFAULT true NOT NULL,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT service_buffer_after_range CHECK (((buffer_after_minutes >= 0) AND (buffer_after_minutes <= 240))),
    CONSTRAINT service_buffer_before_range CHECK (((buffer_before_minutes >= 0) AND (buffer_before_minutes <= 240))),
    CONSTRAINT service_currency_code CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT service_duration_range CHECK (((default_duration_minutes >= 1) AND (default_duration_minutes <= 1440))),
    CONSTRAINT service_name_length CHECK (((char_length(name) >= 1) AND (char_length(name) <= 255))),
    CONSTRAINT service_price_range CHECK ((price_minor_units >= 0)),
    CONSTRAINT service_withdrawn_inactive CHECK (((deleted_at IS NULL) OR (NOT is_active)))
);

ALTER TABLE ONLY scheduling.services FORCE ROW LEVEL SECURITY;


ALTER TABLE scheduling.services OWNER TO scheduling_owner;

--
-- Name: audit_events_2026_10; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: audit_events_2026_11; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: audit_events_2026_12; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: audit_events_2027_01; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: audit_events_2027_02; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: audit_events_2027_03; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_03 FOR VALUES FROM ('2027-03-01 00:00:00+00') TO ('2027-04-01 00:00:00+00');


--
-- Name: audit_events_2027_04; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_04 FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00');


--
-- Name: audit_events_2027_05; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_05 FOR VALUES FROM ('2027-05-01 00:00:00+00') TO ('2027-06-01 00:00:00+00');


--
-- Name: audit_events_2027_06; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_06 FOR VALUES FROM ('2027-06-01 00:00:00+00') TO ('2027-07-01 00:00:00+00');


--
-- Name: audit_events_2027_07; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_07 FOR VALUES FROM ('2027-07-01 00:00:00+00') TO ('2027-08-01 00:00:00+00');


--
-- Name: audit_events_2027_08; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_08 FOR VALUES FROM ('2027-08-01 00:00:00+00') TO ('2027-09-01 00:00:00+00');


--
-- Name: audit_events_2027_09; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_09 FOR VALUES FROM ('2027-09-01 00:00:00+00') TO ('2027-10-01 00:00:00+00');


--
-- Name: audit_events_2027_10; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_10 FOR VALUES FROM ('2027-10-01 00:00:00+00') TO ('2027-11-01 00:00:00+00');


--
-- Name: audit_events_2027_11; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_2027_11 FOR VALUES FROM ('2027-11-01 00:00:00+00') TO ('2027-12-01 00:00:00+00');


--
-- Name: audit_events_default; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events ATTACH PARTITION audit.audit_events_default DEFAULT;


--
-- Name: touched_2026_10; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2026_10 FOR VALUES FROM ('2026-10-01 00:00:00+00') TO ('2026-11-01 00:00:00+00');


--
-- Name: touched_2026_11; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: touched_2026_12; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: touched_2027_01; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00');


--
-- Name: touched_2027_02; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_02 FOR VALUES FROM ('2027-02-01 00:00:00+00') TO ('2027-03-01 00:00:00+00');


--
-- Name: touched_2027_03; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_03 FOR VALUES FROM ('2027-03-01 00:00:00+00') TO ('2027-04-01 00:00:00+00');


--
-- Name: touched_2027_04; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_04 FOR VALUES FROM ('2027-04-01 00:00:00+00') TO ('2027-05-01 00:00:00+00');


--
-- Name: touched_2027_05; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_05 FOR VALUES FROM ('2027-05-01 00:00:00+00') TO ('2027-06-01 00:00:00+00');


--
-- Name: touched_2027_06; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_06 FOR VALUES FROM ('2027-06-01 00:00:00+00') TO ('2027-07-01 00:00:00+00');


--
-- Name: touched_2027_07; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_07 FOR VALUES FROM ('2027-07-01 00:00:00+00') TO ('2027-08-01 00:00:00+00');


--
-- Name: touched_2027_08; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_08 FOR VALUES FROM ('2027-08-01 00:00:00+00') TO ('2027-09-01 00:00:00+00');


--
-- Name: touched_2027_09; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_09 FOR VALUES FROM ('2027-09-01 00:00:00+00') TO ('2027-10-01 00:00:00+00');


--
-- Name: touched_2027_10; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_10 FOR VALUES FROM ('2027-10-01 00:00:00+00') TO ('2027-11-01 00:00:00+00');


--
-- Name: touched_2027_11; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_2027_11 FOR VALUES FROM ('2027-11-01 00:00:00+00') TO ('2027-12-01 00:00:00+00');


--
-- Name: touched_default; Type: TABLE ATTACH; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched ATTACH PARTITION audit.touched_default DEFAULT;


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: audit_events_2026_10; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2026_11; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.audit_events_2026_11 (workspace_id, id, created_at, user_id, event_type, resource_type, resource_id, action, outcome, ip_address, user_agent, session_id, metadata, retention_until) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-471e-74f0-ba1f-6247ebfefa3d', '2026-11-21 14:24:10.784517+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'login', 'User', '01a1fe7e-4324-752f-8411-ef683354c297', 'LOGIN', 'success', '127.0.0.1', 'python-httpx/0.28.1', NULL, '{"facts": {"method": "pwd", "login_session_id": "01a1fe7e-4719-74f0-9254-4a5d57171d79"}, "request_id": "01a1fe7e-461f-7730-a365-6b3d4d1d5b86"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4747-7227-8e0e-6f328340269c', '2026-11-21 14:24:11.07424+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'update_workspace', 'Workspace', '01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-473f-755e-bd45-41f655da8fd5"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-475d-74ee-872f-c510b160b9a1', '2026-11-21 14:24:11.084693+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_client', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-474b-701e-9653-2e3631946062"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4766-75d0-b356-6f6e29885e7f', '2026-11-21 14:24:11.106583+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_location', 'Location', '01a1fe7e-4762-74b4-b4dd-363d1e2bad10', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-4760-75cb-9d7c-affd0a08f70c"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-477f-747b-addc-ab934698c1ab', '2026-11-21 14:24:11.131369+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_service', 'Service', '01a1fe7e-477b-72b1-9c21-c98c86924865', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-477a-75bf-bc21-96759ca9dbb7"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b5-7335-b3f1-9900e936df94', '2026-11-21 14:24:11.175363+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'book_appointment', 'Appointment', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-4782-77d6-91eb-36d0619aa32b"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4786-73a1-bd5a-24b6d086e983', '2026-11-21 14:24:11.140008+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-4782-77d6-91eb-36d0619aa32b"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47d2-758a-b9fd-c01730ac88cb', '2026-11-21 14:24:11.195621+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_session', 'Session', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-47b9-766f-9e3c-bf47c801c0ec"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-487e-763d-8c38-b5fa64a2f7a2', '2026-11-21 14:24:11.241206+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'upload_attachment', 'SessionAttachment', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-47e7-7601-9628-764ed9031c17"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-488a-7247-96e4-0476689d2cd1', '2026-11-21 14:24:11.400527+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_session', 'Session', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-4887-720c-b5d5-d653bd72bbdb"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-48a9-71bc-b07b-d2100aa5cd74', '2026-11-21 14:24:11.426025+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_configuration', 'Workspace', '01a1fe7e-48a6-72f9-9a28-13e47f12dbd9', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-489e-70d4-a2c0-a8f5e39622ca"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4899-770c-91e0-1d8dbdfb5a05', '2026-11-21 14:24:11.409171+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'finalize_session', 'Session', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-4890-75b9-b1c1-433d4643f14f"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4999-7690-a2cf-acd94c0e5951', '2026-11-21 14:24:11.481391+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'login', 'User', '01a1fe7e-4324-752f-8411-ef683354c297', 'LOGIN', 'success', '127.0.0.1', 'python-httpx/0.28.1', NULL, '{"facts": {"method": "pwd", "login_session_id": "01a1fe7e-4997-706d-b734-a98f7de4a7c0"}, "request_id": "01a1fe7e-48d8-711f-a8cc-6fba58561c97"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c6-7412-a664-e16acab1f255', '2026-11-21 14:24:11.71743+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_client', 'Client', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-49c4-7479-a65e-06d1fb4f8d02"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49d3-7427-9377-e0c773d639af', '2026-11-21 14:24:11.727384+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'erase_client', 'Client', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', 'DELETE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-49ce-76f3-aece-de1361a6ac6f"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49df-76d1-9a8b-a18d5c174847', '2026-11-21 14:24:11.736629+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'end_login_session', 'User', '01a1fe7e-4324-752f-8411-ef683354c297', 'LOGOUT', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '{"request_id": "01a1fe7e-49d7-71e1-a97e-8b594b003848"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4aab-7054-839d-19bb1e18a3b2', '2026-11-21 14:24:11.800265+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'login', 'User', NULL, 'LOGIN', 'failure', '127.0.0.1', 'python-httpx/0.28.1', NULL, '{"code": "invalid_credentials", "request_id": "01a1fe7e-4a17-719e-8907-758ad2c66540"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4b4b-7639-ae6d-c799e70da57f', '2026-11-21 14:24:11.973991+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'login', 'User', '01a1fe7e-4324-752f-8411-ef683354c297', 'LOGIN', 'success', '127.0.0.1', 'python-httpx/0.28.1', NULL, '{"facts": {"method": "pwd", "login_session_id": "01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55"}, "request_id": "01a1fe7e-4ac5-7696-be40-5484384cbc4a"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4ce0-72b1-a707-b31b26cd7d50', '2026-11-21 14:24:12.208163+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'login', 'User', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'LOGIN', 'success', '127.0.0.1', 'python-httpx/0.28.1', NULL, '{"facts": {"method": "pwd", "login_session_id": "01a1fe7e-4cdf-74da-a472-e6af9aae6589"}, "request_id": "01a1fe7e-4baf-7414-b685-546975b94c51"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d3b-77ad-b488-7efdd4c20102', '2026-11-21 14:24:12.582665+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_client', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d20-71bc-ad80-a834ab7ef41b"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d53-712a-b2cd-97022d9704c6', '2026-11-21 14:24:12.620808+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_service', 'Service', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d4c-76c5-be4f-294c5e02ab12"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d48-721a-9a55-2e4ea490b738', '2026-11-21 14:24:12.610917+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_location', 'Location', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d41-715d-813d-41f3831fcb4d"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d78-762c-9ec8-30d63050b93f', '2026-11-21 14:24:12.663729+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d76-77e8-b372-223a7af371d6"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d5c-777b-b19b-ba22792b97bd', '2026-11-21 14:24:12.633937+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d59-76f3-9918-3530c7f5b4cb"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d6f-7250-be6a-fae4ffb6aea7', '2026-11-21 14:24:12.643019+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'book_appointment', 'Appointment', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d59-76f3-9918-3530c7f5b4cb"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d85-761f-ab61-a8560cb97e21', '2026-11-21 14:24:12.671642+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'book_appointment', 'Appointment', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d76-77e8-b372-223a7af371d6"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d8e-74b6-a2cf-21cf6cb323dd', '2026-11-21 14:24:12.685342+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d8c-76aa-97f6-b511051e9e8d"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da3-71c7-81a3-9a7e14be863f', '2026-11-21 14:24:12.695436+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'book_appointment', 'Appointment', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4d8c-76aa-97f6-b511051e9e8d"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4ddc-7646-8e38-fdfd64600730', '2026-11-21 14:24:12.763222+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4daf-70af-9703-ee43054f889f"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4de7-7482-9de2-71fff46f46eb', '2026-11-21 14:24:12.769235+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'change_appointment', 'Appointment', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4de0-71a5-8ef5-255d1a794878"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dc8-7560-ac52-025a84e74251', '2026-11-21 14:24:12.720618+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'change_appointment', 'Appointment', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4daf-70af-9703-ee43054f889f"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4df3-730f-a595-5eafee1ef21b', '2026-11-21 14:24:12.786113+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'delete_appointment', 'Appointment', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', 'DELETE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4def-7180-b77d-ab1fff40608d"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dea-7397-bcc1-87dbc6e6467a', '2026-11-21 14:24:12.778514+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4de0-71a5-8ef5-255d1a794878"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e2d-75c5-b4ce-630b291fec11', '2026-11-21 14:24:12.842417+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'finalize_session', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4e29-72f6-86d4-ae36deccca07"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e78-71ba-8ec9-b98f3b70399a', '2026-11-21 14:24:12.919985+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e77-70d3-ab13-5642abfb37c9"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e6d-76ea-985a-859818cd8325', '2026-11-21 14:24:12.900752+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'create_service', 'Service', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e63-7516-9e5b-485f58906fcc"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e97-72b6-b53c-ccf346ae00b6', '2026-11-21 14:24:12.951636+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e94-7610-afcb-14eac00ea836"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e14-70bc-b3fe-227aa91d928b', '2026-11-21 14:24:12.794811+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'create_session', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4df9-7520-9ebe-0f9fca3764e1"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e42-7210-947b-533375ddab6d', '2026-11-21 14:24:12.85801+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'create_client', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e38-76eb-89c6-0e9a473188c1"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e24-762a-ace0-3387eeada060', '2026-11-21 14:24:12.828329+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'save_session', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4e1b-768d-9cde-e81e902e7a2e"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e7a-77fa-8391-a8ba15d23b41', '2026-11-21 14:24:12.921131+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'book_appointment', 'Appointment', '01a1fe7e-4e79-7299-960a-69f610093397', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e77-70d3-ab13-5642abfb37c9"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e34-7152-9a7a-66240b5e5781', '2026-11-21 14:24:12.849982+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'save_session', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-4e31-7596-b018-4cb038b75625"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e60-7143-8f45-789f0faab7d4', '2026-11-21 14:24:12.873419+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'create_location', 'Location', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e48-7247-9b28-f04c051222a3"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e72-71a4-9591-0492dd0dd8c9', '2026-11-21 14:24:12.914263+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e71-76b7-8551-94f31f8c5874"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e75-771b-9552-918c20695225', '2026-11-21 14:24:12.9155+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'book_appointment', 'Appointment', '01a1fe7e-4e74-7172-b701-902500311896', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e71-76b7-8551-94f31f8c5874"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e7d-73dc-a82e-240503437caf', '2026-11-21 14:24:12.925429+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e7c-74bb-b918-697cf8e4a725"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e9c-73ff-b63c-abf4c3b274b6', '2026-11-21 14:24:12.954832+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'change_appointment', 'Appointment', '01a1fe7e-4e79-7299-960a-69f610093397', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e99-76a7-b4f8-bf4a7bf60ed0"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e91-7772-931b-1b487683c95c', '2026-11-21 14:24:12.943851+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'book_appointment', 'Appointment', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e7c-74bb-b918-697cf8e4a725"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e96-7494-b7de-e8cec0b0be02', '2026-11-21 14:24:12.948976+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'change_appointment', 'Appointment', '01a1fe7e-4e74-7172-b701-902500311896', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e94-7610-afcb-14eac00ea836"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e9d-7673-89f2-2798091fe646', '2026-11-21 14:24:12.957273+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e99-76a7-b4f8-bf4a7bf60ed0"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4edc-72a9-bf8a-4156bfe7b2a3', '2026-11-21 14:24:12.960163+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'delete_appointment', 'Appointment', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', 'DELETE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4e9f-77a3-965f-607b457a812d"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f12-721d-95ac-0912005be3a6', '2026-11-21 14:24:13.072304+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'finalize_session', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4f0f-71f5-a2be-20f2f4c3c871"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f08-7458-9ffe-3fbbf5347180', '2026-11-21 14:24:13.046629+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'create_session', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'CREATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4ef5-7784-a0f1-8d5d3a9982f4"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f0d-710b-b640-87760967596d', '2026-11-21 14:24:13.068753+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'save_session', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4f0b-71de-8aa1-4058737590a1"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f19-748b-ab45-a0ff62d4f9ec', '2026-11-21 14:24:13.077868+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'save_session', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'UPDATE', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-4f13-7525-9920-44adc238e8f3"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5069-724a-ba34-a4506aa0d349', '2026-11-21 14:24:13.414999+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_user', 'User', '01a1fe7e-4324-752f-8411-ef683354c297', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5064-755e-b02e-0bc006b0a831"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5082-7026-908a-39c78199e679', '2026-11-21 14:24:13.440739+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_client', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5080-70bd-ac8f-be3023b3ea12"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50a2-74c3-b6bf-df2db2598657', '2026-11-21 14:24:13.468061+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_history', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5097-7331-a95b-79431a285294"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5092-7528-a84b-d0d2fedc8b1b', '2026-11-21 14:24:13.455726+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_clients', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-508b-703c-8b88-49333d84984e"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50c2-74cd-963d-7f6620b41227', '2026-11-21 14:24:13.506371+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50be-74b3-be93-e60af4a58cc9"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50a3-7652-9fd5-7f281dc77040', '2026-11-21 14:24:13.468244+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_history', 'Client', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5097-7331-a95b-79431a285294"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50c0-70b8-a697-b86f42899549', '2026-11-21 14:24:13.503133+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_appointment', 'Appointment', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50be-74b3-be93-e60af4a58cc9"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50fd-7361-8976-16739718be4c', '2026-11-21 14:24:13.562079+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_download', 'SessionAttachment', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', 'EXPORT', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50f8-75b1-834a-319b66c6f69a"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50e7-770d-90cd-9de08fb23bb8', '2026-11-21 14:24:13.533697+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_sessions', 'Session', NULL, 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50d9-761a-a5f4-4c806e99f50d", "resource_ids": ["01a1fe7e-4888-749f-bf19-68bc1769b4a8", "01a1fe7e-47bb-76ec-9dae-46f28beb91ae"]}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50f0-764c-8e9d-1d4e7b1019b9', '2026-11-21 14:24:13.549772+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_attachments', 'SessionAttachment', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50ed-77e3-a017-8256aa627bb2"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50d6-7641-a39e-0dde0252078a', '2026-11-21 14:24:13.525232+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_session', 'Session', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-50d5-711d-91aa-79fe979d016f"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5159-717e-bec0-009777f6d824', '2026-11-21 14:24:13.635298+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_audit_events', 'Audit', NULL, 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5140-7712-8f13-7ceaa4cb707a"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5167-7634-ba8d-c2ad5cd0116f', '2026-11-21 14:24:13.670562+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_clients', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5166-7226-9efc-8cbaad50a8d7"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-516d-76e9-859e-8e00853e3057', '2026-11-21 14:24:13.67603+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_clients', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-516b-7283-aa26-cd00dee188b9"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5163-7266-91d2-fc76c0703d6a', '2026-11-21 14:24:13.662981+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_client', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-515e-76b3-97fd-fc2dc73ea918"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5174-72eb-9f3a-fef011851233', '2026-11-21 14:24:13.683443+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_history', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5172-7701-ac91-b5862debc465"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5180-70da-8c75-f7162b689668', '2026-11-21 14:24:13.696207+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_appointment', 'Appointment', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5180-70da-8c75-f7152a7e62a5"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5175-753a-bc6e-f8eccea6ec46', '2026-11-21 14:24:13.683571+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_history', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5172-7701-ac91-b5862debc465"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5182-77ac-8843-0d7ca29b49fb', '2026-11-21 14:24:13.698299+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5180-70da-8c75-f7152a7e62a5"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5186-710c-a144-20e2bf2595c6', '2026-11-21 14:24:13.700637+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_appointment', 'Appointment', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5184-7620-bec7-e20ab297d9fe"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51e1-734c-8501-435cad25d973', '2026-11-21 14:24:13.792864+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_session', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-51e0-71f8-8218-553551f490f5"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51de-741f-8067-ae90c744039d', '2026-11-21 14:24:13.789492+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'get_summaries', 'Client', '01a1fe7e-4d34-7754-b136-8935cfc48849', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-5184-7620-bec7-e20ab297d9fe"}', '2033-11-21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51e6-7067-b5ad-f6ec8ab17aff', '2026-11-21 14:24:13.797532+00', '01a1fe7e-4324-752f-8411-ef683354c297', 'list_versions', 'Session', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '{"request_id": "01a1fe7e-51e5-7540-848b-edaab7f060c8"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51eb-7016-8fbf-1d55b5953e80', '2026-11-21 14:24:13.8018+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_client', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-51e9-73ac-adf9-d4a7333dc080"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521a-73ac-a849-2ffd6d85de10', '2026-11-21 14:24:13.848553+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_appointment', 'Appointment', '01a1fe7e-4e74-7172-b701-902500311896', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-5218-7695-afbe-e96d435b2e7b"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5203-764a-84af-79fd5c5de447', '2026-11-21 14:24:13.826412+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_history', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-5201-74bb-886a-90e51922881b"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521b-70dc-b6a4-2bd1fd2c997f', '2026-11-21 14:24:13.850944+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-5218-7695-afbe-e96d435b2e7b"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5228-75ab-a5c7-2d5b9fd6e933', '2026-11-21 14:24:13.863859+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_session', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-5227-76d1-8d50-f10b47822f4a"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51fd-74b1-bfd7-e99330c4ff4f', '2026-11-21 14:24:13.820649+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_clients', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-51fc-7264-b8af-a43b72a9d3ce"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5204-714f-a2fe-dadb97abcdf8', '2026-11-21 14:24:13.826299+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_history', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-5201-74bb-886a-90e51922881b"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5220-7540-b93b-378298d1aa39', '2026-11-21 14:24:13.856526+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_summaries', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-521d-7286-b5cf-e7b01909e2a0"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521e-70ed-a5a9-319f840fc24a', '2026-11-21 14:24:13.853725+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'get_appointment', 'Appointment', '01a1fe7e-4e79-7299-960a-69f610093397', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-521d-7286-b5cf-e7b01909e2a0"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51f6-741e-bc7e-8cc33eae767b', '2026-11-21 14:24:13.810867+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_clients', 'Client', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-51f1-7535-b473-5293a651b17d"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-522d-725c-aff1-e14eed69878d', '2026-11-21 14:24:13.868196+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_versions', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'READ', 'success', '127.0.0.1', 'python-httpx/0.28.1', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '{"request_id": "01a1fe7e-522c-7238-a4f6-5fb113f4a734"}', '2033-11-21'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'ef672595-1b57-4d54-938f-2ed24a557625', '2026-11-21 14:24:15.198721+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'list_versions', 'Session', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 'READ', 'success', NULL, NULL, NULL, '{"request_id": "01a1fe7e-522c-7238-a4f6-5fb113f4a734"}', '2033-11-21');


--
-- Data for Name: audit_events_2026_12; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_01; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_02; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_03; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_04; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_05; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_06; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_07; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_08; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_09; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_10; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_2027_11; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: audit_events_default; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: chain_heads; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.chain_heads (workspace_id, sequence, hash) VALUES
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 22, '\x5f89cb15dd0a796748f29e3020ee27a7ad328ca136b17a139faed458ad43b441'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 59, '\xf097a9e393ac22e4b05c05c53f323edd3bcf3a1385b3d1703ad9472df32441a5');


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('2a1ca8a6-da06-4cfe-a9f4-35fb6cb78997', 'seal', 1, '\x00', 'active', '2026-11-21 14:24:15.23112+00');


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('2b0f44d8-bbca-44fa-a61f-84f4de585017', '7f745264-231e-413b-8f4c-d7c09906a869', 'audit.example', 'example', '\x', '', '', '2026-11-21 14:24:15.231986+00', 'ValueError', 5, '2026-11-21 14:24:15.231986+00', NULL, NULL);


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('4c0f0a79-4165-4e7a-911a-11ba8ab5409a', 'fa52537b-56d9-4d40-9516-673d3768ef41', 'Example', 'once', '\x00', '\x00', '2026-11-21 14:24:15.230311+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.inbox (workspace_id, queue, event_id, received_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-471e-74f0-ba1f-624830f46165', '2026-11-21 14:24:11.054037+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4747-7227-8e0e-6f33611d5553', '2026-11-21 14:24:11.109698+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-475d-74ee-872f-c51186646d88', '2026-11-21 14:24:11.114089+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4766-75d0-b356-6f6f6d5b0ff1', '2026-11-21 14:24:11.143739+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-477f-747b-addc-ab9417588125', '2026-11-21 14:24:11.148448+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-47b5-7335-b3f1-9901f1a63aab', '2026-11-21 14:24:11.200474+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4786-73a1-bd5a-24b6d086e983', '2026-11-21 14:24:11.213894+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-47d2-758a-b9fd-c01857fc8374', '2026-11-21 14:24:11.257967+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-487f-7397-a27a-94bca2813fd5', '2026-11-21 14:24:11.411575+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-488b-777c-a82f-36c2004f81a9', '2026-11-21 14:24:11.411849+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-48a9-71bc-b07b-d21167addc11', '2026-11-21 14:24:11.457224+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4899-770c-91e0-1d8e7744eb3c', '2026-11-21 14:24:11.472436+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4999-7690-a2cf-acda1a4a9f43', '2026-11-21 14:24:11.695164+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-49c6-7412-a664-e16b4c7986bd', '2026-11-21 14:24:11.745036+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-49d3-7427-9377-e0c8fe52df89', '2026-11-21 14:24:11.7457+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-49e0-73cd-bb4b-d922696fa86c', '2026-11-21 14:24:11.7518+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4aab-7054-839d-19bb1e18a3b2', '2026-11-21 14:24:11.963623+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4b4b-7639-ae6d-c79a0a769b0f', '2026-11-21 14:24:12.124296+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4ce1-72cd-b14d-739e6735b180', '2026-11-21 14:24:12.547149+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d3b-77ad-b488-7efe747f81eb', '2026-11-21 14:24:12.623917+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d53-712a-b2cd-97039b3872c4', '2026-11-21 14:24:12.647131+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d48-721a-9a55-2e4f3da8bbe4', '2026-11-21 14:24:12.64723+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d5c-777b-b19b-ba22792b97bd', '2026-11-21 14:24:12.679668+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d78-762c-9ec8-30d63050b93f', '2026-11-21 14:24:12.684339+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d6f-7250-be6a-fae5e308f9f1', '2026-11-21 14:24:12.700216+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d85-761f-ab61-a8573cbb9ac7', '2026-11-21 14:24:12.703252+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4d8e-74b6-a2cf-21cf6cb323dd', '2026-11-21 14:24:12.734442+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4da3-71c7-81a3-9a7fc4a41ec0', '2026-11-21 14:24:12.756193+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4ddc-7646-8e38-fdfd64600730', '2026-11-21 14:24:12.776826+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4de7-7482-9de2-7200803a5159', '2026-11-21 14:24:12.805708+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4dc8-7560-ac52-025b684c71b0', '2026-11-21 14:24:12.805819+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4df3-730f-a595-5eb0a3477c5f', '2026-11-21 14:24:12.805852+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4dea-7397-bcc1-87dbc6e6467a', '2026-11-21 14:24:12.832894+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4e14-70bc-b3fe-227b2c96f65b', '2026-11-21 14:24:12.837998+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e42-7210-947b-5334b444a3be', '2026-11-21 14:24:12.884983+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4e24-762a-ace0-3388dc1f6ad3', '2026-11-21 14:24:12.897411+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4e2d-75c5-b4ce-630c5a86a4f0', '2026-11-21 14:24:12.898847+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-4e34-7152-9a7a-66250f8e1e24', '2026-11-21 14:24:12.899523+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e60-7143-8f45-78a0be17337d', '2026-11-21 14:24:12.909747+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e78-71ba-8ec9-b98f3b70399a', '2026-11-21 14:24:12.938798+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e72-71a4-9591-0492dd0dd8c9', '2026-11-21 14:24:12.935714+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e6d-76ea-985a-8599dd7b61a3', '2026-11-21 14:24:12.965454+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e75-771b-9552-918dc12b6177', '2026-11-21 14:24:12.96573+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e7b-7372-8fe5-2a031e9c2970', '2026-11-21 14:24:12.966815+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e7d-73dc-a82e-240503437caf', '2026-11-21 14:24:12.99694+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e97-72b6-b53c-ccf346ae00b6', '2026-11-21 14:24:12.997008+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e9c-73ff-b63c-abf55d15d409', '2026-11-21 14:24:12.985605+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e91-7772-931b-1b4972f8d5d2', '2026-11-21 14:24:12.981101+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e96-7494-b7de-e8cf3ae3fce9', '2026-11-21 14:24:12.986791+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4e9d-7673-89f2-2798091fe646', '2026-11-21 14:24:13.019784+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4edc-72a9-bf8a-4157349ee415', '2026-11-21 14:24:13.064095+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4f0e-73c3-8c5d-2e21148636d5', '2026-11-21 14:24:13.077101+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4f12-721d-95ac-0913151dc3f2', '2026-11-21 14:24:13.07717+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4f08-7458-9ffe-3fbc6a6fadab', '2026-11-21 14:24:13.077354+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-4f19-748b-ab45-a100159cf241', '2026-11-21 14:24:13.135154+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5069-724a-ba34-a4506aa0d349', '2026-11-21 14:24:13.432567+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5082-7026-908a-39c78199e679', '2026-11-21 14:24:13.459233+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50a2-74c3-b6bf-df2db2598657', '2026-11-21 14:24:13.489263+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5092-7528-a84b-d0d2fedc8b1b', '2026-11-21 14:24:13.511073+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50c2-74cd-963d-7f6620b41227', '2026-11-21 14:24:13.511291+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50a3-7652-9fd5-7f281dc77040', '2026-11-21 14:24:13.51592+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50c0-70b8-a697-b86f42899549', '2026-11-21 14:24:13.543519+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50fd-7361-8976-16739718be4c', '2026-11-21 14:24:13.568452+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50d6-7641-a39e-0dde0252078a', '2026-11-21 14:24:13.568242+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50e7-770d-90cd-9de08fb23bb8', '2026-11-21 14:24:13.568313+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-50f0-764c-8e9d-1d4e7b1019b9', '2026-11-21 14:24:13.568392+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5159-717e-bec0-009777f6d824', '2026-11-21 14:24:13.671881+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5167-7634-ba8d-c2ad5cd0116f', '2026-11-21 14:24:13.684974+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-516d-76e9-859e-8e00853e3057', '2026-11-21 14:24:13.685011+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5163-7266-91d2-fc76c0703d6a', '2026-11-21 14:24:13.685158+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5174-72eb-9f3a-fef011851233', '2026-11-21 14:24:13.704103+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5180-70da-8c75-f7162b689668', '2026-11-21 14:24:13.704326+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5175-753a-bc6e-f8eccea6ec46', '2026-11-21 14:24:13.704357+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5182-77ac-8843-0d7ca29b49fb', '2026-11-21 14:24:13.759261+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-5186-710c-a144-20e2bf2595c6', '2026-11-21 14:24:13.803601+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-51e1-734c-8501-435cad25d973', '2026-11-21 14:24:13.807385+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-51e6-7067-b5ad-f6ec8ab17aff', '2026-11-21 14:24:13.808962+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'audit.record', '01a1fe7e-51de-741f-8067-ae90c744039d', '2026-11-21 14:24:13.836764+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-51eb-7016-8fbf-1d55b5953e80', '2026-11-21 14:24:13.837243+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-51f6-741e-bc7e-8cc33eae767b', '2026-11-21 14:24:13.837212+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-51fd-74b1-bfd7-e99330c4ff4f', '2026-11-21 14:24:13.837175+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-5204-714f-a2fe-dadb97abcdf8', '2026-11-21 14:24:13.854789+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-521a-73ac-a849-2ffd6d85de10', '2026-11-21 14:24:13.85487+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-5203-764a-84af-79fd5c5de447', '2026-11-21 14:24:13.8628+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-521b-70dc-b6a4-2bd1fd2c997f', '2026-11-21 14:24:13.885483+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-5220-7540-b93b-378298d1aa39', '2026-11-21 14:24:13.886726+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-522d-725c-aff1-e14eed69878d', '2026-11-21 14:24:13.908665+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-521e-70ed-a5a9-319f840fc24a', '2026-11-21 14:24:13.908475+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'audit.record', '01a1fe7e-5228-75ab-a5c7-2d5b9fd6e933', '2026-11-21 14:24:13.908823+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5159-717e-bec0-009777f6d824', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353135392d373137652d626563302d303039373737663664383234122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a116c6973745f61756469745f6576656e7473300b3802500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353134302d373731322d386631332d3763656161346362373037618a010c088dd386d80610d0c1f7ae02', '01a1fe7e-5140-7712-8f13-7ceaa4cb707a', '00-5ba375250029bdfe629623a62652cf08-b450bca4a025b40d-01', '2026-11-21 14:24:13.635298+00', '2026-11-21 14:24:13.657716+00', '2026-11-21 14:24:13.749059+00', 0, NULL);


--
-- Data for Name: seals; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.seals (workspace_id, sequence, event_id, event_created_at, previous_hash, hash) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 1, '01a1fe7e-471e-74f0-ba1f-6247ebfefa3d', '2026-11-21 14:24:10.784517+00', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x2df4e22b6a758cc0c237cc72c6fd87a44be17328a1f918f2cae989dc38efbe82'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 2, '01a1fe7e-4747-7227-8e0e-6f328340269c', '2026-11-21 14:24:11.07424+00', '\x2df4e22b6a758cc0c237cc72c6fd87a44be17328a1f918f2cae989dc38efbe82', '\x13b276c5562ae1b1d128f327a9b88bb962e110da45e6e9d6f8afabae54aa9f17'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 3, '01a1fe7e-475d-74ee-872f-c510b160b9a1', '2026-11-21 14:24:11.084693+00', '\x13b276c5562ae1b1d128f327a9b88bb962e110da45e6e9d6f8afabae54aa9f17', '\xda00cffa064288fadd5178bf20314c730e89a2bddc1bd1485a0ea8c9afb314f5'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 4, '01a1fe7e-4766-75d0-b356-6f6e29885e7f', '2026-11-21 14:24:11.106583+00', '\xda00cffa064288fadd5178bf20314c730e89a2bddc1bd1485a0ea8c9afb314f5', '\x2e35cf3c08b0f595fb4a27a2b78103bb0f9ec4b9f371edbeca3100c0f54eda0d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 5, '01a1fe7e-477f-747b-addc-ab934698c1ab', '2026-11-21 14:24:11.131369+00', '\x2e35cf3c08b0f595fb4a27a2b78103bb0f9ec4b9f371edbeca3100c0f54eda0d', '\x92c3ef6df4bce74aca87b1d10e531ae344f2747cbf9294cc7c7e57308a6ae60f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 6, '01a1fe7e-47b5-7335-b3f1-9900e936df94', '2026-11-21 14:24:11.175363+00', '\x92c3ef6df4bce74aca87b1d10e531ae344f2747cbf9294cc7c7e57308a6ae60f', '\x83b68a8661a3194b24f9fb8c2dc090acd456e865c3882a7b19c5cbe5c86a2dc9'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 7, '01a1fe7e-4786-73a1-bd5a-24b6d086e983', '2026-11-21 14:24:11.140008+00', '\x83b68a8661a3194b24f9fb8c2dc090acd456e865c3882a7b19c5cbe5c86a2dc9', '\x3a3eaabdf180e03b2362f3fdafdd4f8d7ea1c1317892efa559e7f20af3c9fb0b'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 8, '01a1fe7e-47d2-758a-b9fd-c01730ac88cb', '2026-11-21 14:24:11.195621+00', '\x3a3eaabdf180e03b2362f3fdafdd4f8d7ea1c1317892efa559e7f20af3c9fb0b', '\x95661834f6eab0ecb683170427fe6f26e8db8cb32ba9f4a197c5c5a5304a31b5'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 9, '01a1fe7e-487e-763d-8c38-b5fa64a2f7a2', '2026-11-21 14:24:11.241206+00', '\x95661834f6eab0ecb683170427fe6f26e8db8cb32ba9f4a197c5c5a5304a31b5', '\x4abb7837a1fca8fd1a4d877a6204abee811d74618abd4a0fa42a8bed3e441372'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 10, '01a1fe7e-488a-7247-96e4-0476689d2cd1', '2026-11-21 14:24:11.400527+00', '\x4abb7837a1fca8fd1a4d877a6204abee811d74618abd4a0fa42a8bed3e441372', '\x1fe321f782ca28d53be652a62aa11517a7139812e2c60030900a306b623e8a10'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 11, '01a1fe7e-48a9-71bc-b07b-d2100aa5cd74', '2026-11-21 14:24:11.426025+00', '\x1fe321f782ca28d53be652a62aa11517a7139812e2c60030900a306b623e8a10', '\x493cef55f03a275b8a7d1b84d3848b650fb606da98cd70d69d5d44ca8515fa45'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 12, '01a1fe7e-4899-770c-91e0-1d8dbdfb5a05', '2026-11-21 14:24:11.409171+00', '\x493cef55f03a275b8a7d1b84d3848b650fb606da98cd70d69d5d44ca8515fa45', '\xaa1e63163d9c0a6e352fdd1ae18c5e4571105c982cf1b7b62b3fcb0ed263f274'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 13, '01a1fe7e-4999-7690-a2cf-acd94c0e5951', '2026-11-21 14:24:11.481391+00', '\xaa1e63163d9c0a6e352fdd1ae18c5e4571105c982cf1b7b62b3fcb0ed263f274', '\x02f51d063c29c010ecd6bc168916bbb075140c48e32ab1d8a3765cb5f0e1d49a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 14, '01a1fe7e-49c6-7412-a664-e16acab1f255', '2026-11-21 14:24:11.71743+00', '\x02f51d063c29c010ecd6bc168916bbb075140c48e32ab1d8a3765cb5f0e1d49a', '\xb448703411e9e9906c8f4000a9e2b4e2cc857056fee099d76ae5928c3eedb5d4'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 15, '01a1fe7e-49d3-7427-9377-e0c773d639af', '2026-11-21 14:24:11.727384+00', '\xb448703411e9e9906c8f4000a9e2b4e2cc857056fee099d76ae5928c3eedb5d4', '\xd1f3cf789577cbcef872eace56bb166a7e5c6d39146c4d13836788be0e201203'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 16, '01a1fe7e-49df-76d1-9a8b-a18d5c174847', '2026-11-21 14:24:11.736629+00', '\xd1f3cf789577cbcef872eace56bb166a7e5c6d39146c4d13836788be0e201203', '\xb1a88d25249c893629fb9b5d7262b07dd7544ff6d3eb01df5977fbab54d2c0ba'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 17, '01a1fe7e-4aab-7054-839d-19bb1e18a3b2', '2026-11-21 14:24:11.800265+00', '\xb1a88d25249c893629fb9b5d7262b07dd7544ff6d3eb01df5977fbab54d2c0ba', '\xfe2e266cf0bf84c5f4e052c9b0cbc0c824d3b8e2c62b25d9069a0b7e75c52d2c'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 18, '01a1fe7e-4b4b-7639-ae6d-c799e70da57f', '2026-11-21 14:24:11.973991+00', '\xfe2e266cf0bf84c5f4e052c9b0cbc0c824d3b8e2c62b25d9069a0b7e75c52d2c', '\x5af7638e3350b8ed5148162d2608194ac8dc5aafa8c485dc7072d81fe2ad83b9'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 1, '01a1fe7e-4ce0-72b1-a707-b31b26cd7d50', '2026-11-21 14:24:12.208163+00', '\x0000000000000000000000000000000000000000000000000000000000000000', '\x67afeae294a075b83e6532140fd9914c0f3c357e0a2167b07fb0c6c9da69face'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 19, '01a1fe7e-4d3b-77ad-b488-7efdd4c20102', '2026-11-21 14:24:12.582665+00', '\x5af7638e3350b8ed5148162d2608194ac8dc5aafa8c485dc7072d81fe2ad83b9', '\x968b2564aba21129c6e46c894e831fc9b0628f276afe0257cb0f27f2c902ed27'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 20, '01a1fe7e-4d53-712a-b2cd-97022d9704c6', '2026-11-21 14:24:12.620808+00', '\x968b2564aba21129c6e46c894e831fc9b0628f276afe0257cb0f27f2c902ed27', '\x2841822f630d763ecd4275c5bdd312982efa62e4e0f806072c4bfdb9c80dc7c3'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 21, '01a1fe7e-4d48-721a-9a55-2e4ea490b738', '2026-11-21 14:24:12.610917+00', '\x2841822f630d763ecd4275c5bdd312982efa62e4e0f806072c4bfdb9c80dc7c3', '\x2324632c9d8170b5fba45d939feb9158dc5737dcd4e791b7761c0b24f8617140'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 22, '01a1fe7e-4d78-762c-9ec8-30d63050b93f', '2026-11-21 14:24:12.663729+00', '\x2324632c9d8170b5fba45d939feb9158dc5737dcd4e791b7761c0b24f8617140', '\x4bdd40739da1999b38f8882ff462f594ace13f170f3f27f3f3a406e411c8fcba'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 23, '01a1fe7e-4d5c-777b-b19b-ba22792b97bd', '2026-11-21 14:24:12.633937+00', '\x4bdd40739da1999b38f8882ff462f594ace13f170f3f27f3f3a406e411c8fcba', '\xa1fac13a1e8b3e1cdba397847e41f786cfe38588716c9f9162917e5f468e8139'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 24, '01a1fe7e-4d6f-7250-be6a-fae4ffb6aea7', '2026-11-21 14:24:12.643019+00', '\xa1fac13a1e8b3e1cdba397847e41f786cfe38588716c9f9162917e5f468e8139', '\x79d9788d472f762c3847b2b418383e3f4a7ec041eb3bd06b6cd123732de6e577'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 25, '01a1fe7e-4d85-761f-ab61-a8560cb97e21', '2026-11-21 14:24:12.671642+00', '\x79d9788d472f762c3847b2b418383e3f4a7ec041eb3bd06b6cd123732de6e577', '\xd7bb1e90b962f88510003fff63a8b481e50f64e83024ee0bf946b07cf313c62a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 26, '01a1fe7e-4d8e-74b6-a2cf-21cf6cb323dd', '2026-11-21 14:24:12.685342+00', '\xd7bb1e90b962f88510003fff63a8b481e50f64e83024ee0bf946b07cf313c62a', '\x39224f3646ccd3cf5afb17805bc2de559e54264ac83d7ceae49c3ea5d99a01b4'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 2, '01a1fe7e-4e42-7210-947b-533375ddab6d', '2026-11-21 14:24:12.85801+00', '\x67afeae294a075b83e6532140fd9914c0f3c357e0a2167b07fb0c6c9da69face', '\x619e63de9bba2a7fff57b15d4f155c7f51ed3c88193f166c135ab10025683c53'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 3, '01a1fe7e-4e60-7143-8f45-789f0faab7d4', '2026-11-21 14:24:12.873419+00', '\x619e63de9bba2a7fff57b15d4f155c7f51ed3c88193f166c135ab10025683c53', '\x0da192049201f18f9f505a09b7827e842f240dedc5af8b6a55bd9dadd1a37761'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 4, '01a1fe7e-4e72-71a4-9591-0492dd0dd8c9', '2026-11-21 14:24:12.914263+00', '\x0da192049201f18f9f505a09b7827e842f240dedc5af8b6a55bd9dadd1a37761', '\xd69592045d2834460266ec93b7769e22f69b692ba396f899deee7507698165b1'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 5, '01a1fe7e-4e78-71ba-8ec9-b98f3b70399a', '2026-11-21 14:24:12.919985+00', '\xd69592045d2834460266ec93b7769e22f69b692ba396f899deee7507698165b1', '\x87384765afd2b9c3b7c4f6116767a0480f1a2a8b0ea93f3527e199921016acfe'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 6, '01a1fe7e-4e6d-76ea-985a-859818cd8325', '2026-11-21 14:24:12.900752+00', '\x87384765afd2b9c3b7c4f6116767a0480f1a2a8b0ea93f3527e199921016acfe', '\x21a7b60a612058574c4f7d31b6b6c636b568bb28673f4bf8fdaa396d25d5fa95'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 7, '01a1fe7e-4e75-771b-9552-918c20695225', '2026-11-21 14:24:12.9155+00', '\x21a7b60a612058574c4f7d31b6b6c636b568bb28673f4bf8fdaa396d25d5fa95', '\x807fa8ddb2aa620443e9eb2a75da7e0f5014750ed3f6eabca57eef0351e3e8be'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 8, '01a1fe7e-4e7a-77fa-8391-a8ba15d23b41', '2026-11-21 14:24:12.921131+00', '\x807fa8ddb2aa620443e9eb2a75da7e0f5014750ed3f6eabca57eef0351e3e8be', '\xba1e168dc7a44a01e64d5d73da0dd68c27ab2fae3123d0192be37c0511e9990a'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 9, '01a1fe7e-4e7d-73dc-a82e-240503437caf', '2026-11-21 14:24:12.925429+00', '\xba1e168dc7a44a01e64d5d73da0dd68c27ab2fae3123d0192be37c0511e9990a', '\x99469a70c964c5e6a35a38d4dd2bcb435395db0d18b998e820bd484977ee6b49'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 10, '01a1fe7e-4e97-72b6-b53c-ccf346ae00b6', '2026-11-21 14:24:12.951636+00', '\x99469a70c964c5e6a35a38d4dd2bcb435395db0d18b998e820bd484977ee6b49', '\x43615f144ae56305c6f47ba5f293a46ba876fc219e251f6b6aab68033886c361'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 27, '01a1fe7e-4da3-71c7-81a3-9a7e14be863f', '2026-11-21 14:24:12.695436+00', '\x39224f3646ccd3cf5afb17805bc2de559e54264ac83d7ceae49c3ea5d99a01b4', '\x0e4dc2d9a2aed069fe6485fc24da455985dced15c6ad885f1f8024a1de866367'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 28, '01a1fe7e-4ddc-7646-8e38-fdfd64600730', '2026-11-21 14:24:12.763222+00', '\x0e4dc2d9a2aed069fe6485fc24da455985dced15c6ad885f1f8024a1de866367', '\x7bb189b22bba1541c06d5cf978bae16024c64f2cc1bba9963cf00d675f2fb68d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 29, '01a1fe7e-4dc8-7560-ac52-025a84e74251', '2026-11-21 14:24:12.720618+00', '\x7bb189b22bba1541c06d5cf978bae16024c64f2cc1bba9963cf00d675f2fb68d', '\x95d8eeea5ca27568a01733d639b9bd1cdfb595a74b30e2b3486b411e951ffa52'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 30, '01a1fe7e-4de7-7482-9de2-71fff46f46eb', '2026-11-21 14:24:12.769235+00', '\x95d8eeea5ca27568a01733d639b9bd1cdfb595a74b30e2b3486b411e951ffa52', '\x0105d6640abfe44fc200055a1f9ed919829b8fc3c6666ffea182b7fc96ec98e8'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 31, '01a1fe7e-4df3-730f-a595-5eafee1ef21b', '2026-11-21 14:24:12.786113+00', '\x0105d6640abfe44fc200055a1f9ed919829b8fc3c6666ffea182b7fc96ec98e8', '\x116865ca6a90a11ca8cb2fcc8b4a4c1312b1c1f22876abc18edca01f8707df5f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 32, '01a1fe7e-4dea-7397-bcc1-87dbc6e6467a', '2026-11-21 14:24:12.778514+00', '\x116865ca6a90a11ca8cb2fcc8b4a4c1312b1c1f22876abc18edca01f8707df5f', '\xf1d8f3b30cce0ba8374ec47aab744ae6206405f73ec89cf63a23c8217b3fbb06'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 33, '01a1fe7e-4e14-70bc-b3fe-227aa91d928b', '2026-11-21 14:24:12.794811+00', '\xf1d8f3b30cce0ba8374ec47aab744ae6206405f73ec89cf63a23c8217b3fbb06', '\x606766ec1d8ae2e8b063bc3a0364b7d165ac9222dd1e5c14ad0803b9a1fb2638'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 34, '01a1fe7e-4e24-762a-ace0-3387eeada060', '2026-11-21 14:24:12.828329+00', '\x606766ec1d8ae2e8b063bc3a0364b7d165ac9222dd1e5c14ad0803b9a1fb2638', '\xb64f1a7804c6afcde548bb68f911dd7fa5dab99b0697d2e86028eb4b34ed28e5'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 35, '01a1fe7e-4e2d-75c5-b4ce-630b291fec11', '2026-11-21 14:24:12.842417+00', '\xb64f1a7804c6afcde548bb68f911dd7fa5dab99b0697d2e86028eb4b34ed28e5', '\x105bae8ab25832e5caf458ee3803091cefe158748154b9560fbd9e4ae3835aa3'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 36, '01a1fe7e-4e34-7152-9a7a-66240b5e5781', '2026-11-21 14:24:12.849982+00', '\x105bae8ab25832e5caf458ee3803091cefe158748154b9560fbd9e4ae3835aa3', '\x2a5ab263299e46409eddaf6af03736a91d3a7b035acc069599702bfece73810b'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 11, '01a1fe7e-4e9c-73ff-b63c-abf4c3b274b6', '2026-11-21 14:24:12.954832+00', '\x43615f144ae56305c6f47ba5f293a46ba876fc219e251f6b6aab68033886c361', '\x83c2400c0f7c64de58a01fdda2f5d4f1eb9b5c28632e32fe9a8bdf63610cac82'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 12, '01a1fe7e-4e96-7494-b7de-e8cec0b0be02', '2026-11-21 14:24:12.948976+00', '\x83c2400c0f7c64de58a01fdda2f5d4f1eb9b5c28632e32fe9a8bdf63610cac82', '\x2ca06bf0dff323e6c91341bdc994cd6d0e01b6bb95175d36b7107c35900edc22'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 13, '01a1fe7e-4e9d-7673-89f2-2798091fe646', '2026-11-21 14:24:12.957273+00', '\x2ca06bf0dff323e6c91341bdc994cd6d0e01b6bb95175d36b7107c35900edc22', '\x9d7bba7fa84cf89297d58107771922b768bbe5c7eb7aa5d03bfa170440813783'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 14, '01a1fe7e-4e91-7772-931b-1b487683c95c', '2026-11-21 14:24:12.943851+00', '\x9d7bba7fa84cf89297d58107771922b768bbe5c7eb7aa5d03bfa170440813783', '\x3c6ca35ceea1e4150435c760c05da36e7709bac71d1180c55b3f48073e092065'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 15, '01a1fe7e-4edc-72a9-bf8a-4156bfe7b2a3', '2026-11-21 14:24:12.960163+00', '\x3c6ca35ceea1e4150435c760c05da36e7709bac71d1180c55b3f48073e092065', '\x62d708b70c0a1fd3d00fb986c979d83704f9bb6ff3925f8b6857a95c12645f74'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 16, '01a1fe7e-4f08-7458-9ffe-3fbbf5347180', '2026-11-21 14:24:13.046629+00', '\x62d708b70c0a1fd3d00fb986c979d83704f9bb6ff3925f8b6857a95c12645f74', '\x6abc554712c0a3e9f02adfb26baab2b63f10fa0305c8cc89d404c87ca96a1736'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 17, '01a1fe7e-4f12-721d-95ac-0912005be3a6', '2026-11-21 14:24:13.072304+00', '\x6abc554712c0a3e9f02adfb26baab2b63f10fa0305c8cc89d404c87ca96a1736', '\x793f77c33f9c6547e409f2d267363a683da9293e50a9f169d41184bf89e64347'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 18, '01a1fe7e-4f0d-710b-b640-87760967596d', '2026-11-21 14:24:13.068753+00', '\x793f77c33f9c6547e409f2d267363a683da9293e50a9f169d41184bf89e64347', '\x929d8ae25ff9f071afecb70c90af563705a892f35fbe2ec35987cb575c8cc978'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 19, '01a1fe7e-4f19-748b-ab45-a0ff62d4f9ec', '2026-11-21 14:24:13.077868+00', '\x929d8ae25ff9f071afecb70c90af563705a892f35fbe2ec35987cb575c8cc978', '\x43135fdc382de8b9aeed3b7d2d941e1c7ca5fc7689b1a3b39de84537165c419a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 37, '01a1fe7e-5069-724a-ba34-a4506aa0d349', '2026-11-21 14:24:13.414999+00', '\x2a5ab263299e46409eddaf6af03736a91d3a7b035acc069599702bfece73810b', '\x1782dc19ae99ef95b27ab6445c73183deef09b5a2a9cd6b972ed86f134ed7568'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 38, '01a1fe7e-5082-7026-908a-39c78199e679', '2026-11-21 14:24:13.440739+00', '\x1782dc19ae99ef95b27ab6445c73183deef09b5a2a9cd6b972ed86f134ed7568', '\x8c377fb9872d8ff04409af607dc7c14826d9cf2e878eb3cbfb6a259fd25ba55f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 39, '01a1fe7e-50a2-74c3-b6bf-df2db2598657', '2026-11-21 14:24:13.468061+00', '\x8c377fb9872d8ff04409af607dc7c14826d9cf2e878eb3cbfb6a259fd25ba55f', '\xd489703c5220b159a3b0514e99bf41c17ee82ea5f101587418849e73c1b8f40f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 40, '01a1fe7e-5092-7528-a84b-d0d2fedc8b1b', '2026-11-21 14:24:13.455726+00', '\xd489703c5220b159a3b0514e99bf41c17ee82ea5f101587418849e73c1b8f40f', '\x3008d3005c6a0c2f87de671b8fbeb5223c06b9a8c45e7209fbe31affc038d95f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 41, '01a1fe7e-50c2-74cd-963d-7f6620b41227', '2026-11-21 14:24:13.506371+00', '\x3008d3005c6a0c2f87de671b8fbeb5223c06b9a8c45e7209fbe31affc038d95f', '\x5b4151c439f7b6ee7272cfc6ecd695ff9d8b3754fee542612ba1b15b44be8770'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 42, '01a1fe7e-50a3-7652-9fd5-7f281dc77040', '2026-11-21 14:24:13.468244+00', '\x5b4151c439f7b6ee7272cfc6ecd695ff9d8b3754fee542612ba1b15b44be8770', '\xae9bc73cd7ae0e076640d15d50aaedb9648d308c05174ddb4c2fbfacd9f4c091'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 43, '01a1fe7e-50c0-70b8-a697-b86f42899549', '2026-11-21 14:24:13.503133+00', '\xae9bc73cd7ae0e076640d15d50aaedb9648d308c05174ddb4c2fbfacd9f4c091', '\xa898f0c9ae3268a6ff1e803cccd9b4b661fc7e16e80ede77fdff34926d80f708'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 20, '01a1fe7e-51eb-7016-8fbf-1d55b5953e80', '2026-11-21 14:24:13.8018+00', '\x43135fdc382de8b9aeed3b7d2d941e1c7ca5fc7689b1a3b39de84537165c419a', '\xfbd2eb7f322b9ea868bfa0834f9a3015afb346f889b4472760133ca9533244de'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 21, '01a1fe7e-51f6-741e-bc7e-8cc33eae767b', '2026-11-21 14:24:13.810867+00', '\xfbd2eb7f322b9ea868bfa0834f9a3015afb346f889b4472760133ca9533244de', '\x7bd642907c3ddd3dca6866b11ab9d2451f2f0a84972ff2334a24d5ef72b4a2e5'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 22, '01a1fe7e-51fd-74b1-bfd7-e99330c4ff4f', '2026-11-21 14:24:13.820649+00', '\x7bd642907c3ddd3dca6866b11ab9d2451f2f0a84972ff2334a24d5ef72b4a2e5', '\x5f89cb15dd0a796748f29e3020ee27a7ad328ca136b17a139faed458ad43b441'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 44, '01a1fe7e-50fd-7361-8976-16739718be4c', '2026-11-21 14:24:13.562079+00', '\xa898f0c9ae3268a6ff1e803cccd9b4b661fc7e16e80ede77fdff34926d80f708', '\x1fe7d86cc0563cec52e8908af72c4eecc8975479fc9d6012262503200d703990'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 45, '01a1fe7e-50e7-770d-90cd-9de08fb23bb8', '2026-11-21 14:24:13.533697+00', '\x1fe7d86cc0563cec52e8908af72c4eecc8975479fc9d6012262503200d703990', '\x089db603c39208b03f00e97b82a38fc5f8bafc82d62c1d1f4a80d2920735b7dd'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 46, '01a1fe7e-50d6-7641-a39e-0dde0252078a', '2026-11-21 14:24:13.525232+00', '\x089db603c39208b03f00e97b82a38fc5f8bafc82d62c1d1f4a80d2920735b7dd', '\x2216041f75aa619a37c1856a692e7a4d068cf4bce88564055fa1480de016948b'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 47, '01a1fe7e-50f0-764c-8e9d-1d4e7b1019b9', '2026-11-21 14:24:13.549772+00', '\x2216041f75aa619a37c1856a692e7a4d068cf4bce88564055fa1480de016948b', '\x7d0f9743bd8f4f90dec2613ca926b31b38d263f274a908925fa84140722fed8f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 48, '01a1fe7e-5159-717e-bec0-009777f6d824', '2026-11-21 14:24:13.635298+00', '\x7d0f9743bd8f4f90dec2613ca926b31b38d263f274a908925fa84140722fed8f', '\x0b22caedae89e0d39653335df1ad687e4f71d06307ccd1ea5c894d789ca24177'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 49, '01a1fe7e-5167-7634-ba8d-c2ad5cd0116f', '2026-11-21 14:24:13.670562+00', '\x0b22caedae89e0d39653335df1ad687e4f71d06307ccd1ea5c894d789ca24177', '\x8b5e578d5faa79b2c443add45718077d4febd7812ba8e35884552cf4ba701dba'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 50, '01a1fe7e-516d-76e9-859e-8e00853e3057', '2026-11-21 14:24:13.67603+00', '\x8b5e578d5faa79b2c443add45718077d4febd7812ba8e35884552cf4ba701dba', '\x802b3c83c863dc8c7d53510d6bc4c441aed444bbabb8df1cbd532bb01886024d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 51, '01a1fe7e-5163-7266-91d2-fc76c0703d6a', '2026-11-21 14:24:13.662981+00', '\x802b3c83c863dc8c7d53510d6bc4c441aed444bbabb8df1cbd532bb01886024d', '\x2b0c23e0ad8d04ee1b4de6f40d8ca737a26e10bed9174dc59af169b7650aa7b3'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 52, '01a1fe7e-5174-72eb-9f3a-fef011851233', '2026-11-21 14:24:13.683443+00', '\x2b0c23e0ad8d04ee1b4de6f40d8ca737a26e10bed9174dc59af169b7650aa7b3', '\xb7891b937f175da43c5be526ff06494fadf906f5f6f7ca5b128cf62c4c36614c'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 53, '01a1fe7e-5180-70da-8c75-f7162b689668', '2026-11-21 14:24:13.696207+00', '\xb7891b937f175da43c5be526ff06494fadf906f5f6f7ca5b128cf62c4c36614c', '\xfd18a7312f05669bff708676125e7656ddb9a7c66c20ee1496f6005983da9870'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 54, '01a1fe7e-5175-753a-bc6e-f8eccea6ec46', '2026-11-21 14:24:13.683571+00', '\xfd18a7312f05669bff708676125e7656ddb9a7c66c20ee1496f6005983da9870', '\x38929473af424048e04ebdae6447474af9bc0020f7fd3e86f777b062a8fe916e'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 55, '01a1fe7e-5182-77ac-8843-0d7ca29b49fb', '2026-11-21 14:24:13.698299+00', '\x38929473af424048e04ebdae6447474af9bc0020f7fd3e86f777b062a8fe916e', '\x8f1e90663e39a264fcfc8091a50515e4334476d0fd5286ff4df23aaa8653eacc'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 56, '01a1fe7e-5186-710c-a144-20e2bf2595c6', '2026-11-21 14:24:13.700637+00', '\x8f1e90663e39a264fcfc8091a50515e4334476d0fd5286ff4df23aaa8653eacc', '\x02093977c075c5b5eeef32c9857868ea35fc3c39ed80bc3590d0b90d30f787fe'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 57, '01a1fe7e-51e6-7067-b5ad-f6ec8ab17aff', '2026-11-21 14:24:13.797532+00', '\x02093977c075c5b5eeef32c9857868ea35fc3c39ed80bc3590d0b90d30f787fe', '\x937551b78ba095d72e459abdce602a1b2e132997f37789d8fdedc16976104040'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 58, '01a1fe7e-51e1-734c-8501-435cad25d973', '2026-11-21 14:24:13.792864+00', '\x937551b78ba095d72e459abdce602a1b2e132997f37789d8fdedc16976104040', '\xf3310fb88b9c7a98f223a8cae3d40e60fea57fa8fa4371e5899bde1167f605b7'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 59, '01a1fe7e-51de-741f-8067-ae90c744039d', '2026-11-21 14:24:13.789492+00', '\xf3310fb88b9c7a98f223a8cae3d40e60fea57fa8fa4371e5899bde1167f605b7', '\xf097a9e393ac22e4b05c05c53f323edd3bcf3a1385b3d1703ad9472df32441a5');


--
-- Data for Name: touched_2026_10; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2026_11; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.touched_2026_11 (workspace_id, resource_id, created_at, event_id) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:10.784517+00', '01a1fe7e-471e-74f0-ba1f-6247ebfefa3d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-11-21 14:24:11.07424+00', '01a1fe7e-4747-7227-8e0e-6f328340269c'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:11.084693+00', '01a1fe7e-475d-74ee-872f-c510b160b9a1'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4762-74b4-b4dd-363d1e2bad10', '2026-11-21 14:24:11.106583+00', '01a1fe7e-4766-75d0-b356-6f6e29885e7f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-477b-72b1-9c21-c98c86924865', '2026-11-21 14:24:11.131369+00', '01a1fe7e-477f-747b-addc-ab934698c1ab'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '2026-11-21 14:24:11.175363+00', '01a1fe7e-47b5-7335-b3f1-9900e936df94'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:11.140008+00', '01a1fe7e-4786-73a1-bd5a-24b6d086e983'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '2026-11-21 14:24:11.195621+00', '01a1fe7e-47d2-758a-b9fd-c01730ac88cb'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', '2026-11-21 14:24:11.241206+00', '01a1fe7e-487e-763d-8c38-b5fa64a2f7a2'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '2026-11-21 14:24:11.400527+00', '01a1fe7e-488a-7247-96e4-0476689d2cd1'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-48a6-72f9-9a28-13e47f12dbd9', '2026-11-21 14:24:11.426025+00', '01a1fe7e-48a9-71bc-b07b-d2100aa5cd74'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '2026-11-21 14:24:11.409171+00', '01a1fe7e-4899-770c-91e0-1d8dbdfb5a05'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:11.481391+00', '01a1fe7e-4999-7690-a2cf-acd94c0e5951'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', '2026-11-21 14:24:11.71743+00', '01a1fe7e-49c6-7412-a664-e16acab1f255'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', '2026-11-21 14:24:11.727384+00', '01a1fe7e-49d3-7427-9377-e0c773d639af'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:11.736629+00', '01a1fe7e-49df-76d1-9a8b-a18d5c174847'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:11.973991+00', '01a1fe7e-4b4b-7639-ae6d-c799e70da57f'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:12.208163+00', '01a1fe7e-4ce0-72b1-a707-b31b26cd7d50'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.582665+00', '01a1fe7e-4d3b-77ad-b488-7efdd4c20102'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', '2026-11-21 14:24:12.620808+00', '01a1fe7e-4d53-712a-b2cd-97022d9704c6'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', '2026-11-21 14:24:12.610917+00', '01a1fe7e-4d48-721a-9a55-2e4ea490b738'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.633937+00', '01a1fe7e-4d5c-777b-b19b-ba22792b97bd'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.663729+00', '01a1fe7e-4d78-762c-9ec8-30d63050b93f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '2026-11-21 14:24:12.643019+00', '01a1fe7e-4d6f-7250-be6a-fae4ffb6aea7'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '2026-11-21 14:24:12.671642+00', '01a1fe7e-4d85-761f-ab61-a8560cb97e21'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.685342+00', '01a1fe7e-4d8e-74b6-a2cf-21cf6cb323dd'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '2026-11-21 14:24:12.695436+00', '01a1fe7e-4da3-71c7-81a3-9a7e14be863f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.763222+00', '01a1fe7e-4ddc-7646-8e38-fdfd64600730'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '2026-11-21 14:24:12.769235+00', '01a1fe7e-4de7-7482-9de2-71fff46f46eb'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '2026-11-21 14:24:12.720618+00', '01a1fe7e-4dc8-7560-ac52-025a84e74251'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '2026-11-21 14:24:12.786113+00', '01a1fe7e-4df3-730f-a595-5eafee1ef21b'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:12.778514+00', '01a1fe7e-4dea-7397-bcc1-87dbc6e6467a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:12.794811+00', '01a1fe7e-4e14-70bc-b3fe-227aa91d928b'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.85801+00', '01a1fe7e-4e42-7210-947b-533375ddab6d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:12.828329+00', '01a1fe7e-4e24-762a-ace0-3387eeada060'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:12.842417+00', '01a1fe7e-4e2d-75c5-b4ce-630b291fec11'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:12.849982+00', '01a1fe7e-4e34-7152-9a7a-66240b5e5781'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', '2026-11-21 14:24:12.873419+00', '01a1fe7e-4e60-7143-8f45-789f0faab7d4'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.914263+00', '01a1fe7e-4e72-71a4-9591-0492dd0dd8c9'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.919985+00', '01a1fe7e-4e78-71ba-8ec9-b98f3b70399a'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', '2026-11-21 14:24:12.900752+00', '01a1fe7e-4e6d-76ea-985a-859818cd8325'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e74-7172-b701-902500311896', '2026-11-21 14:24:12.9155+00', '01a1fe7e-4e75-771b-9552-918c20695225'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e79-7299-960a-69f610093397', '2026-11-21 14:24:12.921131+00', '01a1fe7e-4e7a-77fa-8391-a8ba15d23b41'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.925429+00', '01a1fe7e-4e7d-73dc-a82e-240503437caf'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.951636+00', '01a1fe7e-4e97-72b6-b53c-ccf346ae00b6'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e79-7299-960a-69f610093397', '2026-11-21 14:24:12.954832+00', '01a1fe7e-4e9c-73ff-b63c-abf4c3b274b6'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e74-7172-b701-902500311896', '2026-11-21 14:24:12.948976+00', '01a1fe7e-4e96-7494-b7de-e8cec0b0be02'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:12.957273+00', '01a1fe7e-4e9d-7673-89f2-2798091fe646'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', '2026-11-21 14:24:12.943851+00', '01a1fe7e-4e91-7772-931b-1b487683c95c'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', '2026-11-21 14:24:12.960163+00', '01a1fe7e-4edc-72a9-bf8a-4156bfe7b2a3'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.046629+00', '01a1fe7e-4f08-7458-9ffe-3fbbf5347180'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.072304+00', '01a1fe7e-4f12-721d-95ac-0912005be3a6'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.068753+00', '01a1fe7e-4f0d-710b-b640-87760967596d'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.077868+00', '01a1fe7e-4f19-748b-ab45-a0ff62d4f9ec'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:13.414999+00', '01a1fe7e-5069-724a-ba34-a4506aa0d349'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:13.440739+00', '01a1fe7e-5082-7026-908a-39c78199e679'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:13.468061+00', '01a1fe7e-50a2-74c3-b6bf-df2db2598657'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:13.455726+00', '01a1fe7e-5092-7528-a84b-d0d2fedc8b1b'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:13.506371+00', '01a1fe7e-50c2-74cd-963d-7f6620b41227'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-11-21 14:24:13.468244+00', '01a1fe7e-50a3-7652-9fd5-7f281dc77040'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '2026-11-21 14:24:13.503133+00', '01a1fe7e-50c0-70b8-a697-b86f42899549'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', '2026-11-21 14:24:13.562079+00', '01a1fe7e-50fd-7361-8976-16739718be4c'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '2026-11-21 14:24:13.533697+00', '01a1fe7e-50e7-770d-90cd-9de08fb23bb8'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '2026-11-21 14:24:13.533697+00', '01a1fe7e-50e7-770d-90cd-9de08fb23bb8'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '2026-11-21 14:24:13.525232+00', '01a1fe7e-50d6-7641-a39e-0dde0252078a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', '2026-11-21 14:24:13.549772+00', '01a1fe7e-50f0-764c-8e9d-1d4e7b1019b9'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.670562+00', '01a1fe7e-5167-7634-ba8d-c2ad5cd0116f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.67603+00', '01a1fe7e-516d-76e9-859e-8e00853e3057'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.662981+00', '01a1fe7e-5163-7266-91d2-fc76c0703d6a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.683443+00', '01a1fe7e-5174-72eb-9f3a-fef011851233'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '2026-11-21 14:24:13.696207+00', '01a1fe7e-5180-70da-8c75-f7162b689668'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.683571+00', '01a1fe7e-5175-753a-bc6e-f8eccea6ec46'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.698299+00', '01a1fe7e-5182-77ac-8843-0d7ca29b49fb'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '2026-11-21 14:24:13.700637+00', '01a1fe7e-5186-710c-a144-20e2bf2595c6'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:13.797532+00', '01a1fe7e-51e6-7067-b5ad-f6ec8ab17aff'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '2026-11-21 14:24:13.792864+00', '01a1fe7e-51e1-734c-8501-435cad25d973'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.820649+00', '01a1fe7e-51fd-74b1-bfd7-e99330c4ff4f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-11-21 14:24:13.789492+00', '01a1fe7e-51de-741f-8067-ae90c744039d'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.810867+00', '01a1fe7e-51f6-741e-bc7e-8cc33eae767b'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.8018+00', '01a1fe7e-51eb-7016-8fbf-1d55b5953e80'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.826299+00', '01a1fe7e-5204-714f-a2fe-dadb97abcdf8'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e74-7172-b701-902500311896', '2026-11-21 14:24:13.848553+00', '01a1fe7e-521a-73ac-a849-2ffd6d85de10'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.826412+00', '01a1fe7e-5203-764a-84af-79fd5c5de447'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.850944+00', '01a1fe7e-521b-70dc-b6a4-2bd1fd2c997f'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-11-21 14:24:13.856526+00', '01a1fe7e-5220-7540-b93b-378298d1aa39'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.868196+00', '01a1fe7e-522d-725c-aff1-e14eed69878d'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e79-7299-960a-69f610093397', '2026-11-21 14:24:13.853725+00', '01a1fe7e-521e-70ed-a5a9-319f840fc24a'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '2026-11-21 14:24:13.863859+00', '01a1fe7e-5228-75ab-a5c7-2d5b9fd6e933');


--
-- Data for Name: touched_2026_12; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_01; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_02; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_03; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_04; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_05; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_06; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_07; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_08; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_09; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_10; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_2027_11; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: touched_default; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--



--
-- Data for Name: unsealed; Type: TABLE DATA; Schema: audit; Owner: audit_owner
--

INSERT INTO audit.unsealed (workspace_id, arrival, event_id, event_created_at) OVERRIDING SYSTEM VALUE VALUES
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 82, '01a1fe7e-5204-714f-a2fe-dadb97abcdf8', '2026-11-21 14:24:13.826299+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 83, '01a1fe7e-521a-73ac-a849-2ffd6d85de10', '2026-11-21 14:24:13.848553+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 84, '01a1fe7e-5203-764a-84af-79fd5c5de447', '2026-11-21 14:24:13.826412+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 85, '01a1fe7e-521b-70dc-b6a4-2bd1fd2c997f', '2026-11-21 14:24:13.850944+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 86, '01a1fe7e-5220-7540-b93b-378298d1aa39', '2026-11-21 14:24:13.856526+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 87, '01a1fe7e-522d-725c-aff1-e14eed69878d', '2026-11-21 14:24:13.868196+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 88, '01a1fe7e-521e-70ed-a5a9-319f840fc24a', '2026-11-21 14:24:13.853725+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 89, '01a1fe7e-5228-75ab-a5c7-2d5b9fd6e933', '2026-11-21 14:24:13.863859+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 90, 'ef672595-1b57-4d54-938f-2ed24a557625', '2026-11-21 14:24:15.198721+00');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: clients; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.clients (workspace_id, id, version, revision, sealed, sealed_name, external_id_index, is_active, consent_status, time_zone, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 1, 1, '\x01000000011cfe841d2d93623a19ca987591e784c41dcea7a6b6f862faacef062ea8dbbdde222efaec011b30f0e3437868fabdf8dbdb83aa', '\x01000000017bb576d420fdca19e31959c113f1e843b43da4d18f534f951e998e5d97334d5c0907ef5095f70a58ae7e67e73ae942d2f0167d', NULL, true, false, NULL, '2026-11-21 14:24:11.084693+00', '2026-11-21 14:24:11.084693+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', 1, 4, '\x01000000012de03de9139a41a2364b6c95d3cbede7af321b2b7b49fbc07083816a70d44690951f7d6afb4f355cf01ed9ebe5c6f852631f89ea8b545f65d19bf0d02975a5f7e05ab4c898444b76279e9dcbf477433504b34197113f7e9ef4a1d315f3b79c45cdf2a27af255b5020b6b4f45ece34cb618c16981b310df82a7ce276d8bbdcd53f2285e9203f86edcfb72f2119e39f0cffc293a6c922bd94dbeb356d95c8124874153c2243c38006973f8241e3cd961d4e9d12b728d364ee1016cb47bc8f0925a7f43514201713e5730b057e7f26b94c74333ba7de67203a30a7c59efaeeef3441b93071f62f1c682bb65875f930aaae4d250087f2c576d7652f9a87bf1dc684d10e3c058174e24e00f01a68e5d8979ba208b3cb39cf8c422a1a76b21c75e62ac8d', '\x010000000141303022557e01e93423e9082845971cd748fb994f1c6b8bb04c4f223efda1454df87a9feb7bf67aeb2260156ecadb89df727bc22abaebda3875e5dc34a6d99d20a3a73548354026ea2d5c49769a7cac7983f6ab15af54', '\x181f236aa732f5145b9aa200a8a9047c', true, true, 'Europe/Copenhagen', '2026-11-21 14:24:12.582665+00', '2026-11-21 14:24:12.582665+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 1, 1, '\x0100000001c3aa70b2359bc8344340aa2ebc45bfe1020a57dec717e7a2ba27eb3c4d98feff532197d31bffd272f2d27ed04b2198f8eb87d4e527d903e5d040b9abb9a3dbc2babe784de4e3f206142aac52231ddcc750a85bb301db8e00ef467492cd9528fd33516d3a0f00c148fd23b7de19ca5bb839faeaaa0880552c64c0cf03b36fbc45e0f7c7572b98efe76ba985baa38431026cde303c66a4198090aa009ac912eba7df1a9f6eeb4b685f3fdc0d499ea02129476dc609685fa3da991efa1e107ba2862ef2760b9b8deef37bc3d001832b9c3507b4d301c411432e285776b83a1cf124773beddbd261f56bf91662703b57ebdd1b124003c9563797dd14a4484e54c0ec3010b3826ea091d4f3168b5171eabf03d1a7f85e4a01cb8434e0ab06538438f715', '\x0100000001c15bdc28d663afd1235fa1ab4762b2c7ca6cb3754facdf3c2dd1745a8563a208b38bbc2e78285fc93b88de14ec50bcb5684d052f672a452924d5037f856520059e7e7081981178bdd36c001debdfbd3c53fee0ae3b42a8', '\x1b2433c1eb80a40d2932244beabbdc7f', true, true, 'Europe/Copenhagen', '2026-11-21 14:24:12.85801+00', '2026-11-21 14:24:12.85801+00');


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'index', 1, '\x010131da71d0eb392373c33862273ef1314b760baa3e704dc7ef3a8e4a8f72b35c9d215752207ed565416ae0da3882dd19d47aad70b52f2400a4525a6a923a', 'active', '2026-11-21 14:24:11.089275+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'seal', 1, '\x0101317af6636f9cd5f19cca7f0b8480334caa23d1eca54334e42f392e4a5e0a7de76a7f5d26acec84472f10df328cbc1e95528ac2457fe433c20620b9f909', 'active', '2026-11-21 14:24:11.089275+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'index', 1, '\x010131e5303ed19ec679f322e8b727abf4771bfbdf7647c3424e99a10edb4d519b9f09af4f25fd7db4df2d5be249021f31964d28a59bcb7bb02bf5c33db486', 'active', '2026-11-21 14:24:12.858161+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'seal', 1, '\x0101315eb3c42e1cd8263ba7128504a7b4e2ff27b853ff47948ec50b15ac103f16b01bf72039fe688e118bfec50b7fe40d8a6101261a9106b48df05c05dc76', 'active', '2026-11-21 14:24:12.858161+00');


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('9b5080f3-3fa5-41a5-9e55-73f713f11a95', '28d879cc-a05d-4ba5-a844-44017279d360', 'clients.example', 'example', '\x', '', '', '2026-11-21 14:24:15.216694+00', 'ValueError', 5, '2026-11-21 14:24:15.216694+00', NULL, NULL);


--
-- Data for Name: directory; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.directory (workspace_id, revision) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 4),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 1);


--
-- Data for Name: erasures; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.erasures (workspace_id, id, revision) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', 3);


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.clients.v1.Clients/CreateClient', 'POST /clients', '\xc716960611a11a91987aba8148354b8d', '\x0100000001cf6475a394463c47ba0994e293fe9f8aa107b461602d8282b3cc47dd7db1df7be289549b59a9e14acd48ad21953ba05d48cf25705b00833d3f5995e0d308282a3ec173751d768c7f575fca40dc53e2ef3a9f223b749b4f32caa83b084310e54b8ac93e22936b35d2abb168ce4460db457feb03ed7df9d629f7151c22565c7b2e55376704f9848c9d58043e9ed3c4430d1ae8dfd1e89ce4b9f20197e0bbfe110bb40aee12fea510bb73f2f6055a4e176f1fafdd078182e42568bfcf89c74b9f9d5ac7afe09f90582d8f650526cadb9e4c1c47cb08e2fb0935f9bd840d3e76865d6757c493d9e26aa9db8a1b6bf02fe87a10e36eaf3fd5a7f9d5738d20edaefcc1885f7a34a3b4cf04887fcc6cf6c3251ea72e5f359f07349afd4d0ad079c2920c89f1e8b103b1c0d909ad04ba738692d62e3ecf116b5aa17346476a02aff0953d19c618af1d32bd0f60247c80e714099526e6d2a7ad794a5073106c4261f09f8ab6b141b982f06ef65fd62fb0f25000657455f00d08d5c3e058b88d2ec37227ed24b268e976fcdd2577881b892f262cc2f904124b3352264e0e1e7174e0da705e2afdc44d7779', '2026-11-21 14:24:12.582665+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.clients.v1.Clients/CreateClient', 'POST /clients', '\x91166881d0fe8586bbcb25e0af18340c', '\x0100000001695ef14ba6ac5ece10ac91fad6b6dbbc6382eebe65b6483cb1d2f8650e76c4ddc7ebb7bec34f20d4fb0a99932e79a57062b5cf345d2caa2f9fdc0e23e5b2db4cea66905c4bf6c1fe472dd050abe54b4318cbdcb7af4360c5369d061d373b2c017c6995fbd7f0b3eda55e3e1227a1a318428282fee6da6037bd67c0eab1df9936590dcddae09463430e17f29041cdf4728f8a49a5404e35eae79a8a2880ffed5b49e0a1f95b947702adcdea2caed8ac347d16fc77868b3db3edba9ec9473c37832a0bab61fd1f8c85ddde55309d05d2f233236069962c3d158d7f47fd6de832cd8f1dea95529bf3942a280e4d22969b8e0fb3b370964deafb5379c7be1be9a5ab6ab8fc31d571de5a08223af6df3822ecdedb1cda1b1a8148b5688165869640edf9a48399f75f188934c43676f5157c71aec1c7d04a1061050f5a21fbd0212efbe98a0b19051790e4559219a6576990f3c972b4f6e01a1d31f6c18328e2ccee0c4e87ae3146fe89d4548414e4af3ccf0abe40cfb8d4401d3eb2095dde1bb874f2ee46a16b42e568b35e3a5a0c8792434a6749ad572b9f90e1c766abd3097932eb81d549f9b788', '2026-11-21 14:24:12.85801+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.inbox (workspace_id, queue, event_id, received_at) VALUES
	('b44ccc69-8b40-4867-a7de-fc84ca58d8e5', 'clients.example', '997aa7b8-0097-475e-a556-123c363aed08', '2026-11-21 14:24:15.214968+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-475d-74ee-872f-c51186646d88', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343735642d373465652d383732662d633531306231363062396131122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6372656174655f636c69656e7430023801422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343734622d373031652d393635332d3265333633313934363036328a010b088bd386d8061088a0b128', '01a1fe7e-474b-701e-9653-2e3631946062', '00-92557470184a7e553bd5bd30a18c80e7-8f5d69f14fadebce-01', '2026-11-21 14:24:11.084693+00', '2026-11-21 14:24:11.093075+00', '2026-11-21 14:24:11.163174+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4786-73a1-bd5a-24b6d086e983', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343738362d373361312d626435612d323462366430383665393833122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343738322d373764362d393165622d3336643036313961613332628a010b088bd386d80610c0b4e142', '01a1fe7e-4782-77d6-91eb-36d0619aa32b', '00-80188c7b05152473772f3387f3e745d2-75e8dfb624ffd9a7-01', '2026-11-21 14:24:11.140008+00', '2026-11-21 14:24:11.171414+00', '2026-11-21 14:24:11.263214+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c6-7412-a664-e16b4c7986bd', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343963362d373431322d613636342d653136616361623166323535122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6372656174655f636c69656e7430023801422430316131666537652d343963352d373735352d613664632d306330663839336435386337500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343963342d373437392d613635652d3036643166623466386430328a010c088bd386d80610f0b98cd602', '01a1fe7e-49c4-7479-a65e-06d1fb4f8d02', '00-50a2f9e073b1781cdda2006c153bd423-12db1b0de997136e-01', '2026-11-21 14:24:11.71743+00', '2026-11-21 14:24:11.718031+00', '2026-11-21 14:24:11.792988+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49d3-7427-9377-e0c6af1e21a8', 'caseload.clients.v1.ClientErased', '\x0a2430316131666537652d343963352d373735352d613664632d306330663839336435386337', '01a1fe7e-49ce-76f3-aece-de1361a6ac6f', '00-b3dfb8c374b5fcd0d3333aba59d94d31-1ee877b988ebef32-01', '2026-11-21 14:24:11.727384+00', '2026-11-21 14:24:11.727511+00', '2026-11-21 14:24:11.792988+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49d3-7427-9377-e0c8fe52df89', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343964332d373432372d393337372d653063373733643633396166122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c65726173655f636c69656e7430023804422430316131666537652d343963352d373735352d613664632d306330663839336435386337500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343963652d373666332d616563652d6465313336316136616336668a010c088bd386d80610c0ffebda02', '01a1fe7e-49ce-76f3-aece-de1361a6ac6f', '00-b3dfb8c374b5fcd0d3333aba59d94d31-1ee877b988ebef32-01', '2026-11-21 14:24:11.727384+00', '2026-11-21 14:24:11.727511+00', '2026-11-21 14:24:11.792988+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d3b-77ad-b488-7efe747f81eb', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346433622d373761642d623438382d376566646434633230313032122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6372656174655f636c69656e7430023801422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346432302d373162632d616438302d6138333461623765663431628a010c088cd386d80610a886eb9502', '01a1fe7e-4d20-71bc-ad80-a834ab7ef41b', '00-9f7876e5f663b65517ee178a3240cdc4-28f03c0b10fde23a-01', '2026-11-21 14:24:12.582665+00', '2026-11-21 14:24:12.587085+00', '2026-11-21 14:24:12.675726+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d5c-777b-b19b-ba22792b97bd', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346435632d373737622d623139622d626132323739326239376264122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346435392d373666332d393931382d3335333063376635623463628a010c088cd386d80610e8b8a4ae02', '01a1fe7e-4d59-76f3-9918-3530c7f5b4cb', '00-ac95b0053c4399e41015f007529bd16e-799024a3a2bf1e62-01', '2026-11-21 14:24:12.633937+00', '2026-11-21 14:24:12.640134+00', '2026-11-21 14:24:12.72566+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d8e-74b6-a2cf-21cf6cb323dd', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346438652d373462362d613263662d323163663663623332336464122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346438632d373661612d393766362d6235313130353165396538648a010c088cd386d80610b0fae5c602', '01a1fe7e-4d8c-76aa-97f6-b511051e9e8d', '00-cf3ad70f6543c5e7be7781c3872ac1d1-cbd5543a1c486e3f-01', '2026-11-21 14:24:12.685342+00', '2026-11-21 14:24:12.690089+00', '2026-11-21 14:24:12.775505+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4ddc-7646-8e38-fdfd64600730', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346464632d373634362d386533382d666466643634363030373330122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346461662d373061662d393730332d6565343330353466383839668a010c088cd386d80610f0aff7eb02', '01a1fe7e-4daf-70af-9703-ee43054f889f', '00-36402f6a319d339ab6e8a4e8648179b2-25f82a91ee8ae082-01', '2026-11-21 14:24:12.763222+00', '2026-11-21 14:24:12.764873+00', '2026-11-21 14:24:12.828894+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dea-7397-bcc1-87dbc6e6467a', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346465612d373339372d626363312d383764626336653634363761122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346465302d373161352d386566352d3235356431613739343837388a010c088cd386d80610d0dc9cf302', '01a1fe7e-4de0-71a5-8ef5-255d1a794878', '00-b6b128f1df6ff30b235995306a9f0643-ce223a8a227b57be-01', '2026-11-21 14:24:12.778514+00', '2026-11-21 14:24:12.779223+00', '2026-11-21 14:24:12.883254+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e42-7210-947b-5334b444a3be', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346534322d373231302d393437622d353333333735646461623664122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6372656174655f636c69656e7430023801422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346533382d373665622d383963362d3065396134373331383863318a010c088cd386d8061090e3909903', '01a1fe7e-4e38-76eb-89c6-0e9a473188c1', '00-fedf67e8b22dae1a16d7315ad10aa839-5f9a1f25bbab0a2d-01', '2026-11-21 14:24:12.85801+00', '2026-11-21 14:24:12.860114+00', '2026-11-21 14:24:12.933011+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e72-71a4-9591-0492dd0dd8c9', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346537322d373161342d393539312d303439326464306464386339122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537312d373662372d383535312d3934663331663863353837348a010c088cd386d80610d897fab303', '01a1fe7e-4e71-76b7-8551-94f31f8c5874', '00-4f0831ad9f14a91f47c130bb62aa4b64-5ba2cbbfdeff5e95-01', '2026-11-21 14:24:12.914263+00', '2026-11-21 14:24:12.914912+00', '2026-11-21 14:24:12.989129+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5092-7528-a84b-d0d2fedc8b1b', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353039322d373532382d613834622d643064326665646338623162122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f636c69656e747330023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353038622d373033632d386238382d3439333333643834393834658a010c088dd386d80610b0a7a7d901', '01a1fe7e-508b-703c-8b88-49333d84984e', '00-8edd05bfef2a941e40cc3981d653b702-1edd8ae56ac3cae6-01', '2026-11-21 14:24:13.455726+00', '2026-11-21 14:24:13.458643+00', '2026-11-21 14:24:13.564575+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d78-762c-9ec8-30d63050b93f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346437382d373632632d396563382d333064363330353062393366122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346437362d373765382d623337322d3232336137616633373164368a010c088cd386d80610e8e6bebc02', '01a1fe7e-4d76-77e8-b372-223a7af371d6', '00-28161f69f0cb0b8203d45163f170556a-bd09e7290ba99e30-01', '2026-11-21 14:24:12.663729+00', '2026-11-21 14:24:12.666857+00', '2026-11-21 14:24:12.72566+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e78-71ba-8ec9-b98f3b70399a', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346537382d373162612d386563392d623938663362373033393961122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537372d373064332d616231332d3536343261626662333763398a010c088cd386d80610e8b6d7b603', '01a1fe7e-4e77-70d3-ab13-5642abfb37c9', '00-1c166e59a7d945e20ed8c9f8def467fc-5507d3ecc6076620-01', '2026-11-21 14:24:12.919985+00', '2026-11-21 14:24:12.920412+00', '2026-11-21 14:24:12.989129+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e7d-73dc-a82e-240503437caf', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346537642d373364632d613832652d323430353033343337636166122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537632d373462622d623931382d3639376366386534613732358a010c088cd386d8061088daa3b903', '01a1fe7e-4e7c-74bb-b918-697cf8e4a725', '00-33c76b644d5d70d7a99e6ceacb29364e-5807fb940e739d2a-01', '2026-11-21 14:24:12.925429+00', '2026-11-21 14:24:12.942591+00', '2026-11-21 14:24:13.039672+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e97-72b6-b53c-ccf346ae00b6', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346539372d373262362d623533632d636366333436616530306236122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346539342d373631302d616663622d3134656163303065613833368a010c088cd386d80610a0a0e3c503', '01a1fe7e-4e94-7610-afcb-14eac00ea836', '00-fd05eee1294aad724bfccf033dc04e76-92f6b606cfe75c82-01', '2026-11-21 14:24:12.951636+00', '2026-11-21 14:24:12.952103+00', '2026-11-21 14:24:13.039672+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e9d-7673-89f2-2798091fe646', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346539642d373637332d383966322d323739383039316665363436122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346539392d373661372d623466382d6266346137626636306564308a010c088cd386d80610a8a7bbc803', '01a1fe7e-4e99-76a7-b4f8-bf4a7bf60ed0', '00-5b11e4b404893f9679c0b52458a71937-f5f78f44f9e64add-01', '2026-11-21 14:24:12.957273+00', '2026-11-21 14:24:12.95768+00', '2026-11-21 14:24:13.090569+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5082-7026-908a-39c78199e679', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353038322d373032362d393038612d333963373831393965363739122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0a6765745f636c69656e7430023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353038302d373062642d616338662d6265333032336233656131328a010c088dd386d80610b8c994d201', '01a1fe7e-5080-70bd-ac8f-be3023b3ea12', '00-44e1528f66cf39a79e2a54f7d51133ae-ae5d14c37b1cf964-01', '2026-11-21 14:24:13.440739+00', '2026-11-21 14:24:13.443171+00', '2026-11-21 14:24:13.510143+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50c2-74cd-963d-7f6620b41227', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353063322d373463642d393633642d376636363230623431323237122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353062652d373462332d626539332d6536306166346135386363398a010c088dd386d80610b8b7baf101', '01a1fe7e-50be-74b3-be93-e60af4a58cc9', '00-964e41bcc57d00c4353182b3b629d750-e8514242d5c17b22-01', '2026-11-21 14:24:13.506371+00', '2026-11-21 14:24:13.50717+00', '2026-11-21 14:24:13.564575+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51eb-7016-8fbf-1d55b5953e80', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353165622d373031362d386662662d316435356235393533653830122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0a6765745f636c69656e7430023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353165392d373361632d616466392d6434613733333364633038308a010c088dd386d80610c0fea9fe02', '01a1fe7e-51e9-73ac-adf9-d4a7333dc080', '00-65c739a1f5f3dfdde17159305405f05a-ee5ca00b23583057-01', '2026-11-21 14:24:13.8018+00', '2026-11-21 14:24:13.804339+00', '2026-11-21 14:24:13.884194+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51f6-741e-bc7e-8cc33eae767b', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353166362d373431652d626337652d386363333365616537363762122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c6c6973745f636c69656e747330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353166312d373533352d623437332d3532393361363531623137648a010c088dd386d80610b8b2d38203', '01a1fe7e-51f1-7535-b473-5293a651b17d', '00-78fbf044315ba15b95aa247565ab4f49-b027ec8d528136be-01', '2026-11-21 14:24:13.810867+00', '2026-11-21 14:24:13.814499+00', '2026-11-21 14:24:13.884194+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-51fd-74b1-bfd7-e99330c4ff4f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353166642d373462312d626664372d653939333330633466663466122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c6c6973745f636c69656e747330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353166632d373236342d623861662d6134336237326139643363658a010c088dd386d80610a8b8a88703', '01a1fe7e-51fc-7264-b8af-a43b72a9d3ce', '00-f9d82e5ff728bf94b433633389a3255d-781d004ebe03567c-01', '2026-11-21 14:24:13.820649+00', '2026-11-21 14:24:13.821475+00', '2026-11-21 14:24:13.884194+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5163-7266-91d2-fc76c0703d6a', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353136332d373236362d393164322d666337366330373033643661122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0a6765745f636c69656e7430023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353135652d373662332d393766642d6663326463373365613931388a010c088dd386d80610889391bc02', '01a1fe7e-515e-76b3-97fd-fc2dc73ea918', '00-4444c3e85bf235c0c332c458d0d0e2f8-4ecacdaabd251afc-01', '2026-11-21 14:24:13.662981+00', '2026-11-21 14:24:13.667663+00', '2026-11-21 14:24:13.73683+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5167-7634-ba8d-c2ad5cd0116f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353136372d373633342d626138642d633261643563643031313666122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f636c69656e747330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353136362d373232362d396566632d3863626161643530613864378a010c088dd386d80610d0eddfbf02', '01a1fe7e-5166-7226-9efc-8cbaad50a8d7', '00-2e4a0dcc828b05f5b51dbca6e1f05f68-e7c96a834169cccb-01', '2026-11-21 14:24:13.670562+00', '2026-11-21 14:24:13.672098+00', '2026-11-21 14:24:13.73683+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-516d-76e9-859e-8e00853e3057', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353136642d373665392d383539652d386530303835336533303537122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f636c69656e747330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353136622d373238332d616132362d6364303064656531383862398a010c088dd386d80610b0ccadc202', '01a1fe7e-516b-7283-aa26-cd00dee188b9', '00-a14ef945f6237a24378fad31cf6cc779-14a96939a2dcbc81-01', '2026-11-21 14:24:13.67603+00', '2026-11-21 14:24:13.677532+00', '2026-11-21 14:24:13.73683+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5182-77ac-8843-0d7ca29b49fb', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353138322d373761632d383834332d306437636132396234396662122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353138302d373064612d386337352d6637313532613765363261358a010c088dd386d80610f8e4fccc02', '01a1fe7e-5180-70da-8c75-f7152a7e62a5', '00-700876dd958ea0e935a7c9c932288401-087c24755c72207d-01', '2026-11-21 14:24:13.698299+00', '2026-11-21 14:24:13.698878+00', '2026-11-21 14:24:13.784068+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51de-741f-8067-ae90c744039d', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353164652d373431662d383036372d616539306337343430333964122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6765745f73756d6d617269657330023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353138342d373632302d626563372d6532306162323937643966658a010c088dd386d80610a0e2baf802', '01a1fe7e-5184-7620-bec7-e20ab297d9fe', '00-2bdbd7af91ea6237c53a5f625d0c7564-08dcd073fb631e72-01', '2026-11-21 14:24:13.789492+00', '2026-11-21 14:24:13.790541+00', '2026-11-21 14:24:13.884194+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521b-70dc-b6a4-2bd1fd2c997f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353231622d373064632d623661342d326264316664326339393766122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353231382d373639352d616662652d6539366434333562326537628a010c088dd386d8061080c0e19503', '01a1fe7e-5218-7695-afbe-e96d435b2e7b', '00-8b719c461aeb1a5102bafa3bccd03f66-2daf9e15c58f20ff-01', '2026-11-21 14:24:13.850944+00', '2026-11-21 14:24:13.851815+00', '2026-11-21 14:24:13.934181+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5220-7540-b93b-378298d1aa39', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353232302d373534302d623933622d333738323938643161613339122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6765745f73756d6d617269657330023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353231642d373238362d623563662d6537623031393039653261308a010c088dd386d80610b099b69803', '01a1fe7e-521d-7286-b5cf-e7b01909e2a0', '00-fdfd6d80cc01f7609e54e665270aedc7-b57e312c524e3f94-01', '2026-11-21 14:24:13.856526+00', '2026-11-21 14:24:13.857044+00', '2026-11-21 14:24:13.934181+00', 0, NULL);


--
-- Data for Name: terms; Type: TABLE DATA; Schema: clients; Owner: clients_owner
--

INSERT INTO clients.terms (workspace_id, client_id, term) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x000014b0'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x000047eb'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x00004a32'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x00006a1b'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x0000714e'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x00007cd6'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x0000ca86'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '\x0000e268'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00001cbd'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000246a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000342a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000348f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000405c'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x000042d7'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00004658'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00006f68'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x000070f9'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00007460'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00007f80'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00008d0d'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x00008f1e'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x000099f2'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000bd6e'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000bda8'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000c7f9'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000c85a'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000db62'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x0000f07f'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\xca563c286936ef63a55b5c3071aaa3e1'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\xc4a59b41ff5de8999045eb12f901c9f2'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\xdee3bf97d4e27cf14b76cfaf5bcd85cd'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', '\x4cb01603a3c62ac2b507837460ce0c5d'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000147a'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000215f'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000243f'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00002984'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00002b06'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00005b82'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00005eb0'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x000063ab'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x000073a8'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x000087a8'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00008bd1'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x00008bd2'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x000093c7'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000a5dd'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000acc6'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000b5e7'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000bd73'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000c53e'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000d6d1'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x0000eec8'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x12d1f03d81f678bc55f3ec692d569656'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x8ae75a8a40bf2dee1e72860989d46259'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\x44e9128f88b81df64823acdef75c5116'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '\xfcfb612bdafcfd4d4d6a91321f7cbe0b');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: attachments; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.attachments (workspace_id, id, session_id, client_id, created_by_user_id, sealed, version, file_type, file_size_bytes, status, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4873-76ab-a1ff-25d82a41d2cc', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '01a1fe7e-4324-752f-8411-ef683354c297', '\x0100000001f01392f2644bcfd9658deaf0a704a61fabdcb91952016348eab9b705bd5aa231b6f87bf6200bfb1314', 1, 'image/png', 69, 'ready', '2026-11-21 14:24:11.241206+00');


--
-- Data for Name: clients; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.clients (workspace_id, id, erased_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', '2026-11-21 14:24:11.745343+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', NULL);


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'index', 1, '\x0101311d3ca8b721a1f75c4e6ff3cf9cc266e7ea58dacd0a429c672b6f377dc0c7c4ccc88882adbd72fb75f9e9b8d51f432cd6afb61d2598444e1a3c2c3ab4', 'active', '2026-11-21 14:24:11.204545+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'seal', 1, '\x01013113f50a456ae7d791cf29621e1fef175d9440b7e35c44e7c0869074aafb83e247e0755d751f4f5692ba01bdbcb60578592ded4450f2378ecf3e0cfded', 'active', '2026-11-21 14:24:11.204545+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'index', 1, '\x010131c75b631295cd6c125c3f2a217d4165696f5c695d047c9a8d136737b3ce010e4f9a6825685edb2c81aec17b5040d38a8c6357bf0bda40a6a7197e5a59', 'active', '2026-11-21 14:24:13.05111+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'seal', 1, '\x010131595f86af1dd11425c2ccd52c557c30eff0e89541110bf55587e1542dc00ba190ef1903815263f55c385018cb94879ab3bfd2c16d58cb9be9dee12d97', 'active', '2026-11-21 14:24:13.05111+00');


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('1f2c27fb-42d0-4858-ab9d-34b941a6aeff', '1e560013-28e1-4ef3-a070-1dd4e90f4b5c', 'clinical.example', 'example', '\x', '', '', '2026-11-21 14:24:15.222026+00', 'ValueError', 5, '2026-11-21 14:24:15.222026+00', NULL, NULL);


--
-- Data for Name: history; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.history (workspace_id, id, session_id, client_id, appointment_id, kind, at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'adf14912-d595-591c-9780-f9caf2f3b738', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL, 'session', '2026-11-21 14:24:11+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '81eb2a53-78fe-5ef0-a42e-42731dd3b972', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL, 'session', '2026-11-21 14:24:11+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'c083ff2c-913d-570e-8522-2ed8e5221ab3', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL, 'session_finalized', '2026-11-21 14:24:11.409171+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '20579e72-a9e7-5fef-85be-76ceba8f4481', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '01a1fe7e-4d34-7754-b136-8935cfc48849', NULL, 'session', '2026-11-21 14:24:12+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'e47c1885-abd3-55d0-a700-86f9a1682fc2', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '01a1fe7e-4d34-7754-b136-8935cfc48849', NULL, 'session_finalized', '2026-11-21 14:24:12.842417+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '006a27bc-079a-5c38-8b63-3d233402a0b4', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '01a1fe7e-4d34-7754-b136-8935cfc48849', NULL, 'session_amended', '2026-11-21 14:24:12.849982+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '87db53f1-5df6-55eb-af60-515f87be9cba', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', NULL, 'session', '2026-11-21 14:24:13+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '5a7ab68e-c966-5409-8c7e-e90c75bf35d7', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', NULL, 'session_finalized', '2026-11-21 14:24:13.072304+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '2caf0462-94c2-5188-80ce-bf5864754114', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', NULL, 'session_amended', '2026-11-21 14:24:13.077868+00');


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.clinical.v1.Sessions/CreateSession', 'POST /sessions', '\x832e43287a2d09ad5e285881886f21f6', '\x01000000015f8a9dc154bd492dcc122a8db36694d5ad3f2623e3383a3643aba4b42e3983ddfbba6d986533d883ec17edfeeec1e28af6456ee02e1f3fd9c0a159152efa42a0b44c3018b297a45b844b3b81728364c32292b1fe95150b01f913a71d3fd4b224e90783075c1fffdf7b50ae224f3b4387ba5bb2fe8d87c5e5a2465743bbc4febed767358737005c615b895fd62e068306549ab720f20db843d991ce624c4e72b0b5eca8fc190ff8adb8f4b4da5b70bc132288ee50de9d4c12bd3d9b9532f7378abc590165f97062f9da8eed7d03d6992734efa42339455b292a5346ebe3b38910303486ae2f3c546e416d19a62e8b3b5a52a98095a688591b8893b50e1605b16ad6afd0f3d04fb29f6b4209724aed3ea79e163356f828b015ff6f3f6cd62cd4ad3d019c5048b1dbf797f1d63cf681ebec27cccf3656', '2026-11-21 14:24:12.794811+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.clinical.v1.Sessions/SaveSession', 'PUT /sessions/01a1fe7e-4dfd-7740-98f0-b5497fc63722', '\x9ac735682ed660824c5c5e9e531ada49', '\x0100000001fc076c6ff62b62c04b69ccd8cf7b28a7bc9c14309cc1c4f24026b2c8257038e8035604c75941b7d694bf67233c7059f0191db042b5252018b1ba88346b96e202540dc95970c657d2f890761833c24ae3bea934c50971788ae7c92f26dca1bd8e54097e6a83da99ba7ac43a8d2c88d25a390c52e76f121a4b5916a37b0caab9a058c2ae92d60b356ea082a3f1692d86a3b94cc148c444af9c89e454d495cec6f067207674275aa38584a773eaa4d9d32e1b657e541bd355d93586934501a9af891043f48be9ab957385e21a74bf0b3d8ab1b228b43ad29d0befb89c962b71eacea8c33a4a68dd96f83fd3251b3abab4c052bc865cac989fd523607475ec3dd9b966af78d183991ee65202aa218559e7a54c66840bf0480cdab4821870e55a4cbc479ff682aad9d77e369f58846c945a63a09631ad25bb34', '2026-11-21 14:24:12.828329+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.clinical.v1.Sessions/FinalizeSession', 'POST /sessions/01a1fe7e-4dfd-7740-98f0-b5497fc63722/finalize', '\xcc9a32c8696025a47cef49f4a39ed852', '\x010000000183d0ef83bb4fba7d378e03e33ca5f0380d190363b88bf7d2d02d562359de8be85ca296f29ad4d0ad5fb5314161bcf4213032c8e4d0f2b59f6558af735b0059453db79e6d1b4e66d019386733ef41158759a8afd7e661aba53136eace2dae55aef26a967834275a96c3b4c9b900ca5379716e3c060dc6f86da2f7e181fb0de792b32fe785c9c83042b1ec9601589cb614ccb5131746ff4a6c33c8264981ff0666fbb44899b2203a32be7fe34e02534faf3597454bc1e4762a77e6e200199d298f4b8fe3783476b7ba827b929271adecc2eb485ace1e5b948fbdbc6c7d913d76fdfff0743fd3da4999bb759947bf0be75e29b64af1a58d683cc3f0bf5fd13721fb253606edd6a89dcd73c049da60740cafeb3c668ffa11bb897393b4471a920b97b648c233d053ee530596afc2f74fa59c36e74276b4caee38840f768a7437dacf466b6829a6ac08b75b404cb2844dc716e86729999b5c1917f7f2909850eb0e5bc0d10548985887', '2026-11-21 14:24:12.842417+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.clinical.v1.Sessions/SaveSession', 'amended', '\x4c966a678ed0e158997a86fa5eaf637f', '\x0100000001227e113fff78ce785dd975345f254dd822dd6373e4a55809855ae9f142f62dbebe9e18ba269c817a1a1f168edfd34f95fd10f8ca55ceb2ea6f511e814dae36101ae92f8799b453a0658754b5efcfc5fd1d60e7df510fa4dc17f8053e4ee5902304b1e03bbaab0c87f7a6cf9ecbfdc913e636010cb7470f821506fcdad2542a5af4050664e5ea63add5c029924c8d6c40a45e54ed66e5567d381cbdcd95c0627281b975255463c71b3224dc90aee59ff5445fd312408c6a851f2f8c21e6e52231ecf63a75c05bb02f14e841558b5a165556d04974fb4bee151aeab6a5ffb511587f50b5f625989a2a06a34eb1b0b62cec147cb754931afbbe135c7e7acbb03158f29a65b3a9582b3eb4dbc7fd5c47f7bf385a089a95a4c848362abfad51d6ca70f8b0490a5cd79089f7f7a1594418c2ecc768f5f38487be463a579ab46b482563901fa81993429b6b0e7dae28f6b467b1727183a60cddfcf2d2a4462eb524348adf7d8d5b244d603e4d52ba8ebb089e2e37a239242c5f8f00d21bc4c2', '2026-11-21 14:24:12.849982+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.clinical.v1.Sessions/CreateSession', 'POST /sessions', '\x7bf9f836d5d7172d36fe539d3f39b083', '\x0100000001764f9e7c65a39a83e70390143d83980cf512e8de8c4f56682f1e576862dc6aa2adb248d1f29c1fdfc1603201102e6a8e0d4d426af8f481f458fac0c7282965a875a278d8df20955b9ae32ba9c7e9d4b43ec6ec17cc0db583af5372ab2ef57025845142b3b6f7b79287678600b957b5c00b055033c52c7842af941f74a84ef4e7d328c252efd13944237441fa4d525471b739eb4c9c3a680c8d3b8e05a48b97b244ac730d6fbf129bd437974f9f70b721918c87c0694382356c63f246b852ce8c776fcad837b020ec36b1ed6c1c5d2e0f40ba7988c75befb29219e7359e1aa1c2ae1a718d21a46ad3bb16f85aecc493514d62f69e9b2f33baeae22e29a9f85082151ee07fe1c5b6b488818d5e137900bdadf15bbc190f7187b154db1292f8a8226907817a4865e497557d7380abd6c084853c', '2026-11-21 14:24:13.046629+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.clinical.v1.Sessions/SaveSession', 'PUT /sessions/01a1fe7e-4f03-7036-ab04-9e09d53334bb', '\xd9d559d246e705dcdf4c3cfba99b8276', '\x0100000001cfc71f86c568ff01f5a8ba67a440ed97fa5666f3e1ad7f4faeb5507a86972b1a4d54e0b41c418d7ff0ed9dcf084134667fcd2b19d7dbd1da31f5ee21b94ea45e3422176fe3b82bcbb72002de5096440ae1a5bc73cefe253dc86138148adad4b24df99eabe9c45c047ef34a7521badae4c8a57d2ed98526a23e95abcb229a6169f09edfb01b5c5f4c1e07d4845d68a499921c3f655982fa1c91d71596184de412d08614ff9ad43eb245cd1b719ef0c2503f53d1a965e7ab58a2e8838f9fc8b8f756ce373d1bf12cdd4bb96d53673cd5ab17da86de5f0dfafc799ccd7efcf4d6d40a97d70e8bdd3ff45f5fc2db7f5ffa88dbfe8a3656ac7680ccfac98684cd0e44ef2e8962b116f121db08e904d9991c5bf146638ee3caa713c4138eb22d1355fcc436544db36ccb2ed9249a2cfe6d859ca9ef573f', '2026-11-21 14:24:13.068753+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.clinical.v1.Sessions/FinalizeSession', 'POST /sessions/01a1fe7e-4f03-7036-ab04-9e09d53334bb/finalize', '\x02e4a73b21ea8128e94a2c0f0d7e4ed1', '\x0100000001b43d8aaf4c1debedd221b6978d23ef02adcb9113c19ccb0c07678fb4f243df18b6f84b1fd5e637aca7a643fa941ef6e2fa0de72016b99ee98d5c78209da3d012ec914cb2bcab50e011a95c9182bf7208209bd17e65a7b7cc0f943998d6e21ef3d44fbdaec1ffd7cc42001de221518431af8c28986f7f607260b61b39af0b742de73bd0530ec993fa2844d587e4257b26c473248a96cf1c0b795feb3a6b0556b3eca7a087cbc40ea0c17c257204cda07a6303ec8800d324e43b261b82ad3af8b19f0e4c2fafb5b6b74662618b94a199e41d8fcc505f33fb23bb3183c797aa20958d226aee791195ee875e6ccddbc4f139d3f0f8d05549e4daaf962e668148991b176c200ab25d033181a15c3662cc6f1dff65e3c56f668cd637d3d33c1f70ec1fecb7ffa68ee282f2559c4e5ed6fffa0497b78dc9957adb80e49b91bc4158e871e06c567fbc00e2cf0e6e06bfdefefecb0e58fe49eec07e9a7586b32cb76034d258efc4', '2026-11-21 14:24:13.072304+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.clinical.v1.Sessions/SaveSession', 'amended', '\x7982be4eee7cf2470407763998e997e2', '\x010000000132523daeb1eaf296718816a83c9f14821efeec375e96b22bed3f2550d3200a4fa172ead0123d0d6c90e36d52617fdbf3e9524fb654021b3ea0dee1fd50094fd3da5ea32b4f868b4bbcf47e9ccc5b3804dcb61c09e83445e3f155d0631de4419da8541159ba68db6a03fd3f91c604f44c8f3d7bba7ae77b8dd7e4d5411c77da7cf18b7f6dc4e8c48bee2f42b5aa24412b38f7093eeb74dd3ac9aa1aa7c2bbd65f78abfb3cbb5329c3b1f0b8876af0924d9e0bb5c9492b6d5e96760031511377f2cb636867581a636bbdd99f0d84b697921940f4ee369f41c1200ef7dbbf476fa66a080d8a510ad6544ea5190ca64b8ccc1d9f796419279b7aabb405fee96ac24fbeb5ea4fb3dcfc8378cb081044f708853ec22a368c64206c61359693ecd5552504b22bb5dcf83f5fae40398710aa3a28d0b63e0a989464c8b2bc35c864bff20e4fe678704f5b326422edf942138bd8fd43c817ab5f33bc086efd2bbb7406e599756057837274e48517f201417a02978a4f0d42d0ced8e0', '2026-11-21 14:24:13.077868+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.inbox (workspace_id, queue, event_id, received_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'clinical.erase-client', '01a1fe7e-49d3-7427-9377-e0c6af1e21a8', '2026-11-21 14:24:11.745437+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47d2-758a-b9fd-c01857fc8374', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343764322d373538612d623966642d633031373330616338386362122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0e6372656174655f73657373696f6e30043801422430316131666537652d343762622d373665632d396461652d343666323862656239316165500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343762392d373636662d396533632d6266343763383031633065638a010b088bd386d8061088e1a35d', '01a1fe7e-47b9-766f-9e3c-bf47c801c0ec', '00-602d12fb4414ef0d19366bab6c13dd42-899138ed50855d92-01', '2026-11-21 14:24:11.195621+00', '2026-11-21 14:24:11.211662+00', '2026-11-21 14:24:11.306835+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-487f-7397-a27a-94bca2813fd5', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343837652d373633642d386333382d623566613634613266376132122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a1175706c6f61645f6174746163686d656e7430053801422430316131666537652d343837332d373661622d613166662d323564383261343164326363500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343765372d373630312d393632382d3736346564393033316331378a010b088bd386d80610f0858273', '01a1fe7e-47e7-7601-9628-764ed9031c17', '00-a3f739338d4d5cf6a79cc2f3157ec843-da751812926feea6-01', '2026-11-21 14:24:11.241206+00', '2026-11-21 14:24:11.384612+00', '2026-11-21 14:24:11.4623+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-488b-777c-a82f-36c2004f81a9', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343838612d373234372d393665342d303437363638396432636431122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0e6372656174655f73657373696f6e30043801422430316131666537652d343838382d373439662d626631392d363862633137363962346138500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343838372d373230632d623564352d6436353362643732626264628a010c088bd386d80610989dfebe01', '01a1fe7e-4887-720c-b5d5-d653bd72bbdb', '00-02c52a388706ca6f10c2633ac10abba8-6a72b5363cf3a5a7-01', '2026-11-21 14:24:11.400527+00', '2026-11-21 14:24:11.401914+00', '2026-11-21 14:24:11.4623+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4899-770c-91e0-1d8e7744eb3c', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343839392d373730632d393165302d316438646264666235613035122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a1066696e616c697a655f73657373696f6e30043803422430316131666537652d343838382d373439662d626631392d363862633137363962346138500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343839302d373562392d623163312d3433336434363433663134668a010c088bd386d80610b8e88dc301', '01a1fe7e-4890-75b9-b1c1-433d4643f14f', '00-694531758fd5a20cb376c0bc7bb334fd-6e1ed47085a300a4-01', '2026-11-21 14:24:11.409171+00', '2026-11-21 14:24:11.409457+00', '2026-11-21 14:24:11.515493+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e14-70bc-b3fe-227b2c96f65b', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346531342d373062632d623366652d323237616139316439323862122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0e6372656174655f73657373696f6e30043801422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346466392d373532302d396562652d3066396663613337363465318a010c088cd386d80610f8b4fffa02', '01a1fe7e-4df9-7520-9ebe-0f9fca3764e1', '00-c030ff1236b5e42435bb1db916c77f62-271723a868edc8c2-01', '2026-11-21 14:24:12.794811+00', '2026-11-21 14:24:12.796916+00', '2026-11-21 14:24:12.8865+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e24-762a-ace0-3388dc1f6ad3', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346532342d373632612d616365302d333338376565616461303630122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c736176655f73657373696f6e30043803422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346531622d373638642d396364652d6538316539303265376132658a010c088cd386d80610a898fd8a03', '01a1fe7e-4e1b-768d-9cde-e81e902e7a2e', '00-d9dbe0df4cd9815aa3614e5b05028dcf-b0f7a2baf4178330-01', '2026-11-21 14:24:12.828329+00', '2026-11-21 14:24:12.829329+00', '2026-11-21 14:24:12.939109+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e2d-75c5-b4ce-630c5a86a4f0', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346532642d373563352d623463652d363330623239316665633131122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a1066696e616c697a655f73657373696f6e30043803422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346532392d373266362d383664342d6165333664656363636130378a010c088cd386d80610e886d99103', '01a1fe7e-4e29-72f6-86d4-ae36deccca07', '00-cfa5b47e6075a32d20aacda83910bc74-f91931f83ec7fc32-01', '2026-11-21 14:24:12.842417+00', '2026-11-21 14:24:12.842608+00', '2026-11-21 14:24:12.939109+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f08-7458-9ffe-3fbc6a6fadab', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346630382d373435382d396666652d336662626635333437313830122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0e6372656174655f73657373696f6e30043801422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346566352d373738342d613066312d3864356433613939383266348a010b088dd386d8061088819e16', '01a1fe7e-4ef5-7784-a0f1-8d5d3a9982f4', '00-d79312364a219cddabd2f4d818b66049-4a32293deb506dc9-01', '2026-11-21 14:24:13.046629+00', '2026-11-21 14:24:13.058395+00', '2026-11-21 14:24:13.126633+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f0e-73c3-8c5d-2e21148636d5', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346630642d373130622d623634302d383737363039363735393664122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c736176655f73657373696f6e30043803422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346630622d373164652d386161312d3430353837333735393061318a010b088dd386d80610e8ace420', '01a1fe7e-4f0b-71de-8aa1-4058737590a1', '00-632901db774d4df9e684ce436ad9f4a5-d556aeed7c8a90e7-01', '2026-11-21 14:24:13.068753+00', '2026-11-21 14:24:13.068934+00', '2026-11-21 14:24:13.126633+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f12-721d-95ac-0913151dc3f2', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346631322d373231642d393561632d303931323030356265336136122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a1066696e616c697a655f73657373696f6e30043803422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346630662d373166352d613262652d3230663266346333633837318a010b088dd386d80610808bbd22', '01a1fe7e-4f0f-71f5-a2be-20f2f4c3c871', '00-f17fadd8b39f1a047bc248f7fc9660f0-11bda561fac9ab99-01', '2026-11-21 14:24:13.072304+00', '2026-11-21 14:24:13.072488+00', '2026-11-21 14:24:13.126633+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f19-748b-ab45-a100159cf241', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346631392d373438622d616234352d613066663632643466396563122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c736176655f73657373696f6e30043803422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346631332d373532352d393932302d3434616463323338653866338a010b088dd386d80610e0d79025', '01a1fe7e-4f13-7525-9920-44adc238e8f3', '00-f55bfacf5371c7b230adb34b3b751539-0d2412f4d6fbe92c-01', '2026-11-21 14:24:13.077868+00', '2026-11-21 14:24:13.07803+00', '2026-11-21 14:24:13.177253+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e34-7152-9a7a-66250f8e1e24', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346533342d373135322d396137612d363632343062356535373831122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c736176655f73657373696f6e30043803422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346533312d373539362d623031382d3463623033386237353632358a010c088cd386d80610b0e4a69503', '01a1fe7e-4e31-7596-b018-4cb038b75625', '00-06aca9c0f22236005c1f4d51e9570748-b28f550b552db09e-01', '2026-11-21 14:24:12.849982+00', '2026-11-21 14:24:12.850294+00', '2026-11-21 14:24:12.939109+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50a3-7652-9fd5-7f281dc77040', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353061332d373635322d396664352d376632383164633737303430122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f686973746f727930023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353039372d373333312d613935622d3739343331613238353239348a010c088dd386d80610a0aca3df01', '01a1fe7e-5097-7331-a95b-79431a285294', '00-c093360fcf26134a0d96c832e51264f1-fc76357388be71ba-01', '2026-11-21 14:24:13.468244+00', '2026-11-21 14:24:13.496685+00', '2026-11-21 14:24:13.564852+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50d6-7641-a39e-0dde0252078a', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353064362d373634312d613339652d306464653032353230373861122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0b6765745f73657373696f6e30043802422430316131666537652d343762622d373665632d396461652d343666323862656239316165500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353064352d373131642d393161612d3739666539373964303136668a010c088dd386d8061080cfb9fa01', '01a1fe7e-50d5-711d-91aa-79fe979d016f', '00-b2110488c3fe8769d24d33f294a0ff79-132b7d980097355f-01', '2026-11-21 14:24:13.525232+00', '2026-11-21 14:24:13.526785+00', '2026-11-21 14:24:13.614414+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50e7-770d-90cd-9de08fb23bb8', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353065372d373730642d393063642d396465303866623233626238122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6c6973745f73657373696f6e73300438024a2430316131666537652d343838382d373439662d626631392d3638626331373639623461384a2430316131666537652d343762622d373665632d396461652d343666323862656239316165500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353064392d373631612d613566342d3463383036653939663530648a010c088dd386d80610e8a3befe01', '01a1fe7e-50d9-761a-a5f4-4c806e99f50d', '00-c367742bc54248ad88868b0677cbcfce-f1b66645752d52ac-01', '2026-11-21 14:24:13.533697+00', '2026-11-21 14:24:13.544331+00', '2026-11-21 14:24:13.614414+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50f0-764c-8e9d-1d4e7b1019b9', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353066302d373634632d386539642d316434653762313031396239122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a106c6973745f6174746163686d656e747330053802422430316131666537652d343837332d373661622d613166662d323564383261343164326363500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353065642d373765332d613031372d3832353661613632376262328a010c088dd386d80610e0b5938602', '01a1fe7e-50ed-77e3-a017-8256aa627bb2', '00-8f79e6eb4e44762345da76313b81ca15-5ede62ae77dcb6aa-01', '2026-11-21 14:24:13.549772+00', '2026-11-21 14:24:13.553064+00', '2026-11-21 14:24:13.614414+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50fd-7361-8976-16739718be4c', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353066642d373336312d383937362d313637333937313862653463122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6765745f646f776e6c6f616430053807422430316131666537652d343837332d373661622d613166662d323564383261343164326363500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353066382d373562312d383334612d3331396236366336663639618a010c088dd386d8061098ca828c02', '01a1fe7e-50f8-75b1-834a-319b66c6f69a', '00-f5136fb07fba817333a4229b88518bd8-8e75805c4b6acb8b-01', '2026-11-21 14:24:13.562079+00', '2026-11-21 14:24:13.56548+00', '2026-11-21 14:24:13.614414+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5175-753a-bc6e-f8eccea6ec46', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353137352d373533612d626336652d663865636365613665633436122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f686973746f727930023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353137322d373730312d616339312d6235383632646562633436358a010c088dd386d80610b8eef9c502', '01a1fe7e-5172-7701-ac91-b5862debc465', '00-61b813291aeedc7283a537cefc0b6cb6-95d60820e324640b-01', '2026-11-21 14:24:13.683571+00', '2026-11-21 14:24:13.685324+00', '2026-11-21 14:24:13.754223+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51e1-734c-8501-435cad25d973', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353165312d373334632d383530312d343335636164323564393733122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0b6765745f73657373696f6e30043802422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353165302d373166382d383231382d3535333535316634393066358a010c088dd386d8061080ca88fa02', '01a1fe7e-51e0-71f8-8218-553551f490f5', '00-ac9a500c2b79a4ad980c0edab0447087-bc7f698cec625866-01', '2026-11-21 14:24:13.792864+00', '2026-11-21 14:24:13.79485+00', '2026-11-21 14:24:13.857108+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-51e6-7067-b5ad-f6ec8ab17aff', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353165362d373036372d623561642d663665633861623137616666122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0d6c6973745f76657273696f6e7330043802422430316131666537652d346466642d373734302d393866302d623534393766633633373232500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353165352d373534302d383438622d6564616162376630363063388a010c088dd386d80610e0bea5fc02', '01a1fe7e-51e5-7540-848b-edaab7f060c8', '00-6786308525e26657a30f8f465cfcb4ac-d091501461398548-01', '2026-11-21 14:24:13.797532+00', '2026-11-21 14:24:13.79919+00', '2026-11-21 14:24:13.857108+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5203-764a-84af-79fd5c5de447', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353230332d373634612d383461662d373966643563356465343437122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c6c6973745f686973746f727930023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353230312d373462622d383836612d3930653531393232383831628a010c088dd386d80610e097888a03', '01a1fe7e-5201-74bb-886a-90e51922881b', '00-2ad557884a7a0f1e3899425e4d6c5590-703510688bc3d944-01', '2026-11-21 14:24:13.826412+00', '2026-11-21 14:24:13.8277+00', '2026-11-21 14:24:13.907138+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5228-75ab-a5c7-2d5b9fd6e933', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353232382d373561622d613563372d326435623966643665393333122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0b6765745f73657373696f6e30043802422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353232372d373664312d386435302d6631306234373832326634618a010c088dd386d80610b8e2f59b03', '01a1fe7e-5227-76d1-8d50-f10b47822f4a', '00-b99b4013229733e2fe12b197822dc3c1-3e365398455755e2-01', '2026-11-21 14:24:13.863859+00', '2026-11-21 14:24:13.864821+00', '2026-11-21 14:24:13.958178+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-522d-725c-aff1-e14eed69878d', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353232642d373235632d616666312d653134656564363938373864122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0d6c6973745f76657273696f6e7330043802422430316131666537652d346630332d373033362d616230342d396530396435333333346262500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353232632d373233382d613466362d3566623131336634613733348a010c088dd386d80610a0bdfe9d03', '01a1fe7e-522c-7238-a4f6-5fb113f4a734', '00-2abdc4cca1216d24b05fec1bc482f051-c117a6a575822250-01', '2026-11-21 14:24:13.868196+00', '2026-11-21 14:24:13.86964+00', '2026-11-21 14:24:13.958178+00', 0, NULL);


--
-- Data for Name: session_versions; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.session_versions (workspace_id, id, session_id, version_number, sealed, created_by_user_id, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4892-75e4-975f-78faca13f7a8', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', 1, '\x0100000001adcd781dd017786fc2b57faafdb9dbaedab80e44854d209bc7fc5d116512e7e11af425aec6', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:11.409171+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e2b-701c-9a1e-5d4de4ea7512', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 1, '\x0100000001fb0c3590b6fc2efde5bdaf4a9a662f870b30d227f53be21b6f03008e7c6d17cf90d15aa063c897946c0b2fa788c0ce2745256bdfb4c9f4d9791cae6af42e40bcf85b8194162b40904094a9e40e8613fab290d94ae8ef1e5b16489dfe1cd94e', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:12.842417+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4e33-7163-86e3-865203c75cc0', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', 2, '\x0100000001c428c81827c632ae710fe3a7d8422bed67398231d7eb1a4afe87c545d5f3e2eb8437381f0d9ad3e41b3aba6d7a9881b276dc1764461745511f83cc0e329a4cdd479f4079387cf9bf3a2d526af6e5c4d5a3c87a6ebbfed3f8431e6cf23806313cf10416cb0c55891d13', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:12.849982+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f10-72d5-9ae5-42fa36a5406d', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 1, '\x010000000164117b11065fddbac92b008e27ecd1fe92c793a7771754d0e48dfda5d8ca1f2a29c38b693908d37cc2c2b9a2c7144ae06753ad6192270b7d37e6e58a963c2fb88703bdb9b3d5526a140e2a464968b351047e12e503874a3c73097fc2d7eba4', '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:13.072304+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f17-7280-8c9b-3f0aaa8637c1', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', 2, '\x0100000001836f616bf2b420607d00fda1537a059c63260615f63091cfdcdedc15b29f1a0812468932a16c9f7ffc323f86388be4846b952931769beaf62080d87bf8fc1a38cb5ab589a59735994fd0c4e5bca523332a041746abd37d3e16cc1c64df905389e2994cfd86df6c0b7e', '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:13.077868+00');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.sessions (workspace_id, id, client_id, appointment_id, conflict_of, created_by_user_id, sealed, version, session_date, duration_minutes, status, draft_last_saved_at, finalized_at, finalized_by_user_id, amended_at, amendment_count, attachment_count, deleted_at, deleted_by_user_id, permanent_delete_after, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47bb-76ec-9dae-46f28beb91ae', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL, NULL, '01a1fe7e-4324-752f-8411-ef683354c297', '\x01000000016da449daaca306c1171c659bec439c3ffc2348dd64e9fa7589b4ed253012a2bfd109d2dd', 1, '2026-11-21 14:24:11+00', NULL, 'draft', '2026-11-21 14:24:11.195621+00', NULL, NULL, NULL, 0, 1, NULL, NULL, NULL, '2026-11-21 14:24:11.195621+00', '2026-11-21 14:24:11.195621+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4888-749f-bf19-68bc1769b4a8', '01a1fe7e-4754-7608-a063-dcbf441d60e4', NULL, NULL, '01a1fe7e-4324-752f-8411-ef683354c297', '\x01000000010e266643e87c0b973744654451140d75ee77b16567021bc99e29ba2aaa9394afb5b4a4028c', 2, '2026-11-21 14:24:11+00', NULL, 'finalized', '2026-11-21 14:24:11.400527+00', '2026-11-21 14:24:11.409171+00', '01a1fe7e-4324-752f-8411-ef683354c297', NULL, 0, 0, NULL, NULL, NULL, '2026-11-21 14:24:11.400527+00', '2026-11-21 14:24:11.409171+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dfd-7740-98f0-b5497fc63722', '01a1fe7e-4d34-7754-b136-8935cfc48849', NULL, NULL, '01a1fe7e-4324-752f-8411-ef683354c297', '\x01000000014e1338bfb5ee057561053388d514da7001fe2c0e3313475432cc66472260a2a5d3f86321fc2f25e634902a6d1978b0eea62a390c8ac42f31109e22485be0344e22acadfa420b47ead6d11d97373af2d42fe0742fa8f4203528839ab9fdbdc3', 4, '2026-11-21 14:24:12+00', 45, 'finalized', '2026-11-21 14:24:12.828329+00', '2026-11-21 14:24:12.842417+00', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:12.849982+00', 1, 0, NULL, NULL, NULL, '2026-11-21 14:24:12.794811+00', '2026-11-21 14:24:12.849982+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4f03-7036-ab04-9e09d53334bb', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', NULL, NULL, '01a1fe7e-4436-775c-88ef-e18f463499a1', '\x01000000012e69397e47d39b12c80957f76c1e5fa2f42f17f50cb8452eef08809bfc98b84cfa75b5f8ffb48b26587b3ce4a200e472741e39b23ef313868823135562574a7a0ec33a64f1fb9ef92c4ad8b6869904c51ae65475108f0a6baafbd597c3d0e6', 4, '2026-11-21 14:24:13+00', 45, 'finalized', '2026-11-21 14:24:13.068753+00', '2026-11-21 14:24:13.072304+00', '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:13.077868+00', 1, 0, NULL, NULL, NULL, '2026-11-21 14:24:13.046629+00', '2026-11-21 14:24:13.077868+00');


--
-- Data for Name: storage; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.storage (workspace_id, used_bytes) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 69);


--
-- Data for Name: tallies; Type: TABLE DATA; Schema: clinical; Owner: clinical_owner
--

INSERT INTO clinical.tallies (workspace_id, status, live, deleted) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'draft', 1, 0),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'finalized', 2, 0),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'draft', 0, 0),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'finalized', 1, 0);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'index', 1, '\x010131409a5bbe3ab2cfd06917126ed5b452e00073c68ff0d7f6e845676435fb1fa170df07d4ed537d27b9d03f4d20695c19c4e11dc873ebe02be96f06021c', 'active', '2026-11-21 14:24:10.273329+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'seal', 1, '\x010131ead8b6b27b8778400024863fe22a25722cba407fc8e03cab90d63eef8684bc7d176c45a01852978ed5af79f7fa88f5a1cdfb8d9ffc6a4929b24e06a8', 'active', '2026-11-21 14:24:10.273329+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'index', 1, '\x01013154fa8138afee10e51bd28572628197a4e808c4d6ee42a8c25643d7247d6c175fe4b29a272fcc024e54a1af794a224a8114824c3cd478aa6c27807b3c', 'active', '2026-11-21 14:24:10.497062+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'seal', 1, '\x0101310e31b28ad6cff481f4c85c42851442d95fa6315e1d4ea9df652f7aabfc44c0cbfffd75c55b2c76b4459297bcdb374fd859a621f26b607f2e32b5343c', 'active', '2026-11-21 14:24:10.497062+00'),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', 'index', 1, '\x010131b9cde347adc44aaa75060596ff9f8eeb7e8e65c208e04f84b052cebfaf131698cc75a86729b02d6c62e7db13907554a4f6ae28837a01369f1b262877', 'active', '2026-11-21 14:24:10.660116+00'),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', 'seal', 1, '\x0101319e96ea62aab80fcbe6f22d20a1d431d7f9b101eeba107faefcbfda77bb7c17fee10b47d877a5aa9f97a4b87383a1cf009e06eee0001deef78b9a0f35', 'active', '2026-11-21 14:24:10.660116+00');


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('e8e92d6b-e7f6-4dd4-b73e-399ae609e791', '67be0a15-0f7f-448e-919e-c2e46b1e8767', 'identity.example', 'example', '\x', '', '', '2026-11-21 14:24:15.213414+00', 'ValueError', 5, '2026-11-21 14:24:15.213414+00', NULL, NULL);


--
-- Data for Name: departments; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.departments (workspace_id, id, name, code, is_active, created_at, updated_at) VALUES
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '0d2a8a99-92ca-454d-91b9-be6763e0db5a', 'Orthopaedics', 'ORTHO', true, '2026-11-21 14:24:15.198721+00', '2026-11-21 14:24:15.198721+00');


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.identity.v1.Workspaces/UpdateWorkspace', 'once', '\x38ca61cb058d4c9a91dd4656caafdd13', '\x0100000001e855e3d6f81d3be99bdbf1231587944c87e1b9deb440d5898d0d8dede9308b32a770e3f978707fc2beb706a611c05380d7dc5ceabe1cb539451deff034ea6e3d8e5a5589c1c04c1b4082e3f7f622942e8c84acb82e3decbbecbfb61e857af9ab7093ea31cb7e322047e28b830cd452dfdba487c5ff6f31dcc2e799f7027802359b17e3c7588c1b30695eb570af8dfce6c7e3', '2026-11-21 14:24:11.07424+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.inbox (workspace_id, queue, event_id, received_at) VALUES
	('671e091d-4a7f-4a4f-b1bd-1a81d198d3db', 'identity.example', '07122a2b-e2b3-4cb3-be59-247304949ed7', '2026-11-21 14:24:15.208844+00');


--
-- Data for Name: login_attempts; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.login_attempts (account, purpose, lane, count, last_at, blocked_until) VALUES
	('\x042d78e79817e8ba92f2b2cf1c0f8746', 'link', '\x0270e6d74e8e9fff60bf174ee5cca20f', 1, '2026-11-21 14:24:11.78989+00', '2026-11-21 14:24:11.78989+00'),
	('\x042d78e79817e8ba92f2b2cf1c0f8746', 'link', '\xf79c12ebcb854f42cd66fff00483a537', 1, '2026-11-21 14:24:11.790069+00', '2026-11-21 14:24:11.790069+00'),
	('\x042d78e79817e8ba92f2b2cf1c0f8746', 'password', '\xf79c12ebcb854f42cd66fff00483a537', 1, '2026-11-21 14:24:11.976505+00', '2026-11-21 14:24:12.101406+00'),
	('\x2bb012d5408b7aedce03ad842053af21', 'password', '\xf79c12ebcb854f42cd66fff00483a537', 0, '2026-11-21 14:24:12.225724+00', '2026-11-21 14:24:12.509123+00');


--
-- Data for Name: login_sessions; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.login_sessions (workspace_id, id, user_id, method, ip_address, user_agent, created_at, last_seen_at, expires_at, idle_at, ended_at, end_reason) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4719-74f0-9254-4a5d57171d79', '01a1fe7e-4324-752f-8411-ef683354c297', 'pwd', '127.0.0.1', 'python-httpx/0.28.1', '2026-11-21 14:24:10.784517+00', '2026-11-21 14:24:10.784517+00', '2026-11-22 02:24:10.784517+00', '2026-11-21 14:54:10.784517+00', NULL, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4997-706d-b734-a98f7de4a7c0', '01a1fe7e-4324-752f-8411-ef683354c297', 'pwd', '127.0.0.1', 'python-httpx/0.28.1', '2026-11-21 14:24:11.481391+00', '2026-11-21 14:24:11.481391+00', '2026-11-22 02:24:11.481391+00', '2026-11-21 14:54:11.481391+00', '2026-11-21 14:24:11.736629+00', 'ended_by_user'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', '01a1fe7e-4324-752f-8411-ef683354c297', 'pwd', '127.0.0.1', 'python-httpx/0.28.1', '2026-11-21 14:24:11.973991+00', '2026-11-21 14:24:11.973991+00', '2026-11-22 02:24:11.973991+00', '2026-11-21 14:54:11.973991+00', NULL, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', '01a1fe7e-4436-775c-88ef-e18f463499a1', 'pwd', '127.0.0.1', 'python-httpx/0.28.1', '2026-11-21 14:24:12.208163+00', '2026-11-21 14:24:12.208163+00', '2026-11-22 02:24:12.208163+00', '2026-11-21 14:54:12.208163+00', NULL, NULL);


--
-- Data for Name: magic_links; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.magic_links (workspace_id, id, user_id, hash, created_at, expires_at, used_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4a0f-764e-8584-4e64dcc8cfdc', '01a1fe7e-4324-752f-8411-ef683354c297', '\xfbb554d0d054a9d5c853e85a31bf8acd2cbfa38dd3b6b771c9a7b8f927fcbe22', '2026-11-21 14:24:11.788881+00', '2026-11-21 14:34:11.788881+00', NULL);


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4427-767f-b5c8-2d7cf7853ed1', 'caseload.identity.v1.WorkspaceOpened', '\x0a2430316131666537652d343431622d373364352d393430302d633335633432623962306536', '01a1fe7e-4424-7709-9367-58b681b2f91d', '', '2026-11-21 14:24:10.277023+00', '2026-11-21 14:24:10.277148+00', '2026-11-21 14:24:10.361789+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4503-730a-81f1-636db1bb2654', 'caseload.identity.v1.WorkspaceOpened', '\x0a2430316131666537652d343530302d373461302d626236312d383663656337326230643062', '01a1fe7e-4502-71aa-9648-dd8ef526f1f7', '', '2026-11-21 14:24:10.49842+00', '2026-11-21 14:24:10.498549+00', '2026-11-21 14:24:10.572395+00', 0, NULL),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', '01a1fe7e-45ab-7317-be5a-923c5a54f46f', 'caseload.identity.v1.WorkspaceOpened', '\x0a2430316131666537652d343561332d373666312d383832362d343434346261303631336435', '01a1fe7e-45a8-71bf-97a9-d3d17f186ee7', '', '2026-11-21 14:24:10.664141+00', '2026-11-21 14:24:10.664396+00', '2026-11-21 14:24:10.739002+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-471e-74f0-ba1f-624830f46165', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343731652d373466302d626131662d363234376562666566613364122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a056c6f67696e30013805422430316131666537652d343332342d373532662d383431312d656636383333353463323937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e317a2430316131666537652d343631662d373733302d613336352d3662336434643164356238368201380a106c6f67696e5f73657373696f6e5f6964122430316131666537652d343731392d373466302d393235342d34613564353731373164373982010d0a066d6574686f6412037077648a010c088ad386d80610888f8bf602', '01a1fe7e-461f-7730-a365-6b3d4d1d5b86', '00-e7aeee779a9a90096477ff784090264e-4b14175409ce00c1-01', '2026-11-21 14:24:10.784517+00', '2026-11-21 14:24:11.031963+00', '2026-11-21 14:24:11.103394+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4747-7227-8e0e-6f33611d5553', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343734372d373232372d386530652d366633323833343032363963122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a107570646174655f776f726b737061636530093803422430316131666537652d343431622d373364352d393430302d633335633432623962306536500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343733662d373535652d626434352d3431663635356461386664358a010b088bd386d8061080a0b323', '01a1fe7e-473f-755e-bd45-41f655da8fd5', '00-aa260a6eb3068d2841ce149542796ac3-d75a2b8cb05620dc-01', '2026-11-21 14:24:11.07424+00', '2026-11-21 14:24:11.07452+00', '2026-11-21 14:24:11.153787+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4999-7690-a2cf-acda1a4a9f43', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343939392d373639302d613263662d616364393463306535393531122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a056c6f67696e30013805422430316131666537652d343332342d373532662d383431312d656636383333353463323937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e317a2430316131666537652d343864382d373131662d613863632d3666626135383536316339378201380a106c6f67696e5f73657373696f6e5f6964122430316131666537652d343939372d373036642d623733342d61393866376465346137633082010d0a066d6574686f6412037077648a010c088bd386d8061098e3c5e501', '01a1fe7e-48d8-711f-a8cc-6fba58561c97', '00-7fb971f97a86737f48038b2e90cca28d-dd3db082625e25db-01', '2026-11-21 14:24:11.481391+00', '2026-11-21 14:24:11.670317+00', '2026-11-21 14:24:11.744464+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49e0-73cd-bb4b-d922696fa86c', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343964662d373664312d396138622d613138643563313734383437122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a11656e645f6c6f67696e5f73657373696f6e30013806422430316131666537652d343332342d373532662d383431312d656636383333353463323937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343964372d373165312d613937652d3862353934623030333834388a010c088bd386d8061088a2a0df02', '01a1fe7e-49d7-71e1-a97e-8b594b003848', '00-1be63786c7d73ea98c991036c2ca1202-42a02d7be5dd715e-01', '2026-11-21 14:24:11.736629+00', '2026-11-21 14:24:11.737635+00', '2026-11-21 14:24:11.794245+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4a11-70bd-ab50-e7590f0c8f96', 'caseload.identity.v1.MagicLinkRequested', '\x0a2430316131666537652d346130662d373634652d383538342d346536346463633863666463', '01a1fe7e-4a0b-7209-a55f-60f307676326', '00-99659ca39087e6bfb9c92c44340ab8ab-579ea97b8bfcd2f4-01', '2026-11-21 14:24:11.788881+00', '2026-11-21 14:24:11.792004+00', '2026-11-21 14:24:11.844743+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4aab-7054-839d-19bb1e18a3b2', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346161622d373035342d383339642d313962623165313861336232122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a056c6f67696e3001380550025a13696e76616c69645f63726564656e7469616c7362093132372e302e302e316a13707974686f6e2d68747470782f302e32382e317a2430316131666537652d346131372d373139652d383930372d3735386164326336363534308a010c088bd386d80610a8a6ccfd02', '01a1fe7e-4a17-719e-8907-758ad2c66540', '00-1b86d29ba6cc7967d1c1dfa5f418158b-5f8296a6c6461e0c-01', '2026-11-21 14:24:11.800265+00', '2026-11-21 14:24:11.94764+00', '2026-11-21 14:24:12.011295+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4b4b-7639-ae6d-c79a0a769b0f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346234622d373633392d616536642d633739396537306461353766122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a056c6f67696e30013805422430316131666537652d343332342d373532662d383431312d656636383333353463323937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e317a2430316131666537652d346163352d373639362d626534302d3534383433383463626334618201380a106c6f67696e5f73657373696f6e5f6964122430316131666537652d346234372d373064322d396161392d37633665646566653965353582010d0a066d6574686f6412037077648a010c088bd386d80610d8d8b7d003', '01a1fe7e-4ac5-7696-be40-5484384cbc4a', '00-dcbb4ed499101af4d0e4121866e5dfa6-25ff7e58d9a8285c-01', '2026-11-21 14:24:11.973991+00', '2026-11-21 14:24:12.10307+00', '2026-11-21 14:24:12.174915+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4ce1-72cd-b14d-739e6735b180', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346365302d373262312d613730372d623331623236636437643530122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a056c6f67696e30013805422430316131666537652d343433362d373735632d383865662d653138663436333439396131500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e317a2430316131666537652d346261662d373431342d623638352d3534363937356239346335318201380a106c6f67696e5f73657373696f6e5f6964122430316131666537652d346364662d373464612d613437322d65366166396161653635383982010d0a066d6574686f6412037077648a010b088cd386d80610b8a1a163', '01a1fe7e-4baf-7414-b685-546975b94c51', '00-ace3a2a46df2e96fb702939cbdbde19f-a713e111f35e1d9f-01', '2026-11-21 14:24:12.208163+00', '2026-11-21 14:24:12.510038+00', '2026-11-21 14:24:12.60345+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5069-724a-ba34-a4506aa0d349', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353036392d373234612d626133342d613435303661613064333439122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a086765745f7573657230013802422430316131666537652d343332342d373532662d383431312d656636383333353463323937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353036342d373535652d623032652d3062633030366230613833318a010c088dd386d80610d8c3f1c501', '01a1fe7e-5064-755e-b02e-0bc006b0a831', '00-7f3fc87c7bf99e3b142a59115bc39f79-6064b3ab69da9384-01', '2026-11-21 14:24:13.414999+00', '2026-11-21 14:24:13.417601+00', '2026-11-21 14:24:13.482974+00', 0, NULL);


--
-- Data for Name: refresh_tokens; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.refresh_tokens (workspace_id, session_id, generation, hash, created_at, used_at, successor_sealed) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4719-74f0-9254-4a5d57171d79', 1, '\xc1027e25e2a521f2cd095fa8d7e7bac2dbddedb0a343b2197659ba6d4fadb3be', '2026-11-21 14:24:10.784517+00', NULL, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4997-706d-b734-a98f7de4a7c0', 1, '\xd9485a43c98722544c49088fe43137e6a479a3be1bfeceea1fbe989b2f1f29ef', '2026-11-21 14:24:11.481391+00', NULL, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4b47-70d2-9aa9-7c6edefe9e55', 1, '\xf4b3a523cb13c9edf08303bba242f05bebc4abe7e96295717b1a0f5e6b79be9f', '2026-11-21 14:24:11.973991+00', NULL, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4cdf-74da-a472-e6af9aae6589', 1, '\x6a0d756e1acfecccefae3cf035d4e98aed9ba49a0c2083f5f8d7026e099a8a81', '2026-11-21 14:24:12.208163+00', NULL, NULL);


--
-- Data for Name: revocations; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.revocations (subject_id, epoch, created_at) VALUES
	('01a1fe7e-4997-706d-b734-a98f7de4a7c0', 1795271051744, '2026-11-21 14:24:11.743583+00');


--
-- Data for Name: sign_ins; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.sign_ins (email_index, workspace_id, user_id) VALUES
	('\x042d78e79817e8ba92f2b2cf1c0f8746', '01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297'),
	('\x2bb012d5408b7aedce03ad842053af21', '01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1'),
	('\x4909a24e4a52c9688c929f460f9c8ab9', '01a1fe7e-45a3-76f1-8826-4444ba0613d5', '01a1fe7e-4508-71b4-b8f6-9ce68de692ea');


--
-- Data for Name: users; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.users (workspace_id, id, sealed, version, role, is_active, is_platform_admin, department_id, license_number, specialization, shift_schedule, password_hash, totp_sealed, last_login_at, created_at, updated_at) VALUES
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', '01a1fe7e-4508-71b4-b8f6-9ce68de692ea', '\x01000000015debddd6bfbf18f68f31d33ec69804500f54fbab25b6a908c2025575f89eb7a5708ec400c543934dbcbb04eb1452b231fd0fb719f262eedc5dc37e0a9070', 1, 'owner', true, true, NULL, NULL, NULL, NULL, '$argon2id$v=19$m=65536,t=2,p=1$JuSZqPbCFGpkJ3Br1NP8Pg$PkA1OqbaJ2bDLh098pZAA3H1p4m+9re3FqMIiSEuIgc', NULL, NULL, '2026-11-21 14:24:10.664396+00', '2026-11-21 14:24:10.664396+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '\x0100000001c54b286569c4c6ccb0e921ef0e8af881cc17d8e71b19f7537cf8853783dad34351d4d3b1af038a03a2ab54e853a06a91489b95597e97e75e37e32b25', 1, 'owner', true, false, NULL, NULL, NULL, NULL, '$argon2id$v=19$m=65536,t=2,p=1$CPLikLoU01hyTTk2nYeCyg$KzSK7QlIQl/m9DztoipuBN8l/EwDURWKwf1Z+Kdcdos', NULL, '2026-11-21 14:24:11.973991+00', '2026-11-21 14:24:10.277148+00', '2026-11-21 14:24:10.277148+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '\x0100000001997a6c33668ff4fc78b726c690346ef108ea2c88d332a2d3ad7f52a17d956a35a1701262def282616f9058ded1701151d028a8440f0ea07b75bbf815', 1, 'admin', true, false, NULL, NULL, NULL, NULL, '$argon2id$v=19$m=65536,t=2,p=1$XWoT6LDD2j986pkXv1IfBg$8qHzBHtxwnqslxuPpsoxKXKw0Bvozr4qWyVJgPE+VKU', NULL, '2026-11-21 14:24:12.208163+00', '2026-11-21 14:24:10.498549+00', '2026-11-21 14:24:10.498549+00');


--
-- Data for Name: workspaces; Type: TABLE DATA; Schema: identity; Owner: identity_owner
--

INSERT INTO identity.workspaces (workspace_id, name, kind, time_zone, locale, address, phone, license_number, settings, status, created_at, updated_at) VALUES
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'General Hospital', 'hospital', 'UTC', 'en', NULL, NULL, NULL, '{}', 'active', '2026-11-21 14:24:10.498549+00', '2026-11-21 14:24:10.498549+00'),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', 'Caseload Platform', 'practice', 'UTC', 'en', NULL, NULL, NULL, '{}', 'active', '2026-11-21 14:24:10.664396+00', '2026-11-21 14:24:10.664396+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'Riverside Practice', 'practice', 'UTC', 'en', NULL, '+44 20 7946 0000', NULL, '{}', 'active', '2026-11-21 14:24:10.277148+00', '2026-11-21 14:24:11.07424+00');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: appointments; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.appointments (workspace_id, id, client_id, starts_at, is_open, version) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '2026-12-21 15:24:11+00', true, 1),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-12-21 17:24:12+00', false, 2),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-12-21 19:24:12+00', true, 2),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '01a1fe7e-4d34-7754-b136-8935cfc48849', '2026-12-21 18:24:12+00', false, 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e74-7172-b701-902500311896', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-12-21 23:24:12+00', true, 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e79-7299-960a-69f610093397', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-12-21 21:24:12+00', false, 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '2026-12-21 22:24:12+00', false, 2);


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('02b25985-6f72-46ef-a7c1-08015fbc261d', 'seal', 1, '\x00', 'active', '2026-11-21 14:24:15.226648+00');


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('feacaa02-01ef-4943-8b6d-66dd563bd31e', '9033154d-c158-46ed-8b5c-3833d45d8451', 'notifications.example', 'example', '\x', '', '', '2026-11-21 14:24:15.228347+00', 'ValueError', 5, '2026-11-21 14:24:15.228347+00', NULL, NULL);


--
-- Data for Name: due_work; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.due_work (workspace_id, kind, item_id, due_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'reminder', '01a1fe7e-47c8-707d-ab8b-5e35325588e1', '2026-12-20 15:24:11+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'reminder', '01a1fe7e-48a8-7247-9d2d-1a8aa3bd2360', '2026-12-17 11:24:11+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'reminder', '01a1fe7e-4db9-76dc-8d6d-d32c97d7efcc', '2026-12-20 19:24:12+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'reminder', '01a1fe7e-4dbf-768e-a0ad-85057206f4e5', '2026-12-17 15:24:12+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'reminder', '01a1fe7e-4ece-76c2-bc8f-d62696d0d8c4', '2026-12-20 23:24:12+00');


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('4888938a-feca-4678-bae1-b0a66097b07a', 'f7755c15-39a7-467a-968f-bb5c18fb7aeb', 'Example', 'once', '\x00', '\x00', '2026-11-21 14:24:15.223896+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.inbox (workspace_id, queue, event_id, received_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.set-first-rule', '01a1fe7e-4427-767f-b5c8-2d7cf7853ed1', '2026-11-21 14:24:10.30996+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.set-first-rule', '01a1fe7e-4503-730a-81f1-636db1bb2654', '2026-11-21 14:24:10.525577+00'),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', 'notifications.set-first-rule', '01a1fe7e-45ab-7317-be5a-923c5a54f46f', '2026-11-21 14:24:10.686956+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.plan-reminders', '01a1fe7e-47b5-7335-b3f1-98ff15e780e2', '2026-11-21 14:24:11.199154+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.forget-client', '01a1fe7e-49d3-7427-9377-e0c6af1e21a8', '2026-11-21 14:24:11.745574+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.mail-magic-link', '01a1fe7e-4a11-70bd-ab50-e7590f0c8f96', '2026-11-21 14:24:11.796463+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.plan-reminders', '01a1fe7e-4d6c-711d-980b-1c4f0140c419', '2026-11-21 14:24:12.700342+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.plan-reminders', '01a1fe7e-4d85-761f-ab61-a8555c506abc', '2026-11-21 14:24:12.705733+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.plan-reminders', '01a1fe7e-4da2-71ad-b338-b2b49a660994', '2026-11-21 14:24:12.757043+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.cancel-reminders', '01a1fe7e-4de5-7181-a85c-bbfd0da94148', '2026-11-21 14:24:12.805752+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.move-reminders', '01a1fe7e-4dc7-7237-9b2e-a8a37227aa01', '2026-11-21 14:24:12.805787+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'notifications.cancel-reminders', '01a1fe7e-4df3-730f-a595-5eae3f065cab', '2026-11-21 14:24:12.803805+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.plan-reminders', '01a1fe7e-4e75-771b-9552-918b7b1db2b6', '2026-11-21 14:24:12.964252+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.plan-reminders', '01a1fe7e-4e7a-77fa-8391-a8b9796faad4', '2026-11-21 14:24:12.966343+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.plan-reminders', '01a1fe7e-4e91-7772-931b-1b47638c2e02', '2026-11-21 14:24:12.967802+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.move-reminders', '01a1fe7e-4e96-7494-b7de-e8cd826dfd72', '2026-11-21 14:24:12.982472+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.cancel-reminders', '01a1fe7e-4e9c-73ff-b63c-abf3c1c8d5bc', '2026-11-21 14:24:12.988658+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'notifications.cancel-reminders', '01a1fe7e-4edc-72a9-bf8a-41557a6e33c2', '2026-11-21 14:24:13.063917+00');


--
-- Data for Name: mails; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.mails (workspace_id, id, kind, status, next_attempt_at, attempts, sent_at, last_error, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4a0f-764e-8584-4e64dcc8cfdc', 'magic_link', 'sent', '2026-11-21 14:24:11.796171+00', 1, '2026-11-21 14:24:11.821138+00', NULL, '2026-11-21 14:24:11.796171+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-48a9-71bc-b07b-d21167addc11', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343861392d373162632d623037622d643231303061613563643734122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a146372656174655f636f6e66696775726174696f6e30093803422430316131666537652d343861362d373266392d396132382d313365343766313264626439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343839652d373064342d613263302d6138663565333936323263618a010c088bd386d80610a8c092cb01', '01a1fe7e-489e-70d4-a2c0-a8f5e39622ca', '00-8ac2bdde0644562f9e1bca3e6b05318c-8649b77c4df1cbef-01', '2026-11-21 14:24:11.426025+00', '2026-11-21 14:24:11.426308+00', '2026-11-21 14:24:11.509613+00', 0, NULL);


--
-- Data for Name: reminder_configurations; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.reminder_configurations (workspace_id, id, hours_before, channel, template_id, is_active, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4458-749b-85ae-9fdaa785a36b', 24, 'email', NULL, true, '2026-11-21 14:24:10.308266+00', '2026-11-21 14:24:10.308266+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-451f-72f6-9d40-8067133dd9bd', 24, 'email', NULL, true, '2026-11-21 14:24:10.525308+00', '2026-11-21 14:24:10.525308+00'),
	('01a1fe7e-45a3-76f1-8826-4444ba0613d5', '01a1fe7e-45bf-77c1-a436-392b5bef542f', 24, 'email', NULL, true, '2026-11-21 14:24:10.68682+00', '2026-11-21 14:24:10.68682+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-48a6-72f9-9a28-13e47f12dbd9', 100, 'email', NULL, true, '2026-11-21 14:24:11.426025+00', '2026-11-21 14:24:11.426025+00');


--
-- Data for Name: reminder_figures; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.reminder_figures (workspace_id, day, status, reminder_count) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-17', 'cancelled', 2),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-17', 'pending', 2),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-20', 'cancelled', 2),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-20', 'pending', 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '2026-12-20', 'cancelled', 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '2026-12-20', 'pending', 1);


--
-- Data for Name: reminders; Type: TABLE DATA; Schema: notifications; Owner: notifications_owner
--

INSERT INTO notifications.reminders (workspace_id, id, appointment_id, client_id, hours_before, channel, appointment_version, starts_at, due_at, status, next_attempt_at, attempts, sent_at, last_error, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47c8-707d-ab8b-5e35325588e1', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 24, 'email', 1, '2026-12-21 15:24:11+00', '2026-12-20 15:24:11+00', 'pending', '2026-12-20 15:24:11+00', 0, NULL, NULL, '2026-11-21 14:24:11.198996+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-48a8-7247-9d2d-1a8aa3bd2360', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 100, 'email', 1, '2026-12-21 15:24:11+00', '2026-12-17 11:24:11+00', 'pending', '2026-12-17 11:24:11+00', 0, NULL, NULL, '2026-11-21 14:24:11.426025+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dd0-73c0-9634-0b0ed46ea2b8', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '01a1fe7e-4d34-7754-b136-8935cfc48849', 100, 'email', 1, '2026-12-21 17:24:12+00', '2026-12-17 13:24:12+00', 'cancelled', '2026-12-17 13:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.702845+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dcf-7714-83e5-01b22b4f0f2d', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '01a1fe7e-4d34-7754-b136-8935cfc48849', 24, 'email', 1, '2026-12-21 17:24:12+00', '2026-12-20 17:24:12+00', 'cancelled', '2026-12-20 17:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.702845+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4db9-76dc-8d6d-d32c97d7efcc', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '01a1fe7e-4d34-7754-b136-8935cfc48849', 24, 'email', 2, '2026-12-21 19:24:12+00', '2026-12-20 19:24:12+00', 'pending', '2026-12-20 19:24:12+00', 0, NULL, NULL, '2026-11-21 14:24:12.700004+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dbf-768e-a0ad-85057206f4e5', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '01a1fe7e-4d34-7754-b136-8935cfc48849', 100, 'email', 2, '2026-12-21 19:24:12+00', '2026-12-17 15:24:12+00', 'pending', '2026-12-17 15:24:12+00', 0, NULL, NULL, '2026-11-21 14:24:12.700004+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4ddd-77d3-83ff-ab43971ac1a9', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '01a1fe7e-4d34-7754-b136-8935cfc48849', 100, 'email', 1, '2026-12-21 18:24:12+00', '2026-12-17 14:24:12+00', 'cancelled', '2026-12-17 14:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.755989+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4ddc-7646-8e38-fdfe0bfd642c', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '01a1fe7e-4d34-7754-b136-8935cfc48849', 24, 'email', 1, '2026-12-21 18:24:12+00', '2026-12-20 18:24:12+00', 'cancelled', '2026-12-20 18:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.755989+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4ece-76c2-bc8f-d62696d0d8c4', '01a1fe7e-4e74-7172-b701-902500311896', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 24, 'email', 2, '2026-12-21 23:24:12+00', '2026-12-20 23:24:12+00', 'pending', '2026-12-20 23:24:12+00', 0, NULL, NULL, '2026-11-21 14:24:12.964132+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4ebe-74eb-9b1d-ff706cdd9725', '01a1fe7e-4e79-7299-960a-69f610093397', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 24, 'email', 1, '2026-12-21 21:24:12+00', '2026-12-20 21:24:12+00', 'cancelled', '2026-12-20 21:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.966165+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4ebe-74eb-9b1d-ff6f0d41d703', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 24, 'email', 1, '2026-12-21 22:24:12+00', '2026-12-20 22:24:12+00', 'cancelled', '2026-12-20 22:24:12+00', 0, NULL, 'appointment_closed', '2026-11-21 14:24:12.966987+00');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.alembic_version (version_num) VALUES
	('0001');


--
-- Data for Name: appointments; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.appointments (workspace_id, id, client_id, practitioner_id, series_id, scheduled_start, scheduled_end, during, location_type, location_id, service_id, status, sealed, version, overbooked, overbooked_by, overbooked_at, edited_at, edit_count, created_by, cancelled_by, cancelled_at, deleted_by, deleted_at, deletion_reason, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b0-72f0-904b-bec57f26c7a0', '01a1fe7e-4754-7608-a063-dcbf441d60e4', '01a1fe7e-4324-752f-8411-ef683354c297', NULL, '2026-12-21 15:24:11+00', '2026-12-21 15:44:11+00', '["2026-12-21 15:24:11+00","2026-12-21 15:44:11+00")', 'clinic', NULL, NULL, 'scheduled', '\x01000000017487586524706c7d363e49a4367fe2f67d1afbfd848f4d6e1a318856', 1, false, NULL, NULL, NULL, 0, '01a1fe7e-4324-752f-8411-ef683354c297', NULL, NULL, NULL, NULL, NULL, '2026-11-21 14:24:11.175363+00', '2026-11-21 14:24:11.175363+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '01a1fe7e-4d34-7754-b136-8935cfc48849', '01a1fe7e-4324-752f-8411-ef683354c297', NULL, '2026-12-21 19:24:12+00', '2026-12-21 19:44:12+00', '["2026-12-21 19:24:12+00","2026-12-21 19:54:12+00")', 'clinic', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', 'scheduled', '\x01000000013ffdf76bce4f343ec53770d6267f8cf6c9ca0ed19d09a405832d7a830d20c5a6280f4c0e8bbefcf17d8c007f70b268', 2, false, NULL, NULL, '2026-11-21 14:24:12.720618+00', 1, '01a1fe7e-4324-752f-8411-ef683354c297', NULL, NULL, NULL, NULL, NULL, '2026-11-21 14:24:12.643019+00', '2026-11-21 14:24:12.720618+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d84-75f3-b58f-2632450f29d1', '01a1fe7e-4d34-7754-b136-8935cfc48849', '01a1fe7e-4324-752f-8411-ef683354c297', NULL, '2026-12-21 17:24:12+00', '2026-12-21 17:44:12+00', '["2026-12-21 17:24:12+00","2026-12-21 17:54:12+00")', 'clinic', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', 'cancelled', '\x010000000110472acd4b790fb9cfc571ae25d1d89dd0c56393dbc81223f755fb256d5b6ad258ba46f84cb34749cd0b5f11a2d695', 2, false, NULL, NULL, '2026-11-21 14:24:12.769235+00', 1, '01a1fe7e-4324-752f-8411-ef683354c297', '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:12.769235+00', NULL, NULL, NULL, '2026-11-21 14:24:12.671642+00', '2026-11-21 14:24:12.769235+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da0-77ed-b168-04fbdd1133fe', '01a1fe7e-4d34-7754-b136-8935cfc48849', '01a1fe7e-4324-752f-8411-ef683354c297', NULL, '2026-12-21 18:24:12+00', '2026-12-21 18:44:12+00', '["2026-12-21 18:24:12+00","2026-12-21 18:54:12+00")', 'clinic', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', 'scheduled', '\x0100000001fbdaf443a65a1531a7284e2d95ebe5fd3c13e7811efccd393e697ba650e3ccfd5794e35c7487db4174e8231ad8c738', 2, false, NULL, NULL, NULL, 0, '01a1fe7e-4324-752f-8411-ef683354c297', NULL, NULL, '01a1fe7e-4324-752f-8411-ef683354c297', '2026-11-21 14:24:12.786113+00', '\x0100000001c3917205d3bbb04798f582e85107d26dadae54c94896d5f013a03b5e240b8f11ccaad1e1d97731fbcd5c9705', '2026-11-21 14:24:12.695436+00', '2026-11-21 14:24:12.786113+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e74-7172-b701-902500311896', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '01a1fe7e-4436-775c-88ef-e18f463499a1', NULL, '2026-12-21 23:24:12+00', '2026-12-21 23:44:12+00', '["2026-12-21 23:24:12+00","2026-12-21 23:54:12+00")', 'clinic', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', 'scheduled', '\x010000000105178fc0581b846675979d00a01e050568428c86d49de68fc280e13d113a5bccb652e1f08499ed150c67f7fd2db5d8', 2, false, NULL, NULL, '2026-11-21 14:24:12.948976+00', 1, '01a1fe7e-4436-775c-88ef-e18f463499a1', NULL, NULL, NULL, NULL, NULL, '2026-11-21 14:24:12.9155+00', '2026-11-21 14:24:12.948976+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e79-7299-960a-69f610093397', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '01a1fe7e-4436-775c-88ef-e18f463499a1', NULL, '2026-12-21 21:24:12+00', '2026-12-21 21:44:12+00', '["2026-12-21 21:24:12+00","2026-12-21 21:54:12+00")', 'clinic', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', 'cancelled', '\x01000000015f0e81644269253fca773a64f29c426457fb2a3e8397947a9309dcfb926d535b070dbd528da5aa856abcf8e9c27f9d', 2, false, NULL, NULL, '2026-11-21 14:24:12.954832+00', 1, '01a1fe7e-4436-775c-88ef-e18f463499a1', '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:12.954832+00', NULL, NULL, NULL, '2026-11-21 14:24:12.921131+00', '2026-11-21 14:24:12.954832+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e90-73c0-a008-b53f5b3fbe03', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', '01a1fe7e-4436-775c-88ef-e18f463499a1', NULL, '2026-12-21 22:24:12+00', '2026-12-21 22:44:12+00', '["2026-12-21 22:24:12+00","2026-12-21 22:54:12+00")', 'clinic', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', 'scheduled', '\x010000000123fe3d61d109f00f70e25f33e5bb6c02cbaf467ccde05376dbe3a655597edeb2da40baeacfb6b1eea4f6808481dcff', 2, false, NULL, NULL, NULL, 0, '01a1fe7e-4436-775c-88ef-e18f463499a1', NULL, NULL, '01a1fe7e-4436-775c-88ef-e18f463499a1', '2026-11-21 14:24:12.960163+00', '\x01000000013e79bb213bf6066b7eb9b82a0ddc70d4069584b80ba7c26ac583e1ccd45b2d1684c15293f064966eb3125bda', '2026-11-21 14:24:12.943851+00', '2026-11-21 14:24:12.960163+00');


--
-- Data for Name: client_figures; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.client_figures (workspace_id, client_id, appointment_count, erased_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4754-7608-a063-dcbf441d60e4', 1, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-49c5-7755-a6dc-0c0f893d58c7', 0, '2026-11-21 14:24:11.745144+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d34-7754-b136-8935cfc48849', 2, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e3c-7647-81e0-c04e65e5485f', 2, NULL);


--
-- Data for Name: data_keys; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.data_keys (workspace_id, purpose, version, wrapped, state, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'index', 1, '\x010131044f65993ef6ea64b7032cb13ccac6e9d3814f6cc1fdc87ffef61a2a7471f23506e0553ac34b38ae8cfde69c4a7bb1f364b0bcb3d2f89bc89093de5f', 'active', '2026-11-21 14:24:11.181314+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'seal', 1, '\x0101310922468245edeac7d3cd23d54902f3eaeddc7260366f8a8019ddec36bb1e56888b1d64523ba2a382e42f12e5b505781fd4ad290085135718dbf9e30f', 'active', '2026-11-21 14:24:11.181314+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'index', 1, '\x0101315bd74377ce2ff6007b707c195b9392d7b31ffddfc5a4fc760f45bc59f3fd30cb670750632e5e1302a8696b2621bbd7cd96960c64cbfa2439600b6c04', 'active', '2026-11-21 14:24:12.873615+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', 'seal', 1, '\x0101312e170723b7e809a768ba0670b76899b90ff7f77d0639c3d338c00a76982036b872587b2176f7fdab1ef4f21faff714b00b11de9914f7fa95f7044631', 'active', '2026-11-21 14:24:12.873615+00');


--
-- Data for Name: day_figures; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.day_figures (workspace_id, day, status, appointment_count) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-21', 'cancelled', 1),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2026-12-21', 'scheduled', 2),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '2026-12-21', 'cancelled', 1),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '2026-12-21', 'scheduled', 1);


--
-- Data for Name: dead_letters; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.dead_letters (workspace_id, id, queue, type, payload, request_id, traceparent, occurred_at, error, attempts, died_at, replay_requested_at, replayed_at) VALUES
	('466b3764-74f7-475c-b3fa-4db768c71674', 'a12f2bf0-d4f1-4e67-b156-91c2b0d57377', 'scheduling.example', 'example', '\x', '', '', '2026-11-21 14:24:15.219112+00', 'ValueError', 5, '2026-11-21 14:24:15.219112+00', NULL, NULL);


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.idempotency (workspace_id, user_id, method, key, fingerprint, sealed, created_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Locations/CreateLocation', 'POST /locations', '\x8bf7a9964e41932e14e93231bc80bcdd', '\x0100000001c65a3eb617bcada535c901f75d75d3c0d9849637cf2625b4032053a688d4e0402da400e887494da5c3bbd283086deec4c0d40eb16cf01223f7e9c442f3df64637a7191d08bf68d5901052183456694607bcf77a18503bfbf58deb94807caff08a59344fd374a929a0e3b7668e7b7007e21d8525b2efa14172b317ade681ef006ec0ee1fb54f3741eb60f3725ad9891a2b9a7906b76966180b880ce218b2b1a5111e95ccf253c', '2026-11-21 14:24:12.610917+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Services/CreateService', 'POST /services', '\x5d1bd5aed1b44bb216079d651acce958', '\x0100000001794cd13eaff6022b518062517714e9c93baa5fdece6713a02ac42b1325e8b5815c0b429b1afc952b8faf508407a32b26f6dd4137ae860850e2eca7a1e5138c0ca46b6792c7a8f3f3f4e4ac39402da23986a14679a3a4951b1c430c17801bcac7331af6faef1772ee25b078ebc53dd2d3618e163033955db5908a16ec01490097b2fa7adacb4c462ccac0d5336ce28c728dc5c6e1031e7c31e4f3f5ebdf9a9a92c4', '2026-11-21 14:24:12.620808+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Appointments/BookAppointment', 'visit', '\x3c1484ea32874b9367c15eca5ab78395', '\x0100000001afdd9879f55ca3c5c79c270850bcd51fab9f35cd8bd86a45cea95794d66e87742f6c86d2ddafed2fa5e2d2c59b14266acd828ace67ae0fbb40744890e0ab20189eaebe3fb69601ce77c1268adffebff6cf235c861333fe189193ffc4fec67e6e1017b2defa881c37b805a845381c34cdc39a3c6378e38dd52853f97bb05862614034453dc2888234ebe4e77b8d0133ffed1c752fbafe4feb186746416982d89553beed431690ce99374cf0f0282e1f94bbb66a71e126b6ccd405790a5a9f13d8943147701fb2207e9ff0fcfd579645248ef1ffa5a2bdde2fb85c5151e5ddb94c3606224b1db0fb444183c49a52a02f2ef661795cd3f62b542f8338c2590e72d0eab9d194b6bbac646163a2630ffd8a0bad9cc0eede86dbd0bcdf12adf4f5d7df8ec65a1ff4492e13c7272e3b1f9167a4d3108f199106576d5ce8fa48bbc6604fbdda7fa6f9eedf', '2026-11-21 14:24:12.643019+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Appointments/BookAppointment', 'off', '\xbb488db325bc53470dd3ceb3cbab93b4', '\x010000000115c923395f99c8099ef372122d86b008aa69a67f7d81613400f707bc508e94bad0979aa1c7259f1659d0ff6e7e1240a448d87ea3dfcfa14bbfe980624c0ee9450b4ef02abb23def35c9828c514fd72467ff3a08aac04438d7332bb3d6850c2612c61c28038d995b9b749b427116fbdb051e2bada3dc9a1ef944e34f9aba2c08f99027ca84e635cdda4ec2312701c4dce846ababb3b832d241baed950b3cadb79e354b7b8f9ee82abbd76731c441a3625f5c1cb873e4ca9927fa31dd5b30a3c63aa103ff7db46d3286fb17b7422c8111783e4f585ec0fddc8c4163a1552da11a6c0b325777998ff436ecc41130639c0b6f0e5836c9d6d7c4b9f2f5f5924576e627b10dd43e85fa9ab5c0ae7ef7180b461197a9cab131a9b1c3ca63c214cad830cf93be924057fda5dfc367fd85a282036e825e3aef808fe4c044a749971db4dbceca447e023860b', '2026-11-21 14:24:12.671642+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Appointments/BookAppointment', 'gone', '\x51c804bbfd5d69ed0620f297f4eac1f9', '\x0100000001087839f55ccdd5cbc8144fb40b575756ae62e13fb0c7871bcf133f81f6319affe3f5d70b08cb29ffa82f9fbee41e440b0dda293f53c0b727acd6e3a1391d06c46cdf5a3512870b052e50ee21ebbdcfed8021b21ee633e49addf7890296d93b82b780f09993316bd2fcedf09410dd856dbcebade10dfd5028b17ffa9b68b62659254bd04afabd688e106794a6aff0ee943f5037e26712f7f47a0b293821b899120c24e1cf3d10ef34b8504fc4d31a3788c073991bd9c8836ce8a1fe18054e6d5604c5a630f2e230031c1533cf3c79c881862777e2d2f9274777821c822d43234fe8e3b2428a9dcc3801aed0daa084059d396d34a05a878d41adb6548ef691a426692d48ed4499899e38113fef64bf258f6887339391a13caeac5f7caa9966f49f532e05c972f238c24a2d2b7bbb15d6cfc5e76a3ed301d776013a264f4bc8b4cc537a1330d9265a', '2026-11-21 14:24:12.695436+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Appointments/ChangeAppointment', 'PUT /appointments/01a1fe7e-4d68-74f4-a810-83f37c3e5b92', '\xa0a1955ebd6d0bc6fa138d6fd9ba3bfc', '\x01000000010b92a1e2d0bd3d39450334612c6b6274571c1ccdf4761d6406200640a2b585530f7a7d3032ef5ca0ae987407360132e52a369d975f3248697f349e773f7f1f9233fc36a9ac7d17ab60b11ee2f715ddd7436dfaf81e108201b17b3bd2ae80752934f4138b25f369e00a122bfa6bcf008d7b611b8e160e3172e5734efee0dc9632ee7c4789df85df2368e79f2f673d052e1168c4d18299864c6db605a1e8ffa7e90c7fcdd05b083191a4d2967525cf71815b2d514086e5f4c469e0bf0411b52aa97fd2afdb38b4eb2fee448c66fbd95c9cb02be67a04c81b1c1e43a95553a854924335fdef7ed156c8fa8651e91b0874e3666a84bd05cdef790e0ed371f0314a72521ca44116a2f6c8a633ac0023969b39724761fbff5e08b87f21b1ec10a7026cce6d2e8dc12d7be201dfe3b51e99accad8d0460c05b14df82c063ba48bb6fec8772bd5f89db43520b847e1f16065c85d08664b4e6893630f4e', '2026-11-21 14:24:12.720618+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4324-752f-8411-ef683354c297', '/caseload.scheduling.v1.Appointments/ChangeAppointment', 'PUT /appointments/01a1fe7e-4d84-75f3-b58f-2632450f29d1', '\xc0b4d0896002d979468fbdb3ec2f85ae', '\x01000000011034f82fb2581c4bcef87cc998e3d94976eae86de0299752b53598519f7323453993c18ebe305cd1479c9aabb5950383de2aac0874c95b2981ce44160b2fbae3e59ce0b34f0d5d8d4770e1eb65d2565d0c3da8cb47403cdb28724904745543bd253c3c37888c239d1457d5895fb4980627dc8b43083043ba67466a1abd4ac42f2d09c50d6097ee593b5f32b4fe69fa7c343fc6bbaab12d4271626f1e39af46f15c9466636cdfa82319329e3e3101bf12260cfe7068b6d1e851c9cea77484b709b2453ebe6bba7fdf4add01b30158e64bc36f721faccf2261dcf44d836049d7f5eda02bfa67abb61ec8440cb3b4b71d227f364819cc3db5c6cd237863910507c0ac49213e3edba11b37cd330457d912d2d7aa759caf792c45cc9f96b4078ebbebf9f4c17cf5852428e43ff7aac102ab8fd8d92d6fa62e180e669154d6be204bf559859d0cd1aceb16b58e11ac1799ca98ac4667be3390ad2573', '2026-11-21 14:24:12.769235+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Locations/CreateLocation', 'POST /locations', '\x5a828076d426e239a1081ea66e41971e', '\x0100000001735d1f3cc2c76630d54c3aa547eb27c70309566f79d29cce93b71aade182a6222e7c27af837c51082b3743fe3a1c282d2392b2635314a15a9cddc492053ebeb2a81ceb50f3dc257126a7a49ddce658ddd0ce7964c156530169eda7926caa02102d701f3ff4c7d0a6394cfbeb73ca2edc4b5f16a83a6bf0ebd8c15c1f612fa098a2e90b16a81d9d43c0e0960b7601f5d6f1ed4704b48aafe1af2c2f3680c33ddfa4f96c360522', '2026-11-21 14:24:12.873419+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Services/CreateService', 'POST /services', '\x9d3b2676a1c81f2487f6a334c6c9976f', '\x01000000019d050ed4de2c00d174ba8bafdf410edd7d2e126dfc22fde01ae80abe6abdec1bcb07e4b5eae1b8cf338d378a4b213416e8bfd7280ea36bd383f7183fd2d6fcca35379cb7284143090933fea902b423b77d4eadf1296bbbe3d83825b177cee51351f46d8f0519378a1683ab81dff67f7afde82980a7d4afc03ee42dd42db58387e88737fe4ae94ac3e7e3a88bac58cdcbc481ce20104d17a48e60a8ff1fe3a56900', '2026-11-21 14:24:12.900752+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Appointments/BookAppointment', 'visit', '\x45fd5488f2a9a563e7a33951f42869d9', '\x0100000001e59ed61f69ef7d3d35cc92f96a2ce944e570d5565a117454f09311f71fb71669e8d074e740c04ae7ca29c0cd08b4b748eb3a622b46d67467c7e108a1be1dcde67ef74bf3a4ecbb8bb312967a85d0872c70a4037ea3b7dc9fa15f7f8391209c4079688edc1294e5a607d08527a717f9e5f595899e0089f2c8901b44f02e12f5634e33809f9bd1d9a8914b2769c2214673e9e683064e0588f3f341c8a5ecc6d2b484701c5c96ec79948b1380e58de099f26829e759491c7184411721a9c94486fb1e9557cd96c2fd6e0427fcd9367311f5f1a18e66c69eef247733f9336f66e0f82171aff0a41ba32475d743db3e35480f71fb983af04d42d3003d92b9d05dcd86d93d47cb5f78a815dddc06f5c17da381e9469c0cb24a82c13c192966730e1312af1ecf95344bd7fd9c70cf49727f28ca2488a3d7a1edd72eceb13465203b2d2ed0645deb51822d', '2026-11-21 14:24:12.9155+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Appointments/BookAppointment', 'off', '\x64504c23ba565398a7d28a3217b47d2d', '\x01000000010f62d3a6d7a0a2b0540b05485c5116408fc42340b9af2d75bb74828e703154457d5390a2e50817bfcf9d93c6c32ef655f894be827683c22fc18cb228b7338b6052fa57cebec9479b7f038b8fc9ac7f2a07924103ecbfcd259728df97e1e4230ac09a2b0ddcdfb71bf2e38357a4d8e18efd4c2b95970e241f54554896cf2fd6aa1a3481ef2086b843d0edb23c018fd4d9bf8ba4e269fe2cc9f0ddb7cf73f9a7e60587b2ef6925bfa95aa1df3e6f42b34bd4a2f9179298aa64d562e8d38fb9d54e4cbacc0d02dbb88e8bcf8586e390d5ccd86d5296c57d99792ecfc064e7de6160c32c3dd4e7b92548321f661583b6055f65436abef15d4b4efe41981d709985937cf4d087131c68800ba659ce3a4e28cf0d5e71a59a000fd9f84285f175f4838c0fe13f90e68812434a90998771732d48559e89cde909f84dcaa6088e17d8ea546cabe0a04b0538', '2026-11-21 14:24:12.921131+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Appointments/BookAppointment', 'gone', '\xf7220d80b1ed67fc72abead2b5e9f143', '\x0100000001e2e3a1e0c6558d1b64a5e044108422f5f71b0d46ec11d73865d95c25b2c67eacb3ae19e3d184c451a5638bc69db78153a77d0375a2cc44e7968b6d9bd799f40fb137bdebc556daa2527481442ec84e72e9af98a2b23ba4d39c3e396fd28e294f45242bb266dc19afbad557c8e4e53a272bea3ee61315b958dd67538042a9ed5246fa50cc654b3d14645e0208e2cf40203252f615454ff895349fcdeb04941e0680ce8928753837dc0e24039af969692e13d6c4b8bb535df322fcc47b27441e1aeacb65d61efce0b64ef3817d064b0e23de906ee0ed7095cf43f60b3a1ff75ede56b9082db97fc794d9b2362451a880a853b9d79c95b0a443568ba9588bba62011d55edcda1627bedfaa036c1bd9d651c3f40dae2489548aa563f55225ca79471aa112920a3c991445647e50e4b648a23d0c6c6f6cf7e73286800814e3f338d593b70725e278495', '2026-11-21 14:24:12.943851+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Appointments/ChangeAppointment', 'PUT /appointments/01a1fe7e-4e74-7172-b701-902500311896', '\xdbdd089529261417bd79c3362a6f7630', '\x0100000001060a185a55d87dd8c393d954d00b5cb9c1e753322eace35b24d021e17ef7d05cf80c436c4f3b6a3c5dea2b294407153c7e46255c2ac5516c08575149b15927d4b1fba4a8360776f68b57f8cd9302b234c8be768f6670fef4a369689d43f5d1d03b8d991008249b8d86d479f425abd739f5fb1ff7c2f2f7ec7bc662685023bc2de54896bd98e73b2aaa5d93756b36c889ba562d11de5663cd0cda9a5ebe966b4c80e3b5d4cb524f0dc50ac7daf32a94e774d3cebde4d8f9c71262168d26560b8c92078bc410f44bfff91195c4e861b8673ff4cc9a0f942e6aa6014914a2d61b0c9e38f78186ff4fea4d2eec298755848edd48dec4e33c970ba1b62561c5714c41940e8afe394b8af47ecaa7308c0ebaf435a3d7537ee1c379c8cc58e00a8ccbe314cb9112f93b09761ea3776eff6e43a63c3a21b8b821468a1070db14b9ab4f73d3af717ddf1e79f8375b6ce6185e39b34f9c288684acdf2c56', '2026-11-21 14:24:12.948976+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4436-775c-88ef-e18f463499a1', '/caseload.scheduling.v1.Appointments/ChangeAppointment', 'PUT /appointments/01a1fe7e-4e79-7299-960a-69f610093397', '\x0bb871f446d8891b9edd629f7c715bfe', '\x0100000001571bc54350a451d30b21308c5e9c5c4320c6edda9b32400c5fceb1b38ac0c38893006a38efb695b829f6e9890a3d607267ae02a6f85d7a0ac9c428ad8c1c3350888edaf5a77d2c292ea97b16fe92726cf4b9f64ce2e9d47c7c1092c290485c06f9f819cf18bf6d55c1af375762dd488ecc401a8eb58dab73e132d1c6421ee344360f325f47ae914f34cd1efeb8ef21dae9eab89564ac4a80cb14f8b2c9b244503d27c0f2cc3b28076d10b808f9c05c814a59e879fb4172bd03c9a040dc62328d9ba790e8658461a66d23a739683585cec0343076d01cded7175efc9977a4f3b84b378164448987d45428e562f878e7d6a56e6761102c13c979085feea5159937e3bf5d3366dcf2c86e3f289ffcd3788beabf28ccb056d679a2c0b053864d6fac18a7ec711ef5db5c4479137ec3bb7cb0d3a58890a1039973b5d9b137dde02e242df0f448fac95436a4c745a634316f3107a7b866e96fb38a2f', '2026-11-21 14:24:12.954832+00');


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.inbox (workspace_id, queue, event_id, received_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', 'scheduling.erase-appointments', '01a1fe7e-49d3-7427-9377-e0c6af1e21a8', '2026-11-21 14:24:11.745278+00');


--
-- Data for Name: locations; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.locations (workspace_id, id, name, location_type, address, details, is_active, deleted_at, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4762-74b4-b4dd-363d1e2bad10', 'Room 2c8f0d87-2aab-42a7-a310-f27ee98148dd', 'clinic', NULL, NULL, true, NULL, '2026-11-21 14:24:11.106583+00', '2026-11-21 14:24:11.106583+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d47-7376-a95d-b2bb96d06b32', 'Ward 3', 'clinic', 'Level 2', 'Ring twice.', true, NULL, '2026-11-21 14:24:12.610917+00', '2026-11-21 14:24:12.610917+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e5f-74f9-87da-eab7c6e72f7e', 'Ward 3', 'clinic', 'Level 2', 'Ring twice.', true, NULL, '2026-11-21 14:24:12.873419+00', '2026-11-21 14:24:12.873419+00');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.outbox (workspace_id, id, type, payload, request_id, traceparent, occurred_at, due_at, published_at, attempts, last_error) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4766-75d0-b356-6f6f6d5b0ff1', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343736362d373564302d623335362d366636653239383835653766122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0f6372656174655f6c6f636174696f6e30083801422430316131666537652d343736322d373462342d623464642d333633643165326261643130500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343736302d373563622d396437632d6166666430613038663730638a010b088bd386d80610d8a7e932', '01a1fe7e-4760-75cb-9d7c-affd0a08f70c', '00-9d4a72e1156d6e59a5d15b338846c911-1545a479de68dcfd-01', '2026-11-21 14:24:11.106583+00', '2026-11-21 14:24:11.106826+00', '2026-11-21 14:24:11.192664+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-477f-747b-addc-ab9417588125', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343737662d373437622d616464632d616239333436393863316162122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0e6372656174655f7365727669636530073801422430316131666537652d343737622d373262312d396332312d633938633836393234383635500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343737612d373562662d626332312d3936373539636139646262378a010b088bd386d80610a890d23e', '01a1fe7e-477a-75bf-bc21-96759ca9dbb7', '00-ac48ab6965ac197b2252284d2e5aabef-01d140ebc5f97a1e-01', '2026-11-21 14:24:11.131369+00', '2026-11-21 14:24:11.134817+00', '2026-11-21 14:24:11.192664+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b5-7335-b3f1-98ff15e780e2', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d343762302d373266302d393034622d626563353766323663376130122430316131666537652d343735342d373630382d613036332d6463626634343164363065341a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372206089b89a5d9062a0608cb92a5d9063001', '01a1fe7e-4782-77d6-91eb-36d0619aa32b', '00-80188c7b05152473772f3387f3e745d2-75e8dfb624ffd9a7-01', '2026-11-21 14:24:11.175363+00', '2026-11-21 14:24:11.184848+00', '2026-11-21 14:24:11.256961+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-47b5-7335-b3f1-9901f1a63aab', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d343762352d373333352d623366312d393930306539333664663934122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d343762302d373266302d393034622d626563353766323663376130500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d343731392d373466302d393235342d3461356435373137316437397a2430316131666537652d343738322d373764362d393165622d3336643036313961613332628a010b088bd386d80610b8a7cf53', '01a1fe7e-4782-77d6-91eb-36d0619aa32b', '00-80188c7b05152473772f3387f3e745d2-75e8dfb624ffd9a7-01', '2026-11-21 14:24:11.175363+00', '2026-11-21 14:24:11.184848+00', '2026-11-21 14:24:11.256961+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d48-721a-9a55-2e4f3da8bbe4', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346434382d373231612d396135352d326534656134393062373338122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0f6372656174655f6c6f636174696f6e30083801422430316131666537652d346434372d373337362d613935642d623262623936643036623332500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346434312d373135642d383133642d3431663338333166636234648a010c088cd386d8061088b5a7a302', '01a1fe7e-4d41-715d-813d-41f3831fcb4d', '00-c57cf0200f081ff8ffdbc4a915b634b8-044e9fe463218cc3-01', '2026-11-21 14:24:12.610917+00', '2026-11-21 14:24:12.614821+00', '2026-11-21 14:24:12.695241+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d53-712a-b2cd-97039b3872c4', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346435332d373132612d623263642d393730323264393730346336122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0e6372656174655f7365727669636530073801422430316131666537652d346434662d373466352d383635322d313439636564366135646564500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346434632d373663352d626534662d3239346335653032616231328a010c088cd386d80610c08e83a802', '01a1fe7e-4d4c-76c5-be4f-294c5e02ab12', '00-b8e7d3a0d3c40b7ceb00138ef5515a7e-9744c04b5f937912-01', '2026-11-21 14:24:12.620808+00', '2026-11-21 14:24:12.620989+00', '2026-11-21 14:24:12.695241+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d6c-711d-980b-1c4f0140c419', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346436382d373466342d613831302d383366333763336535623932122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a2430316131666537652d343332342d373532662d383431312d656636383333353463323937220608aca5a5d9062a0608dcaea5d9063001', '01a1fe7e-4d59-76f3-9918-3530c7f5b4cb', '00-ac95b0053c4399e41015f007529bd16e-799024a3a2bf1e62-01', '2026-11-21 14:24:12.643019+00', '2026-11-21 14:24:12.643228+00', '2026-11-21 14:24:12.74492+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d6f-7250-be6a-fae5e308f9f1', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346436662d373235302d626536612d666165346666623661656137122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346436382d373466342d613831302d383366333763336535623932500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346435392d373666332d393931382d3335333063376635623463628a010c088cd386d80610f8e1ceb202', '01a1fe7e-4d59-76f3-9918-3530c7f5b4cb', '00-ac95b0053c4399e41015f007529bd16e-799024a3a2bf1e62-01', '2026-11-21 14:24:12.643019+00', '2026-11-21 14:24:12.643228+00', '2026-11-21 14:24:12.74492+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d85-761f-ab61-a8555c506abc', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346438342d373566332d623538662d323633323435306632396431122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a2430316131666537652d343332342d373532662d383431312d656636383333353463323937220608bcc1a5d9062a0608eccaa5d9063001', '01a1fe7e-4d76-77e8-b372-223a7af371d6', '00-28161f69f0cb0b8203d45163f170556a-bd09e7290ba99e30-01', '2026-11-21 14:24:12.671642+00', '2026-11-21 14:24:12.671935+00', '2026-11-21 14:24:12.796901+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da2-71ad-b338-b2b49a660994', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346461302d373765642d623136382d303466626464313133336665122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a2430316131666537652d343332342d373532662d383431312d656636383333353463323937220608ccdda5d9062a0608fce6a5d9063001', '01a1fe7e-4d8c-76aa-97f6-b511051e9e8d', '00-cf3ad70f6543c5e7be7781c3872ac1d1-cbd5543a1c486e3f-01', '2026-11-21 14:24:12.695436+00', '2026-11-21 14:24:12.69569+00', '2026-11-21 14:24:12.796901+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dc7-7237-9b2e-a8a37227aa01', 'caseload.scheduling.v1.AppointmentMoved', '\x0a2430316131666537652d346436382d373466342d613831302d383366333763336535623932122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a2430316131666537652d343332342d373532662d383431312d656636383333353463323937220608dcf9a5d9062a06088c83a6d9063002', '01a1fe7e-4daf-70af-9703-ee43054f889f', '00-36402f6a319d339ab6e8a4e8648179b2-25f82a91ee8ae082-01', '2026-11-21 14:24:12.720618+00', '2026-11-21 14:24:12.72103+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d85-761f-ab61-a8573cbb9ac7', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346438352d373631662d616236312d613835363063623937653231122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346438342d373566332d623538662d323633323435306632396431500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346437362d373765382d623337322d3232336137616633373164368a010c088cd386d8061090e3a1c002', '01a1fe7e-4d76-77e8-b372-223a7af371d6', '00-28161f69f0cb0b8203d45163f170556a-bd09e7290ba99e30-01', '2026-11-21 14:24:12.671642+00', '2026-11-21 14:24:12.671935+00', '2026-11-21 14:24:12.74492+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4da3-71c7-81a3-9a7fc4a41ec0', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346461332d373163372d383161332d396137653134626538363366122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346461302d373765642d623136382d303466626464313133336665500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346438632d373661612d393766362d6235313130353165396538648a010c088cd386d80610e085cecb02', '01a1fe7e-4d8c-76aa-97f6-b511051e9e8d', '00-cf3ad70f6543c5e7be7781c3872ac1d1-cbd5543a1c486e3f-01', '2026-11-21 14:24:12.695436+00', '2026-11-21 14:24:12.69569+00', '2026-11-21 14:24:12.796901+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e91-7772-931b-1b4972f8d5d2', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346539312d373737322d393331622d316234383736383363393563122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346539302d373363302d613030382d623533663562336662653033500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537632d373462622d623931382d3639376366386534613732358a010c088cd386d80610f88b88c203', '01a1fe7e-4e7c-74bb-b918-697cf8e4a725', '00-33c76b644d5d70d7a99e6ceacb29364e-5807fb940e739d2a-01', '2026-11-21 14:24:12.943851+00', '2026-11-21 14:24:12.944066+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e96-7494-b7de-e8cd826dfd72', 'caseload.scheduling.v1.AppointmentMoved', '\x0a2430316131666537652d346537342d373137322d623730312d393032353030333131383936122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312206089ceaa6d9062a0608ccf3a6d9063002', '01a1fe7e-4e94-7610-afcb-14eac00ea836', '00-fd05eee1294aad724bfccf033dc04e76-92f6b606cfe75c82-01', '2026-11-21 14:24:12.948976+00', '2026-11-21 14:24:12.949182+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e96-7494-b7de-e8cf3ae3fce9', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346539362d373439342d623764652d653863656330623062653032122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a126368616e67655f6170706f696e746d656e7430033803422430316131666537652d346537342d373137322d623730312d393032353030333131383936500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346539342d373631302d616663622d3134656163303065613833368a010c088cd386d8061080f3c0c403', '01a1fe7e-4e94-7610-afcb-14eac00ea836', '00-fd05eee1294aad724bfccf033dc04e76-92f6b606cfe75c82-01', '2026-11-21 14:24:12.948976+00', '2026-11-21 14:24:12.949182+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e9c-73ff-b63c-abf3c1c8d5bc', 'caseload.scheduling.v1.AppointmentClosed', '\x0a2430316131666537652d346537392d373239392d393630612d363966363130303933333937122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a0963616e63656c6c65642002', '01a1fe7e-4e99-76a7-b4f8-bf4a7bf60ed0', '00-5b11e4b404893f9679c0b52458a71937-f5f78f44f9e64add-01', '2026-11-21 14:24:12.954832+00', '2026-11-21 14:24:12.955096+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e9c-73ff-b63c-abf55d15d409', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346539632d373366662d623633632d616266346333623237346236122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a126368616e67655f6170706f696e746d656e7430033803422430316131666537652d346537392d373239392d393630612d363966363130303933333937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346539392d373661372d623466382d6266346137626636306564308a010c088cd386d8061080a9a6c703', '01a1fe7e-4e99-76a7-b4f8-bf4a7bf60ed0', '00-5b11e4b404893f9679c0b52458a71937-f5f78f44f9e64add-01', '2026-11-21 14:24:12.954832+00', '2026-11-21 14:24:12.955096+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50a2-74c3-b6bf-df2db2598657', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353061322d373463332d623662662d646632646232353938363537122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f686973746f727930023802422430316131666537652d343735342d373630382d613036332d646362663434316436306534500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353039372d373333312d613935622d3739343331613238353239348a010c088dd386d80610c89698df01', '01a1fe7e-5097-7331-a95b-79431a285294', '00-c093360fcf26134a0d96c832e51264f1-fc76357388be71ba-01', '2026-11-21 14:24:13.468061+00', '2026-11-21 14:24:13.475241+00', '2026-11-21 14:24:13.539489+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-50c0-70b8-a697-b86f42899549', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353063302d373062382d613639372d623836663432383939353439122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0f6765745f6170706f696e746d656e7430033802422430316131666537652d343762302d373266302d393034622d626563353766323663376130500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353062652d373462332d626539332d6536306166346135386363398a010c088dd386d80610c8e6f4ef01', '01a1fe7e-50be-74b3-be93-e60af4a58cc9', '00-964e41bcc57d00c4353182b3b629d750-e8514242d5c17b22-01', '2026-11-21 14:24:13.503133+00', '2026-11-21 14:24:13.505054+00', '2026-11-21 14:24:13.589244+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5174-72eb-9f3a-fef011851233', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353137342d373265622d396633612d666566303131383531323333122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0c6c6973745f686973746f727930023802422430316131666537652d346433342d373735342d623133362d383933356366633438383439500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353137322d373730312d616339312d6235383632646562633436358a010c088dd386d80610b886f2c502', '01a1fe7e-5172-7701-ac91-b5862debc465', '00-61b813291aeedc7283a537cefc0b6cb6-95d60820e324640b-01', '2026-11-21 14:24:13.683443+00', '2026-11-21 14:24:13.68421+00', '2026-11-21 14:24:13.753752+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5180-70da-8c75-f7162b689668', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353138302d373064612d386337352d663731363262363839363638122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0f6765745f6170706f696e746d656e7430033802422430316131666537652d346436382d373466342d613831302d383366333763336535623932500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353138302d373064612d386337352d6637313532613765363261358a010c088dd386d80610988dfdcb02', '01a1fe7e-5180-70da-8c75-f7152a7e62a5', '00-700876dd958ea0e935a7c9c932288401-087c24755c72207d-01', '2026-11-21 14:24:13.696207+00', '2026-11-21 14:24:13.696844+00', '2026-11-21 14:24:13.753752+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-5186-710c-a144-20e2bf2595c6', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353138362d373130632d613134342d323065326266323539356336122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a0f6765745f6170706f696e746d656e7430033802422430316131666537652d346438342d373566332d623538662d323633323435306632396431500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d353138342d373632302d626563372d6532306162323937643966658a010c088dd386d80610c8be8bce02', '01a1fe7e-5184-7620-bec7-e20ab297d9fe', '00-2bdbd7af91ea6237c53a5f625d0c7564-08dcd073fb631e72-01', '2026-11-21 14:24:13.700637+00', '2026-11-21 14:24:13.787503+00', '2026-11-21 14:24:13.853879+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4dc8-7560-ac52-025b684c71b0', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346463382d373536302d616335322d303235613834653734323531122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a126368616e67655f6170706f696e746d656e7430033803422430316131666537652d346436382d373466342d613831302d383366333763336535623932500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346461662d373061662d393730332d6565343330353466383839668a010c088cd386d806109084cfd702', '01a1fe7e-4daf-70af-9703-ee43054f889f', '00-36402f6a319d339ab6e8a4e8648179b2-25f82a91ee8ae082-01', '2026-11-21 14:24:12.720618+00', '2026-11-21 14:24:12.72103+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4de5-7181-a85c-bbfd0da94148', 'caseload.scheduling.v1.AppointmentClosed', '\x0a2430316131666537652d346438342d373566332d623538662d323633323435306632396431122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a0963616e63656c6c65642002', '01a1fe7e-4de0-71a5-8ef5-255d1a794878', '00-b6b128f1df6ff30b235995306a9f0643-ce223a8a227b57be-01', '2026-11-21 14:24:12.769235+00', '2026-11-21 14:24:12.769422+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4de7-7482-9de2-7200803a5159', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346465372d373438322d396465322d373166666634366634366562122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a126368616e67655f6170706f696e746d656e7430033803422430316131666537652d346438342d373566332d623538662d323633323435306632396431500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346465302d373161352d386566352d3235356431613739343837388a010c088cd386d80610b8b0e6ee02', '01a1fe7e-4de0-71a5-8ef5-255d1a794878', '00-b6b128f1df6ff30b235995306a9f0643-ce223a8a227b57be-01', '2026-11-21 14:24:12.769235+00', '2026-11-21 14:24:12.769422+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4df3-730f-a595-5eae3f065cab', 'caseload.scheduling.v1.AppointmentClosed', '\x0a2430316131666537652d346461302d373765642d623136382d303466626464313133336665122430316131666537652d346433342d373735342d623133362d3839333563666334383834391a0963616e63656c6c65642002', '01a1fe7e-4def-7180-b77d-ab1fff40608d', '00-a2241f5a6e5a9ff72da5e0e010bfb46c-ff99cb64e0e93697-01', '2026-11-21 14:24:12.786113+00', '2026-11-21 14:24:12.786316+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4df3-730f-a595-5eb0a3477c5f', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346466332d373330662d613539352d356561666565316566323162122430316131666537652d343431622d373364352d393430302d6333356334326239623065361a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372a1264656c6574655f6170706f696e746d656e7430033804422430316131666537652d346461302d373765642d623136382d303466626464313133336665500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346234372d373064322d396161392d3763366564656665396535357a2430316131666537652d346465662d373138302d623737642d6162316666663430363038648a010c088cd386d80610e8c3ecf602', '01a1fe7e-4def-7180-b77d-ab1fff40608d', '00-a2241f5a6e5a9ff72da5e0e010bfb46c-ff99cb64e0e93697-01', '2026-11-21 14:24:12.786113+00', '2026-11-21 14:24:12.786316+00', '2026-11-21 14:24:12.850055+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e60-7143-8f45-78a0be17337d', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346536302d373134332d386634352d373839663066616162376434122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0f6372656174655f6c6f636174696f6e30083801422430316131666537652d346535662d373466392d383764612d656162376336653732663765500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346534382d373234372d396232382d6630346330353132323261338a010c088cd386d80610f8a1bda003', '01a1fe7e-4e48-7247-9b28-f04c051222a3', '00-c40993bf71ef8b5f88be562114229d07-12739d2955a44857-01', '2026-11-21 14:24:12.873419+00', '2026-11-21 14:24:12.895496+00', '2026-11-21 14:24:12.959726+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e6d-76ea-985a-8599dd7b61a3', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346536642d373665612d393835612d383539383138636438333235122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0e6372656174655f7365727669636530073801422430316131666537652d346536612d373130662d623265372d653337363862366435343630500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346536332d373531362d396535622d3438356635383930366663638a010c088cd386d8061080c5c1ad03', '01a1fe7e-4e63-7516-9e5b-485f58906fcc', '00-277e81a6538e7979eadd4d9e46b28aa5-6d14ce556b0b628e-01', '2026-11-21 14:24:12.900752+00', '2026-11-21 14:24:12.90095+00', '2026-11-21 14:24:13.016066+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e75-771b-9552-918dc12b6177', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346537352d373731622d393535322d393138633230363935323235122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346537342d373137322d623730312d393032353030333131383936500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537312d373662372d383535312d3934663331663863353837348a010c088cd386d80610e0d7c5b403', '01a1fe7e-4e71-76b7-8551-94f31f8c5874', '00-4f0831ad9f14a91f47c130bb62aa4b64-5ba2cbbfdeff5e95-01', '2026-11-21 14:24:12.9155+00', '2026-11-21 14:24:12.915695+00', '2026-11-21 14:24:13.016066+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e7a-77fa-8391-a8b9796faad4', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346537392d373239392d393630612d363966363130303933333937122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a2430316131666537652d343433362d373735632d383865662d653138663436333439396131220608fcb1a6d9062a0608acbba6d9063001', '01a1fe7e-4e77-70d3-ab13-5642abfb37c9', '00-1c166e59a7d945e20ed8c9f8def467fc-5507d3ecc6076620-01', '2026-11-21 14:24:12.921131+00', '2026-11-21 14:24:12.921285+00', '2026-11-21 14:24:13.016066+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e7b-7372-8fe5-2a031e9c2970', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346537612d373766612d383339312d613862613135643233623431122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a10626f6f6b5f6170706f696e746d656e7430033801422430316131666537652d346537392d373239392d393630612d363966363130303933333937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346537372d373064332d616231332d3536343261626662333763398a010c088cd386d80610f8af9db703', '01a1fe7e-4e77-70d3-ab13-5642abfb37c9', '00-1c166e59a7d945e20ed8c9f8def467fc-5507d3ecc6076620-01', '2026-11-21 14:24:12.921131+00', '2026-11-21 14:24:12.921285+00', '2026-11-21 14:24:13.016066+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e75-771b-9552-918b7b1db2b6', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346537342d373137322d623730312d393032353030333131383936122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a2430316131666537652d343433362d373735632d383865662d653138663436333439396131220608ec95a6d9062a06089c9fa6d9063001', '01a1fe7e-4e71-76b7-8551-94f31f8c5874', '00-4f0831ad9f14a91f47c130bb62aa4b64-5ba2cbbfdeff5e95-01', '2026-11-21 14:24:12.9155+00', '2026-11-21 14:24:12.915695+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e91-7772-931b-1b47638c2e02', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d346539302d373363302d613030382d623533663562336662653033122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312206088ccea6d9062a0608bcd7a6d9063001', '01a1fe7e-4e7c-74bb-b918-697cf8e4a725', '00-33c76b644d5d70d7a99e6ceacb29364e-5807fb940e739d2a-01', '2026-11-21 14:24:12.943851+00', '2026-11-21 14:24:12.944066+00', '2026-11-21 14:24:13.061646+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4edc-72a9-bf8a-41557a6e33c2', 'caseload.scheduling.v1.AppointmentClosed', '\x0a2430316131666537652d346539302d373363302d613030382d623533663562336662653033122430316131666537652d346533632d373634372d383165302d6330346536356535343835661a0963616e63656c6c65642002', '01a1fe7e-4e9f-77a3-965f-607b457a812d', '00-d77149aa6b309461137cfce728f87474-0f81542179941717-01', '2026-11-21 14:24:12.960163+00', '2026-11-21 14:24:12.962861+00', '2026-11-21 14:24:13.114641+00', 0, NULL),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '2af72d96-5e29-49bf-9735-59e52a1c3a85', 'caseload.scheduling.v1.AppointmentBooked', '\x0a2430316131666537652d343762302d373266302d393034622d626563353766323663376130122430316131666537652d343735342d373630382d613036332d6463626634343164363065341a2430316131666537652d343332342d373532662d383431312d6566363833333534633239372206089b89a5d9062a0608cb92a5d9063001', '', '', '2026-11-21 14:24:15.198721+00', '2026-11-21 14:24:15.198721+00', NULL, 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4edc-72a9-bf8a-4157349ee415', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d346564632d373261392d626638612d343135366266653762326133122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a1264656c6574655f6170706f696e746d656e7430033804422430316131666537652d346539302d373363302d613030382d623533663562336662653033500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d346539662d373761332d393635662d3630376234353761383132648a010c088cd386d80610b8d9ebc903', '01a1fe7e-4e9f-77a3-965f-607b457a812d', '00-d77149aa6b309461137cfce728f87474-0f81542179941717-01', '2026-11-21 14:24:12.960163+00', '2026-11-21 14:24:12.962861+00', '2026-11-21 14:24:13.114641+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-5204-714f-a2fe-dadb97abcdf8', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353230342d373134662d613266652d646164623937616263646638122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0c6c6973745f686973746f727930023802422430316131666537652d346533632d373634372d383165302d633034653635653534383566500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353230312d373462622d383836612d3930653531393232383831628a010c088dd386d80610f8a4818a03', '01a1fe7e-5201-74bb-886a-90e51922881b', '00-2ad557884a7a0f1e3899425e4d6c5590-703510688bc3d944-01', '2026-11-21 14:24:13.826299+00', '2026-11-21 14:24:13.828307+00', '2026-11-21 14:24:13.904375+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521a-73ac-a849-2ffd6d85de10', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353231612d373361632d613834392d326666643664383564653130122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0f6765745f6170706f696e746d656e7430033802422430316131666537652d346537342d373137322d623730312d393032353030333131383936500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353231382d373639352d616662652d6539366434333562326537628a010c088dd386d80610a8c8cf9403', '01a1fe7e-5218-7695-afbe-e96d435b2e7b', '00-8b719c461aeb1a5102bafa3bccd03f66-2daf9e15c58f20ff-01', '2026-11-21 14:24:13.848553+00', '2026-11-21 14:24:13.850528+00', '2026-11-21 14:24:13.904375+00', 0, NULL),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-521e-70ed-a5a9-319f840fc24a', 'caseload.audit.v1.AuditRecorded', '\x0a2430316131666537652d353231652d373065642d613561392d333139663834306663323461122430316131666537652d343530302d373461302d626236312d3836636563373262306430621a2430316131666537652d343433362d373735632d383865662d6531386634363334393961312a0f6765745f6170706f696e746d656e7430033802422430316131666537652d346537392d373239392d393630612d363966363130303933333937500162093132372e302e302e316a13707974686f6e2d68747470782f302e32382e31722430316131666537652d346364662d373464612d613437322d6536616639616165363538397a2430316131666537652d353231642d373238362d623563662d6537623031393039653261308a010c088dd386d80610c89e8b9703', '01a1fe7e-521d-7286-b5cf-e7b01909e2a0', '00-fdfd6d80cc01f7609e54e665270aedc7-b57e312c524e3f94-01', '2026-11-21 14:24:13.853725+00', '2026-11-21 14:24:13.854423+00', '2026-11-21 14:24:13.954541+00', 0, NULL);


--
-- Data for Name: services; Type: TABLE DATA; Schema: scheduling; Owner: scheduling_owner
--

INSERT INTO scheduling.services (workspace_id, id, name, description, default_duration_minutes, buffer_before_minutes, buffer_after_minutes, price_minor_units, currency, is_active, deleted_at, created_at, updated_at) VALUES
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-477b-72b1-9c21-c98c86924865', 'Talk 2522df50-c578-427b-a61a-6514497dec15', NULL, 20, 0, 0, NULL, NULL, true, NULL, '2026-11-21 14:24:11.131369+00', '2026-11-21 14:24:11.131369+00'),
	('01a1fe7e-441b-73d5-9400-c35c42b9b0e6', '01a1fe7e-4d4f-74f5-8652-149ced6a5ded', 'Physiotherapy', NULL, 20, 0, 10, 9500, 'DKK', true, NULL, '2026-11-21 14:24:12.620808+00', '2026-11-21 14:24:12.620808+00'),
	('01a1fe7e-4500-74a0-bb61-86cec72b0d0b', '01a1fe7e-4e6a-710f-b2e7-e3768b6d5460', 'Physiotherapy', NULL, 20, 0, 10, 9500, 'DKK', true, NULL, '2026-11-21 14:24:12.900752+00', '2026-11-21 14:24:12.900752+00');


--
-- Name: unsealed_arrival_seq; Type: SEQUENCE SET; Schema: audit; Owner: audit_owner
--

SELECT pg_catalog.setval('audit.unsealed_arrival_seq', 90, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: audit_events pk_audit_events; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events
    ADD CONSTRAINT pk_audit_events PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2026_10 audit_events_2026_10_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_10
    ADD CONSTRAINT audit_events_2026_10_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events one_audit_event; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events
    ADD CONSTRAINT one_audit_event UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2026_10 audit_events_2026_10_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_10
    ADD CONSTRAINT audit_events_2026_10_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2026_11 audit_events_2026_11_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_11
    ADD CONSTRAINT audit_events_2026_11_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2026_11 audit_events_2026_11_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_11
    ADD CONSTRAINT audit_events_2026_11_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2026_12 audit_events_2026_12_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_12
    ADD CONSTRAINT audit_events_2026_12_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2026_12 audit_events_2026_12_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2026_12
    ADD CONSTRAINT audit_events_2026_12_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_01 audit_events_2027_01_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_01
    ADD CONSTRAINT audit_events_2027_01_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_01 audit_events_2027_01_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_01
    ADD CONSTRAINT audit_events_2027_01_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_02 audit_events_2027_02_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_02
    ADD CONSTRAINT audit_events_2027_02_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_02 audit_events_2027_02_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_02
    ADD CONSTRAINT audit_events_2027_02_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_03 audit_events_2027_03_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_03
    ADD CONSTRAINT audit_events_2027_03_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_03 audit_events_2027_03_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_03
    ADD CONSTRAINT audit_events_2027_03_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_04 audit_events_2027_04_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_04
    ADD CONSTRAINT audit_events_2027_04_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_04 audit_events_2027_04_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_04
    ADD CONSTRAINT audit_events_2027_04_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_05 audit_events_2027_05_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_05
    ADD CONSTRAINT audit_events_2027_05_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_05 audit_events_2027_05_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_05
    ADD CONSTRAINT audit_events_2027_05_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_06 audit_events_2027_06_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_06
    ADD CONSTRAINT audit_events_2027_06_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_06 audit_events_2027_06_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_06
    ADD CONSTRAINT audit_events_2027_06_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_07 audit_events_2027_07_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_07
    ADD CONSTRAINT audit_events_2027_07_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_07 audit_events_2027_07_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_07
    ADD CONSTRAINT audit_events_2027_07_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_08 audit_events_2027_08_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_08
    ADD CONSTRAINT audit_events_2027_08_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_08 audit_events_2027_08_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_08
    ADD CONSTRAINT audit_events_2027_08_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_09 audit_events_2027_09_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_09
    ADD CONSTRAINT audit_events_2027_09_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_09 audit_events_2027_09_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_09
    ADD CONSTRAINT audit_events_2027_09_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_10 audit_events_2027_10_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_10
    ADD CONSTRAINT audit_events_2027_10_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_10 audit_events_2027_10_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_10
    ADD CONSTRAINT audit_events_2027_10_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_2027_11 audit_events_2027_11_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_11
    ADD CONSTRAINT audit_events_2027_11_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_2027_11 audit_events_2027_11_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_2027_11
    ADD CONSTRAINT audit_events_2027_11_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: audit_events_default audit_events_default_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_default
    ADD CONSTRAINT audit_events_default_pkey PRIMARY KEY (workspace_id, created_at, id) INCLUDE (user_id, resource_type, action, outcome);


--
-- Name: audit_events_default audit_events_default_workspace_id_id_created_at_key; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.audit_events_default
    ADD CONSTRAINT audit_events_default_workspace_id_id_created_at_key UNIQUE (workspace_id, id, created_at);


--
-- Name: seals one_seal_per_event; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.seals
    ADD CONSTRAINT one_seal_per_event UNIQUE (workspace_id, event_id);


--
-- Name: unsealed one_wait_per_event; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.unsealed
    ADD CONSTRAINT one_wait_per_event UNIQUE (workspace_id, event_id);


--
-- Name: chain_heads pk_chain_heads; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.chain_heads
    ADD CONSTRAINT pk_chain_heads PRIMARY KEY (workspace_id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: seals pk_seals; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.seals
    ADD CONSTRAINT pk_seals PRIMARY KEY (workspace_id, sequence);


--
-- Name: touched pk_touched; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched
    ADD CONSTRAINT pk_touched PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: unsealed pk_unsealed; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.unsealed
    ADD CONSTRAINT pk_unsealed PRIMARY KEY (workspace_id, arrival);


--
-- Name: touched_2026_10 touched_2026_10_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2026_10
    ADD CONSTRAINT touched_2026_10_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2026_11 touched_2026_11_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2026_11
    ADD CONSTRAINT touched_2026_11_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2026_12 touched_2026_12_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2026_12
    ADD CONSTRAINT touched_2026_12_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_01 touched_2027_01_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_01
    ADD CONSTRAINT touched_2027_01_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_02 touched_2027_02_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_02
    ADD CONSTRAINT touched_2027_02_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_03 touched_2027_03_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_03
    ADD CONSTRAINT touched_2027_03_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_04 touched_2027_04_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_04
    ADD CONSTRAINT touched_2027_04_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_05 touched_2027_05_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_05
    ADD CONSTRAINT touched_2027_05_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_06 touched_2027_06_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_06
    ADD CONSTRAINT touched_2027_06_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_07 touched_2027_07_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_07
    ADD CONSTRAINT touched_2027_07_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_08 touched_2027_08_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_08
    ADD CONSTRAINT touched_2027_08_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_09 touched_2027_09_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_09
    ADD CONSTRAINT touched_2027_09_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_10 touched_2027_10_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_10
    ADD CONSTRAINT touched_2027_10_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_2027_11 touched_2027_11_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_2027_11
    ADD CONSTRAINT touched_2027_11_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: touched_default touched_default_pkey; Type: CONSTRAINT; Schema: audit; Owner: audit_owner
--

ALTER TABLE ONLY audit.touched_default
    ADD CONSTRAINT touched_default_pkey PRIMARY KEY (workspace_id, resource_id, created_at, event_id);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: clients external_id_taken; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.clients
    ADD CONSTRAINT external_id_taken UNIQUE (workspace_id, external_id_index);


--
-- Name: clients pk_clients; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.clients
    ADD CONSTRAINT pk_clients PRIMARY KEY (workspace_id, id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: directory pk_directory; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.directory
    ADD CONSTRAINT pk_directory PRIMARY KEY (workspace_id);


--
-- Name: erasures pk_erasures; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.erasures
    ADD CONSTRAINT pk_erasures PRIMARY KEY (workspace_id, id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: terms pk_terms; Type: CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.terms
    ADD CONSTRAINT pk_terms PRIMARY KEY (workspace_id, client_id, term);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: attachments pk_attachments; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.attachments
    ADD CONSTRAINT pk_attachments PRIMARY KEY (workspace_id, id);


--
-- Name: clients pk_clients; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.clients
    ADD CONSTRAINT pk_clients PRIMARY KEY (workspace_id, id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: history pk_history; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.history
    ADD CONSTRAINT pk_history PRIMARY KEY (workspace_id, id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: session_versions pk_session_versions; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.session_versions
    ADD CONSTRAINT pk_session_versions PRIMARY KEY (workspace_id, id);


--
-- Name: sessions pk_sessions; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (workspace_id, id);


--
-- Name: storage pk_storage; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.storage
    ADD CONSTRAINT pk_storage PRIMARY KEY (workspace_id);


--
-- Name: tallies pk_tallies; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.tallies
    ADD CONSTRAINT pk_tallies PRIMARY KEY (workspace_id, status);


--
-- Name: session_versions session_version_exists; Type: CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.session_versions
    ADD CONSTRAINT session_version_exists UNIQUE (workspace_id, session_id, version_number);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: departments department_code_taken; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.departments
    ADD CONSTRAINT department_code_taken UNIQUE (workspace_id, code);


--
-- Name: sign_ins email_taken; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.sign_ins
    ADD CONSTRAINT email_taken PRIMARY KEY (email_index);


--
-- Name: sign_ins one_sign_in_per_user; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.sign_ins
    ADD CONSTRAINT one_sign_in_per_user UNIQUE (workspace_id, user_id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: departments pk_departments; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.departments
    ADD CONSTRAINT pk_departments PRIMARY KEY (workspace_id, id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: login_attempts pk_login_attempts; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.login_attempts
    ADD CONSTRAINT pk_login_attempts PRIMARY KEY (account, purpose, lane);


--
-- Name: login_sessions pk_login_sessions; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.login_sessions
    ADD CONSTRAINT pk_login_sessions PRIMARY KEY (workspace_id, id);


--
-- Name: magic_links pk_magic_links; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.magic_links
    ADD CONSTRAINT pk_magic_links PRIMARY KEY (workspace_id, id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: refresh_tokens pk_refresh_tokens; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT pk_refresh_tokens PRIMARY KEY (workspace_id, session_id, generation);


--
-- Name: revocations pk_revocations; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.revocations
    ADD CONSTRAINT pk_revocations PRIMARY KEY (subject_id);


--
-- Name: users pk_users; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT pk_users PRIMARY KEY (workspace_id, id);


--
-- Name: workspaces pk_workspaces; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.workspaces
    ADD CONSTRAINT pk_workspaces PRIMARY KEY (workspace_id);


--
-- Name: refresh_tokens refresh_token_hash; Type: CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_token_hash UNIQUE (workspace_id, session_id, hash);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: appointments pk_appointments; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.appointments
    ADD CONSTRAINT pk_appointments PRIMARY KEY (workspace_id, id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: due_work pk_due_work; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.due_work
    ADD CONSTRAINT pk_due_work PRIMARY KEY (workspace_id, kind, item_id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: mails pk_mails; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.mails
    ADD CONSTRAINT pk_mails PRIMARY KEY (workspace_id, id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: reminder_configurations pk_reminder_configurations; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.reminder_configurations
    ADD CONSTRAINT pk_reminder_configurations PRIMARY KEY (workspace_id, id);


--
-- Name: reminder_figures pk_reminder_figures; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.reminder_figures
    ADD CONSTRAINT pk_reminder_figures PRIMARY KEY (workspace_id, day, status);


--
-- Name: reminders pk_reminders; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.reminders
    ADD CONSTRAINT pk_reminders PRIMARY KEY (workspace_id, id);


--
-- Name: reminders reminder_planned_once; Type: CONSTRAINT; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE ONLY notifications.reminders
    ADD CONSTRAINT reminder_planned_once UNIQUE (workspace_id, appointment_id, hours_before, channel, appointment_version);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: appointments appointment_conflict; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.appointments
    ADD CONSTRAINT appointment_conflict EXCLUDE USING gist (workspace_id WITH =, practitioner_id WITH =, during WITH &&) WHERE (((status = ANY (ARRAY['scheduled'::text, 'completed'::text])) AND (NOT overbooked) AND (deleted_at IS NULL)));


--
-- Name: appointments pk_appointments; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.appointments
    ADD CONSTRAINT pk_appointments PRIMARY KEY (workspace_id, id);


--
-- Name: client_figures pk_client_figures; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.client_figures
    ADD CONSTRAINT pk_client_figures PRIMARY KEY (workspace_id, client_id);


--
-- Name: data_keys pk_data_keys; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.data_keys
    ADD CONSTRAINT pk_data_keys PRIMARY KEY (workspace_id, purpose, version);


--
-- Name: day_figures pk_day_figures; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.day_figures
    ADD CONSTRAINT pk_day_figures PRIMARY KEY (workspace_id, day, status);


--
-- Name: dead_letters pk_dead_letters; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.dead_letters
    ADD CONSTRAINT pk_dead_letters PRIMARY KEY (workspace_id, queue, id);


--
-- Name: idempotency pk_idempotency; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.idempotency
    ADD CONSTRAINT pk_idempotency PRIMARY KEY (workspace_id, user_id, method, key);


--
-- Name: inbox pk_inbox; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.inbox
    ADD CONSTRAINT pk_inbox PRIMARY KEY (workspace_id, queue, event_id);


--
-- Name: locations pk_locations; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.locations
    ADD CONSTRAINT pk_locations PRIMARY KEY (workspace_id, id);


--
-- Name: outbox pk_outbox; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.outbox
    ADD CONSTRAINT pk_outbox PRIMARY KEY (workspace_id, id);


--
-- Name: services pk_services; Type: CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.services
    ADD CONSTRAINT pk_services PRIMARY KEY (workspace_id, id);


--
-- Name: ix_audit_events_user; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_audit_events_user ON ONLY audit.audit_events USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2026_10_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2026_10_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2026_10 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2026_11_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2026_11_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2026_11 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2026_12_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2026_12_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2026_12 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_01_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_01_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_01 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_02_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_02_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_02 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_03_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_03_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_03 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_04_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_04_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_04 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_05_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_05_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_05 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_06_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_06_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_06 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_07_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_07_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_07 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_08_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_08_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_08 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_09_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_09_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_09 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_10_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_10_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_10 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_2027_11_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_2027_11_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_2027_11 USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: audit_events_default_workspace_id_user_id_created_at_id_res_idx; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX audit_events_default_workspace_id_user_id_created_at_id_res_idx ON audit.audit_events_default USING btree (workspace_id, user_id, created_at, id) INCLUDE (resource_type, action, outcome);


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_dead_letters_replayed ON audit.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_dead_letters_wanted ON audit.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_idempotency_created ON audit.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_inbox_received ON audit.inbox USING btree (received_at);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_outbox_due ON audit.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: audit; Owner: audit_owner
--

CREATE INDEX ix_outbox_published ON audit.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_clients_revision; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_clients_revision ON clients.clients USING btree (workspace_id, revision);


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_dead_letters_replayed ON clients.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_dead_letters_wanted ON clients.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_erasures_revision; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_erasures_revision ON clients.erasures USING btree (workspace_id, revision);


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_idempotency_created ON clients.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_inbox_received ON clients.inbox USING btree (received_at);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_outbox_due ON clients.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_outbox_published ON clients.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_terms_term; Type: INDEX; Schema: clients; Owner: clients_owner
--

CREATE INDEX ix_terms_term ON clients.terms USING btree (workspace_id, term);


--
-- Name: ix_attachments_client; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_attachments_client ON clinical.attachments USING btree (workspace_id, client_id);


--
-- Name: ix_attachments_session; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_attachments_session ON clinical.attachments USING btree (workspace_id, session_id, created_at, id);


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_dead_letters_replayed ON clinical.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_dead_letters_wanted ON clinical.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_history_client; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_history_client ON clinical.history USING btree (workspace_id, client_id, at DESC, id DESC);


--
-- Name: ix_history_session; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_history_session ON clinical.history USING btree (workspace_id, session_id);


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_idempotency_created ON clinical.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_inbox_received ON clinical.inbox USING btree (received_at);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_outbox_due ON clinical.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_outbox_published ON clinical.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_sessions_appointment; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_sessions_appointment ON clinical.sessions USING btree (workspace_id, appointment_id) WHERE (appointment_id IS NOT NULL);


--
-- Name: ix_sessions_client; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_sessions_client ON clinical.sessions USING btree (workspace_id, client_id, session_date DESC, id DESC);


--
-- Name: ix_sessions_conflict_of; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_sessions_conflict_of ON clinical.sessions USING btree (workspace_id, conflict_of) WHERE (conflict_of IS NOT NULL);


--
-- Name: ix_sessions_date; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_sessions_date ON clinical.sessions USING btree (workspace_id, session_date DESC, id DESC);


--
-- Name: ix_sessions_status; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE INDEX ix_sessions_status ON clinical.sessions USING btree (workspace_id, status, session_date DESC, id DESC);


--
-- Name: session_already_exists; Type: INDEX; Schema: clinical; Owner: clinical_owner
--

CREATE UNIQUE INDEX session_already_exists ON clinical.sessions USING btree (workspace_id, appointment_id) WHERE ((appointment_id IS NOT NULL) AND (deleted_at IS NULL));


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_dead_letters_replayed ON identity.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_dead_letters_wanted ON identity.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_idempotency_created ON identity.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_inbox_received ON identity.inbox USING btree (received_at);


--
-- Name: ix_login_attempts_last; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_login_attempts_last ON identity.login_attempts USING btree (last_at);


--
-- Name: ix_login_sessions_expires; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_login_sessions_expires ON identity.login_sessions USING btree (workspace_id, expires_at);


--
-- Name: ix_login_sessions_user; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_login_sessions_user ON identity.login_sessions USING btree (workspace_id, user_id, created_at);


--
-- Name: ix_magic_links_expires; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_magic_links_expires ON identity.magic_links USING btree (workspace_id, expires_at);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_outbox_due ON identity.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_outbox_published ON identity.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_revocations_created; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_revocations_created ON identity.revocations USING btree (created_at);


--
-- Name: ix_users_department; Type: INDEX; Schema: identity; Owner: identity_owner
--

CREATE INDEX ix_users_department ON identity.users USING btree (workspace_id, department_id) WHERE (department_id IS NOT NULL);


--
-- Name: ix_appointments_client; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_appointments_client ON notifications.appointments USING btree (workspace_id, client_id);


--
-- Name: ix_appointments_open; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_appointments_open ON notifications.appointments USING btree (workspace_id, starts_at) WHERE is_open;


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_dead_letters_replayed ON notifications.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_dead_letters_wanted ON notifications.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_due_work; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_due_work ON notifications.due_work USING btree (kind, due_at);


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_idempotency_created ON notifications.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_inbox_received ON notifications.inbox USING btree (received_at);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_outbox_due ON notifications.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_outbox_published ON notifications.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_reminders_appointment; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_reminders_appointment ON notifications.reminders USING btree (workspace_id, appointment_id, due_at, id);


--
-- Name: ix_reminders_client; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_reminders_client ON notifications.reminders USING btree (workspace_id, client_id, due_at, id);


--
-- Name: ix_reminders_due; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_reminders_due ON notifications.reminders USING btree (workspace_id, due_at, id);


--
-- Name: ix_reminders_status; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE INDEX ix_reminders_status ON notifications.reminders USING btree (workspace_id, told_status, due_at, id);


--
-- Name: reminder_rule_exists; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE UNIQUE INDEX reminder_rule_exists ON notifications.reminder_configurations USING btree (workspace_id, hours_before, channel) WHERE is_active;


--
-- Name: reminder_waits_once; Type: INDEX; Schema: notifications; Owner: notifications_owner
--

CREATE UNIQUE INDEX reminder_waits_once ON notifications.reminders USING btree (workspace_id, appointment_id, hours_before, channel) WHERE (status = 'pending'::text);


--
-- Name: ix_appointments_client; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_appointments_client ON scheduling.appointments USING btree (workspace_id, client_id, scheduled_start, id);


--
-- Name: ix_appointments_practitioner; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_appointments_practitioner ON scheduling.appointments USING btree (workspace_id, practitioner_id, scheduled_start, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_appointments_start; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_appointments_start ON scheduling.appointments USING btree (workspace_id, scheduled_start, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_appointments_status; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_appointments_status ON scheduling.appointments USING btree (workspace_id, status, scheduled_start, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_dead_letters_replayed; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_dead_letters_replayed ON scheduling.dead_letters USING btree (replayed_at) WHERE (replayed_at IS NOT NULL);


--
-- Name: ix_dead_letters_wanted; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_dead_letters_wanted ON scheduling.dead_letters USING btree (replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));


--
-- Name: ix_idempotency_created; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_idempotency_created ON scheduling.idempotency USING btree (created_at);


--
-- Name: ix_inbox_received; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_inbox_received ON scheduling.inbox USING btree (received_at);


--
-- Name: ix_locations_name; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_locations_name ON scheduling.locations USING btree (workspace_id, name, id) WHERE (deleted_at IS NULL);


--
-- Name: ix_outbox_due; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_outbox_due ON scheduling.outbox USING btree (due_at, id) WHERE (published_at IS NULL);


--
-- Name: ix_outbox_published; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_outbox_published ON scheduling.outbox USING btree (published_at) WHERE (published_at IS NOT NULL);


--
-- Name: ix_services_name; Type: INDEX; Schema: scheduling; Owner: scheduling_owner
--

CREATE INDEX ix_services_name ON scheduling.services USING btree (workspace_id, name, id) WHERE (deleted_at IS NULL);


--
-- Name: audit_events_2026_10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2026_10_pkey;


--
-- Name: audit_events_2026_10_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2026_10_workspace_id_id_created_at_key;


--
-- Name: audit_events_2026_10_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2026_10_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2026_11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2026_11_pkey;


--
-- Name: audit_events_2026_11_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2026_11_workspace_id_id_created_at_key;


--
-- Name: audit_events_2026_11_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2026_11_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2026_12_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2026_12_pkey;


--
-- Name: audit_events_2026_12_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2026_12_workspace_id_id_created_at_key;


--
-- Name: audit_events_2026_12_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2026_12_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_01_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_01_pkey;


--
-- Name: audit_events_2027_01_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_01_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_01_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_01_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_02_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_02_pkey;


--
-- Name: audit_events_2027_02_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_02_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_02_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_02_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_03_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_03_pkey;


--
-- Name: audit_events_2027_03_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_03_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_03_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_03_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_04_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_04_pkey;


--
-- Name: audit_events_2027_04_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_04_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_04_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_04_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_05_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_05_pkey;


--
-- Name: audit_events_2027_05_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_05_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_05_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_05_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_06_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_06_pkey;


--
-- Name: audit_events_2027_06_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_06_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_06_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_06_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_07_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_07_pkey;


--
-- Name: audit_events_2027_07_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_07_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_07_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_07_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_08_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_08_pkey;


--
-- Name: audit_events_2027_08_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_08_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_08_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_08_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_09_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_09_pkey;


--
-- Name: audit_events_2027_09_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_09_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_09_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_09_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_10_pkey;


--
-- Name: audit_events_2027_10_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_10_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_10_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_10_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_2027_11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_2027_11_pkey;


--
-- Name: audit_events_2027_11_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_2027_11_workspace_id_id_created_at_key;


--
-- Name: audit_events_2027_11_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_2027_11_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: audit_events_default_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_audit_events ATTACH PARTITION audit.audit_events_default_pkey;


--
-- Name: audit_events_default_workspace_id_id_created_at_key; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.one_audit_event ATTACH PARTITION audit.audit_events_default_workspace_id_id_created_at_key;


--
-- Name: audit_events_default_workspace_id_user_id_created_at_id_res_idx; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.ix_audit_events_user ATTACH PARTITION audit.audit_events_default_workspace_id_user_id_created_at_id_res_idx;


--
-- Name: touched_2026_10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2026_10_pkey;


--
-- Name: touched_2026_11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2026_11_pkey;


--
-- Name: touched_2026_12_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2026_12_pkey;


--
-- Name: touched_2027_01_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_01_pkey;


--
-- Name: touched_2027_02_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_02_pkey;


--
-- Name: touched_2027_03_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_03_pkey;


--
-- Name: touched_2027_04_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_04_pkey;


--
-- Name: touched_2027_05_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_05_pkey;


--
-- Name: touched_2027_06_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_06_pkey;


--
-- Name: touched_2027_07_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_07_pkey;


--
-- Name: touched_2027_08_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_08_pkey;


--
-- Name: touched_2027_09_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_09_pkey;


--
-- Name: touched_2027_10_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_10_pkey;


--
-- Name: touched_2027_11_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_2027_11_pkey;


--
-- Name: touched_default_pkey; Type: INDEX ATTACH; Schema: audit; Owner: audit_owner
--

ALTER INDEX audit.pk_touched ATTACH PARTITION audit.touched_default_pkey;


--
-- Name: audit_events append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2026_10 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2026_10 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2026_11 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2026_11 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2026_12 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2026_12 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_01 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_01 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_02 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_02 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_03 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_03 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_04 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_04 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_05 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_05 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_06 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_06 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_07 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_07 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_08 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_08 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_09 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_09 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_10 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_10 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_2027_11 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_2027_11 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: audit_events_default append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.audit_events_default FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: seals append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.seals FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2026_10 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2026_10 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2026_11 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2026_11 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2026_12 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2026_12 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_01 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_01 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_02 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_02 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_03 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_03 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_04 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_04 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_05 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_05 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_06 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_06 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_07 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_07 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_08 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_08 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_09 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_09 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_10 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_10 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_2027_11 append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_2027_11 FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: touched_default append_only; Type: TRIGGER; Schema: audit; Owner: audit_owner
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit.touched_default FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();


--
-- Name: session_versions keep_all_versions; Type: TRIGGER; Schema: clinical; Owner: clinical_owner
--

CREATE TRIGGER keep_all_versions BEFORE TRUNCATE ON clinical.session_versions FOR EACH STATEMENT EXECUTE FUNCTION clinical.keep_versions();


--
-- Name: session_versions keep_versions; Type: TRIGGER; Schema: clinical; Owner: clinical_owner
--

CREATE TRIGGER keep_versions BEFORE DELETE OR UPDATE ON clinical.session_versions FOR EACH ROW EXECUTE FUNCTION clinical.keep_versions();


--
-- Name: mails keep_due_work; Type: TRIGGER; Schema: notifications; Owner: notifications_owner
--

CREATE TRIGGER keep_due_work AFTER INSERT OR UPDATE OF status, next_attempt_at ON notifications.mails FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_work('mail');


--
-- Name: reminders keep_due_work; Type: TRIGGER; Schema: notifications; Owner: notifications_owner
--

CREATE TRIGGER keep_due_work AFTER INSERT OR DELETE OR UPDATE OF status, next_attempt_at ON notifications.reminders FOR EACH ROW EXECUTE FUNCTION notifications.keep_due_work('reminder');


--
-- Name: reminders keep_figures; Type: TRIGGER; Schema: notifications; Owner: notifications_owner
--

CREATE CONSTRAINT TRIGGER keep_figures AFTER INSERT OR DELETE OR UPDATE ON notifications.reminders DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION notifications.keep_figures();


--
-- Name: appointments keep_counts; Type: TRIGGER; Schema: scheduling; Owner: scheduling_owner
--

CREATE CONSTRAINT TRIGGER keep_counts AFTER INSERT OR DELETE OR UPDATE ON scheduling.appointments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scheduling.keep_counts();


--
-- Name: terms fk_terms_client; Type: FK CONSTRAINT; Schema: clients; Owner: clients_owner
--

ALTER TABLE ONLY clients.terms
    ADD CONSTRAINT fk_terms_client FOREIGN KEY (workspace_id, client_id) REFERENCES clients.clients(workspace_id, id) ON DELETE CASCADE;


--
-- Name: sessions conflict_of_not_found; Type: FK CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.sessions
    ADD CONSTRAINT conflict_of_not_found FOREIGN KEY (workspace_id, conflict_of) REFERENCES clinical.sessions(workspace_id, id);


--
-- Name: history fk_history_session; Type: FK CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.history
    ADD CONSTRAINT fk_history_session FOREIGN KEY (workspace_id, session_id) REFERENCES clinical.sessions(workspace_id, id) ON DELETE CASCADE;


--
-- Name: session_versions fk_session_versions_session; Type: FK CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.session_versions
    ADD CONSTRAINT fk_session_versions_session FOREIGN KEY (workspace_id, session_id) REFERENCES clinical.sessions(workspace_id, id) ON DELETE CASCADE;


--
-- Name: attachments session_not_found; Type: FK CONSTRAINT; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE ONLY clinical.attachments
    ADD CONSTRAINT session_not_found FOREIGN KEY (workspace_id, session_id) REFERENCES clinical.sessions(workspace_id, id);


--
-- Name: users department_not_found; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT department_not_found FOREIGN KEY (workspace_id, department_id) REFERENCES identity.departments(workspace_id, id);


--
-- Name: login_sessions login_session_of_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.login_sessions
    ADD CONSTRAINT login_session_of_a_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.users(workspace_id, id);


--
-- Name: magic_links magic_link_of_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.magic_links
    ADD CONSTRAINT magic_link_of_a_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.users(workspace_id, id);


--
-- Name: refresh_tokens refresh_token_of_a_login_session; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.refresh_tokens
    ADD CONSTRAINT refresh_token_of_a_login_session FOREIGN KEY (workspace_id, session_id) REFERENCES identity.login_sessions(workspace_id, id) ON DELETE CASCADE;


--
-- Name: sign_ins sign_in_of_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.sign_ins
    ADD CONSTRAINT sign_in_of_a_user FOREIGN KEY (workspace_id, user_id) REFERENCES identity.users(workspace_id, id);


--
-- Name: departments workspace_not_found; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.departments
    ADD CONSTRAINT workspace_not_found FOREIGN KEY (workspace_id) REFERENCES identity.workspaces(workspace_id);


--
-- Name: users workspace_not_found; Type: FK CONSTRAINT; Schema: identity; Owner: identity_owner
--

ALTER TABLE ONLY identity.users
    ADD CONSTRAINT workspace_not_found FOREIGN KEY (workspace_id) REFERENCES identity.workspaces(workspace_id);


--
-- Name: appointments location_not_found; Type: FK CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.appointments
    ADD CONSTRAINT location_not_found FOREIGN KEY (workspace_id, location_id) REFERENCES scheduling.locations(workspace_id, id);


--
-- Name: appointments service_not_found; Type: FK CONSTRAINT; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE ONLY scheduling.appointments
    ADD CONSTRAINT service_not_found FOREIGN KEY (workspace_id, service_id) REFERENCES scheduling.services(workspace_id, id);


--
-- Name: audit_events; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2026_10; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2026_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2026_11; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2026_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2026_12; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2026_12 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_01; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_01 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_02; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_02 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_03; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_03 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_04; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_04 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_05; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_05 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_06; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_06 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_07; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_07 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_08; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_08 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_09; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_09 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_10; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_2027_11; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_2027_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events_default; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.audit_events_default ENABLE ROW LEVEL SECURITY;

--
-- Name: chain_heads; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.chain_heads ENABLE ROW LEVEL SECURITY;

--
-- Name: data_keys; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY relay ON audit.dead_letters TO audit_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY relay ON audit.idempotency TO audit_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY relay ON audit.inbox TO audit_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY relay ON audit.outbox TO audit_relay USING (true) WITH CHECK (true);


--
-- Name: seals; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.seals ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2026_10 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2026_10 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2026_11 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2026_11 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2026_12 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2026_12 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_01 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_01 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_02 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_02 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_03 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_03 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_04 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_04 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_05 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_05 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_06 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_06 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_07 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_07 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_08 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_08 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_09 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_09 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_10 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_10 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_2027_11 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_2027_11 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: audit_events_default tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.audit_events_default USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: chain_heads tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.chain_heads USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: seals tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.seals USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2026_10 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2026_10 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2026_11 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2026_11 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2026_12 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2026_12 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_01 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_01 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_02 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_02 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_03 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_03 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_04 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_04 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_05 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_05 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_06 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_06 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_07 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_07 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_08 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_08 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_09 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_09 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_10 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_10 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_2027_11 tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_2027_11 USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched_default tenant; Type: POLICY; Schema: audit; Owner: audit_owner
--

CREATE POLICY tenant ON audit.touched_default USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: touched; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2026_10; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2026_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2026_11; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2026_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2026_12; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2026_12 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_01; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_01 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_02; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_02 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_03; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_03 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_04; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_04 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_05; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_05 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_06; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_06 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_07; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_07 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_08; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_08 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_09; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_09 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_10; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_10 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_2027_11; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_2027_11 ENABLE ROW LEVEL SECURITY;

--
-- Name: touched_default; Type: ROW SECURITY; Schema: audit; Owner: audit_owner
--

ALTER TABLE audit.touched_default ENABLE ROW LEVEL SECURITY;

--
-- Name: clients; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.clients ENABLE ROW LEVEL SECURITY;

--
-- Name: data_keys; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: directory; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.directory ENABLE ROW LEVEL SECURITY;

--
-- Name: erasures; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.erasures ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY relay ON clients.dead_letters TO clients_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY relay ON clients.idempotency TO clients_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY relay ON clients.inbox TO clients_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY relay ON clients.outbox TO clients_relay USING (true) WITH CHECK (true);


--
-- Name: clients tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.clients USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: directory tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.directory USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: erasures tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.erasures USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: terms tenant; Type: POLICY; Schema: clients; Owner: clients_owner
--

CREATE POLICY tenant ON clients.terms USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: terms; Type: ROW SECURITY; Schema: clients; Owner: clients_owner
--

ALTER TABLE clients.terms ENABLE ROW LEVEL SECURITY;

--
-- Name: attachments; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.attachments ENABLE ROW LEVEL SECURITY;

--
-- Name: clients; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.clients ENABLE ROW LEVEL SECURITY;

--
-- Name: data_keys; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: history; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.history ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY relay ON clinical.dead_letters TO clinical_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY relay ON clinical.idempotency TO clinical_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY relay ON clinical.inbox TO clinical_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY relay ON clinical.outbox TO clinical_relay USING (true) WITH CHECK (true);


--
-- Name: session_versions; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.session_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: storage; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.storage ENABLE ROW LEVEL SECURITY;

--
-- Name: tallies; Type: ROW SECURITY; Schema: clinical; Owner: clinical_owner
--

ALTER TABLE clinical.tallies ENABLE ROW LEVEL SECURITY;

--
-- Name: attachments tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.attachments USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: clients tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.clients USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: history tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.history USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: session_versions tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.session_versions USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: sessions tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.sessions USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: storage tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.storage USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: tallies tenant; Type: POLICY; Schema: clinical; Owner: clinical_owner
--

CREATE POLICY tenant ON clinical.tallies USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: departments; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.departments ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: login_sessions; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.login_sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: magic_links; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.magic_links ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: refresh_tokens; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.refresh_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY relay ON identity.dead_letters TO identity_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY relay ON identity.idempotency TO identity_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY relay ON identity.inbox TO identity_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY relay ON identity.outbox TO identity_relay USING (true) WITH CHECK (true);


--
-- Name: data_keys tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: departments tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.departments USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: login_sessions tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.login_sessions USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: magic_links tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.magic_links USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: refresh_tokens tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.refresh_tokens USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: users tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.users USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: workspaces tenant; Type: POLICY; Schema: identity; Owner: identity_owner
--

CREATE POLICY tenant ON identity.workspaces USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: users; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY;

--
-- Name: workspaces; Type: ROW SECURITY; Schema: identity; Owner: identity_owner
--

ALTER TABLE identity.workspaces ENABLE ROW LEVEL SECURITY;

--
-- Name: appointments; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.appointments ENABLE ROW LEVEL SECURITY;

--
-- Name: data_keys; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: due_work; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.due_work ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: mails; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.mails ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY relay ON notifications.dead_letters TO notifications_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY relay ON notifications.idempotency TO notifications_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY relay ON notifications.inbox TO notifications_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY relay ON notifications.outbox TO notifications_relay USING (true) WITH CHECK (true);


--
-- Name: reminder_configurations; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.reminder_configurations ENABLE ROW LEVEL SECURITY;

--
-- Name: reminder_figures; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.reminder_figures ENABLE ROW LEVEL SECURITY;

--
-- Name: reminders; Type: ROW SECURITY; Schema: notifications; Owner: notifications_owner
--

ALTER TABLE notifications.reminders ENABLE ROW LEVEL SECURITY;

--
-- Name: due_work senders_claim; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY senders_claim ON notifications.due_work FOR UPDATE USING (true) WITH CHECK (true);


--
-- Name: due_work senders_find; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY senders_find ON notifications.due_work FOR SELECT USING (true);


--
-- Name: appointments tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.appointments USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: mails tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.mails USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: reminder_configurations tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.reminder_configurations USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: reminder_figures tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.reminder_figures USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: reminders tenant; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant ON notifications.reminders USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: due_work tenant_delete; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant_delete ON notifications.due_work FOR DELETE USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: due_work tenant_insert; Type: POLICY; Schema: notifications; Owner: notifications_owner
--

CREATE POLICY tenant_insert ON notifications.due_work FOR INSERT WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: appointments; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.appointments ENABLE ROW LEVEL SECURITY;

--
-- Name: client_figures; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.client_figures ENABLE ROW LEVEL SECURITY;

--
-- Name: data_keys; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.data_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: day_figures; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.day_figures ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.dead_letters ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: inbox; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.inbox ENABLE ROW LEVEL SECURITY;

--
-- Name: locations; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.locations ENABLE ROW LEVEL SECURITY;

--
-- Name: outbox; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.outbox ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_letters relay; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY relay ON scheduling.dead_letters TO scheduling_relay USING (true) WITH CHECK (true);


--
-- Name: idempotency relay; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY relay ON scheduling.idempotency TO scheduling_relay USING (true) WITH CHECK (true);


--
-- Name: inbox relay; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY relay ON scheduling.inbox TO scheduling_relay USING (true) WITH CHECK (true);


--
-- Name: outbox relay; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY relay ON scheduling.outbox TO scheduling_relay USING (true) WITH CHECK (true);


--
-- Name: services; Type: ROW SECURITY; Schema: scheduling; Owner: scheduling_owner
--

ALTER TABLE scheduling.services ENABLE ROW LEVEL SECURITY;

--
-- Name: appointments tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.appointments USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: client_figures tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.client_figures USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: data_keys tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.data_keys USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: day_figures tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.day_figures USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: dead_letters tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.dead_letters USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: idempotency tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.idempotency USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: inbox tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.inbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: locations tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.locations USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: outbox tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.outbox USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: services tenant; Type: POLICY; Schema: scheduling; Owner: scheduling_owner
--

CREATE POLICY tenant ON scheduling.services USING ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)) WITH CHECK ((workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid));


--
-- Name: SCHEMA audit; Type: ACL; Schema: -; Owner: audit_owner
--

GRANT USAGE ON SCHEMA audit TO audit_app;
GRANT USAGE ON SCHEMA audit TO audit_relay;


--
-- Name: SCHEMA clients; Type: ACL; Schema: -; Owner: clients_owner
--

GRANT USAGE ON SCHEMA clients TO clients_app;
GRANT USAGE ON SCHEMA clients TO clients_relay;


--
-- Name: SCHEMA clinical; Type: ACL; Schema: -; Owner: clinical_owner
--

GRANT USAGE ON SCHEMA clinical TO clinical_app;
GRANT USAGE ON SCHEMA clinical TO clinical_relay;


--
-- Name: SCHEMA identity; Type: ACL; Schema: -; Owner: identity_owner
--

GRANT USAGE ON SCHEMA identity TO identity_app;
GRANT USAGE ON SCHEMA identity TO identity_relay;


--
-- Name: SCHEMA notifications; Type: ACL; Schema: -; Owner: notifications_owner
--

GRANT USAGE ON SCHEMA notifications TO notifications_app;
GRANT USAGE ON SCHEMA notifications TO notifications_relay;


--
-- Name: SCHEMA scheduling; Type: ACL; Schema: -; Owner: scheduling_owner
--

GRANT USAGE ON SCHEMA scheduling TO scheduling_app;
GRANT USAGE ON SCHEMA scheduling TO scheduling_relay;


--
-- Name: FUNCTION guard_partition(child text); Type: ACL; Schema: audit; Owner: audit_owner
--

REVOKE ALL ON FUNCTION audit.guard_partition(child text) FROM PUBLIC;


--
-- Name: FUNCTION make_partitions(first_month date, months integer); Type: ACL; Schema: audit; Owner: audit_owner
--

REVOKE ALL ON FUNCTION audit.make_partitions(first_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.make_partitions(first_month date, months integer) TO audit_app;


--
-- Name: TABLE audit_events; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT ON TABLE audit.audit_events TO audit_app;


--
-- Name: TABLE chain_heads; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE audit.chain_heads TO audit_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.data_keys TO audit_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.dead_letters TO audit_app;
GRANT SELECT,DELETE,UPDATE ON TABLE audit.dead_letters TO audit_relay;


--
-- Name: TABLE idempotency; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.idempotency TO audit_app;
GRANT SELECT,DELETE ON TABLE audit.idempotency TO audit_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.inbox TO audit_app;
GRANT SELECT,DELETE ON TABLE audit.inbox TO audit_relay;


--
-- Name: TABLE outbox; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE audit.outbox TO audit_app;
GRANT SELECT,DELETE,UPDATE ON TABLE audit.outbox TO audit_relay;


--
-- Name: TABLE seals; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT ON TABLE audit.seals TO audit_app;


--
-- Name: TABLE touched; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT ON TABLE audit.touched TO audit_app;


--
-- Name: TABLE unsealed; Type: ACL; Schema: audit; Owner: audit_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE audit.unsealed TO audit_app;


--
-- Name: TABLE clients; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.clients TO clients_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.data_keys TO clients_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.dead_letters TO clients_app;
GRANT SELECT,DELETE,UPDATE ON TABLE clients.dead_letters TO clients_relay;


--
-- Name: TABLE directory; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE clients.directory TO clients_app;


--
-- Name: TABLE erasures; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT ON TABLE clients.erasures TO clients_app;


--
-- Name: TABLE idempotency; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.idempotency TO clients_app;
GRANT SELECT,DELETE ON TABLE clients.idempotency TO clients_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.inbox TO clients_app;
GRANT SELECT,DELETE ON TABLE clients.inbox TO clients_relay;


--
-- Name: TABLE outbox; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clients.outbox TO clients_app;
GRANT SELECT,DELETE,UPDATE ON TABLE clients.outbox TO clients_relay;


--
-- Name: TABLE terms; Type: ACL; Schema: clients; Owner: clients_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE clients.terms TO clients_app;


--
-- Name: TABLE attachments; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.attachments TO clinical_app;


--
-- Name: TABLE clients; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE clinical.clients TO clinical_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.data_keys TO clinical_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.dead_letters TO clinical_app;
GRANT SELECT,DELETE,UPDATE ON TABLE clinical.dead_letters TO clinical_relay;


--
-- Name: TABLE history; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE clinical.history TO clinical_app;


--
-- Name: TABLE idempotency; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.idempotency TO clinical_app;
GRANT SELECT,DELETE ON TABLE clinical.idempotency TO clinical_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.inbox TO clinical_app;
GRANT SELECT,DELETE ON TABLE clinical.inbox TO clinical_relay;


--
-- Name: TABLE outbox; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.outbox TO clinical_app;
GRANT SELECT,DELETE,UPDATE ON TABLE clinical.outbox TO clinical_relay;


--
-- Name: TABLE session_versions; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT ON TABLE clinical.session_versions TO clinical_app;


--
-- Name: TABLE sessions; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE clinical.sessions TO clinical_app;


--
-- Name: TABLE storage; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE clinical.storage TO clinical_app;


--
-- Name: TABLE tallies; Type: ACL; Schema: clinical; Owner: clinical_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE clinical.tallies TO clinical_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.data_keys TO identity_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.dead_letters TO identity_app;
GRANT SELECT,DELETE,UPDATE ON TABLE identity.dead_letters TO identity_relay;


--
-- Name: TABLE departments; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.departments TO identity_app;


--
-- Name: TABLE idempotency; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.idempotency TO identity_app;
GRANT SELECT,DELETE ON TABLE identity.idempotency TO identity_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.inbox TO identity_app;
GRANT SELECT,DELETE ON TABLE identity.inbox TO identity_relay;


--
-- Name: TABLE login_attempts; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.login_attempts TO identity_app;


--
-- Name: TABLE login_sessions; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.login_sessions TO identity_app;


--
-- Name: TABLE magic_links; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.magic_links TO identity_app;


--
-- Name: TABLE outbox; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.outbox TO identity_app;
GRANT SELECT,DELETE,UPDATE ON TABLE identity.outbox TO identity_relay;


--
-- Name: TABLE refresh_tokens; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.refresh_tokens TO identity_app;


--
-- Name: TABLE revocations; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.revocations TO identity_app;


--
-- Name: TABLE sign_ins; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.sign_ins TO identity_app;


--
-- Name: TABLE users; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.users TO identity_app;


--
-- Name: TABLE workspaces; Type: ACL; Schema: identity; Owner: identity_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE identity.workspaces TO identity_app;


--
-- Name: TABLE appointments; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.appointments TO notifications_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.data_keys TO notifications_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.dead_letters TO notifications_app;
GRANT SELECT,DELETE,UPDATE ON TABLE notifications.dead_letters TO notifications_relay;


--
-- Name: TABLE due_work; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE ON TABLE notifications.due_work TO notifications_app;


--
-- Name: COLUMN due_work.due_at; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT UPDATE(due_at) ON TABLE notifications.due_work TO notifications_app;


--
-- Name: TABLE idempotency; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.idempotency TO notifications_app;
GRANT SELECT,DELETE ON TABLE notifications.idempotency TO notifications_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.inbox TO notifications_app;
GRANT SELECT,DELETE ON TABLE notifications.inbox TO notifications_relay;


--
-- Name: TABLE mails; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE notifications.mails TO notifications_app;


--
-- Name: TABLE outbox; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.outbox TO notifications_app;
GRANT SELECT,DELETE,UPDATE ON TABLE notifications.outbox TO notifications_relay;


--
-- Name: TABLE reminder_configurations; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.reminder_configurations TO notifications_app;


--
-- Name: TABLE reminder_figures; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE notifications.reminder_figures TO notifications_app;


--
-- Name: TABLE reminders; Type: ACL; Schema: notifications; Owner: notifications_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE notifications.reminders TO notifications_app;


--
-- Name: TABLE appointments; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.appointments TO scheduling_app;


--
-- Name: TABLE client_figures; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.client_figures TO scheduling_app;


--
-- Name: TABLE data_keys; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.data_keys TO scheduling_app;


--
-- Name: TABLE day_figures; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.day_figures TO scheduling_app;


--
-- Name: TABLE dead_letters; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.dead_letters TO scheduling_app;
GRANT SELECT,DELETE,UPDATE ON TABLE scheduling.dead_letters TO scheduling_relay;


--
-- Name: TABLE idempotency; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.idempotency TO scheduling_app;
GRANT SELECT,DELETE ON TABLE scheduling.idempotency TO scheduling_relay;


--
-- Name: TABLE inbox; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.inbox TO scheduling_app;
GRANT SELECT,DELETE ON TABLE scheduling.inbox TO scheduling_relay;


--
-- Name: TABLE locations; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.locations TO scheduling_app;


--
-- Name: TABLE outbox; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE scheduling.outbox TO scheduling_app;
GRANT SELECT,DELETE,UPDATE ON TABLE scheduling.outbox TO scheduling_relay;


--
-- Name: TABLE services; Type: ACL; Schema: scheduling; Owner: scheduling_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE scheduling.services TO scheduling_app;


--
-- PostgreSQL database dump complete
--


