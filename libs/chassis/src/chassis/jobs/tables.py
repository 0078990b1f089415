"""The tables of a service that has jobs."""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from chassis.db.tables import moment, sealed_alone, tenant


@dataclass(frozen=True, slots=True)
class JobTables:
    jobs: Table
    # What a job was given to read, piece by piece; deleted when the job is over.
    inputs: Table
    # Of what pieces the files are that jobs have made; the pieces themselves are in the file store.
    pieces: Table
    # The jobs that are not over, for workers of all workspaces to find; each holds ids and a time, and nothing else.
    due: Table


def job_tables(metadata: MetaData) -> JobTables:
    """Adds the tables `jobs`, `job_inputs`, `job_file_pieces` and `due_jobs`."""
    jobs = tenant(
        "jobs",
        metadata,
        Column("id", Uuid, nullable=False),
        Column("kind", Text, nullable=False),
        Column("status", Text, nullable=False, server_default="pending"),
        # Counts the workers that have begun it. Each writes only while its own number is the newest.
        Column("attempt", Integer, nullable=False, server_default="0"),
        # How many of them have come to nothing since the last step that was kept.
        Column("failures", Integer, nullable=False, server_default="0"),
        Column("done", BigInteger, nullable=False, server_default="0"),
        Column("total", BigInteger),
        # JSON, without PHI: what was asked for, where the work goes on, what came of it.
        Column("parameters", Text, nullable=False),
        Column("state", Text),
        Column("result", Text),
        Column("error", Text),
        # A keyed hash of what was asked for and by whom: nobody without the workspace's keys can order work.
        Column("proof", LargeBinary, nullable=False),
        Column("created_by", Uuid, nullable=False),
        Column("request_id", Text, nullable=False),
        moment("created_at"),
        moment("started_at", nullable=True),
        moment("finished_at", nullable=True),
        moment("cancel_requested_at", nullable=True),
        # What is known of the file that it has made, or is making; and until when that can be had.
        Column("file_sealed", LargeBinary, info=sealed_alone("id", revision=0, column="file_sealed")),
        moment("file_expires_at", nullable=True),
        PrimaryKeyConstraint("workspace_id", "id", name="pk_jobs"),
        CheckConstraint("status IN ('pending', 'running', 'done', 'failed', 'cancelled')", name="job_status_known"),
        CheckConstraint("(finished_at IS NULL) = (status IN ('pending', 'running'))", name="job_finished_facts"),
        Index("ix_jobs_created_by", "workspace_id", "created_by", "id"),
        Index("ix_jobs_finished", "finished_at"),
        Index("ix_jobs_file_expires", "file_expires_at", postgresql_where=text("file_sealed IS NOT NULL")),
        fixed=("id", "kind", "parameters", "proof", "created_by", "request_id", "created_at"),
        relay_grants="SELECT",
    )
    inputs = tenant(
        "job_inputs",
        metadata,
        Column("job_id", Uuid, nullable=False),
        Column("number", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False, info=sealed_alone("job_id", revision="number")),
        PrimaryKeyConstraint("workspace_id", "job_id", "number", name="pk_job_inputs"),
        ForeignKeyConstraint(["workspace_id", "job_id"], [jobs.c.workspace_id, jobs.c.id], name="fk_job_inputs_job", ondelete="CASCADE"),
        grants="SELECT, INSERT, DELETE",
    )
    pieces = tenant(
        "job_file_pieces",
        metadata,
        Column("id", Uuid, nullable=False),
        Column("job_id", Uuid, nullable=False),
        # Which bytes of the file it has.
        Column("start", BigInteger, nullable=False),
        Column("size", Integer, nullable=False),
        # JSON, without PHI: what whoever wrote it has to know when it goes on.
        Column("told", Text),
        PrimaryKeyConstraint("workspace_id", "job_id", "start", name="pk_job_file_pieces"),
        Index("ix_job_file_pieces_id", "workspace_id", "id"),
        ForeignKeyConstraint(
            ["workspace_id", "job_id"], [jobs.c.workspace_id, jobs.c.id], name="fk_job_file_pieces_job", ondelete="CASCADE"
        ),
        grants="SELECT, INSERT, DELETE",
    )
    due = Table(
        "due_jobs",
        metadata,
        Column("workspace_id", Uuid, nullable=False),
        Column("job_id", Uuid, nullable=False),
        # While versions change, not every worker knows every kind.
        Column("kind", Text, nullable=False),
        # While a worker has the job: when its lease expires.
        moment("due_at"),
        PrimaryKeyConstraint("workspace_id", "job_id", name="pk_due_jobs"),
        Index("ix_due_jobs", "due_at"),
    )
    return JobTables(jobs, inputs, pieces, due)
