"""The counters of timeline events: the total is what counting gives, whatever becomes of the events, and in every snapshot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from chassis.migrations.runner import migrate
from chassis.service.runtime import Runtime
from chassis.testing.environment import Environment, start_environment
from chassis.work.folding import Folder
from clinical.__main__ import SERVICE
from clinical.client_moves import store as moves
from clinical.plans import store as plans
from clinical.sessions import store as notes
from clinical.tables import timeline_counters
from clinical.timeline import store as timeline

from .conftest import MONDAY

WRITE = {
    "notes": "INSERT INTO clinical.sessions (workspace_id, id, client_id, created_by_user_id, sealed, version, session_date, status, created_at,"
    " updated_at) VALUES ($1, $2, $3, $3, '', 1, now(), 'draft', now(), now())",
    "plans": "INSERT INTO clinical.plans (workspace_id, id, client_id, sealed, version, status, created_at, updated_at)"
    " VALUES ($1, $2, $3, '', 1, 'active', now(), now())",
}
ERASE = {"notes": "DELETE FROM clinical.sessions WHERE id = $1", "plans": "DELETE FROM clinical.plans WHERE id = $1"}
# What the counters say and what counting says, of one snapshot.
BOTH = """
SELECT (SELECT coalesce(sum(events), 0)::int FROM (
           SELECT workspace_id, events FROM clinical.timeline_tallies
           UNION ALL SELECT workspace_id, events FROM clinical.timeline_counter_changes) AS t WHERE workspace_id = $1) AS told,
       ((SELECT count(*) FROM clinical.history WHERE workspace_id = $1 AND NOT hidden)
        + (SELECT count(*) FROM clinical.plan_events WHERE workspace_id = $1 AND NOT hidden))::int AS counted
"""
COUNTED = {
    "notes": "SELECT count(*) FROM clinical.history WHERE client_id = $1 AND NOT hidden",
    "plans": "SELECT count(*) FROM clinical.plan_events WHERE client_id = $1 AND NOT hidden",
}
UNFOLDED = "SELECT count(*) FROM clinical.timeline_counter_changes"


@pytest.fixture(scope="module")
async def unfolding(postgres: str) -> AsyncIterator[Environment]:
    """A service whose counters nobody folds, unless the test does."""
    peers = {"clients": "unix:none", "scheduling": "unix:none", "identity": "unix:none"}
    async with start_environment(postgres, SERVICE, settings={"peers": peers}, relay=False) as environment:
        yield environment


@dataclass
class Told:
    """A note or a plan, and the ids of its events."""

    source: str
    client_id: UUID
    id: UUID = field(default_factory=uuid7)
    events: list[UUID] = field(default_factory=list)


class Writing:
    """What becomes of the notes and plans of a new workspace's clients, by the statements and the role of the service."""

    def __init__(self, runtime: Runtime, clients: int = 2) -> None:
        self.runtime = runtime
        self.workspace_id = uuid7()
        self.clients = [uuid7() for _ in range(clients)]
        self.kept: list[Told] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.runtime.eraser_database.transaction(self.workspace_id, seconds=10.0) as tx:
            yield tx

    async def write(self, source: str, client_id: UUID) -> None:
        told = Told(source, client_id)
        async with self.transaction() as tx:
            await (await tx.connection()).execute(WRITE[source], self.workspace_id, told.id, client_id)
        self.kept.append(told)
        await self.tell(told)

    async def tell(self, told: Told, event: UUID | None = None) -> None:
        """Adds an event, or records one once more, with another time."""
        event = event or uuid7()
        common = {"id": event, "client_id": told.client_id, "at": MONDAY}
        async with self.transaction() as tx:
            if told.source == "notes":
                await tx.run(notes.record_event, session_id=told.id, appointment_id=None, kind="session", **common)
            else:
                await tx.run(plans.record_event, plan_id=told.id, milestone_id=None, kind="plan_updated", **common)
        told.events.append(event)

    async def hide(self, told: Told, *, hidden: bool) -> None:
        async with self.transaction() as tx:
            if told.source == "notes":
                await tx.run(notes.hide_events, id=told.id, hidden=hidden)
            elif hidden:
                await tx.run(plans.hide_events, id=told.id)

    async def give(self, told: Told, client_id: UUID) -> None:
        """As where its client is merged into another one."""
        statement = moves.give_events_of_note if told.source == "notes" else moves.give_events_of_plan
        async with self.transaction() as tx:
            await tx.run(statement, id=told.id, client_id=client_id)
        told.client_id = client_id

    async def erase(self, told: Told) -> None:
        async with self.transaction() as tx:
            await (await tx.connection()).execute(ERASE[told.source], told.id)
        self.kept.remove(told)

    async def assert_exact(self) -> None:
        async with self.transaction() as tx:
            for client_id in self.clients:
                for source, counted in COUNTED.items():
                    total = await tx.one(timeline.count_events, client_id=client_id, source=source)
                    assert total["total"] == await (await tx.connection()).fetchval(counted, client_id), source


