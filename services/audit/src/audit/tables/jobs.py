"""Long work: exports of the trail."""

from audit.tables.base import metadata
from chassis.jobs.tables import job_tables
from chassis.work.retention import Retention

JOBS = job_tables(metadata)

RETENTIONS = (Retention("jobs", since="finished_at", days="jobs_days", over="finished_at IS NOT NULL AND file_sealed IS NULL"),)
