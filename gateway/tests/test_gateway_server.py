"""The server within a running event loop."""

import asyncio
import socket
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter

from chassis.context import RequestContext
from chassis.errors import Unavailable
from chassis.local.processes import free_port
from chassis.rpc.server.server import Server
from gateway.server import GatewayServer
from gateway.settings import GatewaySettings


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


def url(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_it_answers_once_started_and_finishes_what_is_under_way_when_stopped(gateway, listening):
    asked, may_answer = asyncio.Event(), asyncio.Event()
    router = APIRouter()

    @router.get("/slow")
    async def slow() -> str:
        asked.set()
        await may_answer.wait()
        return "done"

    server = GatewayServer(gateway.settings, listening=listening, servers=gateway.servers, routers=[router])
    await server.start()
    async with httpx.AsyncClient(base_url=url(listening)) as http:
        live = await http.get("/health/live")
        under_way = asyncio.create_task(http.get("/slow"))
        await asked.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        may_answer.set()
        finished = await under_way
        await stopping

    assert live.status_code == 200, live.text
    assert (finished.status_code, finished.json()) == (200, "done")


async def test_a_start_that_fails_raises(gateway, listening, monkeypatch):
    server = GatewayServer(gateway.settings, listening=listening, servers=gateway.servers)
    # As uvicorn does when the application cannot start.
    monkeypatch.setattr(server._uvicorn, "startup", lambda sockets=None: _refuse(server))

    with pytest.raises(RuntimeError, match="did not start"):
        await server.start()


async def _refuse(server: GatewayServer) -> None:
    server._uvicorn.should_exit = True


@asynccontextmanager
async def served(gateway, listening, *, servers=None, **settings):
    """The gateway on a socket, with these settings; in front of `servers` of this process, or of those at `peers`."""
    server = GatewayServer(gateway.settings.model_copy(update=settings), listening=listening, servers=servers)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=url(listening)) as http:
            yield http
    finally:
        await server.stop()


async def until(question, seconds=30.0):
    """Asks until the answer is true; gRPC itself waits longer each time before it tries again to reach a service."""
    async with asyncio.timeout(seconds):
        while not await question():
            await asyncio.sleep(0.1)


async def test_it_starts_before_any_service_and_says_which_one_is_away(gateway, practice, listening, tmp_path, check_problem):
    """Nothing is restarted: one service after the other comes up behind it."""
    places = {name: tmp_path / f"{name}.sock" for name in gateway.environment.runtimes}
    health = f"127.0.0.1:{free_port()}"

    def starts(name: str) -> None:
        places[name].symlink_to(gateway.environment.runtime(name).settings.listen.removeprefix("unix:"))

    peers = {name: f"unix:{place}" for name, place in places.items()}
    async with (
        served(gateway, listening, peers=peers, health_listen=health) as http,
        httpx.AsyncClient(base_url=f"http://{health}") as probe,
    ):
        http.headers["Authorization"] = practice.http.headers["authorization"]

        async def is_ready() -> bool:
            # It may become ready between the two.
            return {(await asked.get("/health/ready")).status_code for asked in (http, probe)} == {200}

        assert not await is_ready()
        assert {(await asked.get("/health/live")).status_code for asked in (http, probe)} == {200}
        check_problem(await http.get("/health/ready"), 503, "not_ready")
        check_problem(await http.get("/api/v1/services"), 503, "sign_in_unavailable")
        check_problem(await http.get("/.well-known/jwks.json"), 503, "sign_in_unavailable")

        starts("identity")
        await until(is_ready)
        check_problem(await http.get("/api/v1/services"), 503, "scheduling_unavailable")
        check_problem(await http.get("/api/v1/reminders/configurations"), 503, "notifications_unavailable")

        starts("scheduling")

        async def answers() -> bool:
            return (await http.get("/api/v1/services")).status_code == 200

        await until(answers)
        check_problem(await http.get("/api/v1/reminders/configurations"), 503, "notifications_unavailable")
        assert await is_ready()


async def test_metrics_are_on_a_port_of_their_own(gateway, listening, check_problem):
    health = f"127.0.0.1:{free_port()}"
    async with served(gateway, listening, servers=gateway.servers, health_listen=health) as http:
        check_problem(await http.get("/metrics"), 404, "not_found")
        async with httpx.AsyncClient(base_url=f"http://{health}") as monitoring:
            assert "caseload_http_requests_total" in (await monitoring.get("/metrics")).text


class Interrupted:
    """A service that can be away."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.is_away = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._server, name)

    async def answer(self, path: str, raw: bytes, context: RequestContext, seconds: float | None) -> bytes:
        if self.is_away:
            raise Unavailable("identity_unavailable")
        return await self._server.answer(path, raw, context, seconds)


async def test_keys_are_answered_from_memory(gateway, listening):
    identity = Interrupted(gateway.servers["identity"])
    async with served(gateway, listening, servers=gateway.servers | {"identity": identity}) as http:

        async def is_ready() -> bool:
            return (await http.get("/health/ready")).status_code == 200

        await until(is_ready)
        identity.is_away = True
        replies = [await http.get("/.well-known/jwks.json") for _ in range(100)]

    assert {(reply.status_code, len(reply.json()["keys"])) for reply in replies} == {(200, 1)}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "counted_apart"),
    [
        # As shipped nobody is believed, whoever says it.
        ("", ("198.51.100.1", "198.51.100.2"), False),
        # Somebody else than the proxy says it.
        ("192.0.2.1", ("198.51.100.1", "198.51.100.2"), False),
        ("127.0.0.1", ("198.51.100.1", "198.51.100.2"), True),
        # What stands to the left of the last address that no trusted proxy has added is made up.
        ("127.0.0.1", ("198.51.100.1, 10.1.2.3", "198.51.100.2, 10.1.2.3"), False),
        ("127.0.0.1, 10.1.2.0/24", ("198.51.100.1, 10.1.2.3", "198.51.100.2, 10.1.2.3"), True),
    ],
)
async def test_an_address_is_believed_only_from_a_trusted_proxy(gateway, listening, trusted, forwarded, counted_apart):
    async with served(gateway, listening, servers=gateway.servers, trusted_proxies=trusted, anonymous_per_minute=1) as http:
        statuses = [(await http.get("/docs", headers={"X-Forwarded-For": addresses})).status_code for addresses in forwarded]

    assert statuses == [200, 200 if counted_apart else 429]


@pytest.mark.parametrize("proxies", ["10.0.0.0/8", "192.0.2.1, 172.16.0.0/12", "*", "::/0", "ingress", "0.0.0.0/0"])
def test_proxies_are_named_one_by_one(proxies):
    with pytest.raises(ValueError, match=r"proxies|address"):
        GatewaySettings(environment="development", trusted_proxies=proxies)

    assert GatewaySettings(environment="development").trusted_proxies == ""
