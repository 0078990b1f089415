"""Many open streams of alerts at one gateway: how soon each of them tells an alert, and what memory a stream takes."""

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from urllib.parse import urlsplit

import psutil
from attack.installation import AttackedInstallation

from drill.faults import running_process
from drill.users import api_client

# One user has at most twelve.
_EACH_USER = 10
_AT_ONCE = 25
_EVENT = b"event: alert\n"
_SECONDS_TO_OPEN = 240.0


@dataclass(slots=True)
class Streamed:
    """`seconds` are from the alert's own time, which is before its commit, to the stream's reader."""

    streams: int = 0
    alerts: int = 0
    told: int = 0
    missing: int = 0
    doubled: int = 0
    ended: int = 0
    seconds: list[float] = field(default_factory=list)
    kib_per_stream: float = 0.0
    raised_per_second: float = 0.0

    def at(self, percent):
        cuts = quantiles(self.seconds, n=1000, method="inclusive")
        return cuts[round(percent * 10) - 1]


async def stream(environment, *, streams, alerts, per_second):
    """Opens so many streams, raises so many alerts at an even pace, and counts what each stream is told."""
    found, attacked = Streamed(), AttackedInstallation(environment.installation)
    person = await attacked.open_practice()
    owners = await attacked.owners(person, max(2, -(-streams // _EACH_USER)))
    gateway = psutil.Process(running_process(environment.installation, "gateway").pid)
    async with api_client(environment.gateway_url) as api:
        api.auth = owners
        # The first alert, and the first stream, have what is made once made.
        await _raise(api)
        warm = await _Reader.open(environment.gateway_url, owners.next_token())
        warm.close()
        before = gateway.memory_info().rss
        readers = await _open(environment.gateway_url, owners, streams)
        found.kib_per_stream = (gateway.memory_info().rss - before) / 1024 / streams
        found.streams = len(readers)
        began, raised = time.monotonic(), []
        for number in range(alerts):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            raised.append(asyncio.create_task(_raise(api)))
        made = [(await each) for each in raised]
        found.raised_per_second = alerts / (time.monotonic() - began)
        await _until_told(readers, alerts)
    found.alerts, found.ended = len(made), sum(reader.has_ended for reader in readers)
    created = dict(made)
    for reader in readers:
        count = Counter(alert_id for alert_id, _ in reader.told)
        found.told += sum(count.values())
        found.missing += len(created.keys() - count.keys())
        found.doubled += sum(each - 1 for each in count.values())
        found.seconds += [at - created[alert_id] for alert_id, at in reader.told if alert_id in created]
        reader.close()
    return found


async def _raise(api):
    """Returns the alert's id and time."""
    body = {"title": "Somebody fell", "priority": "low", "alert_type": "medical"}
    made = (await api.post("/alerts", json=body)).raise_for_status().json()
    return made["id"], datetime.fromisoformat(made["created_at"]).timestamp()


async def _open(gateway_url, owners, streams):
    readers, turns = [], asyncio.Semaphore(_AT_ONCE)

    async def one(number):
        async with turns:
            token = owners.token_of(owners.user_ids[number % len(owners.user_ids)])
            readers.append(await _Reader.open(gateway_url, token))

    async with asyncio.timeout(_SECONDS_TO_OPEN):
        await asyncio.gather(*(one(number) for number in range(streams)))
    return readers


async def _until_told(readers, alerts):
    """Waits until every stream has told them, or nothing more comes for some seconds."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 5.0:
        told = sum(len(reader.told) for reader in readers)
        if told >= alerts * len(readers):
            return
        if told != last:
            last, since = told, time.monotonic()
        await asyncio.sleep(0.1)


class _Reader(asyncio.Protocol):
    """One stream: notes when each alert came. What it says beside its id is not read."""

    def __init__(self):
        self.told = []
        self.has_ended = False
        self.has_begun = asyncio.get_running_loop().create_future()
        self._rest = b""

    @classmethod
    async def open(cls, gateway_url, token):
        place = urlsplit(gateway_url)
        transport, reader = await asyncio.get_running_loop().create_connection(cls, place.hostname, place.port)
        reader._transport = transport
        head = f"GET /api/v1/alerts/stream HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
        transport.write(head.encode())
        await asyncio.wait_for(reader.has_begun, 60)
        return reader

    def close(self):
        self._transport.abort()

    def data_received(self, data):
        now = time.time()
        self._rest += data
        if not self.has_begun.done():
            if b"event: reset" not in self._rest:
                if not self._rest.startswith((b"HTTP/1.1 200", b"HTTP/1.1"[: len(self._rest)])):
                    self.has_begun.set_exception(AssertionError(self._rest[:200].decode()))
                return
            self.has_begun.set_result(None)
        *whole, self._rest = self._rest.split(b"\n\n")
        for event in whole:
            if _EVENT in event:
                line = event[event.index(b"\ndata: ") + 7 :]
                self.told.append((json.loads(line)["alert"]["id"], now))

    def connection_lost(self, _error):
        self.has_ended = True
        if not self.has_begun.done():
            self.has_begun.set_exception(AssertionError("the stream was closed before it had begun"))
