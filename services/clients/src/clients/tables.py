"""The tables of the clients service. All PHI is sealed, or present as keyed index tokens that clients are found by."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from caseload.clients.v1 import events_pb2
from chassis.care_teams.tables import AccessTables, care_teams
from chassis.db.system_tables import chassis_tables
from chassis.db.tables import Sealed, moment, tenant
from chassis.jobs.tables import job_tables
from chassis.work.retention import Retention

metadata = MetaData(schema="clients")

clients = tenant(
    "clients",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    # The workspace's revision at the last change of this row.
    Column("revision", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # The names again, with birth date and tags, in a small column: ordering a list reads thousands of names and no medical histories.
    Column("sealed_name", LargeBinary, nullable=False),
    Column("external_id_index", LargeBinary),
    Column("is_active", Boolean, nullable=False),
    Column("consent_status", Boolean, nullable=False),
    Column("time_zone", Text),
    # The client is another one's duplicate, and is kept as it was for the time in which that can be undone, and as long as the other is.
    Column("merged_into", Uuid),
    moment("created_at"),
    moment("updated_at"),
    # Of the key that the row is found by: `external_id_index`, its terms and its match keys.
    Column("index_version", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_clients"),
    UniqueConstraint("workspace_id", "external_id_index", name="external_id_taken"),
    Index("ix_clients_merged_into", "workspace_id", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    Index("ix_clients_revision", "workspace_id", "revision"),
    Index("ix_clients_index_version", "workspace_id", "index_version", "id"),
    fixed=("id", "created_at"),
    sealed=Sealed(
        bound=("external_id_index", "is_active", "consent_status", "time_zone", "merged_into", "created_at", "updated_at"),
        unbound={
            "revision": "counts the workspace's writes; known only to the statement that writes, and decides what is read again",
            "index_version": "says of the record nothing; who changes it without the keys hides a client from lookups, as by deleting the terms",
        },
        # Lists are ordered by it, and leave inactive clients out, without reading the rest.
        parts={"sealed_name": ("is_active",)},
    ),
)

# Keyed hashes of e-mail address and phone number, one row each; of rows that were last written before decision 72, those of name prefixes and tags
# as well. An array column with a GIN index would be smaller, but array operators are not leakproof, so PostgreSQL does not use such an index under row security.
index_tokens = tenant(
    "terms",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("term", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "client_id", "term", name="pk_terms"),
    ForeignKeyConstraint(
        ["workspace_id", "client_id"], ["clients.clients.workspace_id", "clients.clients.id"], name="fk_terms_client", ondelete="CASCADE"
    ),
    # Without client_id all index entries of a token are equal, and PostgreSQL stores them once with a list of rows.
    Index("ix_terms_term", "workspace_id", "term"),
    grants="SELECT, INSERT, DELETE",
)

# Keyed hashes of what tells whether two rows are the same person, at most one of each kind (see clients/match_keys.py) and each key for
# indexes: rows are compared by the hashes of one key, which all of them have.
match_keys = tenant(
    "match_keys",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("index_version", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("workspace_id", "client_id", "kind", "index_version", name="pk_match_keys"),
    ForeignKeyConstraint(
        ["workspace_id", "client_id"],
        ["clients.clients.workspace_id", "clients.clients.id"],
        name="fk_match_keys_client",
        ondelete="CASCADE",
    ),
    Index("ix_match_keys_token", "workspace_id", "index_version", "kind", "token", "client_id"),
    grants="SELECT, INSERT, UPDATE (token), DELETE",
)

# The workspaces with clients from before there were match keys. The worker that makes them finds rows without a workspace, by a policy that
# the migration has beside the tenant's.
match_work = Table(
    "match_work",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_match_work"),
)

# The id of an erased client and the revision of its erasure, by which name indexes learn to remove it.
tombstones = tenant(
    "erasures",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_erasures"),
    Index("ix_erasures_revision", "workspace_id", "revision"),
    grants="SELECT, INSERT",
)

# One row per workspace. Every write increments the revision and locks the row until the commit, so revisions become
# visible in order: whoever sees one also sees all changes before it.
workspace_revisions = tenant(
    "directory",
    metadata,
    Column("revision", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_directory"),
    grants="SELECT, INSERT, UPDATE (revision)",
)

# What clients have agreed to, and what they have taken back since.
consents = tenant(
    "consents",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", BigInteger, nullable=False),
    moment("given_at"),
    moment("withdrawn_at", nullable=True),
    Column("recorded_by", Uuid, nullable=False),
    Column("withdrawn_by", Uuid),
    moment("created_at"),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_consents"),
    ForeignKeyConstraint(["workspace_id", "client_id"], [clients.c.workspace_id, clients.c.id], name="fk_consents_client"),
    CheckConstraint("purpose IN ('treatment', 'reminders', 'data_processing', 'export')", name="consent_purpose_known"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="consent_withdrawn_facts"),
    Index("ix_consents_client", "workspace_id", "client_id", text("id DESC")),
    fixed=("id", "client_id", "purpose", "given_at", "recorded_by", "created_at"),
    sealed=Sealed(bound=("client_id", "purpose", "given_at", "withdrawn_at", "recorded_by", "withdrawn_by", "created_at")),
)

JOBS = job_tables(metadata)

# Which clients an import has created, for as long as it can be undone.
imported_clients = tenant(
    "imported_clients",
    metadata,
    Column("job_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    PrimaryKeyConstraint("workspace_id", "job_id", "client_id", name="pk_imported_clients"),
    ForeignKeyConstraint(
        ["workspace_id", "job_id"],
        [JOBS.jobs.c.workspace_id, JOBS.jobs.c.id],
        name="fk_imported_clients_job",
        ondelete="CASCADE",
        # What is imported within a call is recorded when it is known what came of it.
        deferrable=True,
        initially="DEFERRED",
    ),
    ForeignKeyConstraint(
        ["workspace_id", "client_id"], [clients.c.workspace_id, clients.c.id], name="fk_imported_clients_client", ondelete="CASCADE"
    ),
    Index("ix_imported_clients_client", "workspace_id", "client_id"),
    grants="SELECT, INSERT",
)

# Clients that a front end written for json-server knows as patients: by a number or a text, and with a name and an age as written.
patients = tenant(
    "patients",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    # Their order in the list.
    Column("position", BigInteger, nullable=False),
    Column("id_index", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # Of the key that `id_index` is made with.
    Column("index_version", Integer, nullable=False, server_default="1"),
    PrimaryKeyConstraint("workspace_id", "client_id", name="pk_patients"),
    UniqueConstraint("workspace_id", "position", name="patient_position_taken"),
    UniqueConstraint("workspace_id", "id_index", name="patient_id_taken"),
    Index("ix_patients_index_version", "workspace_id", "index_version", "client_id"),
    ForeignKeyConstraint(
        ["workspace_id", "client_id"], [clients.c.workspace_id, clients.c.id], name="fk_patients_client", ondelete="CASCADE"
    ),
    fixed=("client_id",),
    sealed=Sealed(
        bound=("position", "id_index"),
        row="client_id",
        unbound={"index_version": "says of the record nothing; `id_index` itself is bound"},
    ),
)

# The last place and number that a patient of the workspace was given. No number is given twice.
patient_numbers = tenant(
    "patient_numbers",
    metadata,
    Column("last_position", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace_id", name="pk_patient_numbers"),
    grants="SELECT, INSERT, UPDATE (last_position, last_number)",
)

# Which clients were merged into which, and what the survivor took over of what it lacked: names of fields. By the manifests of the other
# services their rows go back.
merges = tenant(
    "merges",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("merged_id", Uuid, nullable=False),
    Column("survivor_id", Uuid, nullable=False),
    Column("taken_over", ARRAY(Text), nullable=False),
    Column("merged_by", Uuid, nullable=False),
    moment("merged_at"),
    moment("undo_until"),
    # Of the job that moves the history, there or back.
    Column("job_id", Uuid, nullable=False),
    moment("moved_at", nullable=True),
    moment("undo_requested_at", nullable=True),
    moment("undone_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_merges"),
    ForeignKeyConstraint(
        ["workspace_id", "merged_id"], [clients.c.workspace_id, clients.c.id], name="fk_merges_merged", ondelete="CASCADE"
    ),
    ForeignKeyConstraint(
        ["workspace_id", "survivor_id"], [clients.c.workspace_id, clients.c.id], name="fk_merges_survivor", ondelete="CASCADE"
    ),
    Index("already_merged", "workspace_id", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")),
    Index("ix_merges_merged", "workspace_id", "merged_id"),
    Index("ix_merges_survivor", "workspace_id", "survivor_id"),
    fixed=("id", "merged_id", "survivor_id", "taken_over", "merged_by", "merged_at", "undo_until"),
    grants="SELECT, INSERT, UPDATE",
)

# Which services have still to erase a client, and what those that have finished had: written with the decision, before anything is destroyed.
erasure_progress = tenant(
    "erasure_progress",
    metadata,
    Column("client_id", Uuid, nullable=False),
    Column("service", Text, nullable=False),
    Column("job_id", Uuid, nullable=False),
    Column("deleted", BigInteger),
    moment("finished_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "client_id", "service", name="pk_erasure_progress"),
    ForeignKeyConstraint(
        ["workspace_id", "job_id"], [JOBS.jobs.c.workspace_id, JOBS.jobs.c.id], name="fk_erasure_progress_job", ondelete="CASCADE"
    ),
    CheckConstraint("(finished_at IS NULL) = (deleted IS NULL)", name="erasure_progress_finished"),
    Index("ix_erasure_progress_job", "workspace_id", "job_id"),
    fixed=("client_id", "service", "job_id"),
    grants="SELECT, INSERT, UPDATE",
)

# After so many days a review that nobody has given is overdue.
REVIEW_DAYS = 3

# Who broke the glass, and what was found of it. The rows of an erased client go with it.
broken_glass = tenant(
    "broken_glass",
    metadata,
    Column("id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    # The reason, and the comment of the review.
    Column("sealed", LargeBinary, nullable=False),
    moment("granted_at"),
    moment("expires_at"),
    Column("review", Text, nullable=False),
    Column("reviewed_by", Uuid),
    moment("reviewed_at", nullable=True),
    # Set once it is on record that the review is overdue.
    moment("announced_at", nullable=True),
    PrimaryKeyConstraint("workspace_id", "id", name="pk_broken_glass"),
    CheckConstraint("review IN ('pending', 'justified', 'unjustified')", name="review_known"),
    CheckConstraint("(review = 'pending') = (reviewed_by IS NULL) AND (review = 'pending') = (reviewed_at IS NULL)", name="review_facts"),
    CheckConstraint("reviewed_by <> user_id", name="own_broken_glass"),
    Index("ix_broken_glass_client", "workspace_id", "client_id", "user_id", "expires_at"),
    Index("ix_broken_glass_review", "workspace_id", "review", "id"),
    Index("ix_broken_glass_overdue", "granted_at", postgresql_where=text("review = 'pending' AND announced_at IS NULL")),
    fixed=("id", "client_id", "user_id", "granted_at", "expires_at"),
    grants="SELECT, INSERT, UPDATE",
    # It finds the reviews that are overdue.
    relay_grants="SELECT (workspace_id, id, granted_at, review, announced_at)",
    sealed=Sealed(
        bound=("client_id", "user_id", "granted_at", "expires_at", "review", "reviewed_by", "reviewed_at"),
        unbound={"announced_at": "says of the record nothing but that its review was asked for"},
    ),
)

ACCESS = AccessTables(
    care_teams(
        metadata,
        ForeignKeyConstraint(
            ["workspace_id", "client_id"], [clients.c.workspace_id, clients.c.id], name="client_not_found", ondelete="CASCADE"
        ),
    ),
    broken_glass,
)

chassis_tables(metadata)

RETENTIONS = (
    Retention("jobs", since="finished_at", days="jobs_days", over="finished_at IS NOT NULL AND file_sealed IS NULL"),
    # Not a deletion: what is over is the time for a review, and the reaction puts that on record once.
    Retention(
        "broken_glass",
        since="granted_at",
        days=REVIEW_DAYS,
        over="review = 'pending' AND announced_at IS NULL",
        announced=lambda id_: events_pb2.BreakGlassReviewDue(break_glass_id=str(id_)),
    ),
)
