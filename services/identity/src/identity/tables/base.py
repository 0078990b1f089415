"""The metadata that all tables of identity belong to, and what many of them have."""

from typing import Any

from sqlalchemy import Column, MetaData

from chassis.db.system_tables import chassis_tables
from chassis.db.tables import moment

metadata = MetaData(schema="identity")

chassis_tables(metadata)


def timestamps() -> tuple[Column[Any], Column[Any]]:
    return moment("created_at", default_now=True), moment("updated_at", default_now=True)
