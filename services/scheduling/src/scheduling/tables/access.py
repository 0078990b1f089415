"""Who opens the record of which restricted client, as clients tells it."""

from chassis.care_teams.tables import access_tables
from scheduling.tables.base import metadata

ACCESS = access_tables(metadata)
