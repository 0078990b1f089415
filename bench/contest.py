"""The contenders, and the rounds in which each takes its turn at the same requests."""

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

from bench.load import Figures, Plan
from bench.operations import OPERATIONS, Operation
from bench.processes import processor_seconds
from bench.scene import UNLIMITED, Backlog, Scene, sign_in
from chassis.local.processes import free_port

LEVELS = (1, 16, 100)
SECONDS_TO_DRAIN = 30.0
# A token lives five minutes.
SECONDS_SIGNED_IN = 120.0
# How contenders are told to people.
NAMES = {"suite": "suite", "plain": "plain UPDATE chain", "loop": "B1 asyncpg", "bare": "B2 FastAPI+asyncpg", "monolith": "B3 FastAPI+ORM"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What one contender did in one round: figures, and processor milliseconds per request by whose they were."""

    figures: Figures
    processor: dict[str, float]
    seconds_to_drain: float = 0.0


# The turns of every contender, in the order of the rounds.
Turns = dict[str, list[Turn]]
Key = tuple[str, int]


@dataclass(slots=True)
class Worker:
    """A process that answers a line of plan with a line of figures."""

    process: "subprocess.Popen[str]"

    def ask(self, plan: Plan) -> Figures:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(plan)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a worker ended with {self.process.wait()}")
        return Figures(**json.loads(line))


@dataclass(slots=True)
class Contender:
    """Who answers, through whom it is asked, and which processes are its own."""

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


class Contest:
    """Runs the rounds on one scene; every process it needs is its own and ends with it."""

    def __init__(self, scene: Scene, servers: Mapping[str, int], suite: list[int], directory: Path) -> None:
        self._scene = scene
        self._file = directory / "scene.json"
        self._directory = directory
        scene.save(self._file)
        self._shared = {name: [servers[name]] for name in ("postgres", "rabbitmq")}
        self._suite = suite
        self._signed_in: tuple[float, dict[str, str]] | None = None

    async def run(self, bounds: Bounds) -> dict[Key, Turns]:
        told: dict[Key, Turns] = {}
        connection = await asyncpg.connect(self._scene.admin_dsn)
        backlog = Backlog(connection)
        with ExitStack() as stack:
            contenders = self._open(stack)
            for operation in bounds.operations:
                taking = [c for c in contenders if c.name != "plain" or operation.plain]
                for users in bounds.levels:
                    turns: Turns = {contender.name: [] for contender in taking}
                    for number in range(bounds.rounds):
                        # Whoever comes first meets a rested machine; so everybody does in turn.
                        for contender in taking[number % len(taking) :] + taking[: number % len(taking)]:
                            turns[contender.name].append(await self._turn(contender, operation, users, bounds.seconds, backlog))
                    told[operation.name, users] = turns
                    _progress(operation, users, turns)
        await connection.close()
        return told

    async def _turn(self, contender: Contender, operation: Operation, users: int, seconds: float, backlog: Backlog) -> Turn:
        whose = contender.pids | self._shared
        before = {name: processor_seconds(pids) for name, pids in whose.items()}
        plan = Plan(
            port=contender.port,
            method=operation.method,
            paths=operation.paths(self._scene, "bare" if contender.name == "loop" else contender.name),
            headers=self._headers() if contender.name in {"suite", "plain"} else {},
            body=operation.body(self._scene),
            apart=operation.apart,
            users=users,
            seconds=seconds,
            first=contender.numbers[operation.name],
            expect=operation.expect,
        )
        try:
            figures = contender.worker.ask(plan)
        except RuntimeError as error:
            raise RuntimeError(f"{contender.name} did not answer: {operation.name}, {users} users") from error
        contender.numbers[operation.name] += figures.sent
        if figures.wrong:
            raise RuntimeError(
                f"{contender.name} answered {figures.wrong} of {figures.sent} requests otherwise than expected: {operation.name}"
            )
        # What an answer leaves to be done belongs to its price, and not to whoever comes next.
        seconds_to_drain = await drained(backlog)
        spent = {name: processor_seconds(pids) - before[name] for name, pids in whose.items()}
        return Turn(figures, {name: used / figures.sent * 1000 for name, used in spent.items()}, seconds_to_drain)

    def _open(self, stack: ExitStack) -> list[Contender]:
        load = Worker(stack.enter_context(_worker("bench.load")))
        loop = Worker(stack.enter_context(_worker("bench.loop", str(self._file))))
        contenders = [
            Contender("suite", load, self._scene.port, {"own": self._suite}),
            Contender("loop", loop, 0, {"own": [loop.process.pid]}),
        ]
        for name, module in (("bare", "bench.endpoint"), ("monolith", "bench.monolith"), ("plain", "bench.plain")):
            port = free_port()
            log = self._directory / f"{name}.log"
            process = stack.enter_context(_server(module, str(self._file), str(port), log=log))
            _await(process, port, log, "/health/ready" if name == "plain" else "/openapi.json")
            # The plain chain leans on the suite's identity and clients.
            contenders.append(Contender(name, load, port, {"own": [process.pid]}))
        return contenders

    def _headers(self) -> dict[str, str]:
        now = time.monotonic()
        if self._signed_in is None or now - self._signed_in[0] > SECONDS_SIGNED_IN:
            self._signed_in = now, sign_in(self._scene.port)
        return self._signed_in[1]


async def drained(backlog: Backlog) -> float:
    """Waits until nothing is left to be done; how many seconds that took."""
    began = time.monotonic()
    while left := await backlog.size():
        if time.monotonic() - began > SECONDS_TO_DRAIN:
            raise RuntimeError(f"after {SECONDS_TO_DRAIN:.0f} s there are still {left} things left to be done")
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
    """Returns once the server answers."""
    give_up = time.monotonic() + 30
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"a contender did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def _progress(operation: Operation, users: int, turns: Turns) -> None:
    rates = ", ".join(f"{NAMES[name]} {sorted(t.figures.per_second for t in of)[len(of) // 2]:.0f}/s" for name, of in turns.items())
    print(f"  {operation.name}, {users} users: {rates}", file=sys.stderr, flush=True)
