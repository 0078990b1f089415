"""Starts the parts of a process in the order of their dependencies, and stops them in reverse.

    async with Lifecycle() as parts:
        parts.add("database", stop=database.close)
        parts.add("server", start=server.start, stop=server.stop, needs=["database"], patience=10.0)
        await parts.start()
        await stopping.wait()

No caller writes an order down: each part says what it needs, and parts that do not need each other start, and stop,
at the same time. The idea is that of grafana/dskit's `modules`.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from graphlib import TopologicalSorter
from typing import Any, Self

Action = Callable[[], Awaitable[Any] | Any]
Seconds = float | None  # None: no limit

log = logging.getLogger(__name__)


class State(Enum):
    NEW = "new"
    STARTING = "starting"  # also after its start raised, until it is stopped
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"  # its stop raised, or took longer than its patience


@dataclass(slots=True)
class Part:
    start: Action | None
    stop: Action | None
    needs: tuple[str, ...]
    patience: Seconds  # how long stopping may take
    state: State = State.NEW


class Lifecycle:
    """The named parts of one process. Leaving it as a context manager stops them."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def add(
        self, name: str, *, start: Action | None = None, stop: Action | None = None, needs: Iterable[str] = (), patience: Seconds = 30.0
    ) -> None:
        """Add a part. It may need only parts that were added before, so there is never a circle.

        `start` returns once the part can be used; `stop` once it has finished its work. Both may be plain functions.
        Raises ValueError for a name that is taken and for an unknown need.
        """
        part = Part(start, stop, tuple(needs), patience)
        if name in self._parts or not set(part.needs) <= set(self._parts):
            raise ValueError(f"{name!r} is added twice, or before something in {part.needs}")
        self._parts[name] = part

    @property
    def states(self) -> dict[str, State]:
        """The state of every part, in the order in which they were added."""
        return {name: part.state for name, part in self._parts.items()}

    async def start(self, *names: str) -> None:
        """Start these parts, or all, and what they need; parts that run already are left alone.

        Raises what a part's start raises: no other is started then, and `stop` ends those that were.
        """
        needs: dict[str, tuple[str, ...]] = {}
        waiting = list(names or self._parts)
        while waiting:
            name = waiting.pop()
            needs[name] = self._parts[name].needs
            waiting += [need for need in needs[name] if need not in needs]
        await _in_order(needs, self._start)

    async def stop(self) -> None:
        """Stop what was started, each part after those that need it. Raises an ExceptionGroup of failures once all have been tried."""
        failures: list[Exception] = []

        async def stop(name: str) -> None:
            try:
                await self._stop(self._parts[name])
            except Exception as failure:
                log.exception("a part did not stop", extra={"part": name})
                self._parts[name].state = State.FAILED
                failures.append(failure)

        await _in_order({name: [user for user, part in self._parts.items() if name in part.needs] for name in self._parts}, stop)
        if failures:
            raise ExceptionGroup("parts did not stop", failures)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def _start(self, name: str) -> None:
        part = self._parts[name]
        if part.state not in {State.NEW, State.RUNNING}:
            raise RuntimeError(f"{name!r} is {part.state.value} and does not start again")
        if part.state is State.NEW:
            part.state = State.STARTING
            await _call(part.start)
            part.state = State.RUNNING

    async def _stop(self, part: Part) -> None:
        if part.state in {State.STARTING, State.RUNNING}:
            part.state = State.STOPPING
            async with asyncio.timeout(part.patience):
                await _call(part.stop)
            part.state = State.STOPPED


async def _call(action: Action | None) -> None:
    result = None if action is None else action()
    if inspect.isawaitable(result):
        await result


async def _in_order(needs: Mapping[str, Iterable[str]], act: Callable[[str], Awaitable[None]]) -> None:
    """Run `act` for every name, each once those it needs are done. Cancels what runs, and raises, at the first failure."""

    async def acted(name: str) -> SystemExit | None:
        try:
            await act(name)
        except SystemExit as leaving:  # raised by a task, it would end the event loop before anything is stopped
            return leaving
        return None

    sorter, running = TopologicalSorter(needs), dict[asyncio.Task[SystemExit | None], str]()
    sorter.prepare()
    try:
        while sorter.is_active():
            running |= {asyncio.create_task(acted(name)): name for name in sorter.get_ready()}
            for task in (await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED))[0]:
                if leaving := task.result():
                    raise leaving
                sorter.done(running.pop(task))
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
