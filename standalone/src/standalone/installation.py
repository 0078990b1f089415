"""A running installation for tests and benchmarks: `caseload run` or `caseload suite` as a process, its address, mail and processes."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from chassis.local.processes import free_port, spawn


@cache
def trust() -> ssl.SSLContext:
    """What HTTP clients trust. Each would read it anew, which takes longer than many requests."""
    return ssl.create_default_context()


class Installation:
    """One composition (`run` or `suite`) as a process, with its own home directory and a free port."""

    def __init__(self, composition: str, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.composition = composition
        self.home = home
        self.port = free_port()
        self.gateway_url = f"http://127.0.0.1:{self.port}"
        self.output = home.with_name(home.name + ".out")
        self.environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 90.0) -> float:
        """Start it. Returns, once the gateway is ready and running.json is written, how many seconds that took."""
        own = {"PORT": str(self.port), "CASELOAD_HOME": str(self.home)}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CASELOAD_") and name != "DATABASE_URL"}
        began, earlier = time.monotonic(), self._status_written_at()
        # Ends with the process that started it, even if that one is killed.
        command = [sys.executable, "-m", "standalone", self.composition]
        self._process = spawn(command, log=self.output, env={**inherited, **own, **self.environment})
        # A running.json that a killed process left behind does not count.
        while not (self._status_written_at() > earlier and self.ready()):
            if self._process.poll() is not None or time.monotonic() - began > seconds:
                self.stop()
                raise RuntimeError(f"{self.composition} did not become ready:\n{self.output.read_text()[-4000:]}")
            time.sleep(0.05)
        return time.monotonic() - began

    def ready(self) -> bool:
        """Whether the gateway and every process that running.json names say that they are ready."""
        try:
            urls = [self.gateway_url, *self.running["health"].values()]
        except FileNotFoundError:
            urls = [self.gateway_url]
        try:
            return all(httpx.get(f"{url}/health/ready", timeout=5, verify=trust()).status_code == 200 for url in urls)
        except httpx.HTTPError:
            return False

    def _status_written_at(self) -> int:
        """When running.json was last written, in nanoseconds; 0 if there is none."""
        try:
            return (self.home / "running.json").stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def stop(self, *, seconds: float = 60.0) -> int | None:
        """Stop it as Ctrl-C does. Returns the exit code, None if it did not run. Kills it, and raises TimeoutExpired, after `seconds`."""
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
        """Kill the process (SIGKILL) and wait for its end."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def running(self) -> dict[str, Any]:
        """The content of running.json: process ids, addresses of the broker and of the health checks."""
        status: dict[str, Any] = json.loads((self.home / "running.json").read_text())
        return status

    def kill_process(self, name: str) -> int:
        """Kill one process of the suite, which restarts it. Returns the id of the killed process."""
        pid = int(self.running["processes"][name])
        os.kill(pid, signal.SIGKILL)
        return pid

    def pause_process(self, name: str) -> None:
        """Stop a process with SIGSTOP: it still exists, and does nothing."""
        os.kill(int(self.running["processes"][name]), signal.SIGSTOP)

    def resume_process(self, name: str) -> None:
        os.kill(int(self.running["processes"][name]), signal.SIGCONT)

    def mail(self) -> list[dict[str, Any]]:
        """The mails that were sent, newest first."""
        mails: list[dict[str, Any]] = httpx.get(f"{self.gateway_url}/dev/mail", timeout=10, verify=trust()).raise_for_status().json()
        return mails
