"""The metadata that all tables of notifications belong to."""

from sqlalchemy import MetaData

from chassis.db.system_tables import chassis_tables
from chassis.work.moves import moved_rows

metadata = MetaData(schema="notifications")

moved = moved_rows(metadata)

chassis_tables(metadata)
