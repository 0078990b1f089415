"""A bounded HTTP load from a process of its own: so many users, each asking again as soon as it is answered.

`python -m bench.load` reads one plan as JSON per line on standard input and answers each with a line of figures.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import uvloop

# The slots that are booked: one after another from here, each as long as this.
FIRST_SLOT = datetime(2030, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=15)


@dataclass(slots=True)
class Plan:
    """What to ask. In `body`, %n becomes a number that rises with every request, %start and %end the slot of that number."""

    port: int
    method: str
    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    # Whether each user keeps to one path, instead of all of them taking all in turn.
    apart: bool = False
    users: int = 1
    seconds: float = 1.0
    # Not counted: connections are made, caches filled.
    warm_up: float = 1.0
    # The first number; runs that write start where the run before ended.
    first: int = 0
    expect: int = 200


@dataclass(slots=True)
class Figures:
    """Requests `per_second`, latencies in milliseconds, how many were `sent` in all and how many answered otherwise than expected."""

    per_second: float
    p50: float
    p95: float
    p99: float
    sent: int
    wrong: int


class Tally:
    """The next number, what the counted requests took, and what went wrong."""

    def __init__(self, first: int) -> None:
        self.first = self.next = first
        self.took: list[float] = []
        self.wrong = 0

    def take(self) -> int:
        self.next += 1
        return self.next - 1

    def figures(self, seconds: float) -> Figures:
        self.took.sort()
        p50, p95, p99 = (round(percentile(self.took, share) * 1000, 3) for share in (0.5, 0.95, 0.99))
        return Figures(len(self.took) / seconds, p50, p95, p99, self.next - self.first, self.wrong)


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def filled(body: str, number: int) -> bytes:
    """The body of the request with that number."""
    if "%start" in body:
        start = FIRST_SLOT + number * SLOT
        body = body.replace("%start", start.isoformat()).replace("%end", (start + SLOT).isoformat())
    return body.replace("%n", str(number)).encode()


async def user(plan: Plan, number: int, tally: Tally, begin: float, end: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    head = "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())
    try:
        while (now := time.perf_counter()) < end:
            n = tally.take()
            path = plan.paths[(number if plan.apart else n) % len(plan.paths)]
            body = filled(plan.body, n)
            kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
            writer.write(f"{plan.method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{head}{kind}\r\n".encode() + body)
            status = await answer(reader)
            done = time.perf_counter()
            if now >= begin and done <= end:
                tally.took.append(done - now)
            tally.wrong += status != plan.expect
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> int:
    """The status of the next reply, which is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().find(b"\r\ncontent-length:")
    if at >= 0:
        await reader.readexactly(int(head[at + 17 : head.index(b"\r\n", at + 17)]))
    return int(head[9:12])


async def run(plan: Plan) -> Figures:
    tally = Tally(plan.first)
    begin = time.perf_counter() + plan.warm_up
    await asyncio.gather(*(user(plan, number, tally, begin, begin + plan.seconds) for number in range(plan.users)))
    return tally.figures(plan.seconds)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(asdict(uvloop.run(run(Plan(**json.loads(line)))))) + "\n")
        sys.stdout.flush()
