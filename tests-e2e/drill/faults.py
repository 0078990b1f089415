"""Faults of processes. Each function returns only after the fault has happened, or raises AssertionError."""

import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

KILLABLE = ("identity", "clients", "scheduling", "clinical", "notifications", "audit", "gateway", "rabbitmq", "postgres")


@dataclass(frozen=True, slots=True)
class ProcessInstance:
    """One process. Its start time distinguishes it from a later process with the same pid."""

    pid: int
    started_at: int

    @classmethod
    def of(cls, pid):
        """The running process with this pid, or None."""
        place = Path(f"/proc/{pid}")
        try:
            # Fields after the name, which is in brackets and may contain any character: field 0 is the state, 19 the start time (proc(5)).
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            # A process has ended when its last thread has: until then its sockets are open.
            dead = fields[0] in "ZX" and len(list((place / "task").iterdir())) <= 1
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if dead else cls(pid, int(fields[19]))

    @property
    def is_over(self):
        return ProcessInstance.of(self.pid) != self


def running_process(installation, name, *, seconds=90.0):
    """The running process of that name. Waits for it if it is being restarted."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        pid = installation.running["processes"][name]
        if pid and (found := ProcessInstance.of(pid)) is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{name} did not run within {seconds} s")


def kill(installation, name):
    """Kills a process with SIGKILL, waits until it has ended, and returns it."""
    victim = running_process(installation, name)
    os.kill(victim.pid, signal.SIGKILL)
    give_up = time.monotonic() + 10
    while not victim.is_over:
        assert time.monotonic() < give_up, f"{name} survived its kill"
        time.sleep(0.002)
    return victim


def has_restarted(installation, name, victim):
    """Whether a process of that name runs that is not the victim."""
    pid = installation.running["processes"][name]
    found = ProcessInstance.of(pid) if pid else None
    return found is not None and found != victim


@contextmanager
def frozen(*pids):
    """Stops the processes and their descendants with SIGSTOP while the block runs."""
    tree = [process for pid in pids for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
    try:
        _suspend(tree)
        yield
        assert all(process.status() == psutil.STATUS_STOPPED for process in tree), "a frozen process was resumed"
    finally:
        for process in reversed(tree):
            process.resume()


@contextmanager
def killed(installation, name):
    """Kills a process, and keeps its supervisor from restarting it while the block runs."""
    supervisor = psutil.Process(installation.running["pid"])
    try:
        _suspend([supervisor])
        victim = kill(installation, name)
        yield victim
        assert not has_restarted(installation, name, victim), f"{name} was restarted too early"
    finally:
        supervisor.resume()


def _suspend(processes):
    """Stops the processes, and waits until each has stopped."""
    for process in processes:
        process.suspend()
    give_up = time.monotonic() + 10
    while any(process.status() != psutil.STATUS_STOPPED for process in processes):
        assert time.monotonic() < give_up, "a process did not stop"
        time.sleep(0.005)
