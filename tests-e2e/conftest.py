"""The two compositions as real processes, and somebody signed in to either."""

import contextlib
import time

import httpx
import pytest
from attack.installation import AttackedInstallation
from attack.service_methods import RawChannel
from deployed import deployed
from drill.environment import DrillEnvironment

from standalone.installation import Installation

PASSWORD = "caseload-demo"
# The tests' own pace is not what the limits are for.
LIMITS = {"CASELOAD_READS_PER_MINUTE": "1000000", "CASELOAD_WRITES_PER_MINUTE": "1000000", "CASELOAD_SIGN_INS_PER_MINUTE": "1000000"}


@pytest.fixture(scope="session")
def trials(tmp_path_factory):
    """Each composition, started when the first test asks for it."""
    started = {}

    def of(composition):
        if composition not in started:
            trial = Installation(composition, tmp_path_factory.mktemp("trial") / composition, LIMITS)
            trial.start()
            started[composition] = trial
        return started[composition]

    yield of
    for trial in started.values():
        assert trial.stop() == 0


COMPOSITIONS = [pytest.param("run", id="embedded"), "suite"] if deployed() is None else ["deployed"]


@pytest.fixture(params=COMPOSITIONS)
def trial(request, trials):
    """Both compositions in turn, or in their place the installation that the environment names."""
    return deployed() or trials(request.param)


@pytest.fixture
def embedded(trials):
    return trials("run")


@pytest.fixture
def suite(trials):
    return trials("suite")


@pytest.fixture(scope="module")
async def installation(trials):
    """Whoever opens practices in the suite and knows the addresses of its services."""
    return AttackedInstallation(trials("suite"))


@pytest.fixture
async def lines(installation):
    """A line to each service by name, past the gateway."""
    lines = {name: RawChannel(address) for name, address in installation.addresses.items()}
    yield lines
    for line in lines.values():
        await line.close()


@pytest.fixture(scope="session")
async def suite_drill(tmp_path_factory):
    """A suite of its own for what kills, freezes and refuses."""
    async with DrillEnvironment(tmp_path_factory.mktemp("drill") / "suite") as environment:
        yield environment


@pytest.fixture(scope="session")
async def embedded_drill(tmp_path_factory):
    """The same in one process."""
    async with DrillEnvironment(tmp_path_factory.mktemp("drill") / "embedded", "run") as environment:
        yield environment


@pytest.fixture(params=["embedded", "suite"])
def place(request):
    """Either composition, to be broken."""
    return request.getfixturevalue("suite_drill" if request.param == "suite" else "embedded_drill")


@pytest.fixture
def sign_in():
    """Signs somebody in by password; a client that carries the access token, under the API's root."""
    with contextlib.ExitStack() as stack:

        def signed_in(trial, email="owner@example.com"):
            client = stack.enter_context(httpx.Client(base_url=f"{trial.gateway_url}/api/v1", timeout=30))
            reply = client.post("/auth/login", json={"email": email, "password": PASSWORD})
            assert reply.status_code == 200, reply.text
            bearer = stack.enter_context(httpx.Client(base_url=f"{trial.gateway_url}/api/v1", timeout=30))
            bearer.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
            bearer.user = reply.json()["user"]
            return bearer

        yield signed_in


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
