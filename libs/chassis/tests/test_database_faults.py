"""The database going away under a transaction: always Unavailable, and the next transaction is none the worse for it."""

import asyncio

import pytest
from sqlalchemy import literal, select

from chassis.db import Database, statement
from chassis.errors import Unavailable

one = statement(select(literal(1).label("one")))


@pytest.fixture
async def narrow(parcels):
    """A pool of a single connection: whatever is not given back is missed at once."""
    database = Database(parcels.app_dsn, schema="parcels", size=1)
    yield database
    await database.close()


async def cut_off(parcels):
    """Ends the pool's backend, as a dying server does; returns when this end has heard of it."""
    told = await parcels.look("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'caseload-parcels'")
    assert [row[0] for row in told] == [True]
    await asyncio.sleep(0.2)


async def ask_again(tx):
    await tx.one(one)


async def commit(tx):
    await tx.commit()


@pytest.mark.parametrize("go_on", [ask_again, commit])
async def test_a_transaction_that_is_cut_off_is_unavailable_and_its_place_is_free_again(parcels, narrow, go_on):
    with pytest.raises(Unavailable) as refused:
        async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
            await tx.one(one)
            await cut_off(parcels)
            await go_on(tx)
    assert refused.value.code == "database_unavailable"
    assert refused.value.retry_after

    assert narrow.in_use == 0
    assert await narrow.ready()


async def test_a_connection_that_is_cut_off_between_two_transactions_is_not_lent_again(parcels, narrow):
    assert await narrow.ready()
    await cut_off(parcels)

    async with narrow.transaction(parcels.workspace, seconds=5.0) as tx:
        assert (await tx.one(one))["one"] == 1


async def test_a_connection_that_has_left_the_pool_by_itself_may_be_given_back(parcels, narrow):
    connection = await narrow.lend()
    await cut_off(parcels)

    await narrow.give_back(connection, broken=True)

    assert narrow.in_use == 0
    assert await narrow.ready()
