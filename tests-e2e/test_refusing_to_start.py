"""A service that is told something only fit for development, or given a role that row security does not bind, leaves."""

import asyncio
import os
import socket
import subprocess
import sys
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import asyncpg
import pytest
from drill.environment import until
from uuid_utils.compat import uuid7

from chassis.auth.tokens import write_service_keys
from chassis.encryption.keyring import Keyring
from chassis.migrations.roles import provision
from chassis.migrations.runner import migrate
from chassis.testing.environment import _dsn
from standalone.home import as_role

PASSWORD = "for-tests-only"


@pytest.fixture(scope="module")
async def database(postgres):
    name = f"starting_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    dsn = _dsn(postgres, database=name)
    await provision(dsn, "clients", PASSWORD, PASSWORD, PASSWORD)
    await migrate(dsn, "clients")
    yield dsn
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def start(tmp_path, database):
    """Starts the clients service as production would, but for what is given; returns once it has left."""
    Keyring.generate().save(tmp_path / "keyring.json")
    write_service_keys(tmp_path / "keys", ["clients", "identity"])
    app = as_role(database, "clients_app", PASSWORD)
    running = []

    def started(*tasks, **but):
        settings = {
            "CASELOAD_DATABASE_URL": app,
            "CASELOAD_RELAY_DATABASE_URL": as_role(database, "clients_relay", PASSWORD),
            "CASELOAD_ERASER_DATABASE_URL": as_role(database, "clients_eraser", PASSWORD),
            "CASELOAD_KEYRING_FILE": str(tmp_path / "keyring.json"),
            "CASELOAD_SERVICE_KEYS_DIR": str(tmp_path / "keys"),
            "CASELOAD_JOB_FILES_URL": f"file://{tmp_path}/job-files",
            "CASELOAD_LISTEN": f"unix:{tmp_path}/clients.sock",
            "CASELOAD_PEERS": f'{{"identity": "unix:{tmp_path}/identity.sock", "scheduling": "unix:{tmp_path}/scheduling.sock"}}',
            **but,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "clients", *(tasks or ["serve"])],
            env=inherited | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("but", "why"),
    [
        ({"CASELOAD_LISTEN": "0.0.0.0:0"}, "CASELOAD_TLS_CERTIFICATE_FILE"),
        ({"CASELOAD_BLOB_URL": "file:///files"}, "CASELOAD_BLOB_SECRET"),
        ({"CASELOAD_BROKER_URL": "amqp://guest:guest@mq.example.com/"}, "CASELOAD_BROKER_URL"),
        ({"CASELOAD_DATABASE_URL": "postgresql://postgres:p@127.0.0.1/x"}, "CASELOAD_DATABASE_URL is a superuser's"),
    ],
)
def test_what_is_only_fit_for_development_is_refused(start, but, why):
    said, _ = start(**but).communicate(timeout=30)

    assert why in said


@pytest.fixture
async def roles(database):
    """A function: a new role with these traits, and its address."""
    connection = await asyncpg.connect(database)
    made = []

    async def role(traits):
        name = f"chief_{uuid7().hex}"
        await connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {traits}")
        made.append(name)
        return as_role(database, name, PASSWORD)

    yield role
    for name in made:
        await connection.execute(f"DROP ROLE {name}")
    await connection.close()


@pytest.mark.parametrize(
    ("task", "setting", "traits"),
    [
        ("serve", "CASELOAD_DATABASE_URL", "BYPASSRLS"),
        ("react", "CASELOAD_DATABASE_URL", "SUPERUSER"),
        ("relay", "CASELOAD_RELAY_DATABASE_URL", "BYPASSRLS"),
        ("all", "CASELOAD_RELAY_DATABASE_URL", "SUPERUSER"),
    ],
)
async def test_a_role_that_passes_row_security_is_refused(start, roles, tmp_path, task, setting, traits):
    process = start(task, **{setting: await roles(traits)})
    said, _ = process.communicate(timeout=30)

    assert process.returncode == os.EX_CONFIG, (process.returncode, said)
    assert "passes row security" in said
    # gRPC leaves its socket behind when a process ends at once.
    assert not (tmp_path / "clients.sock").exists(), "it listened"


