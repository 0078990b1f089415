"""Rows found for many calls with one statement: everybody gets theirs, nobody another workspace's, and one who gives up does so alone."""

import asyncio

import pytest
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from uuid_utils.compat import uuid7

from chassis.auth.tokens import ServiceSigner, generate_key
from chassis.context import Caller, RequestContext
from chassis.db.database import Database
from chassis.db.statement import query
from chassis.errors import NotFound, Unavailable
from chassis.events.outbox import Outbox
from chassis.events.signatures import EventSigner
from chassis.work.unit_of_work import UnitOfWork

from .conftest import EFFECTS, add_effect

several = query(select(EFFECTS).where(EFFECTS.c.event_id == any_(bindparam("ids", type_=ARRAY(Uuid)))))

SIGNER = EventSigner(ServiceSigner("parcels", generate_key()))


class Counting(Database):
    """A database that tells what it ran."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, took=lambda sql, _seconds: self.ran.append(sql), **options)
        self.ran = []


@pytest.fixture
async def database(parcels):
    database = Counting(parcels.app_dsn, schema="parcels", size=4)
    yield database
    await database.close()


def work(database, workspace, seconds=5.0):
    context = RequestContext(caller=Caller(workspace_id=workspace), workspace_id=workspace)
    return UnitOfWork(context.within(seconds), database, Outbox(database, SIGNER))


async def keep(database, workspace, *labels):
    ids = {label: uuid7() for label in labels}
    async with database.transaction(workspace, seconds=10.0) as tx:
        for label, event_id in ids.items():
            await tx.run(add_effect, event_id=event_id, label=label)
    database.ran.clear()
    return ids


async def find(database, workspace, *ids):
    return await work(database, workspace).find(several, ids, key="event_id")


async def test_who_asks_at_the_same_moment_shares_a_statement_and_gets_their_own(parcels, database):
    ids = await keep(database, parcels.workspace, "a", "b", "c")
    told = await asyncio.gather(*(find(database, parcels.workspace, id_) for id_ in ids.values()))
    assert [rows[id_]["label"] for rows, id_ in zip(told, ids.values(), strict=True)] == ["a", "b", "c"]
    assert len(database.ran) == 1


async def test_workspaces_never_share(parcels, database):
    ours, theirs = uuid7(), uuid7()
    mine = await keep(database, ours, "mine")
    hers = await keep(database, theirs, "hers")
    both = [*mine.values(), *hers.values()]
    told = await asyncio.gather(find(database, ours, *both), find(database, theirs, *both), find(database, uuid7(), *both))
    assert [[row["label"] for row in rows.values()] for rows in told] == [["mine"], ["hers"], []]
    assert len(database.ran) == 3


async def test_who_comes_while_statements_run_goes_with_the_next(parcels, database):
    ids = await keep(database, parcels.workspace, "early", "late")
    async with asyncio.TaskGroup() as asking:
        for _ in range(40):
            asking.create_task(find(database, parcels.workspace, *ids.values()))
            await asyncio.sleep(0)
    assert len(database.ran) < 20
    # One who comes afterwards is told what has been written since.
    more = await keep(database, parcels.workspace, "new")
    assert await find(database, parcels.workspace, *more.values())


async def test_who_asks_with_other_parameters_gets_other_rows(parcels, database):
    labelled = query(
        select(EFFECTS).where(EFFECTS.c.event_id == any_(bindparam("ids", type_=ARRAY(Uuid))), EFFECTS.c.label == bindparam("label"))
    )
    ids = await keep(database, parcels.workspace, "a", "b")
    units = [work(database, parcels.workspace) for _ in range(4)]
    asked = ["a", "b", "a", "b"]
    told = await asyncio.gather(
        *(unit.find(labelled, ids.values(), key="event_id", label=label) for unit, label in zip(units, asked, strict=True))
    )
    assert [[row["label"] for row in rows.values()] for rows in told] == [[label] for label in asked]
    assert len(database.ran) == 2


async def test_no_row_is_nothing_here(parcels, database):
    with pytest.raises(NotFound):
        await work(database, parcels.workspace).find_one(several, str(uuid7()))


async def test_works_that_have_a_connection_wait_for_no_other_one(parcels, database):
    ids = await keep(database, parcels.workspace, "a")

    async def one():
        async with work(database, parcels.workspace) as begun:
            await begun.db.all(several, ids=[])
            # Each of them has a connection by now that can have one.
            await asyncio.sleep(0.1)
            return await begun.find(several, ids.values(), key="event_id")

    told = await asyncio.gather(*(one() for _ in range(8)))
    assert [list(rows) for rows in told] == [list(ids.values())] * 8


async def test_one_who_gives_up_does_not_take_the_others_along(parcels, database):
    ids = await keep(database, parcels.workspace, "a")
    asking = [asyncio.create_task(find(database, parcels.workspace, *ids.values())) for _ in range(3)]
    await asyncio.sleep(0)
    asking[0].cancel()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(told[0], asyncio.CancelledError)
    assert [list(rows) for rows in told[1:]] == [list(ids.values())] * 2


async def test_a_failure_is_everybodys_and_the_next_ask_anew(parcels):
    away = Database("postgresql://nobody@/nowhere?host=/nowhere", schema="parcels")
    for _ in range(2):
        told = await asyncio.gather(*(find(away, parcels.workspace, uuid7()) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in told] == [Unavailable] * 3


async def test_a_statement_that_may_write_is_not_shared(parcels, database):
    with pytest.raises(TypeError):
        await work(database, parcels.workspace).find(add_effect, [uuid7()])


async def test_rows_without_the_key_they_are_found_by_are_a_fault_told_at_once(parcels, database):
    ids = await keep(database, parcels.workspace, "a")
    with pytest.raises(KeyError):
        async with asyncio.timeout(2):
            await work(database, parcels.workspace).find(several, ids.values(), key="nothing")
