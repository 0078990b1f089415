"""The keeper's commands, on an installation that runs and on one that does not."""

import os
import subprocess
import sys

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.local.postgres import LocalPostgres

QUEUE = "notifications.plan-reminders"


def caseload(home, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "standalone", *arguments],
        env=os.environ | {"CASELOAD_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(params=["embedded", "suite"])
def started(request, servers):
    return request.getfixturevalue(request.param)


def test_a_queue_may_be_replayed_while_it_runs(started):
    replayed = caseload(started.home, "events", "replay", QUEUE)

    assert replayed.returncode == 0, replayed.stderr
    assert QUEUE in replayed.stdout


async def test_a_dead_letter_is_told_and_sent_once_more_though_nothing_runs(homes, tmp_path):
    home = homes.copy(tmp_path / "home")
    server = LocalPostgres(home / "postgres").start()
    try:
        connection = await asyncpg.connect(server.dsn)
        letter = uuid7()
        await connection.execute(
            "INSERT INTO notifications.dead_letters (workspace_id, queue, id, type, payload, occurred_at, error, attempts)"
            " VALUES ($1, $2, $3, 'caseload.scheduling.v1.AppointmentBooked', '', now(), 'ValueError', 5)",
            uuid7(),
            QUEUE,
            letter,
        )
        await connection.close()
    finally:
        server.stop()

    told = caseload(home, "events", "dead", "--queue", QUEUE)
    assert (told.returncode, str(letter) in told.stdout) == (0, True), told.stderr
    replayed = caseload(home, "events", "replay", QUEUE, "--id", str(letter))
    assert (replayed.returncode, "1 sent" in replayed.stdout) == (0, True), replayed.stderr


def test_every_schema_is_migrated_without_serving(homes):
    assert "6 schemas are at their newest revision" in homes.told
