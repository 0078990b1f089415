"""What is left of months that were dropped: the hashes of their entries in the chain."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, LargeBinary, PrimaryKeyConstraint

from audit.tables.base import metadata
from chassis.db.tables import moment, tenant

# Entries of one month that followed each other in the chain, and whose events were dropped with the month. `hashes` has 32 bytes for each of them.
closed_runs = tenant(
    "closed_runs",
    metadata,
    Column("first_sequence", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
    Column("month", Date, nullable=False),
    # Of the entry before the first one.
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    moment("dropped_at"),
    # That audit wrote the row: a keyed hash of all of it.
    Column("proof", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace_id", "first_sequence", name="pk_closed_runs"),
    CheckConstraint(
        "octet_length(previous_hash) = 32 AND octet_length(hashes) = 32 * (last_sequence - first_sequence + 1)", name="closed_run_hashes"
    ),
    grants="SELECT, INSERT",
    eraser_grants="",
)
