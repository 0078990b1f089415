"""The processes of a deployment by name, without loading any of them."""

from caseload.services import SERVICE_NAMES as SERVICES

__all__ = ["DATABASE_ROLES", "PROCESSES", "SERVERS", "SERVICES"]

PROCESSES = ("gateway", *SERVICES)
_ROLES = {"database-url": "app", "relay-database-url": "relay", "eraser-database-url": "eraser"}
# The roles that each service connects as, by the end of the name of the file that holds the address.
DATABASE_ROLES = dict.fromkeys(SERVICES, _ROLES)
# What they keep their data in, pass their news through, count requests in and mail with, where the deployment brings these along.
SERVERS = ("postgres", "rabbitmq", "s3", "valkey", "mail")
