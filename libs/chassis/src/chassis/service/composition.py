"""The parts of one or several services in one process, and what each of them needs to run."""

from collections.abc import Collection, Mapping
from functools import partial

from chassis.events.broker.base import Broker
from chassis.lifecycle import Lifecycle
from chassis.service.runtime import Runtime

# Answering calls, taking events, and carrying the outbox to the broker.
ALL = ("serve", "react", "relay")
# Every service asks this one which access tokens are void.
_ASKED_BY_ALL = "identity"


def add_services(
    parts: Lifecycle,
    runtimes: Mapping[str, Runtime],
    broker: Broker,
    *,
    tasks: Collection[str] = ALL,
    over_grpc: bool = True,
    grace: float = 10.0,
) -> None:
    """Adds the services, by name, and the broker between them. They need all parts that were added before.

    `tasks` are those of ALL that this process takes on. Deliveries that run may take `grace` seconds to finish.
    """
    parts.add("broker", stop=broker.close, needs=parts.states)
    # Before anything listens, takes an event or publishes one: a role that may do too much is found before it has done anything.
    parts.add("roles", start=partial(_check_roles, runtimes, tasks), needs=["broker"])
    # Whatever the order in which they are given: what others need is added before them.
    for name, runtime in sorted(runtimes.items(), key=lambda named: named[0] != _ASKED_BY_ALL):
        needs = ["roles", f"{_ASKED_BY_ALL}: server"] if name != _ASKED_BY_ALL and _ASKED_BY_ALL in runtimes else ["roles"]
        parts.add(
            f"{name}: server",
            start=partial(runtime.serve, over_grpc=over_grpc) if "serve" in tasks else None,
            stop=runtime.stop,
            needs=needs,
            patience=60.0,
        )
    # Deliveries that run are finished before any server stops, because reactions call other services.
    parts.add("deliveries", stop=partial(broker.drain, grace), needs=[f"{name}: server" for name in runtimes])
    for name, runtime in runtimes.items():
        parts.add(f"{name}: reactions", start=runtime.react if "react" in tasks else None, needs=["deliveries"])
    # An event is published to the queues that exist, so every queue exists before the first relay starts.
    parts.add("queues", needs=[f"{name}: reactions" for name in runtimes])
    for name, runtime in runtimes.items():
        parts.add(f"{name}: relay", start=runtime.relay if "relay" in tasks else None, needs=["queues"])
    parts.add("relays", needs=[f"{name}: relay" for name in runtimes])


async def _check_roles(runtimes: Mapping[str, Runtime], tasks: Collection[str]) -> None:
    for runtime in runtimes.values():
        await runtime.check_roles(tasks)
