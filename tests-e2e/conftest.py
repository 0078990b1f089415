"""The two compositions as real processes, and somebody signed in to either."""

import contextlib
import time
from pathlib import Path

import httpx
import pytest
from attack.installation import QUICK_PASSWORDS, AttackedInstallation
from attack.service_methods import RawChannel
from chromium import fresh_tab, running_chromium
from deployed import deployed
from drill.environment import DrillEnvironment
from homes import Homes

from standalone.installation import Installation, trust
from standalone.selftest.worlds import furnish, register_passkey

HERE = Path(__file__).parent
PASSWORD = "caseload-demo"

# Each composition once more, for what kills, freezes and refuses.
BREAKABLE = {"embedded": "embedded_drill", "suite": "suite_drill"}
# Each takes long to start, so everything that happens in one goes to one worker.
INSTALLATIONS = ("suite_drill", "embedded_drill", "suite", "embedded")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        chosen = item.callspec.params if hasattr(item, "callspec") else {}
        named = [*item.fixturenames, BREAKABLE.get(chosen.get("place")), chosen.get("installation"), chosen.get("started")]
        for name in INSTALLATIONS:
            if name in named and item.path.is_relative_to(HERE):
                item.add_marker(pytest.mark.piece(name))
                break


@pytest.fixture(scope="session")
def homes(servers, request, tmp_path_factory):
    """Homes to start installations in, but for those whose very first start is looked at."""
    base = tmp_path_factory.getbasetemp()
    return Homes((base.parent if hasattr(request.config, "workerinput") else base) / "homes")


@pytest.fixture(scope="session")
def embedded(homes, tmp_path_factory):
    """Everything in one process."""
    yield from running("run", homes.copy(tmp_path_factory.mktemp("installation") / "run"))


@pytest.fixture(scope="session")
def suite(servers, tmp_path_factory):
    """Every service a process of its own, from its very first start."""
    yield from running("suite", tmp_path_factory.mktemp("installation") / "suite")


def running(composition, home):
    # Suites that ask for every operation read each answer to its end.
    installation = Installation(composition, home, QUICK_PASSWORDS | {"CASELOAD_ALERT_STREAM_SECONDS": "0.5"})
    installation.start()
    yield installation
    assert installation.stop() == 0


@pytest.fixture(params=["embedded", "suite"] if deployed() is None else ["deployed"])
def installation(request, servers):
    """Both compositions in turn, or in their place the installation that the environment names."""
    return deployed() or request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
async def attacked(suite):
    """Whoever opens practices in the suite and knows the addresses of its services."""
    return AttackedInstallation(suite)


@pytest.fixture
async def lines(attacked):
    """A line to each service by name, past the gateway."""
    lines = {name: RawChannel(address) for name, address in attacked.addresses.items()}
    yield lines
    for line in lines.values():
        await line.close()


@pytest.fixture(scope="session")
async def suite_drill(homes, tmp_path_factory):
    """A suite of its own for what kills, freezes and refuses."""
    async with DrillEnvironment(homes.copy(tmp_path_factory.mktemp("drill") / "suite")) as environment:
        yield environment


@pytest.fixture(scope="session")
async def embedded_drill(homes, tmp_path_factory):
    """The same in one process."""
    async with DrillEnvironment(homes.copy(tmp_path_factory.mktemp("drill") / "embedded"), "run") as environment:
        yield environment


@pytest.fixture(params=["embedded", "suite"])
def place(request, servers):
    """Either composition, to be broken."""
    return request.getfixturevalue(BREAKABLE[request.param])


@pytest.fixture(scope="session")
async def browser(servers):
    """One Chromium, headless, for all tests of the worker."""
    async with running_chromium() as running:
        yield running


@pytest.fixture
async def open_tab(browser):
    """Opens tabs that know nothing of each other. None of their pages may have violated its content policy."""
    opened = []
    async with contextlib.AsyncExitStack() as stack:

        async def open_one(**context):
            opened.append(await stack.enter_async_context(fresh_tab(browser, **context)))
            return opened[-1]

        yield open_one
    assert [message for tab in opened for message in tab.messages] == []


@pytest.fixture
def sign_in():
    """Signs somebody in by password; a client that carries the access token, under the API's root."""
    with contextlib.ExitStack() as stack:

        def signed_in(installation, email="owner@example.com"):
            client = stack.enter_context(httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30, verify=trust()))
            reply = client.post("/auth/login", json={"email": email, "password": PASSWORD})
            assert reply.status_code == 200, reply.text
            bearer = stack.enter_context(httpx.Client(base_url=f"{installation.gateway_url}/api/v1", timeout=30, verify=trust()))
            bearer.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
            bearer.user = reply.json()["user"]
            return bearer

        yield signed_in


@pytest.fixture
def open_furnished(embedded, eventually):
    """Opens a workspace with one of everything. Returns a client of its first user, and the ids by name.

    Whoever needs fresh things opens another one: one user has a hundred writes a minute.
    """
    attacked = AttackedInstallation(embedded)
    with contextlib.ExitStack() as stack:

        async def opened(kind):
            person = await attacked.open_workspace(kind)
            api = stack.enter_context(attacked.api_as(person))
            ids = furnish(api, lambda: attacked.sign_in(person))
            events = eventually(lambda: api.get("/audit-events", params={"resource_id": ids["client_id"]}).json()["items"])
            # Last: a password alone is not enough from here on.
            return api, ids | {"audit_event_id": events[0]["id"], "passkey_id": register_passkey(api)}

        yield opened


@pytest.fixture
def eventually():
    """Asks again until the answer is truthy; what happens between processes takes its time."""

    def ask(question, seconds=30.0):
        give_up = time.monotonic() + seconds
        while True:
            answer = question()
            if answer:
                return answer
            assert time.monotonic() < give_up, f"still {answer!r} after {seconds} s"
            time.sleep(0.1)

    return ask
