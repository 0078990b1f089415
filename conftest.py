"""How the tests are spread over workers, which of them are quick, and which have the machine to themselves. See CONTRIBUTING.md."""

import fcntl
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TextIO

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# Two members' folders bear their packages' names. Imported first, the packages are found where their tests look for them.
import gateway
import standalone
from chassis.garbage import loading

__all__ = ["gateway", "standalone"]

# A session's fixtures there start every service of the folder, so the folder is one piece of work; elsewhere a file is.
FOLDERS = ("services/", "gateway/", "deploy/")
_running: list[pytest.Item] = []

# On a machine that is busy with other tests, how long an example takes says nothing about it. Many examples are `make drill`'s.
_BUSY = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("busy", max_examples=40, **_BUSY)
hypothesis.settings.register_profile("drill", max_examples=1000, **_BUSY)
if hypothesis.settings.get_current_profile_name() == "default":
    hypothesis.settings.load_profile("busy")
_environments: list[Callable[[], None]] = []


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    # Modules and tests stay to the end.
    with loading():
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "servers" not in item.fixturenames:
            item.add_marker(pytest.mark.quick)
    # Each piece in one go. The first to be handed out are those that take longest, among folders those with most to ask a server for; the
    # smallest are left for the end: who takes a large one last works on when nobody else has anything to do.
    order = {piece: place for place, piece in enumerate(dict.fromkeys(map(_piece, items)))}
    large = Counter(_piece(item) for item in items if item.nodeid.startswith(FOLDERS) and item.get_closest_marker("quick") is None)

    def turn(item: pytest.Item) -> tuple[bool, bool, int, int]:
        piece = _piece(item)
        return not item.nodeid.startswith("tests-e2e/"), not item.nodeid.startswith(FOLDERS), -large[piece], order[piece]

    items.sort(key=turn)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        # A worker alone knows its tests' marks; it has them written down before the scheduler hears of its tests.
        session.config.cache.set("caseload/pieces", {item.nodeid: _piece(item) for item in session.items})


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> "Pieces":
    config.option.loadscopereorder = False
    return Pieces(config, log)


class Pieces(LoadScopeScheduling):
    """Hands out pieces in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return self._pieces[nodeid]

    @cached_property
    def _pieces(self) -> dict[str, str]:
        pieces: dict[str, str] = self.config.cache.get("caseload/pieces", {})
        return pieces


def _piece(item: pytest.Item) -> str:
    """What it belongs to: all tests of a piece go to one worker."""
    if mark := item.get_closest_marker("piece"):
        return str(mark.args[0])
    path = item.nodeid.partition("::")[0]
    return path.rpartition("/")[0] if path.startswith(FOLDERS) else path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    with machine.shared(item):
        _running.append(item)
        try:
            yield
        finally:
            _running.clear()
        if nextitem is not None and _piece(nextitem) != _piece(item):
            _end_environments()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    if item.get_closest_marker("alone") is None:
        yield
    else:
        # What it needs was made beside others.
        with machine.alone():
            yield


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest) -> None:
    if fixturedef.scope == "session" and fixturedef.baseid.startswith((*FOLDERS, "tests-e2e")):
        _environments.append(partial(fixturedef.finish, request))


def _end_environments() -> None:
    """Ends what a finished folder or installation had running for its whole session: it would go on to work, wait and log beside others."""
    while _environments:
        _environments.pop()()


class Machine:
    """What the workers share: any number of them run tests on it, or one runs a test marked `alone`."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._held: TextIO | None = None

    @contextmanager
    def shared(self, item: pytest.Item) -> Iterator[None]:
        if not hasattr(item.config, "workerinput"):
            yield
            return
        self._folder = item.config.cache.mkdir("machine")
        with (self._folder / "held").open("w") as self._held:
            self._hold(fcntl.LOCK_SH)
            yield
        self._held = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until no other worker is at a test, and lets none begin."""
        self._hold(fcntl.LOCK_EX)
        try:
            yield
        finally:
            self._hold(fcntl.LOCK_SH)

    def _hold(self, how: int) -> None:
        if self._folder is None or self._held is None:
            return
        # Given back first: two who wait for the machine would wait for each other.
        fcntl.flock(self._held, fcntl.LOCK_UN)
        # In turn: whoever waits for the machine is not overtaken by those who would share it.
        with (self._folder / "turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            fcntl.flock(self._held, how)


machine = Machine()


def _refuse_processes(event: str, arguments: object) -> None:
    if event in {"subprocess.Popen", "os.fork"} and _running and _running[0].get_closest_marker("quick"):
        pytest.fail(f"{_running[0].nodeid} starts a process: it has to name the fixture `servers`, or use one that does")


sys.addaudithook(_refuse_processes)
