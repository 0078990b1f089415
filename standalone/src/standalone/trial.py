"""An installation for trying things out from outside: a real `caseload run` or `caseload suite`, its address, its mail, its processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from chassis.children import free_port, spawn


class Trial:
    """One composition as a process of its own, in a home of its own, on a free port."""

    def __init__(self, composition: str, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.composition = composition
        self.home = home
        self.port = free_port()
        self.gateway_url = f"http://127.0.0.1:{self.port}"
        self.output = home.with_name(home.name + ".out")
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 90.0) -> float:
        """Returns once the gateway is ready, and the installation has said what runs in it; how many seconds that took."""
        own = {"PORT": str(self.port), "CASELOAD_HOME": str(self.home)}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"}
        began, stale = time.monotonic(), self._told_at()
        # It ends with whoever started it, however that one ends.
        command = [sys.executable, "-m", "standalone", self.composition]
        self._process = spawn(command, log=self.output, env={**inherited, **own, **self._environment})
        # What one that was killed has left behind says nothing of this one.
        while not (self.ready() and self._told_at() > stale):
            if self._process.poll() is not None or time.monotonic() - began > seconds:
                self.stop()
                raise RuntimeError(f"{self.composition} did not become ready:\n{self.output.read_text()[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.gateway_url}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _told_at(self) -> int:
        """When the installation last said what runs in it, in nanoseconds; 0 where it has not."""
        try:
            return (self.home / "running.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def stop(self, *, seconds: float = 60.0) -> int | None:
        """Asks it to end, as Ctrl-C does; the exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def kill(self) -> None:
        """Ends it the hard way."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def running(self) -> dict[str, Any]:
        """What the installation says of itself: its processes, its broker's address."""
        told: dict[str, Any] = json.loads((self.home / "running.json").read_text())
        return told

    def kill_process(self, name: str) -> int:
        """Kills one process of the suite, which the suite starts again; the process id that was."""
        pid = int(self.running["processes"][name])
        os.kill(pid, signal.SIGKILL)
        return pid

    def pause_process(self, name: str) -> None:
        """Makes a process hang: it is there, and does nothing."""
        os.kill(int(self.running["processes"][name]), signal.SIGSTOP)

    def resume_process(self, name: str) -> None:
        os.kill(int(self.running["processes"][name]), signal.SIGCONT)

    def mail(self) -> list[dict[str, Any]]:
        """What was caught, newest first."""
        mails: list[dict[str, Any]] = httpx.get(f"{self.gateway_url}/dev/mail", timeout=10).raise_for_status().json()
        return mails
