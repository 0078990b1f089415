"""The addresses and details of locations are sealed: a home is somebody's."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The service seals what is there: a migration has no keys.
    op.add_column("locations", sa.Column("sealed", sa.LargeBinary(), nullable=True), schema="scheduling")
    op.add_column("locations", sa.Column("version", sa.BigInteger(), server_default="0", nullable=False), schema="scheduling")
    op.create_check_constraint(
        "location_sealed", "locations", "sealed IS NULL OR (address IS NULL AND details IS NULL)", schema="scheduling"
    )
    op.create_index(
        "ix_locations_open", "locations", ["workspace_id", "id"], schema="scheduling", postgresql_where=sa.text("sealed IS NULL")
    )
    op.execute("GRANT UPDATE (sealed, version) ON scheduling.locations TO scheduling_app")
    op.execute("CREATE POLICY relay ON scheduling.locations TO scheduling_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT (workspace_id, id, sealed) ON scheduling.locations TO scheduling_relay")


def downgrade() -> None:
    # The addresses themselves cannot be opened here: those that are sealed are lost to the version before.
    op.execute("DROP POLICY relay ON scheduling.locations")
    op.execute("REVOKE SELECT (workspace_id, id, sealed) ON scheduling.locations FROM scheduling_relay")
    op.drop_index("ix_locations_open", "locations", schema="scheduling")
    op.drop_constraint("location_sealed", "locations", schema="scheduling")
    op.drop_column("locations", "version", schema="scheduling")
    op.drop_column("locations", "sealed", schema="scheduling")
