"""What is paid for appointments, how clients pay, and the requests they are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON scheduling.appointments FROM scheduling_app")
    op.create_table(
        "payment_settings",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("payment_mode", sa.Text(), nullable=True),
        sa.Column("bank_account_details", sa.Text(), nullable=True),
        sa.Column("payment_link_type", sa.Text(), nullable=True),
        sa.Column("payment_link_template", sa.Text(), nullable=True),
        sa.Column("payment_provider", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("payment_link_type IN ('bit', 'paybox', 'bank', 'custom')", name="payment_link_type_known"),
        sa.CheckConstraint("payment_mode IN ('manual', 'smart_link')", name="payment_mode_known"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_payment_settings"),
        schema="scheduling",
    )
    op.create_table(
        "payment_requests",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "appointment_id"],
            ["scheduling.appointments.workspace_id", "scheduling.appointments.id"],
            name="fk_payment_requests_appointment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_payment_requests"),
        schema="scheduling",
    )
    op.create_index(
        "ix_payment_requests_appointment",
        "payment_requests",
        ["workspace_id", "appointment_id", "requested_at"],
        unique=False,
        schema="scheduling",
    )
    op.add_column("appointments", sa.Column("payment_price", sa.Numeric(), nullable=True), schema="scheduling")
    op.add_column("appointments", sa.Column("payment_status", sa.Text(), nullable=True), schema="scheduling")
    op.add_column("appointments", sa.Column("payment_method", sa.Text(), nullable=True), schema="scheduling")
    op.add_column("appointments", sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True), schema="scheduling")
    op.execute(
        "ALTER TABLE scheduling.appointments ADD CONSTRAINT appointment_paid_facts CHECK (((paid_at IS NOT NULL) = (NOT (payment_status IS DISTINCT FROM 'paid'::text))))"
    )
    op.execute(
        "ALTER TABLE scheduling.appointments ADD CONSTRAINT appointment_payment_method CHECK ((payment_method = ANY (ARRAY['cash'::text, 'card'::text, 'bank_transfer'::text, 'bit'::text, 'paybox'::text, 'other'::text])))"
    )
    op.execute(
        "ALTER TABLE scheduling.appointments ADD CONSTRAINT appointment_payment_price CHECK (((payment_price >= (0)::numeric) AND (payment_price < (10000000)::numeric) AND (scale(payment_price) <= 3)))"
    )
    op.execute(
        "ALTER TABLE scheduling.appointments ADD CONSTRAINT appointment_payment_status CHECK ((payment_status = ANY (ARRAY['paid'::text, 'payment_sent'::text, 'waived'::text])))"
    )
    op.execute(
        "GRANT DELETE, INSERT, SELECT, UPDATE (cancelled_at, cancelled_by, client_id, deleted_at, deleted_by, deletion_reason, during, edit_count, edited_at, location_id, location_type, overbooked, overbooked_at, overbooked_by, paid_at, payment_method, payment_price, payment_status, practitioner_id, scheduled_end, scheduled_start, sealed, service_id, status, updated_at, version) ON scheduling.appointments TO scheduling_app"
    )
    op.execute("ALTER TABLE scheduling.payment_settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.payment_settings USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON scheduling.payment_settings TO scheduling_app")
    op.execute("ALTER TABLE scheduling.payment_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON scheduling.payment_requests USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT ON scheduling.payment_requests TO scheduling_app")


def downgrade() -> None:
    op.execute("ALTER TABLE scheduling.appointments DROP CONSTRAINT appointment_paid_facts")
    op.execute("ALTER TABLE scheduling.appointments DROP CONSTRAINT appointment_payment_method")
    op.execute("ALTER TABLE scheduling.appointments DROP CONSTRAINT appointment_payment_price")
    op.execute("ALTER TABLE scheduling.appointments DROP CONSTRAINT appointment_payment_status")
    op.execute("REVOKE ALL ON scheduling.appointments FROM scheduling_app")
    op.drop_column("appointments", "paid_at", schema="scheduling")
    op.drop_column("appointments", "payment_method", schema="scheduling")
    op.drop_column("appointments", "payment_status", schema="scheduling")
    op.drop_column("appointments", "payment_price", schema="scheduling")
    op.drop_index("ix_payment_requests_appointment", table_name="payment_requests", schema="scheduling")
    op.drop_table("payment_requests", schema="scheduling")
    op.drop_table("payment_settings", schema="scheduling")
    op.execute(
        "GRANT DELETE, INSERT, SELECT, UPDATE (cancelled_at, cancelled_by, client_id, deleted_at, deleted_by, deletion_reason, during, edit_count, edited_at, location_id, location_type, overbooked, overbooked_at, overbooked_by, practitioner_id, scheduled_end, scheduled_start, sealed, service_id, status, updated_at, version) ON scheduling.appointments TO scheduling_app"
    )