@asynccontextmanager
async def folder_session(runtime: Runtime) -> AsyncIterator[Any]:
    session = await asyncpg.connect(runtime.settings.relay_database_url.get_secret_value())
    try:
        yield session
    finally:
        await session.close()


WHAT = ("write", "tell", "tell again", "hide", "show", "give", "erase", "fold")
steps = st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from(tuple(COUNTED)), st.integers(0, 9)), min_size=5, max_size=25)


@given(steps)
@example([("give", "notes", 1), ("fold", "notes", 9), ("hide", "notes", 0), ("give", "notes", 0), ("show", "notes", 0)])
@settings(max_examples=20)
async def test_the_total_is_what_counting_gives_whatever_becomes_of_the_events(unfolding, taken):
    runtime = unfolding.runtime("clinical")
    writing = Writing(runtime)
    async with folder_session(runtime) as session:
        for what, source, number in [("write", "notes", 0), ("write", "plans", 1), *taken]:
            await step(writing, session, what, source, number)
            await writing.assert_exact()
        while await session.fetchval(timeline_counters.fold_sql, 3):
            await writing.assert_exact()


async def step(writing: Writing, session: Any, what: str, source: str, number: int) -> None:
    told = writing.kept[number % len(writing.kept)] if writing.kept else None
    if what == "write" or told is None:
        await writing.write(source, writing.clients[number % len(writing.clients)])
    elif what == "fold":
        await session.fetchval(timeline_counters.fold_sql, 1 + number)
    elif what == "erase":
        await writing.erase(told)
    elif what == "give":
        await writing.give(told, writing.clients[number % len(writing.clients)])
    elif what in {"hide", "show"}:
        await writing.hide(told, hidden=what == "hide")
    else:
        await writing.tell(told, told.events[number % len(told.events)] if what == "tell again" else None)


async def test_the_total_is_exact_in_every_snapshot_while_events_are_deleted_and_two_folders_work(unfolding):
    runtime = unfolding.runtime("clinical")
    writers = [Writing(runtime, clients=1) for _ in range(2)]
    writers[1].workspace_id, writers[1].clients = writers[0].workspace_id, writers[0].clients
    dsn = runtime.settings.relay_database_url.get_secret_value()
    folders = [Folder(dsn, f"clinical {n}", [timeline_counters], batch=3, interval=0.001) for n in range(2)]
    folding = [asyncio.create_task(folder.run()) for folder in folders]
    seen: list[int] = []
    is_over = False

    async def watch() -> None:
        async with unfolding.superuser() as connection:
            while not is_over:
                told, counted = await connection.fetchrow(BOTH, writers[0].workspace_id)
                assert told == counted
                seen.append(counted)

    async def write(writing: Writing, source: str) -> None:
        for number in range(12):
            await writing.write(source, writing.clients[0])
            await writing.tell(writing.kept[-1])
            await writing.hide(writing.kept[0], hidden=True)
            if number % 3 == 2:
                await writing.erase(writing.kept[1])
                # Somebody reads in between, however busy the machine is.
                before = len(seen)
                while len(seen) == before and not watcher.done():
                    await asyncio.sleep(0.001)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(write(writers[0], "notes"), write(writers[1], "plans"))
    await until_folded(unfolding)
    is_over = True
    await watcher
    for task in folding:
        task.cancel()
    await asyncio.gather(*folding, return_exceptions=True)

    assert len(set(seen)) > 2, "nothing was read in between"
    await writers[0].assert_exact()


