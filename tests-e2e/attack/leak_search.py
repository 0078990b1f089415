"""Searches everything that a running suite stores or publishes for canaries."""

import json
from contextlib import asynccontextmanager

import aio_pika
import httpx

from attack.canaries import find_canaries
from chassis.events.broker.rabbitmq.messages import dead_queue
from standalone.operations import queues_of
from standalone.selftest.worlds import ready_export
from standalone.services import SERVICES

# Mail is meant for its recipient; the keyring holds keys only.
EXCLUDED = {"mail", "keyring.json"}


def search_files(home):
    """Canaries by file: in logs, database files, queues and stored files below the home directory, and in file names."""
    found = {}
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if inside.parts[0] in EXCLUDED:
            continue
        if seen := find_canaries(str(inside)):
            found[f"the name {inside}"] = seen
        if path.is_file():
            try:
                seen = find_canaries(path.read_bytes())
            except FileNotFoundError:
                continue
            if seen:
                found[str(inside)] = seen
    return found


async def search_tables(db):
    """Canaries by column, in all rows of all tables, and the number of columns searched."""
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
        if joined and (seen := find_canaries(joined)):
            found[f"{table}.{name}"] = seen
    queries = await db.fetchval("SELECT string_agg(query, E'\\n') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    if seen := find_canaries(queries or ""):
        found["pg_stat_activity"] = seen
    return found, len(columns)


def search_metrics(installation):
    """Canaries by metrics page, and the number of pages searched."""
    pages = installation.running["health"]
    texts = {name: httpx.get(f"{url}/metrics", timeout=10).raise_for_status().text for name, url in pages.items()}
    assert all("caseload_" in text for text in texts.values())
    return {f"metrics of {name}": seen for name, text in texts.items() if (seen := find_canaries(text))}, len(pages)


def search_trail(api):
    """Canaries by audit event, and the number of events searched: those of an export, whose lines are what the API answers (decision 95)."""
    file = api.get(f"/audit/exports/{ready_export(api)}/file").raise_for_status().content
    events = [json.loads(line) for line in file.splitlines()]
    return {f"trail {event['id']}": seen for event in events if (seen := find_canaries(json.dumps(event, ensure_ascii=False)))}, len(events)


class EventTap:
    """Receives a copy of every published event, and reads dead-letter queues."""

    def __init__(self, channel, queue):
        self._channel, self._queue = channel, queue

    @classmethod
    @asynccontextmanager
    async def on(cls, installation, exchange="caseload.events"):
        async with await aio_pika.connect(installation.running["broker_url"]) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(exchange, "#")
            yield cls(channel, queue)

    async def publish(self, queue, message):
        await self._channel.default_exchange.publish(message, queue, mandatory=True)

    async def search_events(self):
        """Canaries by event type in the events received since the last call, and the number of events."""
        found, count = {}, 0
        while (message := await self._queue.get(fail=False, no_ack=True)) is not None:
            count += 1
            if seen := search_message(message):
                found[f"event {message.type}"] = seen
        return found, count

    async def take_dead_letters(self, queue):
        """Removes the dead letters of a queue and returns them."""
        letters = []
        dead = await self._channel.declare_queue(dead_queue(queue), passive=True)
        while (message := await dead.get(fail=False, no_ack=True)) is not None:
            letters.append(message)
        return letters


def search_message(message):
    """Canaries in a message's body, headers and properties."""
    return find_canaries(message.body) + find_canaries(repr(message.info()) + repr(message.headers))


def queues(attacked):
    """The names of all queues, from the reactions of the services."""
    settings = (home_settings(attacked, service) for service in SERVICES)
    return [queue for service, own in zip(SERVICES, settings, strict=True) for queue in queues_of(service, own)]


def home_settings(attacked, service):
    return attacked.home.settings(service, attacked.admin_dsn, smtp_url="smtp://127.0.0.1", peers=attacked.addresses)
