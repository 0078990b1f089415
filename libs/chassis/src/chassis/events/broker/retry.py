"""When a failed delivery is tried again, and when it is given up."""

from dataclasses import dataclass

from chassis.errors import Unavailable
from chassis.events.broker.errors import Malformed


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a delivery was attempted, and how many of those attempts failed only because something was Unavailable."""

    attempt: int = 1
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more after `delay` seconds."""

    delay: float
    tally: Tally


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

    def after(self, error: BaseException, tally: Tally) -> Again | None:
        """What is to follow a failure; None for giving up."""
        match error:
            case Malformed():
                return None
            case Unavailable() if tally.waits < self.waits:
                delays = [delay for delay in self.delays if delay <= self.longest_wait] or self.delays[:1]
                return Again(delays[min(tally.waits, len(delays) - 1)], Tally(tally.attempt, tally.waits + 1))
            case _ if tally.attempt <= len(self.delays):
                return Again(self.delays[tally.attempt - 1], Tally(tally.attempt + 1, tally.waits))
            case _:
                return None
