"""Processes forked from one that has imported everything already, watched, and started again when they die.

Nothing here makes a thread, an event loop or a gRPC object: a fork would tear them apart.
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
from pathlib import Path
from types import FrameType

from chassis.local.processes import die_with

STOPPED_BY = (signal.SIGTERM, signal.SIGINT)
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
# A process that lived so long has not failed at starting.
SECONDS_OF_HEALTH = 10.0


@dataclass
class Member:
    """One process of the family: what it does, and how it fares."""

    name: str
    work: Callable[[], None]
    log: Path
    core: int | None = None
    pid: int = 0
    started: float = 0.0
    pause: float = SHORTEST_PAUSE
    due: float = field(default=0.0)

    def start(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self._live(parent))

    def _live(self, parent: int) -> int:
        """The child's whole life; its exit code."""
        try:
            signal.set_wakeup_fd(-1)
            for number in (*STOPPED_BY, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            # Of its own group, so that a terminal's Ctrl-C reaches the parent alone, who stops the family in order.
            os.setpgid(0, 0)
            die_with(parent, signal.SIGTERM)
            log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            if self.core is not None:
                os.sched_setaffinity(0, {self.core})
            self.work()
        except SystemExit as leaving:
            if isinstance(leaving.code, int):
                return leaving.code
            sys.stderr.write(f"{leaving.code}\n")
            return 1
        except BaseException:  # noqa: BLE001 - the last word of a process
            traceback.print_exc(limit=0)
            return 1
        return 0


class Family:
    """The members and their watch."""

    def __init__(self, members: Iterable[Member], *, say: Callable[[str], None], changed: Callable[[], None]) -> None:
        self.members = list(members)
        self._say = say
        self._changed = changed
        self._stopping = False
        self._wakened, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._wakened, False)

    def start(self) -> None:
        for number in (*STOPPED_BY, signal.SIGCHLD):
            signal.signal(number, self._noted)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        # What exists now stays shared between the processes: nobody's collector touches its pages.
        gc.collect()
        gc.freeze()
        for member in self.members:
            member.start()

    def _noted(self, number: int, _frame: FrameType | None) -> None:
        if number in STOPPED_BY:
            self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def watch(self, seconds: float) -> None:
        """Waits for something to happen, at most so long, and sees to it."""
        select.select([self._wakened], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._wakened, 4096)
        for member in self.members:
            self._look_after(member)

    def _look_after(self, member: Member) -> None:
        now = time.monotonic()
        if member.pid:
            pid, status = os.waitpid(member.pid, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            member.pid = 0
            if now - member.started > SECONDS_OF_HEALTH:
                member.pause = SHORTEST_PAUSE
            member.due = now + member.pause
            if not self._stopping:
                how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
                self._say(f"{member.name} {how}; it starts again in {member.pause:.1f} s (see {member.log})")
            member.pause = min(member.pause * 2, LONGEST_PAUSE)
        elif not self._stopping and now >= member.due:
            member.start()
            self._changed()

    def stop(self, *, patience: float = 20.0) -> None:
        """Ends the members in the order of the list, each with time to finish what it does."""
        self._stopping = True
        for member in self.members:
            if not member.pid:
                continue
            os.kill(member.pid, signal.SIGTERM)
            give_up = time.monotonic() + patience
            while member.pid:
                if time.monotonic() > give_up:
                    self._say(f"{member.name} did not stop and is killed")
                    os.kill(member.pid, signal.SIGKILL)
                    give_up = float("inf")
                self.watch(0.2)
