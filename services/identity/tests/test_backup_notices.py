"""Active workspaces are told of troubled backups: what whoever makes them says over HTTP is believed, and so is their silence."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from caseload.identity.v1 import events_pb2
from identity.backup_notices import watch as watching
from identity.backup_notices.watch import BackupWatch, over_http
from identity.backup_notices.workflow import announce
from standalone.backups.workspace_notices import WorkspaceNotices

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Backups:
    """Answers `/state` over HTTP as whoever makes the backups does."""

    def __init__(self):
        self.problems = []
        self.answers = True
        self.looked_at = str(NOW)
        self.asked = 0

    async def start(self):
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/state"

    async def _answer(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self.answers:
            body = json.dumps({"looked_at": self.looked_at, "problems": self.problems}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        writer.close()

    def close(self):
        self._server.close()


@pytest.fixture
async def backups():
    made = Backups()
    made.url = await made.start()
    yield made
    made.close()


@pytest.fixture
def watch(service, backups):
    return BackupWatch(service.environment.runtime("identity"), over_http(backups.url))


async def told(service, workspace):
    return await service.environment.emitted(events_pb2.BackupsTroubled, workspace.workspace_id)


async def test_active_workspaces_are_told_once_in_six_hours_while_something_is_wrong(service, backups, watch):
    practice, _other, suspended = [await service.open_workspace() for _ in range(3)]
    async with service.environment.superuser() as connection:
        await connection.execute(
            "UPDATE identity.workspace_directory SET status = 'suspended' WHERE workspace_id = $1", suspended.workspace_id
        )
    assert await watch.step(NOW + HOUR) == 0
    backups.problems = [{"code": "backup_late", "what": "the last one is old", "todo": "look"}]
    assert await watch.step(NOW + timedelta(minutes=1)) == 0, "what is late after a start is being made"
    assert await watch.step(NOW + HOUR) > 0
    assert await watch.step(NOW + 2 * HOUR) == 0
    assert [event.is_only_workspace for event in await told(service, practice)] == [False]
    assert await told(service, suspended) == []
    assert await watch.step(NOW + 7 * HOUR) > 0
    assert len(await told(service, practice)) == 2
    # What is well in between is told at once when it is not.
    backups.problems = []
    assert await watch.step(NOW + 8 * HOUR) == 0
    backups.problems = [{"code": "gap"}]
    assert await watch.step(NOW + 8 * HOUR) > 0


async def test_two_processes_announce_one_trouble_once_and_so_does_one_that_was_restarted(service, backups, watch):
    practice = await service.open_workspace()
    assert await watch.step(NOW + HOUR / 2) == 0
    backups.problems = [{"code": "gap"}]
    assert await watch.step(NOW + HOUR) > 0
    another = BackupWatch(service.environment.runtime("identity"), over_http(backups.url))
    assert await another.step(NOW + HOUR) == 0
    # Whoever was not reached, because the database went away in the middle, is told by the next look.
    newcomer = await service.open_workspace()
    assert await another.step(NOW + HOUR + timedelta(minutes=1)) == 1
    assert [len(await told(service, each)) for each in (practice, newcomer)] == [1, 1]


async def test_of_two_processes_one_watches_and_the_other_goes_on_when_it_ends(service, monkeypatch):
    monkeypatch.setattr(watching, "_SECONDS_TO_TAKE_OVER", 0.1)
    runtime, said = service.environment.runtime("identity"), [Backups(), Backups()]
    running = [asyncio.create_task(BackupWatch(runtime, over_http(await each.start())).run()) for each in said]
    try:
        async with asyncio.timeout(20):
            while not any(each.asked for each in said):
                await asyncio.sleep(0.05)
            await asyncio.sleep(1)
            assert sorted(each.asked for each in said) == [0, 1]
            first = next(number for number, each in enumerate(said) if each.asked)
            running[first].cancel()
            while not said[1 - first].asked:
                await asyncio.sleep(0.05)
    finally:
        for task, each in zip(running, said, strict=True):
            task.cancel()
            each.close()
        await asyncio.gather(*running, return_exceptions=True)


async def test_silence_is_trouble_when_it_goes_on(service, backups, watch):
    practice = await service.open_workspace()
    assert await watch.step(NOW + HOUR) == 0
    backups.answers = False
    assert await watch.step(NOW + HOUR + timedelta(minutes=59)) == 0
    assert await watch.step(NOW + 2 * HOUR) > 0
    assert len(await told(service, practice)) == 1


@pytest.mark.parametrize("looked_at", ["yesterday", 7, "2026-11-22T10:00:00"])
async def test_what_is_no_state_of_backups_is_silence(backups, looked_at):
    look = over_http(backups.url)
    assert await look() == {"looked_at": str(NOW), "problems": []}
    backups.looked_at = looked_at
    assert await look() is None


async def test_the_only_active_workspace_is_told_that_it_is_the_only_one(service):
    practice = await service.open_workspace()
    async with service.environment.superuser() as connection:
        others = "UPDATE identity.workspace_directory SET status = $1 WHERE workspace_id <> $2 AND status = $3"
        await connection.execute(others, "suspended", practice.workspace_id, "active")
        try:
            assert await announce(service.environment.runtime("identity")) == 1
        finally:
            await connection.execute(others, "active", practice.workspace_id, "suspended")
    assert [event.is_only_workspace for event in await told(service, practice)] == [True]


async def test_one_process_with_everything_in_it_tells_what_its_own_backups_say(service):
    practice, wrong = await service.open_workspace(), {}
    notices = WorkspaceNotices(service.environment.runtime("identity"), lambda _now: wrong)
    assert await notices.watch.step(datetime.now(UTC) + HOUR) == 0
    wrong["backups"] = "none was ever made; the last attempt failed: No space left on device"
    assert await notices.watch.step(datetime.now(UTC) + HOUR) > 0
    (event,) = await told(service, practice)
    assert "space" not in str(event)
