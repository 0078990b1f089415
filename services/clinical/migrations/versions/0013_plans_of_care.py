"""Plans of care with their versions, milestones, measures and timeline events."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_counter_changes",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "status", "id", name="pk_plan_counter_changes"),
        schema="clinical",
    )
    op.create_table(
        "plan_tallies",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "status", name="pk_plan_tallies"),
        schema="clinical",
    )
    op.create_table(
        "plans",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_user_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('active', 'completed', 'discontinued')", name="plan_status"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_plans"),
        schema="clinical",
    )
    op.create_index(
        "ix_plans_client", "plans", ["workspace_id", "client_id", sa.literal_column("id DESC")], unique=False, schema="clinical"
    )
    op.create_index(
        "ix_plans_listed",
        "plans",
        ["workspace_id", sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_plans_status",
        "plans",
        ["workspace_id", "status", sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "measures",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_measures_plan"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_measures"),
        schema="clinical",
    )
    op.create_index("ix_measures_plan", "measures", ["workspace_id", "plan_id", "measured_at", "id"], unique=False, schema="clinical")
    op.create_table(
        "milestones",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("achieved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'achieved') = (achieved_at IS NOT NULL)", name="milestone_achieved_at"),
        sa.CheckConstraint("status IN ('pending', 'in_progress', 'achieved', 'discontinued')", name="milestone_status"),
        sa.CheckConstraint("position >= 0", name="milestone_position"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_milestones_plan"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_milestones"),
        sa.UniqueConstraint("workspace_id", "plan_id", "position", deferrable=True, initially="DEFERRED", name="milestone_position_taken"),
        schema="clinical",
    )
    op.create_table(
        "plan_versions",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by_user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_plan_versions_plan"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_plan_versions"),
        sa.UniqueConstraint("workspace_id", "plan_id", "version_number", name="plan_version_exists"),
        schema="clinical",
    )
    op.create_table(
        "plan_events",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("(kind = 'milestone_achieved') = (milestone_id IS NOT NULL)", name="plan_event_milestone"),
        sa.CheckConstraint(
            "kind IN ('plan_created', 'plan_updated', 'plan_completed', 'plan_discontinued', 'milestone_achieved')", name="plan_event_kind"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "milestone_id"],
            ["clinical.milestones.workspace_id", "clinical.milestones.id"],
            name="fk_plan_events_milestone",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "plan_id"],
            ["clinical.plans.workspace_id", "clinical.plans.id"],
            name="fk_plan_events_plan",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_plan_events"),
        schema="clinical",
    )
    op.create_index(
        "ix_plan_events_client",
        "plan_events",
        ["workspace_id", "client_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
        schema="clinical",
    )
    op.create_index(
        "ix_plan_events_milestone",
        "plan_events",
        ["workspace_id", "milestone_id"],
        unique=False,
        schema="clinical",
        postgresql_where=sa.text("milestone_id IS NOT NULL"),
    )
    op.create_index("ix_plan_events_plan", "plan_events", ["workspace_id", "plan_id"], unique=False, schema="clinical")
    op.execute("ALTER TABLE clinical.plan_counter_changes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.plan_counter_changes USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT ON clinical.plan_counter_changes TO clinical_app")
    op.execute("GRANT SELECT, DELETE ON clinical.plan_counter_changes TO clinical_relay")
    op.execute("CREATE POLICY relay ON clinical.plan_counter_changes TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE clinical.plan_tallies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.plan_tallies USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT ON clinical.plan_tallies TO clinical_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON clinical.plan_tallies TO clinical_relay")
    op.execute("CREATE POLICY relay ON clinical.plan_tallies TO clinical_relay USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE clinical.plans ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.plans USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (sealed, version, status, deleted_at, deleted_by_user_id, updated_at) ON clinical.plans TO clinical_app"
    )
    op.execute("GRANT SELECT, DELETE ON clinical.plans TO clinical_eraser")
    op.execute("ALTER TABLE clinical.measures ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.measures USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON clinical.measures TO clinical_app")
    op.execute("ALTER TABLE clinical.milestones ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.milestones USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (sealed, version, position, status, achieved_at, updated_at), DELETE ON clinical.milestones TO clinical_app"
    )
    op.execute("ALTER TABLE clinical.plan_versions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.plan_versions USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT ON clinical.plan_versions TO clinical_app")
    op.execute("GRANT SELECT, DELETE ON clinical.plan_versions TO clinical_eraser")
    op.execute("ALTER TABLE clinical.plan_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON clinical.plan_events USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (at, hidden) ON clinical.plan_events TO clinical_app")


def downgrade() -> None:
    op.drop_index("ix_plan_events_plan", table_name="plan_events", schema="clinical")
    op.drop_index(
        "ix_plan_events_milestone", table_name="plan_events", schema="clinical", postgresql_where=sa.text("milestone_id IS NOT NULL")
    )
    op.drop_index("ix_plan_events_client", table_name="plan_events", schema="clinical")
    op.drop_table("plan_events", schema="clinical")
    op.drop_table("plan_versions", schema="clinical")
    op.drop_table("milestones", schema="clinical")
    op.drop_index("ix_measures_plan", table_name="measures", schema="clinical")
    op.drop_table("measures", schema="clinical")
    op.drop_index("ix_plans_status", table_name="plans", schema="clinical", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_plans_listed", table_name="plans", schema="clinical", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index("ix_plans_client", table_name="plans", schema="clinical")
    op.drop_table("plans", schema="clinical")
    op.drop_table("plan_tallies", schema="clinical")
    op.drop_table("plan_counter_changes", schema="clinical")
