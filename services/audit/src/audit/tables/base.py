"""The metadata of audit, and the tables that every service has."""

from sqlalchemy import MetaData

from chassis.db.system_tables import chassis_tables

metadata = MetaData(schema="audit")

chassis = chassis_tables(metadata, keys_outlive_workspaces=True)