async def test_the_apps_own_role_is_refused_as_the_relays(start, database):
    process = start("relay", CASELOAD_RELAY_DATABASE_URL=as_role(database, "clients_app", PASSWORD))
    said, _ = process.communicate(timeout=30)

    assert process.returncode == os.EX_CONFIG, (process.returncode, said)
    assert "is not clients_relay" in said


@pytest.fixture
async def late(database, tmp_path):
    """A function that takes a DSN of the database and returns another one, by which it is away until `late.arrive()`."""
    parts = urlsplit(database)
    query = parse_qs(parts.query)
    folder = tmp_path / "database"
    folder.mkdir()

    async def pump(reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def forward(reader, writer):
        if "host" in query:
            there = await asyncio.open_unix_connection(f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}")
        else:
            there = await asyncio.open_connection(parts.hostname, parts.port)
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))

    class Late:
        server = None

        def dsn(self, of):
            account = urlsplit(of).netloc.rpartition("@")[0]
            return urlunsplit(parts._replace(netloc=f"{account}@", query=urlencode({"host": str(folder), "port": "5432"})))

        async def arrive(self):
            self.server = await asyncio.start_unix_server(forward, folder / ".s.PGSQL.5432")

    yield (found := Late())
    if found.server is not None:
        found.server.close()


@pytest.fixture
def waiting(tmp_path):
    """A function: whether the process answers that it is alive and not ready."""

    def status(path):
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(f"{tmp_path}/health.sock")
            except OSError:
                return None
            connection.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
            return int(connection.recv(4096).split()[1])

    return partial(asyncio.to_thread, lambda: (status("/health/ready"), status("/health/live")) == (503, 200))


async def test_while_the_database_is_away_nothing_listens_and_an_unfit_role_is_never_served(start, roles, late, waiting, tmp_path):
    process = start(CASELOAD_DATABASE_URL=late.dsn(await roles("SUPERUSER")), CASELOAD_HTTP_LISTEN=f"unix:{tmp_path}/health.sock")
    try:
        await until(waiting, 30, "it is alive and not ready")
        assert not (tmp_path / "clients.sock").exists(), "it listens before it knows its role"
        await late.arrive()
    finally:
        said, _ = await asyncio.to_thread(process.communicate, timeout=30)

    assert process.returncode == os.EX_CONFIG, (process.returncode, said)
    assert "passes row security" in said
    assert not (tmp_path / "clients.sock").exists(), "it listened"


async def test_a_fit_role_is_served_once_the_database_is_there(start, database, late, waiting, tmp_path):
    process = start(
        CASELOAD_DATABASE_URL=late.dsn(as_role(database, "clients_app", PASSWORD)), CASELOAD_HTTP_LISTEN=f"unix:{tmp_path}/health.sock"
    )
    try:
        await until(waiting, 30, "it is alive and not ready")
        await late.arrive()
        await until(partial(asyncio.to_thread, (tmp_path / "clients.sock").exists), 30, "it listens")
    finally:
        process.terminate()
        said, _ = await asyncio.to_thread(process.communicate, timeout=30)

    assert process.returncode == 0, said


async def test_a_process_that_waits_for_its_database_ends_when_told(start, database, late, waiting, tmp_path):
    process = start(
        CASELOAD_DATABASE_URL=late.dsn(as_role(database, "clients_app", PASSWORD)), CASELOAD_HTTP_LISTEN=f"unix:{tmp_path}/health.sock"
    )
    await until(waiting, 30, "it is alive and not ready")

    process.terminate()
    said, _ = await asyncio.to_thread(process.communicate, timeout=30)

    assert process.returncode == 0, said


async def test_what_is_safe_is_served_until_it_is_stopped(start, tmp_path):
    process = start()
    try:
        await until(partial(asyncio.to_thread, (tmp_path / "clients.sock").exists), 30, "it listens")
    finally:
        process.terminate()
        said, _ = await asyncio.to_thread(process.communicate, timeout=30)

    assert process.returncode == 0, said
