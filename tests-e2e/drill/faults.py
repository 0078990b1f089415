"""Faults that are known to have happened: each one returns only when it has, or fails."""

import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

KILLABLE = ("identity", "clients", "scheduling", "clinical", "notifications", "audit", "gateway", "rabbitmq", "postgres")


@dataclass(frozen=True, slots=True)
class Life:
    """One process, told from a later one with the same number by when it began."""

    pid: int
    began: int

    @classmethod
    def of(cls, pid):
        """The living process of that number, or None."""
        place = Path(f"/proc/{pid}")
        try:
            # After the name, which may hold anything, in brackets: the state, and as the twentieth the time it began (proc(5)).
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            # A process is dead when its last thread is: until then its sockets are open.
            dead = fields[0] in "ZX" and len(list((place / "task").iterdir())) <= 1
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if dead else cls(pid, int(fields[19]))

    @property
    def is_over(self):
        return Life.of(self.pid) != self


def life(trial, name, *, seconds=90.0):
    """The running process of that name, waited for where it is just being started again."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        pid = trial.running["processes"][name]
        if pid and (found := Life.of(pid)) is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{name} did not run within {seconds} s")


def kill(trial, name):
    """Ends a process by SIGKILL; the life that was."""
    victim = life(trial, name)
    os.kill(victim.pid, signal.SIGKILL)
    give_up = time.monotonic() + 10
    while not victim.is_over:
        assert time.monotonic() < give_up, f"{name} survived its kill"
        time.sleep(0.002)
    return victim


def is_reborn(trial, name, victim):
    """Whether the process of that name runs again, as another than the victim."""
    pid = trial.running["processes"][name]
    found = Life.of(pid) if pid else None
    return found is not None and found != victim


@contextmanager
def frozen(*pids):
    """Processes that are there and do nothing, with all that descend from them."""
    tree = [process for pid in pids for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
    try:
        _suspend(tree)
        yield
        assert all(process.status() == psutil.STATUS_STOPPED for process in tree), "somebody was woken"
    finally:
        for process in reversed(tree):
            process.resume()


@contextmanager
def away(trial, name):
    """A server that is killed and stays away: whoever would start it again is stopped meanwhile."""
    keeper = psutil.Process(trial.running["pid"])
    try:
        _suspend([keeper])
        victim = kill(trial, name)
        yield victim
        assert not is_reborn(trial, name, victim), f"{name} was not away all the time"
    finally:
        keeper.resume()


def _suspend(processes):
    """Returns when each of them has stopped; the signal takes its time on a busy machine."""
    for process in processes:
        process.suspend()
    give_up = time.monotonic() + 10
    while any(process.status() != psutil.STATUS_STOPPED for process in processes):
        assert time.monotonic() < give_up, "somebody goes on"
        time.sleep(0.005)
