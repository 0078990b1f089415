"""Runs tasks in child processes forked from this one, which has imported everything already, and restarts those that die.

This process must have no threads, event loop or gRPC objects: they do not survive a fork.
"""

import gc
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from types import FrameType

from chassis.backoff import Backoff
from chassis.local.processes import die_with

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
BACKOFF = Backoff(first=0.2, longest=10.0)
# A process that dies after so many seconds did not fail to start: its next death counts as the first one.
SECONDS_UNTIL_HEALTHY = 10.0


@dataclass
class ChildProcess:
    """One process: what it runs, and its state."""

    name: str
    task: Callable[[], None]
    log: Path
    # The processes that it uses: it is started after them and stopped before them.
    needs: tuple[str, ...] = ()
    core: int | None = None
    # 0 while it does not run.
    pid: int = 0
    started_at: float = 0.0
    # How often it has died on end, each time soon after its start.
    deaths: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        self.started_at = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self._run(parent))

    def _run(self, parent: int) -> int:
        """Run the task in the child. Returns the exit code."""
        try:
            signal.set_wakeup_fd(-1)
            for number in (*STOP_SIGNALS, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            # In a process group of its own: a terminal's Ctrl-C reaches only the parent, which stops the children in order.
            os.setpgid(0, 0)
            die_with(parent, signal.SIGTERM)
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            if self.core is not None:
                os.sched_setaffinity(0, {self.core})
            self.task()
        except SystemExit as leaving:
            if isinstance(leaving.code, int):
                return leaving.code
            sys.stderr.write(f"{leaving.code}\n")
            return 1
        except BaseException:  # noqa: BLE001 - whatever ends a process is written to its log
            traceback.print_exc(limit=0)
            return 1
        return 0


class Supervisor:
    """Starts child processes in the order of their needs, restarts those that die, and stops all in reverse order."""

    def __init__(self, processes: Iterable[ChildProcess], *, report: Callable[[str], None], restarted: Callable[[], None]) -> None:
        by_name = {process.name: process for process in processes}
        order = TopologicalSorter({process.name: process.needs for process in by_name.values()}).static_order()
        self.processes = [by_name[name] for name in order]
        self._report = report
        self._restarted = restarted
        self._stopping = False
        self._wakeup_read, self._wakeup_write = os.pipe()
        os.set_blocking(self._wakeup_write, False)
        os.set_blocking(self._wakeup_read, False)

    def start(self) -> None:
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._wakeup_write, warn_on_full_buffer=False)
        # Existing objects stay in memory pages that all processes share: no collector writes to them.
        gc.collect()
        gc.freeze()
        for process in self.processes:
            process.start()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number in STOP_SIGNALS:
            self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def wait(self, seconds: float) -> None:
        """Wait for a signal, at most so long and no longer than the next restart is away, then restart what has died."""
        pauses = [process.restart_at - time.monotonic() for process in self.processes if not (process.pid or self._stopping)]
        select.select([self._wakeup_read], [], [], max(0.0, min([seconds, *pauses])))
        with suppress(BlockingIOError):
            os.read(self._wakeup_read, 4096)
        for process in self.processes:
            self._check(process)

    def _check(self, process: ChildProcess) -> None:
        now = time.monotonic()
        if process.pid:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            process.pid = 0
            if now - process.started_at > SECONDS_UNTIL_HEALTHY:
                process.deaths = 0
            process.deaths += 1
            pause = BACKOFF.delay(process.deaths)
            process.restart_at = now + pause
            if not self._stopping:
                how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
                self._report(f"{process.name} {how}; it starts again in {pause:.1f} s (see {process.log})")
        elif not self._stopping and now >= process.restart_at:
            process.start()
            self._restarted()

    def stop(self, *, patience: float = 20.0) -> None:
        """Stop the processes one after the other. Each has `patience` seconds to finish its work before it is killed."""
        self._stopping = True
        for process in reversed(self.processes):
            if not process.pid:
                continue
            os.kill(process.pid, signal.SIGTERM)
            kill_at = time.monotonic() + patience
            while process.pid:
                if time.monotonic() > kill_at:
                    self._report(f"{process.name} did not stop and is killed")
                    os.kill(process.pid, signal.SIGKILL)
                    kill_at = float("inf")
                self.wait(0.2)
