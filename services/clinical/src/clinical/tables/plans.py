"""Plans of care with their milestones and measures. What they say is sealed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.db.counters import FOLDED_GRANTS, counter
from chassis.db.tables import Sealed, moment, tenant
from clinical.tables.base import metadata

# What a plan says is sealed.
plans = tenant(
    "plans",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    moment("deleted_at", nullable=True),
    Column("deleted_by_user_id", Uuid),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_plans"),
    CheckConstraint("status IN ('active', 'completed', 'discontinued')", name="plan_status"),
    # Ids begin with the time: a list by id, backwards, is newest first.
    Index("ix_plans_listed", "workspace_id", text("id DESC"), postgresql_where=text("deleted_at IS NULL")),
    Index("ix_plans_status", "workspace_id", "status", text("id DESC"), postgresql_where=text("deleted_at IS NULL")),
    Index("ix_plans_client", "workspace_id", "client_id", text("id DESC")),
    care_team="reads",
    fixed=("id", "created_at"),
    grants="SELECT, INSERT, UPDATE",
    eraser_grants="SELECT, DELETE",
    sealed=Sealed(bound=("client_id", "status", "deleted_at", "deleted_by_user_id", "created_at", "updated_at")),
)

# What a plan said in each of its versions. Rows are never changed, and an erasure alone deletes them.
plan_versions = tenant(
    "plan_versions",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("plan_id", Uuid, nullable=False),
    Column("version_number", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_by_user_id", Uuid, nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_plan_versions"),
    UniqueConstraint("workspace_id", "plan_id", "version_number", name="plan_version_exists"),
    ForeignKeyConstraint(["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_plan_versions_plan"),
    grants="SELECT, INSERT",
    eraser_grants="SELECT, DELETE",
    sealed=Sealed(bound=("plan_id", "status", "created_by_user_id", "created_at"), revision="version_number"),
)

milestones = tenant(
    "milestones",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("plan_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    # From 0, without gaps. Whoever changes one holds a lock on the plan's row.
    Column("position", Integer, nullable=False),
    Column("status", Text, nullable=False),
    moment("achieved_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_milestones"),
    ForeignKeyConstraint(["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_milestones_plan"),
    # Checked at the commit: a new order has some at one position on its way.
    UniqueConstraint("workspace_id", "plan_id", "position", name="milestone_position_taken", deferrable=True, initially="DEFERRED"),
    CheckConstraint("status IN ('pending', 'in_progress', 'achieved', 'discontinued')", name="milestone_status"),
    CheckConstraint("(status = 'achieved') = (achieved_at IS NOT NULL)", name="milestone_achieved_at"),
    CheckConstraint("position >= 0", name="milestone_position"),
    fixed=("id", "plan_id", "created_at"),
    sealed=Sealed(bound=("plan_id", "position", "status", "achieved_at", "created_at", "updated_at")),
)

# Scores of a plan. Not a foreign key to the note: that one may be deleted, and the score is still the client's.
measures = tenant(
    "measures",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("plan_id", Uuid, nullable=False),
    Column("session_id", Uuid),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    moment("measured_at"),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_measures"),
    ForeignKeyConstraint(["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_measures_plan"),
    Index("ix_measures_plan", "workspace_id", "plan_id", "measured_at", "id"),
    grants="SELECT, INSERT, DELETE",
    sealed=Sealed(bound=("plan_id", "session_id", "measured_at", "created_at")),
)

# The timeline events of plans and milestones, one row each, so that one index orders them all.
plan_events = tenant(
    "plan_events",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("plan_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("milestone_id", Uuid),
    Column("kind", Text, nullable=False),
    moment("at"),
    # Set while the timeline does not show it: the plan is deleted, or the milestone is not achieved after all.
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_plan_events"),
    ForeignKeyConstraint(
        ["workspace_id", "plan_id"], ["clinical.plans.workspace_id", "clinical.plans.id"], name="fk_plan_events_plan", ondelete="CASCADE"
    ),
    ForeignKeyConstraint(
        ["workspace_id", "milestone_id"],
        ["clinical.milestones.workspace_id", "clinical.milestones.id"],
        name="fk_plan_events_milestone",
        ondelete="CASCADE",
    ),
    CheckConstraint(
        "kind IN ('plan_created', 'plan_updated', 'plan_completed', 'plan_discontinued', 'milestone_achieved')", name="plan_event_kind"
    ),
    CheckConstraint("(kind = 'milestone_achieved') = (milestone_id IS NOT NULL)", name="plan_event_milestone"),
    Index("ix_plan_events_client", "workspace_id", "client_id", text("at DESC"), text("id DESC"), postgresql_where=text("NOT hidden")),
    Index("ix_plan_events_plan", "workspace_id", "plan_id"),
    Index("ix_plan_events_milestone", "workspace_id", "milestone_id", postgresql_where=text("milestone_id IS NOT NULL")),
    care_team="reads",
    fixed=("id", "plan_id", "milestone_id", "kind"),
    grants="SELECT, INSERT, UPDATE",
)

# The number of plans of each status that are not deleted.
plan_counters = counter(
    "plan_counter_changes",
    tenant(
        "plan_tallies",
        metadata,
        Column("status", Text, nullable=False),
        Column("live", BigInteger, nullable=False),
        PrimaryKeyConstraint("workspace_id", "status", name="pk_plan_tallies"),
        grants="SELECT",
        relay_grants=FOLDED_GRANTS,
    ),
    metadata,
    counts=["live"],
)
