"""The services of Caseload, each from its composition root."""

from audit.__main__ import SERVICE as AUDIT
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from identity.__main__ import SERVICE as IDENTITY
from notifications.__main__ import SERVICE as NOTIFICATIONS
from scheduling.__main__ import SERVICE as SCHEDULING

__all__ = ["IDENTITY", "NAMES", "SERVICES"]

SERVICES = (IDENTITY, CLIENTS, SCHEDULING, CLINICAL, NOTIFICATIONS, AUDIT)
NAMES = tuple(service.name for service in SERVICES)
