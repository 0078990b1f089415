"""When a failed delivery is tried again, and when it is given up."""

from dataclasses import dataclass

from chassis.errors import Unavailable
from chassis.events.broker.errors import Malformed


@dataclass(frozen=True, slots=True)
class DeliveryCount:
    """How often a delivery was attempted, and how many of those attempts failed only because something was Unavailable."""

    attempt: int = 1
    unavailable: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more after `delay` seconds."""

    delay: float
    count: DeliveryCount


@dataclass(frozen=True, slots=True)
class Retries:
    """When a failed delivery is tried again, and when it is given up.

    A failure counts: the event is tried `len(delays) + 1` times. That something it needs is Unavailable is not the
    event's fault: it waits by those delays that are no longer than `longest_wait`, the last one over and over, `waits`
    times (by default about a day). So what comes back is found within a minute, however long it was away.
    """

    delays: tuple[float, ...] = (1.0, 10.0, 60.0, 600.0)
    longest_wait: float = 60.0
    waits: int = 1450

    def __post_init__(self) -> None:
        if not self.delays:
            raise ValueError("at least one delay is needed")

    def after(self, error: BaseException, count: DeliveryCount) -> Again | None:
        """What is to follow a failure; None for giving up."""
        match error:
            case Malformed():
                return None
            case Unavailable() if count.unavailable < self.waits:
                delays = [delay for delay in self.delays if delay <= self.longest_wait] or self.delays[:1]
                return Again(delays[min(count.unavailable, len(delays) - 1)], DeliveryCount(count.attempt, count.unavailable + 1))
            case _ if count.attempt <= len(self.delays):
                return Again(self.delays[count.attempt - 1], DeliveryCount(count.attempt + 1, count.unavailable))
            case _:
                return None
