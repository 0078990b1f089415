"""The real servers tests run against: an address in the environment, else a container, else a private one on this machine."""

import os
import subprocess
from collections.abc import Iterator
from functools import cache

import pytest

from chassis.local import LocalPostgres, LocalRabbit


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's DSN; every test that uses it makes databases of its own."""
    if given := os.environ.get("CASELOAD_TEST_DATABASE_URL"):
        yield given
    elif docker_answers():
        from testcontainers.postgres import PostgresContainer

        with PostgresContainer("postgres:17", driver=None).with_command("-c max_connections=300 -c fsync=off") as container:
            yield container.get_connection_url()
    else:
        server = LocalPostgres(tmp_path_factory.mktemp("postgres"), fast=True).start()
        try:
            yield server.dsn
        finally:
            server.stop()


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An AMQP address; every test that uses it names exchanges and queues of its own."""
    if given := os.environ.get("CASELOAD_TEST_BROKER_URL"):
        yield given
    elif docker_answers():
        from testcontainers.rabbitmq import RabbitMqContainer

        with RabbitMqContainer("rabbitmq:4") as container:
            host, port = container.get_container_host_ip(), container.get_exposed_port(5672)
            yield f"amqp://guest:guest@{host}:{port}/"
    else:
        server = LocalRabbit(tmp_path_factory.mktemp("rabbitmq")).start()
        try:
            yield server.amqp_url
        finally:
            server.stop()


@cache
def docker_answers() -> bool:
    """Whether an engine is behind the docker command, which may well be installed without one."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=5, check=False).returncode == 0  # noqa: S607
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
