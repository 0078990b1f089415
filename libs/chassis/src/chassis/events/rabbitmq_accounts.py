"""The accounts of a RabbitMQ: each service has its own, and may announce its own events and touch its own queues, no others.

A service publishes to an exchange of its own account. From there to the exchange of all events lead bindings that the installation made and
no service can change, and they let through what the service may announce. So it gains nothing by declaring an exchange and binding
it: RabbitMQ does not tell queues from exchanges when it looks at a name, and checks topics where a message enters only.
"""

import re
from collections.abc import Mapping
from typing import Any

from chassis.events.broker.rabbitmq.messages import EVENTS, announcements, own_exchange
from chassis.events.signatures import ANNOUNCED_BY_ALL
from chassis.local.rabbitmq import VHOST, account

# Who did what is for audit alone; other events may be followed by every service.
_LINES = ANNOUNCED_BY_ALL
_KEEPS_LINES = "audit"
_NOTHING = "^$"


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """The exchanges and an account per service, whose passwords these are, in RabbitMQ's own format of definitions.

    A node loads them at its start (`load_definitions`), or by `rabbitmqctl import_definitions` while it runs.
    """
    events = re.escape(EVENTS)
    return {
        "vhosts": [{"name": VHOST}],
        "exchanges": [
            _exchange(EVENTS, "topic"),
            *(_exchange(announcements(service), "topic") for service in passwords),
            *(_exchange(own_exchange(service), "direct") for service in passwords),
        ],
        "bindings": [
            {
                "vhost": VHOST,
                "source": announcements(service),
                "destination": EVENTS,
                "destination_type": "exchange",
                "routing_key": types,
                "arguments": {},
            }
            for service in passwords
            for types in (f"caseload.{service}.#", *sorted(_LINES))
        ],
        "users": [account(service, password) for service, password in passwords.items()],
        "permissions": [
            # The default exchange would lead to every queue, so none may publish to it.
            {
                "user": service,
                "vhost": VHOST,
                "configure": rf"^{service}\.",
                # Not to the exchange of all events: who may write to an exchange may bind another one to it.
                "write": rf"^({service}\..*|{re.escape(announcements(service))})$",
                "read": rf"^({service}\..*|{events})$",
            }
            for service in passwords
        ],
        "topic_permissions": [
            {"user": service, "vhost": VHOST, "exchange": exchange, "write": write, "read": read}
            for service in passwords
            for exchange, write, read in (
                (EVENTS, _NOTHING, _followed_by(service)),
                (announcements(service), _announced_by(service), _NOTHING),
            )
        ],
    }


def _exchange(name: str, kind: str) -> dict[str, Any]:
    return {"vhost": VHOST, "name": name, "type": kind, "durable": True, "auto_delete": False, "internal": False, "arguments": {}}


def _announced_by(service: str) -> str:
    return rf"^(caseload\.{service}\.v[0-9]+\.[A-Za-z]+|{_any(_LINES)})$"


def _followed_by(service: str) -> str:
    return r"^caseload\..*$" if service == _KEEPS_LINES else rf"^(?!({_any(_LINES)})$)caseload\.[a-z]+\.v[0-9]+\.[A-Za-z]+$"


def _any(types: frozenset[str]) -> str:
    return "|".join(map(re.escape, sorted(types)))
