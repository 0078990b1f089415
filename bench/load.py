"""An HTTP load generator in a process of its own: each user sends the next request as soon as the reply has arrived.

`python -m bench.load` reads one plan as JSON per line from standard input and answers each with a line of results.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta

import uvloop

from bench.staff import STAFF, WITH_PASSWORD, email_of

# The slots that are booked, one after another: the first start, and the length.
FIRST_SLOT = datetime(2030, 1, 1, tzinfo=UTC)
SLOT = timedelta(minutes=15)
_SET_COOKIE = re.compile(r"\r\nset-cookie: ([^=]+)=([^;\r]*)", re.IGNORECASE)


@dataclass(slots=True)
class Plan:
    """The requests to send. In `body`, %n is replaced by the number of the request, %start and %end by the slot of that number,
    %account by the address of somebody with a password, and %person by anybody's."""

    port: int
    method: str
    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    # Whether each user has a path of its own. Otherwise all users take all paths in turn.
    apart: bool = False
    users: int = 1
    seconds: float = 1.0
    # Seconds before counting begins, while connections are opened and caches are filled.
    warm_up: float = 1.0
    # The first number. Runs that write continue where the previous run ended.
    first: int = 0
    expect: int = 200
    # The body of a sign-in that each user begins with. Its cookies are sent with every request, and replaced by those of the replies.
    sign_in: str = ""


@dataclass(slots=True)
class LoadResult:
    """Requests `per_second`, latencies in milliseconds, requests `sent` in total, and replies with an unexpected status."""

    per_second: float
    p50: float
    p95: float
    p99: float
    sent: int
    wrong: int


# A login session may be renewed sixty times a minute. So a fiftieth of a sign-in is part of the processor time of a renewal.
RENEWALS = 50


class Recorder:
    """Numbers requests, and records the durations of the counted ones and unexpected statuses."""

    def __init__(self, first: int) -> None:
        self.first = self.next = first
        self.took: list[float] = []
        self.wrong = 0

    def take(self) -> int:
        self.next += 1
        return self.next - 1

    def result(self, seconds: float) -> LoadResult:
        self.took.sort()
        p50, p95, p99 = (round(percentile(self.took, share) * 1000, 3) for share in (0.5, 0.95, 0.99))
        return LoadResult(len(self.took) / seconds, p50, p95, p99, self.next - self.first, self.wrong)


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def filled(body: str, number: int) -> bytes:
    """The body of the request with this number."""
    if "%start" in body:
        start = FIRST_SLOT + number * SLOT
        body = body.replace("%start", start.isoformat()).replace("%end", (start + SLOT).isoformat())
    body = body.replace("%account", email_of(number % WITH_PASSWORD)).replace("%person", email_of(number % STAFF))
    return body.replace("%n", str(number)).encode()


async def user(plan: Plan, number: int, recorder: Recorder, begin: float, end: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", plan.port)
    head = "".join(f"{name}: {value}\r\n" for name, value in plan.headers.items())
    cookies: dict[str, str] = {}

    async def ask(method: str, path: str, body: bytes) -> int:
        kind = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n" if body else ""
        # A browser's request, where the user has signed in as one.
        if cookies:
            kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
            kind += f"cookie: {kept}\r\nx-csrf-token: {cookies['csrf_token']}\r\n"
        elif method == "POST" and not body:
            kind = "content-length: 0\r\n"
        writer.write(f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{head}{kind}\r\n".encode() + body)
        status, given = await answer(reader)
        if plan.sign_in:
            cookies.update(given)
        return status

    asked = 0
    try:
        while (now := time.perf_counter()) < end:
            if plan.sign_in and asked % RENEWALS == 0:
                cookies.clear()
                recorder.wrong += await ask("POST", "/api/v1/auth/login", filled(plan.sign_in, number)) != plan.expect
                now = time.perf_counter()
            asked += 1
            n = recorder.take()
            path = plan.paths[(number if plan.apart else n) % len(plan.paths)]
            body = filled(plan.body, n)
            status = await ask(plan.method, path, body)
            done = time.perf_counter()
            if now >= begin and done <= end:
                recorder.took.append(done - now)
            recorder.wrong += status != plan.expect
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Reads the next reply completely. Returns its status and the cookies that it sets."""
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().find(b"\r\ncontent-length:")
    if at >= 0:
        await reader.readexactly(int(head[at + 17 : head.index(b"\r\n", at + 17)]))
    return int(head[9:12]), dict(_SET_COOKIE.findall(head.decode()))


async def run(plan: Plan) -> LoadResult:
    recorder = Recorder(plan.first)
    begin = time.perf_counter() + plan.warm_up
    await asyncio.gather(*(user(plan, number, recorder, begin, begin + plan.seconds) for number in range(plan.users)))
    return recorder.result(plan.seconds)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(asdict(uvloop.run(run(Plan(**json.loads(line)))))) + "\n")
        sys.stdout.flush()
