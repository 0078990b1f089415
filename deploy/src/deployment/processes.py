"""The processes of a deployment by name, without loading any of them."""

from caseload.services import SERVICE_NAMES as SERVICES

__all__ = ["PROCESSES", "SERVERS", "SERVICES"]

PROCESSES = ("gateway", *SERVICES)
# What they keep their data in, pass their news through, count requests in and mail with, where the deployment brings these along.
SERVERS = ("postgres", "rabbitmq", "s3", "valkey", "mail")
