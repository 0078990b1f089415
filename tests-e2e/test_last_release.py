"""Migrations of this release run under the last release's code, which people go on working with. `make drill-upgrade` is the long form."""

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

import asyncpg
import pytest
from drill.builds import add_migration, copy_migrations
from drill.environment import until
from releases import journey

from chassis.events.broker.in_process import InProcessBroker
from chassis.local.postgres import LocalPostgres
from chassis.migrations.roles import applied_revision
from chassis.migrations.runner import migrate
from chassis.service.runtime import Runtime
from scheduling.locations.sealing import AddressSealer
from standalone.home import Home
from standalone.installation import Installation
from standalone.releases import stored
from standalone.selftest.worlds import NotMadeError, furnish
from standalone.services import NAMES, SERVICES
from standalone.source_releases import environment_of, last_release


@pytest.fixture
def tree(tmp_path):
    """The last release's sources. What it depends on is this environment's."""
    tree = last_release().unpack(tmp_path / "last-release")
    asked = [sys.executable, "-c", "import chassis, clients, gateway, standalone; print(chassis.__file__, standalone.__file__)"]
    found = subprocess.run(asked, env=environment_of(tree), capture_output=True, text=True, check=True).stdout
    assert all(Path(file).is_relative_to(tree) for file in found.split()), "it is the release's code that runs"
    return tree


@pytest.fixture
def installation(servers, tree, tmp_path):
    """What the last release left, and its code at work on it."""
    (left,) = [release for release in stored() if release.name == last_release().version]
    installation = Installation("run", tmp_path / "home", environment_of(tree))
    left.to_home(installation.home)
    installation.start()
    yield installation
    installation.stop()


class Reception(threading.Thread):
    """Somebody who takes on clients, changes them and looks at lists, until told to stop; `failed` are the replies that should not have come."""

    def __init__(self, installation):
        super().__init__()
        self._installation, self._over = installation, threading.Event()
        self.replies, self.failed = 0, []

    def run(self):
        with contextlib.ExitStack() as stack:
            api = journey.sign_in(self._installation, stack, journey.OWNER)
            number = 0
            while not self._over.wait(0.3):
                number += 1
                client = self._ask(api, "POST", "/clients", json={"first_name": "Nora", "last_name": f"Meanwhile {number}", "tags": ["a"]})
                if client is not None:
                    self._ask(api, "PUT", f"/clients/{client['id']}", json={"tags": ["b"]})
                for path in ("/clients", "/appointments", "/sessions", "/alerts", "/workspaces/current"):
                    self._ask(api, "GET", path)

    def _ask(self, api, method, path, **request):
        reply = api.request(method, path, **request)
        self.replies += 1
        if not reply.is_success:
            self.failed.append((method, path, reply.status_code, reply.text))
            return None
        return reply.json()

    def has_replies(self, count):
        async def has():
            return self.replies >= count

        return has

    def stop(self):
        self._over.set()
        self.join()


@contextlib.asynccontextmanager
async def scheduling(installation, dsn):
    """This release's, on the last one's database."""
    (service,) = [each for each in SERVICES if each.name == "scheduling"]
    settings = Home(installation.home).settings(service, dsn, broker_url="inprocess://", smtp_url="smtp://127.0.0.1")
    runtime = Runtime(service, settings, broker=InProcessBroker())
    try:
        yield runtime
    finally:
        await runtime.stop()


async def seal(runtime):
    connection = await asyncpg.connect(runtime.relay_dsn)
    try:
        await AddressSealer(runtime).seal(connection)
    finally:
        await connection.close()


async def test_the_last_release_works_on_while_this_ones_migrations_run_and_one_that_is_not_fit_for_that_is_told(
    installation, tmp_path, monkeypatch
):
    """A next release is made up for it: this one's migrations and one that adds. So it is seen to work where there are no others yet."""
    dsn = LocalPostgres(installation.home / "postgres").dsn
    before = {name: await applied_revision(dsn, name) for name in NAMES}
    monkeypatch.setenv("CASELOAD_ROOT", str(copy_migrations(tmp_path / "next")))
    added = add_migration(
        "clients",
        "ALTER TABLE clients.clients ADD favourite_colour text",
        "CREATE INDEX ix_colour ON clients.clients (workspace_id, favourite_colour)",
    )
    reception = Reception(installation)
    reception.start()
    try:
        await until(reception.has_replies(1), 30, "somebody works")
        for name in NAMES:
            await migrate(dsn, name, "expand")
        seen = reception.replies
        with contextlib.ExitStack() as stack:
            api = journey.sign_in(installation, stack, journey.HEAD)
            ids = furnish(api, lambda: journey.sign_in(installation, stack, journey.HEAD))
            assert {path: said for path, said in journey.answers(api, journey.questions(ids)).items() if "code" in said} == {}
        await until(reception.has_replies(seen + 10), 30, "the work goes on")
    finally:
        reception.stop()
    assert await applied_revision(dsn, "clients") == added > before["clients"]
    assert reception.failed == []

    # This release beside it stores an address, and seals none: the last one is gone back to without a loss.
    async with scheduling(installation, dsn) as runtime:
        with contextlib.ExitStack() as stack:
            api = journey.sign_in(installation, stack, journey.HEAD)
            theirs = api.post("/locations", json={"name": "Visits", "location_type": "home", "address": "4 Elm Row"}).json()
            await seal(runtime)
            assert api.get(f"/locations/{theirs['id']}").json()["address"] == "4 Elm Row"
            await migrate(dsn, "scheduling", "head")
            await seal(runtime)
            assert api.get(f"/locations/{theirs['id']}").json()["address"] is None, "it could not be read there afterwards"

    # One that takes away what the release uses, and does not say so.
    add_migration("clients", "ALTER TABLE clients.clients DROP COLUMN time_zone")
    await migrate(dsn, "clients", "expand")
    with contextlib.ExitStack() as stack:
        api = journey.sign_in(installation, stack, journey.HEAD)
        with pytest.raises(NotMadeError, match="database_unavailable"):
            furnish(api, lambda: journey.sign_in(installation, stack, journey.HEAD))
