"""The processes of a deployment by name, without loading any of them."""

from caseload.services import SERVICE_NAMES as SERVICES

__all__ = ["BACKUPS_ROLE", "DATABASE_ROLES", "LEDGER_ROLE", "PROCESSES", "SERVERS", "SERVICES"]

PROCESSES = ("gateway", *SERVICES)
_ROLES = {"database-url": "app", "relay-database-url": "relay", "eraser-database-url": "eraser"}
# The roles that each service connects as, by the end of the name of the file that holds the address.
DATABASE_ROLES = dict.fromkeys(SERVICES, _ROLES)
# Begins and ends backups, and asks how the log is archived.
BACKUPS_ROLE = "backups"
# Finds who was erased, for the ledger.
LEDGER_ROLE = "ledger"
# What they keep their data in, pass their news through, count requests in, mail with and are backed up by, where the deployment brings these along.
SERVERS = ("postgres", "pgbackrest", "backups", "rabbitmq", "s3", "valkey", "mail")
