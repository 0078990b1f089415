"""Private servers come up where others run too, and neither outlive nor lose anything to a killed parent."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap

import asyncpg
import psutil
import pytest

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import ChildFailedError, InUseError, end, spawn, until
from chassis.local.rabbitmq import LocalRabbit

pytestmark = [pytest.mark.usefixtures("servers"), pytest.mark.piece("rabbitmq")]


async def ask(dsn, sql):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def killed(servers, tmp_path_factory):
    """A cluster whose parent was killed right after a commit, and the server's process id."""
    home = tmp_path_factory.mktemp("killed")
    program = f"""
        import asyncio, asyncpg, os, pathlib, signal
        from chassis.local.postgres import LocalPostgres
        server = LocalPostgres(pathlib.Path({str(home)!r})).start()
        async def write():
            connection = await asyncpg.connect(server.dsn)
            await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)")
        asyncio.run(write())
        print(server.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return home, int(done.stdout)


def test_what_was_committed_is_there_after_the_parent_was_killed(killed):
    home, _ = killed

    server = LocalPostgres(home).start()
    try:
        assert asyncio.run(ask(server.dsn, "SELECT n FROM kept")) == 42
    finally:
        server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_a_killed_parent_takes_its_server_along(killed):
    _, pid = killed

    try:
        process = psutil.Process(pid)
        if "postgres" in process.name():
            process.wait(20)
    except psutil.NoSuchProcess:
        pass
    assert (
        not psutil.pid_exists(pid) or "postgres" not in psutil.Process(pid).name() or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    )


def test_a_directory_serves_one_process_at_a_time(tmp_path):
    server = LocalPostgres(tmp_path, fast=True).start()
    try:
        with pytest.raises(InUseError):
            LocalPostgres(tmp_path, fast=True).start()
        assert asyncio.run(ask(server.dsn, "SELECT 1")) == 1
    finally:
        server.stop()


def test_an_orphaned_server_is_ended_and_replaced(tmp_path):
    first = LocalPostgres(tmp_path, fast=True).start()
    first._held.close()  # as if its parent were gone and the kernel had not told it

    second = LocalPostgres(tmp_path, fast=True).start()
    try:
        assert first._child.wait(5) == 0
        assert second.pid != first.pid
    finally:
        second.stop()


async def test_a_killed_server_is_replaced_while_its_backends_are_still_at_work(tmp_path):
    server = LocalPostgres(tmp_path, fast=True).start()
    connections = [await asyncpg.connect(server.dsn) for _ in range(2)]
    backends = [psutil.Process(connection.get_server_pid()) for connection in connections]
    busy = [asyncio.create_task(c.fetchval("SELECT count(*) FROM generate_series(1, 1000000000)")) for c in connections]
    async with asyncio.timeout(30):
        while any(backend.cpu_times().user < 0.05 for backend in backends):
            await asyncio.sleep(0.05)
    os.kill(server.pid, signal.SIGKILL)
    server._child.wait(10)
    assert any(backend.is_running() for backend in backends), "the fault is that somebody outlives the server"

    server.stop()
    try:
        server.start()
        assert await ask(server.dsn, "SELECT 1") == 1
    finally:
        server.stop()

    assert not any(backend.is_running() for backend in backends)
    assert all(isinstance(end, Exception) for end in await asyncio.gather(*busy, return_exceptions=True))
    await asyncio.gather(*(connection.close() for connection in connections))


def test_a_stale_note_with_a_strangers_number_does_not_stop_it(tmp_path):
    LocalPostgres(tmp_path, fast=True).start().stop()
    (tmp_path / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}/data\n1\n5432\n\n\n\nready\n")

    server = LocalPostgres(tmp_path, fast=True).start()
    try:
        assert asyncio.run(ask(server.dsn, "SELECT 1")) == 1
    finally:
        server.stop()


def test_a_password_is_asked_for(tmp_path):
    server = LocalPostgres(tmp_path, fast=True).start()
    try:
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(ask(server.dsn_for("postgres", "wrong"), "SELECT 1"))
    finally:
        server.stop()


def test_a_child_that_dies_is_reported_with_the_end_of_its_log(tmp_path):
    log = tmp_path / "log"
    child = spawn(["/bin/sh", "-c", "echo no room; exit 3"], log=log)

    with pytest.raises(ChildFailedError, match=r"exited with 3(.|\n)*no room"):
        until(lambda: False, child, log, 10)


def test_a_child_that_will_not_stop_is_killed(tmp_path):
    log = tmp_path / "log"
    child = spawn(["/bin/sh", "-c", "trap '' TERM; echo up; while :; do read x; done </dev/tty || sleep 60"], log=log)
    until(lambda: b"up" in log.read_bytes(), child, log, 10)

    end(child, signal.SIGTERM, patience=0.2)

    assert child.returncode == -signal.SIGKILL


async def test_rabbitmq_speaks_amqp_with_an_account_of_its_own(rabbitmq):
    import aio_pika

    connection = await aio_pika.connect(rabbitmq)
    channel = await connection.channel()
    queue = await channel.declare_queue("local", durable=True, arguments={"x-queue-type": "quorum"})
    await channel.default_exchange.publish(aio_pika.Message(b"hello"), routing_key=queue.name)
    assert (await queue.get()).body == b"hello"
    await queue.delete(if_unused=False, if_empty=False)
    await connection.close()


async def test_a_node_left_behind_is_ended_before_another_takes_its_directory(tmp_path):
    first = LocalRabbit(tmp_path).start()
    first._held.close()  # as if its parent were gone and the kernel had not told it

    second = LocalRabbit(tmp_path).start()
    try:
        assert first._child.wait(5) is not None
        assert second.alive
    finally:
        second.stop()
        first._names.kill()
        first._names.wait()


def test_a_forked_child_does_not_hold_its_parents_claim(tmp_path):
    program = f"""
        import os, pathlib, signal
        from chassis.local.processes import claim
        directory = pathlib.Path({str(tmp_path)!r})
        held = claim(directory)
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(tell, b"born")
            signal.pause()
        os.read(told, 4)
        held.close()
        try:
            claim(directory).close()
        finally:
            os.kill(child, signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
