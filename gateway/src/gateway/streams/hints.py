"""Where this gateway hears that alerts have changed: at the broker, with a queue of its own, or from the services of the same process.

The one module of the gateway that loads a broker client. The client listens; nothing is published, and nothing is believed but which workspace
to ask about.
"""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from chassis.events.broker.in_process import InProcessBroker
from chassis.events.broker.rabbitmq.listener import HintListener
from chassis.events.hints import LISTENERS

KINDS = LISTENERS["gateway"]


class Hints(Protocol):
    @property
    def hears(self) -> bool:
        """Whether a change would be told by a hint, as far as is known."""

    def start(self) -> None:
        """Begins to listen, now or as soon as the broker is there."""

    async def close(self) -> None: ...


class HintsInProcess:
    """Of services in this process: while they are there, so is what they tell."""

    hears = True

    def __init__(self, broker: InProcessBroker, listen: Callable[[UUID], None]) -> None:
        self._broker = broker
        self._listen = listen

    def start(self) -> None:
        self._broker.listen(KINDS, self._listen)

    async def close(self) -> None:
        """Nothing is held open."""


def hints_of(broker_url: str, broker: object, listen: Callable[[UUID], None]) -> Hints | None:
    """None where there is nothing to listen to: an installation that has not told its gateway of a broker."""
    if isinstance(broker, InProcessBroker):
        return HintsInProcess(broker, listen)
    if broker_url.startswith("amqp"):
        return HintListener(broker_url, KINDS, listen, name="caseload-gateway")
    return None
