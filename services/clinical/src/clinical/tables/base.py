"""The metadata that all tables of clinical belong to."""

from sqlalchemy import MetaData

from chassis.db.system_tables import chassis_tables

metadata = MetaData(schema="clinical")

chassis_tables(metadata)
