"""Lists of the clients of one workspace, of 1,000 clients and of 100,000: `python -m bench.clients`, with `CLIENTS` for another large number.

Loads clients with COPY, sealed as the service does it, and asks the clients service over gRPC. Half of the clients have one tag. Needs nothing that runs.
"""

import gc
import os
import random
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from bench.scratch import on_a_new_server
from bench.search import Held
from bench.unwitnessed import Unwitnessed
from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1.clients_rpc import ClientsStub
from chassis.paging import Page
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, start_environment
from clients.__main__ import SERVICE
from clients.clients import mapping
from clients.clients.name_index import ClientQuery
from clients.clients.name_index_cache import NameIndexCache

FEW, MANY = 1_000, int(os.environ.get("CLIENTS", "100000"))
ASKED, PAGE = 200, 50
_ROWS_AT_ONCE = 5_000
_CONSONANTS, _VOWELS = "bcdfghklmnprstvwz", "aeiou"


class People:
    """Names of syllables, some as frequent as the most frequent ones of a country."""

    def __init__(self) -> None:
        self._chance = random.Random(7)
        self.first, self.last = self._names(800, 2), self._names(20_000, 3)

    def client(self, number: int, workspace_id: UUID) -> pb.Client:
        first_name = self.first[int(self._chance.paretovariate(0.7)) % len(self.first)]
        last_name = self.last[int(self._chance.paretovariate(0.5)) % len(self.last)]
        client = pb.Client(id=str(uuid7()), workspace_id=str(workspace_id), version=1, is_active=number % 20 != 0)
        born = date(1930, 1, 1) + timedelta(days=number * 7919 % 33_000)
        values = {
            "first_name": first_name,
            "last_name": last_name,
            "phone": f"+49 170 {number:07}",
            "date_of_birth": born.isoformat(),
            "tags": ["half"] if number % 2 else ["other", f"ward {number % 40}"],
            "external_id": f"P-{number}",
            "medical_history": "Something that takes a line or two, as histories do. " * 4,
        }
        mapping.set_fields(client, values)
        now = to_timestamp(datetime.now(UTC))
        client.created_at.CopyFrom(now)
        client.updated_at.CopyFrom(now)
        return client

    def _names(self, number: int, syllables: int) -> list[str]:
        chance = self._chance
        names: dict[str, None] = {}
        while len(names) < number:
            length = syllables + chance.randrange(2)
            names["".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(length)).capitalize()] = None
        return list(names)


def rows(people: People, number: int, workspace_id: UUID, keys: Any) -> Iterator[dict[str, Any]]:
    for revision in range(1, number + 1):
        columns = mapping.to_columns(people.client(revision, workspace_id), keys, Unwitnessed())
        yield {"workspace_id": workspace_id, "revision": revision, **columns}


async def load(environment: Environment, workspace_id: UUID, number: int) -> None:
    keys = await environment.runtime("clients").keys.of(workspace_id)
    made = rows(People(), number, workspace_id, keys)
    async with environment.superuser() as db, db.transaction():
        await db.execute("SET LOCAL session_replication_role = replica")
        while batch := [row for _, row in zip(range(_ROWS_AT_ONCE), made, strict=False)]:
            await copy(db, workspace_id, batch)
        await db.execute("INSERT INTO clients.directory (workspace_id, revision) VALUES ($1, $2)", workspace_id, number)
    async with environment.superuser() as db:
        for table in ("clients", "terms", "match_keys"):
            await db.execute(f"ANALYZE clients.{table}")


async def copy(db: Any, workspace_id: UUID, batch: list[dict[str, Any]]) -> None:
    """COPYs sealed clients, as `mapping.to_columns` makes them, with their terms and match keys."""
    terms = [(workspace_id, row["id"], token) for row in batch for token in set(row.pop("index_tokens"))]
    matched = [
        (workspace_id, row["id"], kind, token, version)
        for row in batch
        for kind, token, version in zip(row.pop("match_kinds"), row.pop("match_tokens"), row.pop("match_versions"), strict=True)
    ]
    columns = list(batch[0])
    records = [[row[name] for name in columns] for row in batch]
    await db.copy_records_to_table("clients", schema_name="clients", columns=columns, records=records)
    await db.copy_records_to_table("terms", schema_name="clients", columns=["workspace_id", "client_id", "term"], records=terms)
    keyed = ["workspace_id", "client_id", "kind", "token", "index_version"]
    await db.copy_records_to_table("match_keys", schema_name="clients", columns=keyed, records=matched)


