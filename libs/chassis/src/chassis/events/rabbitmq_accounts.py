"""The accounts of a RabbitMQ: each service has its own, and may announce its own events and touch its own queues, no others.

A service publishes to an exchange of its own account. From there to the exchange of all events lead bindings that the installation made and
no service can change, and they let through what the service may announce. So it gains nothing by declaring an exchange and binding
it: RabbitMQ does not tell queues from exchanges when it looks at a name, and checks topics where a message enters only.

Who listens to hints and is no service publishes nothing: its account may make and read queues that the broker names, and bind them to its hints.
"""

import re
from collections.abc import Mapping
from typing import Any

from chassis.events.broker.rabbitmq.messages import EVENTS, announcements, own_exchange
from chassis.events.hints import LISTENERS
from chassis.events.signatures import ANNOUNCED_BY_ALL
from chassis.local.rabbitmq import VHOST, account

# Who did what is for audit alone; other events may be followed by every service.
_LINES = ANNOUNCED_BY_ALL
_KEEPS_LINES = "audit"
_NOTHING = "^$"
# What the broker names queues that have no name. Whoever declares one by such a name is refused.
_NAMED_BY_THE_BROKER = r"amq\.gen-.*"


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """The exchanges and an account per service and listener, whose passwords these are, in RabbitMQ's own format of definitions.

    A node loads them at its start (`load_definitions`), or by `rabbitmqctl import_definitions` while it runs.
    """
    events = re.escape(EVENTS)
    services = [name for name in passwords if name not in LISTENERS]
    listeners = [name for name in passwords if name in LISTENERS]
    return {
        "vhosts": [{"name": VHOST}],
        "exchanges": [
            _exchange(EVENTS, "topic"),
            *(_exchange(announcements(service), "topic") for service in services),
            *(_exchange(own_exchange(service), "direct") for service in services),
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
            for service in services
            for types in (f"caseload.{service}.#", *sorted(_LINES))
        ],
        "users": [account(name, password) for name, password in passwords.items()],
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
            for service in services
        ]
        + [
            {
                "user": listener,
                "vhost": VHOST,
                "configure": f"^{_NAMED_BY_THE_BROKER}$",
                "write": f"^{_NAMED_BY_THE_BROKER}$",
                "read": f"^({_NAMED_BY_THE_BROKER}|{events})$",
            }
            for listener in listeners
        ],
        "topic_permissions": [
            {"user": service, "vhost": VHOST, "exchange": exchange, "write": write, "read": read}
            for service in services
            for exchange, write, read in (
                (EVENTS, _NOTHING, _followed_by(service)),
                (announcements(service), _announced_by(service), _NOTHING),
            )
        ]
        + [
            {"user": listener, "vhost": VHOST, "exchange": EVENTS, "write": _NOTHING, "read": f"^({_any(LISTENERS[listener])})$"}
            for listener in listeners
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
