"""The real servers tests run against: an address in the environment, else a container, else a private one on this machine."""

import os
import secrets
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from chassis.local.postgres import LocalPostgres
from chassis.local.rabbitmq import LocalRabbit, speaks_amqp
from chassis.local.redis import LocalRedis, speaks_redis

POSTGRES_IMAGE = os.environ.get("CASELOAD_TEST_POSTGRES_IMAGE", "postgres:17")
RABBITMQ_IMAGE = os.environ.get("CASELOAD_TEST_RABBITMQ_IMAGE", "rabbitmq:4")
REDIS_IMAGE = os.environ.get("CASELOAD_TEST_REDIS_IMAGE", "valkey/valkey:8")
SECONDS_TO_START, SECONDS_TO_PULL = 90.0, 600.0


@pytest.fixture(scope="session")
def servers() -> None:
    """Named by every fixture and test that starts a server or another process. A test that does not need it is quick."""


@pytest.fixture(scope="session")
def postgres(servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A superuser's DSN; every test that uses it makes databases of its own."""
    if given := os.environ.get("CASELOAD_TEST_DATABASE_URL"):
        yield given
    elif can_run(POSTGRES_IMAGE):
        account = {"POSTGRES_PASSWORD": (password := secrets.token_urlsafe(16))}
        with running(POSTGRES_IMAGE, account, 5432, speaks_postgres, command="-c max_connections=300 -c fsync=off") as address:
            yield f"postgresql://postgres:{password}@{address}/postgres"
    else:
        server = LocalPostgres(tmp_path_factory.mktemp("postgres"), fast=True).start()
        try:
            yield server.dsn
        finally:
            server.stop()


@pytest.fixture(scope="session")
def rabbitmq(servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An AMQP address; every test that uses it names exchanges and queues of its own."""
    if given := os.environ.get("CASELOAD_TEST_BROKER_URL"):
        yield given
    elif can_run(RABBITMQ_IMAGE):
        account = {"RABBITMQ_DEFAULT_USER": "caseload", "RABBITMQ_DEFAULT_PASS": (password := secrets.token_urlsafe(16))}
        with running(RABBITMQ_IMAGE, account, 5672, speaks_amqp) as address:
            yield f"amqp://caseload:{password}@{address}/"
    else:
        server = LocalRabbit(tmp_path_factory.mktemp("rabbitmq")).start()
        try:
            yield server.amqp_url
        finally:
            server.stop()


@pytest.fixture(scope="session")
def redis(servers: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Redis or Valkey; every test that uses it counts under keys of its own."""
    if given := os.environ.get("CASELOAD_TEST_REDIS_URL"):
        yield given
    elif can_run(REDIS_IMAGE):
        with running(REDIS_IMAGE, {}, 6379, speaks_redis) as address:
            yield f"redis://{address}/0"
    else:
        server = LocalRedis(tmp_path_factory.mktemp("redis")).start()
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def running(image: str, settings: dict[str, str], port: int, ready: Callable[[str, int], bool], *, command: str = "") -> Iterator[str]:
    """A container of the image, and host:port where its server answers."""
    from testcontainers.core.container import DockerContainer

    with DockerContainer(image).with_envs(**settings).with_command(command).with_exposed_ports(port) as container:
        host, mapped = container.get_container_host_ip(), int(container.get_exposed_port(port))
        give_up = time.monotonic() + SECONDS_TO_START
        # Docker itself accepts connections before the server does, so it is asked for a word of its own.
        while not ready(host, mapped):
            if time.monotonic() > give_up:
                raise TimeoutError(f"{image} did not start: {container.get_logs()}")
            time.sleep(0.2)
        yield f"{host}:{mapped}"


def speaks_postgres(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2) as probe:
            # SSLRequest; the answer is one byte, yes or no (PostgreSQL documentation, "Message Formats").
            probe.sendall(struct.pack("!ii", 8, 80877103))
            return probe.recv(1) in {b"S", b"N"}
    except OSError:
        return False


@cache
def can_run(image: str) -> bool:
    """Whether an engine answers that has the image or can fetch it: many a machine has an engine and reaches no registry."""
    if not (succeeds("info", seconds=5) and has(image)):
        return False
    from testcontainers.core.config import testcontainers_config

    # It clears away what a killed run leaves behind; without it, tests still clear up after themselves.
    testcontainers_config.ryuk_disabled = not has(testcontainers_config.ryuk_image)
    return True


@cache
def has(image: str) -> bool:
    return succeeds("image", "inspect", image, seconds=5) or succeeds("pull", "--quiet", image, seconds=SECONDS_TO_PULL)


def succeeds(*command: str, seconds: float) -> bool:
    try:
        return subprocess.run(["docker", *command], capture_output=True, timeout=seconds, check=False).returncode == 0  # noqa: S603, S607 - our own command
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