class Lists:
    """The lists of one workspace, timed one by one."""

    def __init__(self, environment: Environment, workspace_id: UUID, clients: int) -> None:
        self._stub = environment.stub(ClientsStub)
        self._call = environment.caller(workspace_id=workspace_id)
        self._clients = clients
        self.medians: dict[str, float] = {}

    async def page(self, **but: Any) -> pb.ClientPage:
        call = self._call.within(120)
        return await self._stub.ListClients(pb.ListClientsRequest(**{"page_size": PAGE, **but}), call)

    async def read_all_names(self) -> None:
        began, held = time.perf_counter(), Held()
        async with held:
            await self.page()
        took = time.perf_counter() - began
        print(f"{self._clients} clients: names read and put in order in {took:.2f} s; loop held {held.most * 1000:.1f} ms at most")

    async def timed(self, name: str, **but: Any) -> None:
        await self._timed(name, lambda _: self.page(**but))

    async def _timed(self, name: str, ask: Callable[[int], Awaitable[pb.ClientPage]]) -> None:
        await ask(-1)
        took, held = [], Held()
        async with held:
            for number in range(ASKED):
                began = time.perf_counter()
                page = await ask(number)
                took.append((time.perf_counter() - began) * 1000)
        self.medians[name] = median(took)
        p95 = quantiles(took, n=20)[-1]
        print(f"  {name}: {page.total} found, p50 {median(took):.1f} ms, p95 {p95:.1f} ms; loop held {held.most * 1000:.1f} ms at most")

    async def all(self) -> None:
        page = await self.page(page=max(1, self._clients // PAGE // 4))
        someone = page.items[0]
        last_name, born = someone.last_name, someone.date_of_birth
        await self.timed("first page")
        await self.timed("page 1,000, or the middle one", page=min(1_000, self._clients // PAGE // 2))
        await self.timed(
            "page 1,000, or the middle one, inactive clients too", page=min(1_000, self._clients // PAGE // 2), include_inactive=True
        )
        await self.timed("one letter", search=last_name[0])
        await self.timed("three letters", search=last_name[:3])
        await self.timed("a whole last name", search=last_name)
        await self.timed("two letters of each name", search=f"{last_name[:2]} {someone.first_name[:2]}")
        await self.timed("a phone number of the country", search=someone.phone.replace("+49 ", "0"), locale="de-DE")
        await self.timed("an external id", search=someone.external_id)
        await self.timed("a birth date", search=born)
        await self.timed("a birth date beside a letter", search=f"{last_name[0]} {born}")
        await self.timed("the tag of half of them", tag="half")
        await self.timed("the tag of half of them, page 400, or the middle one", tag="half", page=min(400, self._clients // PAGE // 4))
        await self.timed("the tag of half of them, one letter", tag="half", search=last_name[0])

        async def after_a_change(number: int) -> pb.ClientPage:
            update = pb.UpdateClientRequest(client_id=someone.id, mask=FieldMask(paths=["phone"]), phone=f"+49 171 {number + 1:07}")
            await self._stub.UpdateClient(update, self._call.within(120))
            return await self.page()

        await self._timed("a change, and the first page", after_a_change)


async def memory(environment: Environment, workspace_id: UUID, clients: int) -> None:
    """What the names take, by Python's own account of what it allocates."""
    runtime = environment.runtime("clients")
    keys, indexes = await runtime.keys.of(workspace_id), NameIndexCache(clients)
    tracemalloc.start()
    async with runtime.database.transaction(workspace_id, seconds=300) as db:
        await indexes.read_page(ClientQuery(), Page(0, 0), db, keys)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(f"{clients} clients: {taken / 1e6:.1f} MB for their names, {taken / clients:.0f} bytes a client")


async def run(dsn: str) -> None:
    # Without the worker of jobs; nobody asks for any.
    peers = {"scheduling": "unix:none", "clinical": "unix:none"}
    async with start_environment(dsn, SERVICE, settings={"peers": peers}, relay=False) as environment:
        seen = []
        for number in (FEW, MANY):
            workspace_id = environment.workspace()
            await load(environment, workspace_id, number)
            lists = Lists(environment, workspace_id, number)
            await lists.read_all_names()
            await lists.all()
            seen.append(lists.medians)
            await memory(environment, workspace_id, number)
        few, many = seen
        print(f"p50 with {MANY} clients, of that with {FEW}: " + ", ".join(f"{name} {many[name] / few[name]:.2f}" for name in many))


if __name__ == "__main__":
    on_a_new_server(run)
