"""Who waits for an appointment, what time has become free, and to whom it was offered."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
READER = "nullif(current_setting('app.reader', true), '')"
OPENS = f"""({READER} IS NULL OR (client_id IN (
    SELECT closed.client_id FROM scheduling.client_access AS closed
    WHERE closed.restricted AND NOT ({READER}::uuid = ANY (closed.user_ids)) AND NOT EXISTS (
        SELECT FROM scheduling.broken_glass AS glass
        WHERE glass.workspace_id = closed.workspace_id AND glass.client_id = closed.client_id
            AND glass.user_id = {READER}::uuid AND glass.expires_at > statement_timestamp()
    )
)) IS NOT TRUE)"""

# A row of work exists exactly as long as something may have to be done about its opening or entry.
KEEP_DUE = """
CREATE FUNCTION scheduling.{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM scheduling.waitlist_due WHERE workspace_id = OLD.workspace_id AND kind = '{kind}' AND item_id = OLD.id;
    ELSIF NEW.status IN ({live}) THEN
        INSERT INTO scheduling.waitlist_due (workspace_id, kind, item_id, due_at)
        VALUES (NEW.workspace_id, '{kind}', NEW.id, NEW.{due_at})
        ON CONFLICT (workspace_id, kind, item_id) DO UPDATE SET due_at = excluded.due_at;
    ELSE
        DELETE FROM scheduling.waitlist_due WHERE workspace_id = NEW.workspace_id AND kind = '{kind}' AND item_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$
"""
# What an appointment no longer takes of its practitioner, wherever it was changed. Only while somebody waits.
NOTE_OPENING = """
CREATE FUNCTION scheduling.note_opening() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF EXISTS (SELECT FROM scheduling.waitlist_due WHERE workspace_id = OLD.workspace_id AND kind = 'entry') THEN
        INSERT INTO scheduling.waitlist_openings (
            workspace_id, id, practitioner_id, appointment_id, location_type, location_id, starts_at, ends_at, free_from, free_until,
            status, due_at, created_at
        )
        SELECT OLD.workspace_id, gen_random_uuid(), OLD.practitioner_id, OLD.id, OLD.location_type, OLD.location_id,
            greatest(OLD.scheduled_start, lower(part)), least(OLD.scheduled_end, upper(part)), lower(part), upper(part),
            'open', statement_timestamp(), statement_timestamp()
        FROM unnest(
            tstzmultirange(OLD.during) - CASE
                WHEN NEW.deleted_at IS NULL AND NEW.status IN ('scheduled', 'completed') AND NEW.practitioner_id = OLD.practitioner_id
                THEN tstzmultirange(NEW.during) ELSE tstzmultirange() END
        ) AS part
        WHERE greatest(OLD.scheduled_start, lower(part)) < least(OLD.scheduled_end, upper(part))
            AND greatest(OLD.scheduled_start, lower(part)) > statement_timestamp();
    END IF;
    RETURN NULL;
END
$$
"""
# As `keep_counts` for appointments: nobody joins for a client who is being erased or merged.
CHECK_CLIENT = """
CREATE FUNCTION scheduling.check_client_of_waitlist() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(concat('client ', NEW.workspace_id, ' ', NEW.client_id), 0));
    IF EXISTS (
        SELECT FROM scheduling.client_figures
        WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND (erased_at IS NOT NULL OR closed_until > now())
    ) THEN
        RAISE foreign_key_violation USING CONSTRAINT = 'client_not_found', MESSAGE = 'the client was erased';
    END IF;
    IF EXISTS (
        SELECT FROM scheduling.client_figures
        WHERE workspace_id = NEW.workspace_id AND client_id = NEW.client_id AND merged_into IS NOT NULL
    ) THEN
        RAISE unique_violation USING CONSTRAINT = 'client_merged', MESSAGE = 'the client was merged into another one';
    END IF;
    RETURN NULL;
