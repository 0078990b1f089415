"""The server within a running event loop."""

import asyncio
import socket

import httpx
import pytest
from fastapi import APIRouter

from gateway.server import GatewayServer


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
        ready = await http.get("/health/ready")
        under_way = asyncio.create_task(http.get("/slow"))
        await asked.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        may_answer.set()
        finished = await under_way
        await stopping

    assert ready.status_code == 200, ready.text
    assert (finished.status_code, finished.json()) == (200, "done")


async def test_a_start_that_fails_raises(gateway, listening, monkeypatch):
    server = GatewayServer(gateway.settings, listening=listening, servers=gateway.servers)
    # As uvicorn does when the application cannot start.
    monkeypatch.setattr(server._uvicorn, "startup", lambda sockets=None: _refuse(server))

    with pytest.raises(RuntimeError, match="did not start"):
        await server.start()


async def _refuse(server: GatewayServer) -> None:
    server._uvicorn.should_exit = True
