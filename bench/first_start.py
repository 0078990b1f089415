"""How soon a fresh copy of the tree serves, the first time and later ones: `python -m bench.first_start`.

Beside what nothing can be quicker than: installing the same packages, and an empty PostgreSQL cluster. Copies the tree without what commands have left in it.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from chassis.local.postgres import LocalPostgres
from chassis.local.processes import free_port

ROOT = Path(__file__).parents[1]
LEFT = (".git", ".venv", ".tools", ".caseload", ".suite", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
LATER, MOST_SECONDS = 3, 300.0


def serve(copy: Path, port: int) -> float:
    """Seconds from `make run` until it answers; it is stopped again."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("CASELOAD_", "MAKE", "VIRTUAL_ENV", "PYTHON"))}
    began = time.monotonic()
    make = subprocess.Popen(
        ["make", "run"], cwd=copy, env=settings | {"PORT": str(port)}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while time.monotonic() - began < MOST_SECONDS and make.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == httpx.codes.OK:
                    return time.monotonic() - began
            except httpx.TransportError:
                time.sleep(0.05)
        sys.exit(f"it does not serve; it ended with {make.poll()}")
    finally:
        os.killpg(make.pid, signal.SIGINT)
        make.wait(60)


def install(copy: Path) -> float:
    began = time.monotonic()
    subprocess.run(["scripts/prepare", "run"], cwd=copy, check=True, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


async def make_cluster(folder: Path) -> float:
    began = time.monotonic()
    server = LocalPostgres(folder)
    await asyncio.to_thread(server.start)
    took = time.monotonic() - began
    await asyncio.to_thread(server.stop)
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder, name) for name in ("served", "installed")]
        for copy in copies:
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT))
        bare = install(copies[1]) + asyncio.run(make_cluster(Path(folder, "cluster")))
        port = free_port()
        first, *later = (serve(copies[0], port) for _ in range(1 + LATER))
    print(f"packages and an empty cluster {bare:5.1f} s")
    print(f"first start                   {first:5.1f} s, {first / bare:.1f} times that")
    print(f"later starts                  {min(later):5.1f} to {max(later):.1f} s")


if __name__ == "__main__":
    main()
