"""No two uses of advisory locks can be confused: every lock has a name of its own, made by one rule."""

import itertools
import re
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Text, bindparam, select
from uuid_utils.compat import uuid7

from chassis.db import advisory_locks
from chassis.db.advisory_locks import lock_number, session_lock_number
from chassis.db.statement import command
from scheduling.appointments import store as appointments
from scheduling.busy_periods import store as busy_periods
from standalone.services import NAMES, SERVICES

ROOT = Path(__file__).parents[1]
# Wherever the clone is: a folder above it may be called "tests".
SOURCES = [path for folder in ("libs/chassis/src", "services", "standalone/src", "deploy/src") for path in (ROOT / folder).rglob("*.py")]
# What each lock of a transaction is for. The trigger `scheduling.keep_counts` takes the client's, by the same name.
PURPOSES = {
    "address",
    "answer",
    "blacklist",
    "calendar",
    "client",
    "dropped months",
    "feeds",
    "reminder rules",
    "search index",
    "sms channel",
    "alert from within",
    "storage",
    "sync",
    "webhooks",
}


def test_every_purpose_is_declared_once_and_is_on_the_list():
    assert SERVICES
    assert advisory_locks.purposes == PURPOSES


@pytest.mark.parametrize("purpose", ["client", "reminder", "reminder rules of a day", "", "Calendar", "a  b", "caseload relay"])
def test_a_name_that_could_be_confused_is_refused(purpose):
    with pytest.raises(ValueError, match="advisory lock"):
        lock_number(purpose)
    assert advisory_locks.purposes == PURPOSES


def test_numbers_are_made_in_one_place():
    makers = {path.name for path in SOURCES if "tests" not in path.relative_to(ROOT).parts and "hashtextextended" in path.read_text()}
    in_triggers = [
        purpose
        for path in SOURCES
        if "migrations" in path.parts
        for purpose in re.findall(r"hashtextextended\(concat\('([a-z ]+) '", path.read_text())
    ]

    assert {name for name in makers if not re.match(r"\d{4}_", name)} == {"advisory_locks.py"}
    assert set(in_triggers) == {"client"} <= PURPOSES


def test_every_lock_of_a_session_says_that_it_is_caseloads():
    text = "\n".join(path.read_text() for path in SOURCES if "tests" not in path.relative_to(ROOT).parts)
    names = [name for name in re.findall(r'f?["\'](caseload [a-z]+(?: (?:\{\w+\}|[a-z]+))?)["\']', text) if "blob" not in name]

    assert set(names) >= {"caseload migrate {service}", "caseload provision", "caseload relay {schema}", "caseload counters {schema}"}
    written_out = {name.replace("{service}", service).replace("{schema}", service) for name in names for service in NAMES}
    assert len({session_lock_number(name) for name in written_out}) == len(written_out)


async def test_the_same_ids_are_other_numbers_for_another_purpose(postgres, monkeypatch):
    monkeypatch.setattr(advisory_locks, "purposes", set())
    workspace, other = str(uuid7()), str(uuid7())
    connection = await asyncpg.connect(postgres)
    try:
        numbers = []
        for purpose in sorted(PURPOSES):
            number = command(select(lock_number(purpose, bindparam("a", type_=Text), bindparam("b", type_=Text)).label("number")))
            numbers += [
                await connection.fetchval(number.sql, *number.arguments({"a": a, "b": b}))
                for a, b in itertools.permutations((workspace, other))
            ]
    finally:
        await connection.close()

    assert len(set(numbers)) == 2 * len(PURPOSES)


async def test_the_trigger_and_the_erasure_mean_the_same_lock(postgres):
    workspace, client = uuid7(), uuid7()
    connection = await asyncpg.connect(postgres)
    try:
        async with connection.transaction():
            lock = appointments.lock_client
            await connection.execute(lock.sql, *lock.arguments({"workspace_id": workspace, "client_id": client}))
            held = await connection.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                " AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(concat('client ', $1::uuid, ' ', $2::uuid), 0)",
                workspace,
                client,
            )
    finally:
        await connection.close()
    assert held == 1


def test_the_locks_of_calendars_begin_their_transaction():
    for lock in (busy_periods.lock_alone, busy_periods.lock_shared):
        assert lock.only_locks
        assert "concat('calendar', ' '" in lock.written_out(lock.arguments({"workspace_id": uuid7(), "resource_ids": [uuid7(), uuid7()]}))
