"""Runs Alembic for the one service its configuration names, on the connection that `chassis.migrations.runner` prepared."""

from alembic import context
from sqlalchemy import Connection, text

from chassis.migrations.runner import compare_options

service: str = context.config.attributes["service"]
connection: Connection = context.config.attributes["connection"]
partitions = set(connection.execute(text("SELECT relname FROM pg_class WHERE relispartition")).scalars())
connection.rollback()

context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    # What one migration did is kept when the next one fails.
    transaction_per_migration=True,
    **compare_options(service, partitions),
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
