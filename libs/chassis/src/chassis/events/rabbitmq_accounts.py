"""The accounts of a RabbitMQ: each service has its own, and may announce its own events and touch its own queues, no others."""

import re
from collections.abc import Mapping
from typing import Any

from chassis.events.broker.rabbitmq.messages import EVENTS
from chassis.events.signatures import ANNOUNCED_BY_ALL
from chassis.local.rabbitmq import VHOST, account

# Who did what is for audit alone; other events may be followed by every service.
_LINES = ANNOUNCED_BY_ALL
_KEEPS_LINES = "audit"


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """The exchange of events and an account per service, whose passwords these are, in RabbitMQ's own format of definitions.

    A node loads them at its start (`load_definitions`), or by `rabbitmqctl import_definitions` while it runs.
    """
    events = re.escape(EVENTS)
    return {
        "vhosts": [{"name": VHOST}],
        "exchanges": [
            {"vhost": VHOST, "name": EVENTS, "type": "topic", "durable": True, "auto_delete": False, "internal": False, "arguments": {}}
        ],
        "users": [account(service, password) for service, password in passwords.items()],
        "permissions": [
            # The default exchange would lead to every queue, so none may publish to it.
            {
                "user": service,
                "vhost": VHOST,
                "configure": rf"^{service}\.",
                "write": rf"^({service}\..*|{events})$",
                "read": rf"^({service}\..*|{events})$",
            }
            for service in passwords
        ],
        "topic_permissions": [
            {"user": service, "vhost": VHOST, "exchange": EVENTS, "write": _announced_by(service), "read": _followed_by(service)}
            for service in passwords
        ],
    }


def _announced_by(service: str) -> str:
    return rf"^(caseload\.{service}\.v[0-9]+\.[A-Za-z]+|{_any(_LINES)})$"


def _followed_by(service: str) -> str:
    return r"^caseload\..*$" if service == _KEEPS_LINES else rf"^(?!({_any(_LINES)})$)caseload\.[a-z]+\.v[0-9]+\.[A-Za-z]+$"


def _any(types: frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(types)))
