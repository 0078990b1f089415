"""A fresh copy of the tree: one command, and it serves; so it does the next time. How soon, `python -m bench.first_start` says."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from chassis.local.processes import free_port

ROOT = Path(__file__).parents[1]
MOST_SECONDS = 300.0


@pytest.fixture
def fresh(servers, tmp_path):
    """What a fresh clone holds: the tree without what commands have left in it."""
    copy = tmp_path / "caseload"
    left = shutil.ignore_patterns(".git", ".venv", ".tools", ".caseload", ".suite", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
    shutil.copytree(ROOT, copy, ignore=left)
    return copy


def serve(folder, port):
    """`make run`, once it answers."""
    began = time.monotonic()
    home = {name: value for name, value in os.environ.items() if not name.startswith(("CASELOAD_", "MAKE", "VIRTUAL_ENV", "PYTHON"))}
    with (folder / "output").open("ab") as out:
        make = subprocess.Popen(["make", "run"], cwd=folder, env=home | {"PORT": str(port)}, stdout=out, stderr=out, start_new_session=True)
    while time.monotonic() - began < MOST_SECONDS:
        assert make.poll() is None, (folder / "output").read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                return make
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError((folder / "output").read_text())


def stop(make):
    """Ctrl-C, as a terminal sends it: to all of the group."""
    os.killpg(make.pid, signal.SIGINT)
    make.wait(30)


def test_a_fresh_copy_serves_with_one_command_and_again_with_the_same(fresh):
    port = free_port()
    for _ in range(2):
        stop(serve(fresh, port))

    printed = (fresh / "output").read_text()
    for told in ("/docs", "/dev/mail", "owner@example.com", "admin@example.com", "platform@example.com", "caseload-demo"):
        assert printed.count(told) >= 2
