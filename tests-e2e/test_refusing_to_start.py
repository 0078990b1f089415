"""A service that is told something only fit for development, or given a role that row security does not bind, leaves."""

import os
import subprocess
import sys

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from chassis.auth.tokens import write_service_keys
from chassis.encryption.keyring import Keyring
from chassis.migrations.roles import provision
from chassis.migrations.runner import migrate
from chassis.testing.environment import _dsn
from standalone.home import as_role

PASSWORD = "made-up-for-this-test"


@pytest.fixture
async def database(postgres):
    name = f"starting_{uuid7().hex}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    dsn = _dsn(postgres, database=name)
    await provision(dsn, "clients", PASSWORD, PASSWORD)
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

    def started(**but):
        settings = {
            "CASELOAD_DATABASE_URL": app,
            "CASELOAD_RELAY_DATABASE_URL": as_role(database, "clients_relay", PASSWORD),
            "CASELOAD_KEYRING_FILE": str(tmp_path / "keyring.json"),
            "CASELOAD_SERVICE_KEYS_DIR": str(tmp_path / "keys"),
            "CASELOAD_LISTEN": f"unix:{tmp_path}/clients.sock",
            "CASELOAD_PEERS": f'{{"identity": "unix:{tmp_path}/identity.sock", "scheduling": "unix:{tmp_path}/scheduling.sock"}}',
            **but,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_")}
        return subprocess.Popen(
            [sys.executable, "-m", "clients", "serve"],
            env=inherited | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return started


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


async def test_a_role_that_passes_row_security_is_refused(start, database):
    connection = await asyncpg.connect(database)
    role = f"chief_{uuid7().hex}"
    await connection.execute(f"CREATE ROLE {role} LOGIN BYPASSRLS PASSWORD '{PASSWORD}'")
    try:
        process = start(CASELOAD_DATABASE_URL=as_role(database, role, PASSWORD))
        said, _ = process.communicate(timeout=30)
    finally:
        await connection.execute(f"DROP ROLE {role}")
        await connection.close()

    assert process.returncode == os.EX_CONFIG, (process.returncode, said)
    assert "passes row security" in said


def test_what_is_safe_is_served_until_it_is_stopped(start, tmp_path):
    process = start()
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=4)
        assert (tmp_path / "clients.sock").exists()
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=30)

    assert process.returncode == 0, said
