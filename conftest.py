"""How the tests are spread over workers, which of them are quick, and which have the machine to themselves. See CONTRIBUTING.md."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# Two members' folders bear their packages' names. Imported first, the packages are found where their tests look for them.
import gateway
import standalone

__all__ = ["gateway", "standalone"]

# A session's fixtures there start every service of the folder, so the folder is one piece of work; elsewhere a file is.
FOLDERS = ("services/", "gateway/")
_running: list[pytest.Item] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "servers" not in item.fixturenames:
            item.add_marker(pytest.mark.quick)
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_piece(item)))
    # The first to be handed out are those that take longest.
    items.sort(key=lambda item: not item.nodeid.startswith("tests-e2e/"))


def _piece(item: pytest.Item) -> str:
    """What of its tests goes to one worker, in one piece."""
    path = item.nodeid.partition("::")[0]
    return path.rpartition("/")[0] if path.startswith(FOLDERS) else path


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    # What is printed can be pasted: the name of the piece, which follows the last "@", is the scheduler's alone.
    told, at, piece = report.nodeid.rpartition("@")
    if hasattr(report, "node") and at and "]" not in piece:
        report.nodeid = told


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _running[:] = [item]
    with machine(item):
        yield


@contextmanager
def machine(item: pytest.Item) -> Iterator[None]:
    """Holds the machine for a test: one marked `alone` waits until no other worker is at a test, and lets none begin."""
    if not hasattr(item.config, "workerinput"):
        yield
        return
    folder = item.config.cache.mkdir("machine")
    with (folder / "held").open("w") as held:
        # In turn: whoever waits for the machine is not overtaken by those who would share it.
        with (folder / "turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            fcntl.flock(held, fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH)
        yield


def _refuse_processes(event: str, arguments: object) -> None:
    if event in {"subprocess.Popen", "os.fork"} and _running and _running[0].get_closest_marker("quick"):
        pytest.fail(f"{_running[0].nodeid} starts a process: it has to name the fixture `servers`, or use one that does")


sys.addaudithook(_refuse_processes)