END
$$
"""
TRIGGERS = (
    (
        "CREATE TRIGGER keep_due AFTER INSERT OR DELETE OR UPDATE OF status, due_at ON scheduling.waitlist_openings"
        " FOR EACH ROW EXECUTE FUNCTION scheduling.keep_due_openings()"
    ),
    (
        "CREATE TRIGGER keep_due AFTER INSERT OR DELETE OR UPDATE OF status ON scheduling.waitlist_entries"
        " FOR EACH ROW EXECUTE FUNCTION scheduling.keep_due_entries()"
    ),
    (
        "CREATE TRIGGER check_client AFTER INSERT ON scheduling.waitlist_entries"
        " FOR EACH ROW EXECUTE FUNCTION scheduling.check_client_of_waitlist()"
    ),
    (
        "CREATE TRIGGER note_opening AFTER UPDATE OF status, deleted_at, during, practitioner_id ON scheduling.appointments FOR EACH ROW"
        " WHEN (OLD.deleted_at IS NULL AND OLD.status IN ('scheduled', 'completed') AND (NEW.deleted_at IS NOT NULL"
        " OR NEW.status NOT IN ('scheduled', 'completed') OR NEW.practitioner_id <> OLD.practitioner_id OR NOT NEW.during @> OLD.during))"
        " EXECUTE FUNCTION scheduling.note_opening()"
    ),
)
FUNCTIONS = ("keep_due_openings", "keep_due_entries", "check_client_of_waitlist", "note_opening")


def upgrade() -> None:
    op.create_table(
        "waitlist_entries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("earliest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latest", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_entries"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "service_id"], ["scheduling.services.workspace_id", "scheduling.services.id"], name="service_not_found"
        ),
        sa.CheckConstraint("status IN ('waiting', 'offered', 'booked', 'expired', 'withdrawn')", name="waitlist_status_known"),
        sa.CheckConstraint("latest > earliest", name="waitlist_window_order"),
        sa.CheckConstraint("(status = 'offered') = (offered_until IS NOT NULL)", name="waitlist_offered_facts"),
        sa.CheckConstraint("(status = 'booked') = (appointment_id IS NOT NULL)", name="waitlist_booked_facts"),
        schema="scheduling",
    )
    for name, columns in (
        ("created", ["created_at", "id"]),
        ("status", ["status", "created_at", "id"]),
        ("client", ["client_id", "created_at", "id"]),
        ("practitioner", ["practitioner_id", "created_at", "id"]),
    ):
        op.create_index(f"ix_waitlist_entries_{name}", "waitlist_entries", ["workspace_id", *columns], unique=False, schema="scheduling")
    op.create_index(
        "ix_waitlist_entries_over",
        "waitlist_entries",
        ["latest"],
        unique=False,
        schema="scheduling",
        postgresql_where=sa.text("status IN ('booked', 'expired', 'withdrawn')"),
    )
    op.create_table(
        "waitlist_openings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("practitioner_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("location_type", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_openings"),
        sa.CheckConstraint("status IN ('open', 'closed')", name="opening_status_known"),
        sa.CheckConstraint("ends_at > starts_at AND free_from <= starts_at AND free_until >= ends_at", name="opening_order"),
        schema="scheduling",
    )
    op.create_index("ix_waitlist_openings_over", "waitlist_openings", ["free_until"], unique=False, schema="scheduling")
    op.create_table(
        "waitlist_offers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_waitlist_offers"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "opening_id"],
            ["scheduling.waitlist_openings.workspace_id", "scheduling.waitlist_openings.id"],
            name="fk_waitlist_offers_opening",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "entry_id"],
            ["scheduling.waitlist_entries.workspace_id", "scheduling.waitlist_entries.id"],
            name="fk_waitlist_offers_entry",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("workspace_id", "opening_id", "entry_id", name="waitlist_offered_once"),
        sa.CheckConstraint("status IN ('open', 'accepted', 'lapsed', 'withdrawn')", name="waitlist_offer_status_known"),
        schema="scheduling",
    )
    for name, column in (("one_open_offer_of_opening", "opening_id"), ("one_open_offer_of_entry", "entry_id")):
        op.create_index(
            name, "waitlist_offers", ["workspace_id", column], unique=True, schema="scheduling", postgresql_where=sa.text("status = 'open'")
        )
    op.create_index("ix_waitlist_offers_entry", "waitlist_offers", ["workspace_id", "entry_id"], unique=False, schema="scheduling")
    op.create_table(
        "waitlist_due",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "item_id", name="pk_waitlist_due"),
        sa.CheckConstraint("kind IN ('opening', 'entry')", name="waitlist_due_kind_known"),
        schema="scheduling",
    )
    op.create_index("ix_waitlist_due", "waitlist_due", ["due_at"], unique=False, schema="scheduling")
    _secure()
    op.execute(KEEP_DUE.format(name="keep_due_openings", kind="opening", live="'open'", due_at="due_at"))
    op.execute(KEEP_DUE.format(name="keep_due_entries", kind="entry", live="'waiting', 'offered'", due_at="latest"))
    op.execute(CHECK_CLIENT)
    op.execute(NOTE_OPENING)
    op.execute(f"REVOKE EXECUTE ON FUNCTION {', '.join(f'scheduling.{name}()' for name in FUNCTIONS)} FROM PUBLIC")
    for trigger in TRIGGERS:
        op.execute(trigger)


def _secure() -> None:
    for table in ("waitlist_entries", "waitlist_openings", "waitlist_offers", "waitlist_due"):
        op.execute(f"ALTER TABLE scheduling.{table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for table in ("waitlist_entries", "waitlist_openings", "waitlist_offers"):
        op.execute(f"CREATE POLICY tenant ON scheduling.{table} USING ({TENANT}) WITH CHECK ({TENANT})")
    for table in ("waitlist_entries", "waitlist_openings"):
        op.execute(f"CREATE POLICY relay ON scheduling.{table} TO scheduling_relay USING (true) WITH CHECK (true)")
        op.execute(f"GRANT SELECT ON scheduling.{table} TO scheduling_relay")
    op.execute(
        f"CREATE POLICY care_team ON scheduling.waitlist_entries AS RESTRICTIVE TO scheduling_app USING ({OPENS}) WITH CHECK ({OPENS})"
    )
    op.execute(
        "GRANT SELECT, INSERT, DELETE ON scheduling.waitlist_entries, scheduling.waitlist_openings, scheduling.waitlist_offers TO scheduling_app"
    )
    op.execute(
        "GRANT UPDATE (client_id, status, offered_until, appointment_id, version, updated_at) ON scheduling.waitlist_entries TO scheduling_app"
    )
    op.execute("GRANT UPDATE (status, due_at) ON scheduling.waitlist_openings TO scheduling_app")
    op.execute("GRANT UPDATE (status, token_hash) ON scheduling.waitlist_offers TO scheduling_app")
    op.execute(f"CREATE POLICY tenant_insert ON scheduling.waitlist_due FOR INSERT WITH CHECK ({TENANT})")
    op.execute(f"CREATE POLICY tenant_delete ON scheduling.waitlist_due FOR DELETE USING ({TENANT})")
    op.execute("CREATE POLICY workers_find ON scheduling.waitlist_due FOR SELECT USING (true)")
    op.execute("CREATE POLICY workers_claim ON scheduling.waitlist_due FOR UPDATE USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, DELETE ON scheduling.waitlist_due TO scheduling_app")
    op.execute("GRANT UPDATE (due_at) ON scheduling.waitlist_due TO scheduling_app")


def downgrade() -> None:
    op.execute("DROP TRIGGER note_opening ON scheduling.appointments")
    for table in ("waitlist_offers", "waitlist_openings", "waitlist_entries", "waitlist_due"):
        op.drop_table(table, schema="scheduling")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION scheduling.{name}()")
