"""The metadata that all tables of scheduling belong to."""

from sqlalchemy import MetaData

from chassis.db.system_tables import chassis_tables
from chassis.work.moves import moved_rows

metadata = MetaData(schema="scheduling")

moved = moved_rows(metadata)

chassis_tables(metadata)
