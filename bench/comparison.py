"""The candidates, and the rounds in which each is sent the same requests."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.dataset import UNLIMITED, Backlog, Dataset, Unsettled, sign_in
from bench.load import LoadResult, Plan
from bench.operations import OPERATIONS, Operation
from bench.processes import processor_seconds
from chassis.local.processes import free_port

LEVELS = (1, 16, 100)
SECONDS_TO_DRAIN = 30.0
# An access token is valid for five minutes.
SECONDS_SIGNED_IN = 120.0
# The names of the candidates in reports.
NAMES = {"suite": "suite", "plain": "plain UPDATE chain", "loop": "B1 asyncpg", "bare": "B2 FastAPI+asyncpg", "monolith": "B3 FastAPI+ORM"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One candidate in one round: the load's result, and processor milliseconds per request by group of processes."""

    result: LoadResult
    processor: dict[str, float]
    seconds_to_drain: float = 0.0


# The measurements of every candidate, in the order of the rounds.
Measurements = dict[str, list[Measurement]]
Key = tuple[str, int]


@dataclass(slots=True)
class Worker:
    """A process that reads a plan per line and answers with a line of results."""

    process: "subprocess.Popen[str]"

    def ask(self, plan: Plan) -> LoadResult:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(plan)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a worker ended with {self.process.wait()}")
        return LoadResult(**json.loads(line))


@dataclass(slots=True)
class Candidate:
    """A server to be measured: the worker that sends its requests, its port and its processes."""

    name: str
    worker: Worker
    port: int
    pids: dict[str, list[int]]
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 1.0
    levels: tuple[int, ...] = LEVELS
    operations: tuple[Operation, ...] = OPERATIONS


class Comparison:
    """Runs the rounds on one dataset. Starts the processes it needs, and ends them."""

    def __init__(self, dataset: Dataset, servers: Mapping[str, int], suite: list[int], directory: Path) -> None:
        self._dataset = dataset
        self._file = directory / "dataset.json"
        self._directory = directory
        dataset.save(self._file)
        self._shared = {name: [servers[name]] for name in ("postgres", "rabbitmq")}
        self._suite = suite
        self._signed_in: tuple[float, dict[str, str]] | None = None

    async def run(self, bounds: Bounds) -> dict[Key, Measurements]:
        results: dict[Key, Measurements] = {}
        connection = await asyncpg.connect(self._dataset.admin_dsn)
        backlog = Backlog(connection)
        with ExitStack() as stack:
            candidates = self._open(stack)
            for operation in bounds.operations:
                taking = [candidate for candidate in candidates if candidate.name in {"suite", *operation.against}]
                for users in bounds.levels:
                    measurements: Measurements = {candidate.name: [] for candidate in taking}
                    for number in range(bounds.rounds):
                        # The first of a round has an advantage, so every candidate is the first in turn.
                        for candidate in taking[number % len(taking) :] + taking[: number % len(taking)]:
                            measurements[candidate.name].append(await self._measure(candidate, operation, users, bounds.seconds, backlog))
                    results[operation.name, users] = measurements
                    _progress(operation, users, measurements)
        await connection.close()
        return results

    async def _measure(self, candidate: Candidate, operation: Operation, users: int, seconds: float, backlog: Backlog) -> Measurement:
        whose = candidate.pids | self._shared
        before = {name: processor_seconds(pids) for name, pids in whose.items()}
        plan = Plan(
            port=candidate.port,
            method=operation.method,
            paths=operation.paths(self._dataset, "bare" if candidate.name == "loop" else candidate.name),
            headers=self._headers() if candidate.name in {"suite", "plain"} and not operation.sign_in else {},
            sign_in=operation.sign_in,
            body=operation.body(self._dataset),
            apart=operation.apart,
            users=users,
            seconds=seconds * operation.longer,
            first=candidate.numbers[operation.name],
            expect=operation.expect,
        )
        try:
            result = candidate.worker.ask(plan)
        except RuntimeError as error:
            raise RuntimeError(f"{candidate.name} did not answer: {operation.name}, {users} users") from error
        candidate.numbers[operation.name] += result.sent
        if result.wrong:
            raise RuntimeError(
                f"{candidate.name} answered {result.wrong} of {result.sent} requests with an unexpected status: {operation.name}"
            )
        # Work that continues after the replies is part of this measurement, and must not slow down the next one.
        seconds_to_drain = await drained(backlog)
        spent = {name: processor_seconds(pids) - before[name] for name, pids in whose.items()}
        return Measurement(result, {name: used / result.sent * 1000 for name, used in spent.items()}, seconds_to_drain)

    def _open(self, stack: ExitStack) -> list[Candidate]:
        load = Worker(stack.enter_context(_worker("bench.load")))
        loop = Worker(stack.enter_context(_worker("bench.loop", str(self._file))))
        candidates = [
            Candidate("suite", load, self._dataset.port, {"own": self._suite}),
            Candidate("loop", loop, 0, {"own": [loop.process.pid]}),
        ]
        for name, module in (("bare", "bench.endpoint"), ("monolith", "bench.monolith"), ("plain", "bench.plain")):
            port = free_port()
            log = self._directory / f"{name}.log"
            process = stack.enter_context(_server(module, str(self._file), str(port), log=log))
            _await(process, port, log, "/health/ready" if name == "plain" else "/openapi.json")
            # The plain chain uses the suite's identity and clients services.
            candidates.append(Candidate(name, load, port, {"own": [process.pid]}))
        return candidates

    def _headers(self) -> dict[str, str]:
        now = time.monotonic()
        if self._signed_in is None or now - self._signed_in[0] > SECONDS_SIGNED_IN:
            self._signed_in = now, sign_in(self._dataset.port)
        return self._signed_in[1]


async def drained(backlog: Backlog | Unsettled, seconds: float = SECONDS_TO_DRAIN) -> float:
    """Waits until everything is processed. Returns how many seconds that took; RuntimeError after so many."""
    began = time.monotonic()
    while left := await backlog.size():
        if time.monotonic() - began > seconds:
            raise RuntimeError(f"after {seconds:.0f} s {left} items are still unprocessed")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def _worker(module: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        _end(process)


@contextmanager
def _server(module: str, *arguments: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env={**os.environ, **UNLIMITED}, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, log: Path, path: str) -> None:
    """Waits until the server answers."""
    give_up = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"a candidate did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _progress(operation: Operation, users: int, measurements: Measurements) -> None:
    rates = ", ".join(f"{NAMES[name]} {sorted(t.result.per_second for t in of)[len(of) // 2]:.0f}/s" for name, of in measurements.items())
    print(f"  {operation.name}, {users} users: {rates}", file=sys.stderr, flush=True)
