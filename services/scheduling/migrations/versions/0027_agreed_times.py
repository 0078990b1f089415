"""Which clocks appointments were agreed on, and what of that is settled by which rules of time zones."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_AGREED = ("time_zone", "local_start", "utc_offset")
_OF_A_WORKSPACE = "workspace_id = NULLIF(current_setting('app.workspace_id', true), '')::uuid"


def upgrade() -> None:
    # The service fills in what is to come: a migration does not know the workspace's zone.
    for column in (
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("local_start", sa.DateTime(), nullable=True),
        sa.Column("utc_offset", sa.Integer(), nullable=True),
    ):
        op.add_column("appointments", column, schema="scheduling")
    op.create_check_constraint(
        "appointment_agreed_facts", "appointments", "num_nulls(time_zone, local_start, utc_offset) IN (0, 3)", schema="scheduling"
    )
    op.execute(f"GRANT UPDATE ({', '.join(_AGREED)}) ON scheduling.appointments TO scheduling_app")

    op.add_column("availability", sa.Column("time_off_version", sa.BigInteger(), nullable=True), schema="scheduling")
    op.add_column("availability", sa.Column("time_off_rules", sa.Text(), nullable=True), schema="scheduling")
    op.execute("GRANT UPDATE (time_off_version, time_off_rules) ON scheduling.availability TO scheduling_app")
    op.execute("CREATE POLICY relay ON scheduling.availability TO scheduling_relay USING (true) WITH CHECK (true)")
    op.execute(
        "GRANT SELECT (workspace_id, practitioner_id, version, time_off_version, time_off_rules) ON scheduling.availability TO scheduling_relay"
    )

    op.create_table(
        "clock_rules",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("tzdata_version", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(tzdata_version) BETWEEN 1 AND 20", name="clock_rules_version_length"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_clock_rules"),
        schema="scheduling",
    )
    op.execute("ALTER TABLE scheduling.clock_rules ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE scheduling.clock_rules FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON scheduling.clock_rules USING ({_OF_A_WORKSPACE}) WITH CHECK ({_OF_A_WORKSPACE})")
    op.execute("GRANT SELECT, INSERT, UPDATE ON scheduling.clock_rules TO scheduling_app")
    op.execute("GRANT DELETE ON scheduling.clock_rules TO scheduling_eraser")
    op.execute("CREATE POLICY relay ON scheduling.clock_rules TO scheduling_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON scheduling.clock_rules TO scheduling_relay")


def downgrade() -> None:
    op.drop_table("clock_rules", schema="scheduling")
    op.execute("DROP POLICY relay ON scheduling.availability")
    op.execute(
        "REVOKE SELECT (workspace_id, practitioner_id, version, time_off_version, time_off_rules) ON scheduling.availability FROM scheduling_relay"
    )
    op.drop_column("availability", "time_off_rules", schema="scheduling")
    op.drop_column("availability", "time_off_version", schema="scheduling")
    op.drop_constraint("appointment_agreed_facts", "appointments", schema="scheduling")
    for column in reversed(_AGREED):
        op.drop_column("appointments", column, schema="scheduling")
