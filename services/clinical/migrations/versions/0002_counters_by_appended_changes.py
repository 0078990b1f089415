"""Counters by appended changes: a row per change of a tally or of the storage, and a worker that folds them into what there was.

The version before may still update the tallies and the storage itself; both ways add up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TENANT = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid"
COUNTS = {
    ("session_counter_changes", "tallies"): (["status"], ["live", "deleted"]),
    ("storage_counter_changes", "storage"): ([], ["used_bytes"]),
}


def upgrade() -> None:
    for (changes, folded), (keys, counts) in COUNTS.items():
        op.create_table(
            changes,
            sa.Column("workspace_id", sa.Uuid(), nullable=False),
            *(sa.Column(key, sa.Text(), nullable=False) for key in keys),
            *(sa.Column(count, sa.BigInteger(), nullable=False) for count in counts),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
            sa.PrimaryKeyConstraint("workspace_id", *keys, "id", name=f"pk_{changes}"),
            schema="clinical",
        )
        op.execute(f"ALTER TABLE clinical.{changes} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON clinical.{changes} USING ({TENANT}) WITH CHECK ({TENANT})")
        op.execute(f"GRANT SELECT, INSERT ON clinical.{changes} TO clinical_app")
        op.execute(f"GRANT SELECT, DELETE ON clinical.{changes} TO clinical_relay")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON clinical.{folded} TO clinical_relay")
        for table in (changes, folded):
            op.execute(f"CREATE POLICY relay ON clinical.{table} TO clinical_relay USING (true) WITH CHECK (true)")
    # A change may be negative, and PostgreSQL checks it as if it were a row of its own before it is added to one.
    op.execute("ALTER TABLE clinical.tallies DROP CONSTRAINT tally_below_zero")
    op.execute("ALTER TABLE clinical.storage DROP CONSTRAINT storage_below_zero")


def downgrade() -> None:
    for (changes, folded), (keys, counts) in COUNTS.items():
        key = ", ".join(["workspace_id", *keys])
        # The owner folds what is left, of all workspaces; row security binds it at all other times.
        for table in (changes, folded):
            op.execute(f"ALTER TABLE clinical.{table} NO FORCE ROW LEVEL SECURITY")
        op.execute(
            f"INSERT INTO clinical.{folded} AS kept ({key}, {', '.join(counts)})"
            f" SELECT {key}, {', '.join(f'sum({count})' for count in counts)} FROM clinical.{changes} GROUP BY {key}"
            f" ON CONFLICT ({key}) DO UPDATE SET {', '.join(f'{count} = kept.{count} + excluded.{count}' for count in counts)}"
        )
        op.execute(f"ALTER TABLE clinical.{folded} FORCE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY relay ON clinical.{folded}")
        op.execute(f"REVOKE ALL ON clinical.{folded} FROM clinical_relay")
        op.drop_table(changes, schema="clinical")
    op.execute("ALTER TABLE clinical.tallies ADD CONSTRAINT tally_below_zero CHECK (live >= 0 AND deleted >= 0)")
    op.execute("ALTER TABLE clinical.storage ADD CONSTRAINT storage_below_zero CHECK (used_bytes >= 0)")
