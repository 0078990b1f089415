"""What uses another part starts after it and stops before it, in either composition."""

import asyncio
import time
from graphlib import CycleError
from pathlib import Path

import pytest

from chassis.lifecycle import Lifecycle
from chassis.local.processes import ChildFailedError, InUseError
from chassis.service.composition import add_services
from standalone.embedded import restart_when_dead
from standalone.services import NAMES
from standalone.supervisor import ChildProcess, Supervisor


class Recorder:
    """Stands for a runtime and a broker, and records what is asked of it."""

    def __init__(self, name, events):
        self.name, self.events = name, events

    async def check_roles(self, tasks):
        self.events.append(("check", self.name))

    async def serve(self, *, over_grpc):
        self.events.append(("serve", self.name))

    async def react(self):
        self.events.append(("react", self.name))

    async def relay(self):
        self.events.append(("relay", self.name))

    async def drain(self, grace):
        self.events.append(("drain", self.name))

    async def stop(self):
        self.events.append(("stop", self.name))

    async def close(self):
        self.events.append(("close", self.name))


async def test_in_one_process_roles_are_checked_first_queues_exist_before_relays_and_deliveries_end_before_servers():
    events = []
    async with Lifecycle() as parts:
        add_services(parts, {name: Recorder(name, events) for name in NAMES}, Recorder("broker", events))
        await parts.start()
        assert [what for what, _ in events] == ["check"] * 6 + ["serve"] * 6 + ["react"] * 6 + ["relay"] * 6
        assert events[6] == ("serve", "identity")
        events.clear()

    assert [what for what, _ in events] == ["drain"] + ["stop"] * 6 + ["close"]
    assert events[-2] == ("stop", "identity")


def process(name, *needs):
    return ChildProcess(name, lambda: None, Path("unused.log"), needs)


def supervise(*processes):
    return Supervisor(processes, report=lambda line: None, restarted=lambda: None)


def test_processes_are_ordered_by_what_they_need():
    supervisor = supervise(
        process("gateway", "clients", "identity"), process("clients", "identity", "mail"), process("identity"), process("mail")
    )

    names = [child.name for child in supervisor.processes]
    assert set(names[:2]) == {"identity", "mail"}
    assert names[2:] == ["clients", "gateway"]


def test_processes_that_need_each_other_are_refused():
    with pytest.raises(CycleError):
        supervise(process("clients", "identity"), process("identity", "clients"))


def test_a_dead_process_is_started_again_as_soon_as_its_pause_is_over():
    dead, started = process("clients"), []
    dead.start = lambda: started.append(time.monotonic())
    dead.restart_at = time.monotonic() + 0.1
    supervisor = supervise(dead)

    while not started:
        supervisor.wait(30.0)

    assert 0 <= started[0] - dead.restart_at < 10


async def test_a_dead_database_is_restarted_whatever_its_starts_fail_with(monkeypatch):
    failures = [ChildFailedError("no room"), InUseError("another command has the directory"), OSError("no memory")]
    running = asyncio.Event()

    class Server:
        alive, log = False, Path("postgres.log")

        def stop(self):
            return

        def start(self):
            if failures:
                raise failures.pop()
            self.alive = True
            running.set()

    pause = asyncio.sleep
    monkeypatch.setattr("standalone.embedded.asyncio.sleep", lambda _seconds: pause(0))
    reviving = asyncio.create_task(restart_when_dead(Server()))
    async with asyncio.timeout(5):
        await running.wait()
    assert failures == []
    reviving.cancel()