async def until_folded(environment: Environment) -> None:
    async with environment.superuser() as connection, asyncio.timeout(20):
        while await connection.fetchval(UNFOLDED):
            await asyncio.sleep(0.01)


async def test_events_from_before_the_counters_are_counted_by_the_migration(unfolding):
    """It goes back and forth here, and hidden events are left out."""
    writing = Writing(unfolding.runtime("clinical"))
    for source in COUNTED:
        for client_id in (*writing.clients, writing.clients[0]):
            await writing.write(source, client_id)
    await writing.hide(writing.kept[0], hidden=True)
    async with unfolding.superuser() as connection:
        while await connection.fetchval("SELECT to_regclass('clinical.timeline_tallies') IS NOT NULL"):
            await migrate(unfolding.admin_dsn, "clinical", "-1")
        await connection.execute("UPDATE clinical.plan_events SET hidden = true WHERE plan_id = $1", writing.kept[-1].id)

        await migrate(unfolding.admin_dsn, "clinical")

        assert await connection.fetchval(UNFOLDED) == 0
        told, counted = await connection.fetchrow(BOTH, writing.workspace_id)
    assert told == counted == 4
    await writing.assert_exact()
    await writing.erase(writing.kept[1])
    await writing.assert_exact()


async def test_the_migration_tells_whose_is_what_waits_for_a_co_signature(unfolding):
    """The author, and who signed since the last co-signature."""
    workspace_id, author, first, second, third = (uuid7() for _ in range(5))
    note, never_cosigned = uuid7(), uuid7()
    async with unfolding.superuser() as connection:
        for id_, signers in ((note, (first, second, third)), (never_cosigned, (first, first, second))):
            await connection.execute(WRITE["notes"], workspace_id, id_, author)
            for number, signer in enumerate(signers, start=1):
                await connection.execute(
                    "INSERT INTO clinical.session_versions (workspace_id, id, session_id, version_number, sealed, created_by_user_id, created_at)"
                    " VALUES ($1, $2, $3, $4, '', $5, now())",
                    workspace_id, uuid7(), id_, number, signer,
                )  # fmt: skip
            await connection.execute(
                "INSERT INTO clinical.cosign_requests (workspace_id, id, version_number, signed_by_user_id, supervisee_user_id, status, due_at)"
                " VALUES ($1, $2, 3, $3, $3, 'pending', now())",
                workspace_id, id_, signers[-1],
            )  # fmt: skip
        for number, decision in ((1, "cosigned"), (2, "returned")):
            await connection.execute(
                "INSERT INTO clinical.cosignatures (workspace_id, id, session_id, version_number, decision, signed_by_user_id, sealed, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, '', now())",
                workspace_id, uuid7(), note, number, decision, uuid7(),
            )  # fmt: skip
        while await connection.fetchval("SELECT to_regclass('clinical.timeline_tallies') IS NOT NULL"):
            await migrate(unfolding.admin_dsn, "clinical", "-1")
        await migrate(unfolding.admin_dsn, "clinical")
        rows = await connection.fetch(
            "SELECT id, author_user_id, signer_user_ids FROM clinical.cosign_requests WHERE workspace_id = $1", workspace_id
        )
    assert {row["id"]: (row["author_user_id"], sorted(row["signer_user_ids"])) for row in rows} == {
        note: (author, sorted([second, third])),
        never_cosigned: (author, sorted([first, second])),
    }
