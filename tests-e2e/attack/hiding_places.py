"""Everywhere that bytes come to rest or go out in a running suite, read whole and searched for canaries."""

import json
from contextlib import asynccontextmanager

import aio_pika
import httpx

from attack.canaries import sightings
from chassis.events.broker.rabbitmq.messages import dead_queue
from standalone.keeping import queues_of
from standalone.services import SERVICES

# The mail itself is for its recipient; the keys are what the rest is sealed with.
APART = {"mail", "keyring.json"}


def on_disk(home):
    """Canaries in any file below the home, and in any file's name: logs, database pages and journals, queues, stored files."""
    found = {}
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if inside.parts[0] in APART:
            continue
        if seen := sightings(str(inside)):
            found[f"the name {inside}"] = seen
        if path.is_file():
            try:
                seen = sightings(path.read_bytes())
            except FileNotFoundError:
                continue
            if seen:
                found[str(inside)] = seen
    return found


async def in_tables(db):
    """Canaries in any column of any row of any table, bytes as bytes and all else as text; how many columns were read."""
    columns = await db.fetch(
        "SELECT c.oid::regclass::text AS \"table\", a.attname AS name, a.atttypid = 'bytea'::regtype AS is_bytes FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'm') AND a.attnum > 0 AND NOT a.attisdropped"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    )
    found = {}
    for table, name, is_bytes in columns:
        value = f'"{name}"' if is_bytes else f"convert_to(\"{name}\"::text, 'UTF8')"
        joined = await db.fetchval(f"SELECT string_agg({value}, '\\x00'::bytea) FROM {table}")
        if joined and (seen := sightings(joined)):
            found[f"{table}.{name}"] = seen
    said = await db.fetchval("SELECT string_agg(query, E'\\n') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    if seen := sightings(said or ""):
        found["pg_stat_activity"] = seen
    return found, len(columns)


def in_metrics(trial):
    """Canaries on the metrics page of any process; how many pages were read."""
    pages = {"gateway": trial.gateway_url, **trial.running["health"]}
    texts = {name: httpx.get(f"{url}/metrics", timeout=10).raise_for_status().text for name, url in pages.items()}
    assert all("caseload_" in text for text in texts.values())
    return {f"metrics of {name}": seen for name, text in texts.items() if (seen := sightings(text))}, len(pages)


def in_trail(api):
    """Canaries in anything the audit trail tells; how many lines were read."""
    found, lines, page = {}, 0, 1
    while True:
        told = api.get("/audit-events", params={"page": page, "page_size": 100}).raise_for_status().json()
        lines += len(told["items"])
        for line in told["items"]:
            if seen := sightings(json.dumps(line, ensure_ascii=False)):
                found[f"trail {line['id']}"] = seen
        if page >= told["total_pages"]:
            return found, lines
        page += 1


class Tap:
    """Hears every event that is published, beside those it is for, and looks into the queues of the dead."""

    def __init__(self, channel, queue):
        self._channel, self._queue = channel, queue

    @classmethod
    @asynccontextmanager
    async def on(cls, trial, exchange="caseload.events"):
        async with await aio_pika.connect(trial.running["broker_url"]) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(exchange, "#")
            yield cls(channel, queue)

    async def publish(self, queue, message):
        await self._channel.default_exchange.publish(message, queue, mandatory=True)

    async def heard(self):
        """Canaries in what went by since it was asked last; how many messages that were."""
        found, count = {}, 0
        while (message := await self._queue.get(fail=False, no_ack=True)) is not None:
            count += 1
            if seen := in_message(message):
                found[f"event {message.type}"] = seen
        return found, count

    async def dead(self, queue):
        """The dead letters of a queue, taken out of it."""
        letters = []
        dead = await self._channel.declare_queue(dead_queue(queue), passive=True)
        while (message := await dead.get(fail=False, no_ack=True)) is not None:
            letters.append(message)
        return letters


def in_message(message):
    """Canaries in a message's body, headers or properties."""
    return sightings(message.body) + sightings(repr(message.info()) + repr(message.headers))


def queues(keeper):
    """The name of every queue there is, from the reactions."""
    settings = (home_settings(keeper, service) for service in SERVICES)
    return [queue for service, own in zip(SERVICES, settings, strict=True) for queue in queues_of(service, own)]


def home_settings(keeper, service):
    return keeper.home.settings(service, keeper.admin_dsn, smtp_url="smtp://127.0.0.1", peers=keeper.doors)
