"""Live streams of alerts, through servers that listen: told at once, resumed without gap, ended in time."""

import asyncio
import json
import os
import signal
import socket
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from chassis.events.broker.rabbitmq.broker import RabbitBroker
from chassis.events.rabbitmq_accounts import definitions
from chassis.local.rabbitmq import LocalRabbit
from gateway.server import GatewayServer
from gateway.streams import hub
from gateway.streams import stream as streams
from identity.roles import SCOPES_BY_ROLE

PASSWORD = "correct horse battery"
ALERT = {"title": "Fall", "priority": "high", "alert_type": "medical"}


@asynccontextmanager
async def listening(gateway, *, broker=None, send_buffer=None, **settings):
    """A gateway of its own in front of the same services; its address and the server."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        if send_buffer is not None:
            # Connections that it accepts have it, too.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        own = gateway.settings.model_copy(update=settings)
        server = GatewayServer(own, listening=bound, servers=gateway.servers, broker=broker)
        await server.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}", server
        finally:
            await server.stop()


class Reader:
    """Reads one stream, event by event."""

    def __init__(self, response):
        self.response = response
        self._lines = response.aiter_lines()
        self.last_id = None

    async def next(self, seconds=10.0):
        """The next event but heartbeats: its name and data; None at the end."""
        async with asyncio.timeout(seconds):
            event = {}
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line:
                    event[name] = value
                elif event.get("event") in {"reset", "alert"}:
                    self.last_id = event["id"]
                    return event["event"], json.loads(event["data"])
                else:
                    event = {}
            return None


@asynccontextmanager
async def following(url, person, last_event_id=None):
    headers = {"Authorization": person.headers["Authorization"]} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    async with (
        httpx.AsyncClient(base_url=url, timeout=30) as http,
        http.stream("GET", "/api/v1/alerts/stream", headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        yield Reader(response)


async def hospital(gateway, *roles):
    boss = await gateway.open_workspace("hospital")
    people = [gateway.colleague(boss, role="admin", scopes=SCOPES_BY_ROLE["admin"])]
    for role in roles:
        user_id = await gateway.add_user(boss.workspace_id, role)
        people.append(gateway.colleague(boss, role=role, user_id=user_id, scopes=SCOPES_BY_ROLE[role]))
    return people


async def test_a_stream_begins_with_what_is_active_tells_every_change_once_and_goes_on_at_another_gateway(gateway):
    admin, nurse = await hospital(gateway, "nurse")
    first = (await nurse.post("/api/v1/alerts", json=ALERT)).json()
    async with listening(gateway) as (one, _), listening(gateway) as (other, _):
        async with following(one, nurse) as reader, following(other, admin) as elsewhere:
            assert reader.response.headers["content-type"].startswith("text/event-stream")
            assert reader.response.headers["x-accel-buffering"] == "no"
            assert await reader.next() == await elsewhere.next() == ("reset", {"alerts": [first]})
            second = (await admin.post("/api/v1/alerts", json=ALERT)).json()
            assert await reader.next() == await elsewhere.next() == ("alert", {"change": "raised", "alert": second})
            position = reader.last_id
        taken = (await nurse.post(f"/api/v1/alerts/{second['id']}/acknowledge")).json()
        third = (await nurse.post("/api/v1/alerts", json=ALERT)).json()
        async with following(other, nurse, position) as reader:
            assert await reader.next() == ("alert", {"change": "acknowledged", "alert": taken})
            assert await reader.next() == ("alert", {"change": "raised", "alert": third})
            generation, number = reader.last_id.split(".")
        for garbage in ("", "x", number, f"{generation}.99", f"{generation}.-1", f"{generation.upper()}.1", f"{generation}.1e3", "9" * 300):
            async with following(one, nurse, garbage) as reader:
                name, data = await reader.next()
                assert (name, [alert["id"] for alert in data["alerts"]]) == ("reset", [first["id"], third["id"]])
                assert reader.last_id == f"{generation}.{number}"


async def test_a_stream_tells_what_its_user_may_see_at_that_moment(gateway):
    admin, nurse, other = await hospital(gateway, "nurse", "nurse")
    ward, clinic = [
        (await admin.post("/api/v1/departments", json={"name": name, "code": name})).json()["id"] for name in ("Ward", "Clinic")
    ]
    own = (await nurse.get("/api/v1/auth/me")).json()["id"]
    await admin.put(f"/api/v1/users/{own}", json={"department_id": ward})
    async with listening(gateway) as (url, _), following(url, nurse) as reader, following(url, other) as outsider:
        assert await reader.next() == await outsider.next() == ("reset", {"alerts": []})
        of_house = (await admin.post("/api/v1/alerts", json=ALERT)).json()
        for stream in (reader, outsider):
            # The log begins with the first alert.
            assert await stream.next() == ("reset", {"alerts": [of_house]})
        of_ward = (await admin.post("/api/v1/alerts", json=ALERT | {"department_id": ward})).json()
        assert await reader.next() == ("alert", {"change": "raised", "alert": of_ward})
        await admin.put(f"/api/v1/users/{own}", json={"department_id": clinic})
        await admin.post(f"/api/v1/alerts/{of_ward['id']}/resolve")
        of_clinic = (await admin.post("/api/v1/alerts", json=ALERT | {"department_id": clinic})).json()
        assert await reader.next() == ("alert", {"change": "raised", "alert": of_clinic})
        last = (await admin.post("/api/v1/alerts", json=ALERT)).json()
        assert await reader.next() == await outsider.next() == ("alert", {"change": "raised", "alert": last})


async def test_a_stream_ends_when_its_user_is_revoked(gateway):
    admin, nurse = await hospital(gateway, "nurse")
    own = (await nurse.get("/api/v1/auth/me")).json()["id"]
    async with listening(gateway) as (url, _), following(url, nurse) as reader:
        await reader.next()
        await admin.post(f"/api/v1/users/{own}/deactivate")
        assert await reader.next(5.0) is None


@pytest.mark.parametrize("how", ["signed out", "another role", "suspended", "another password"])
async def test_a_stream_ends_with_the_sign_in_it_was_opened_by(gateway, platform, how):
    head = await gateway.open_workspace("hospital")
    reply = await gateway.anonymous().post("/api/v1/auth/login", json={"email": head.email, "password": PASSWORD})
    admin = gateway.anonymous(Authorization=f"Bearer {reply.json()['access_token']}")
    other = gateway.colleague(
        head, role="admin", user_id=await gateway.add_user(head.workspace_id, "admin"), scopes=SCOPES_BY_ROLE["admin"]
    )
    async with listening(gateway) as (url, _), following(url, admin) as reader:
        await reader.next()
        match how:
            case "signed out":
                ended = await admin.post("/api/v1/auth/logout")
            case "another role":
                ended = await other.put(f"/api/v1/users/{head.user_id}/role", json={"role": "nurse"})
            case "suspended":
                path = f"/api/v1/platform-admin/workspaces/{head.workspace_id}/suspend"
                ended = await platform.post(path, json={"reason": "unpaid"})
            case "another password":
                # Of every other sign-in: this one is of another browser.
                browser = gateway.anonymous()
                again = await browser.post("/api/v1/auth/login", json={"email": head.email, "password": PASSWORD})
                async with gateway.anonymous(Authorization=f"Bearer {again.json()['access_token']}") as http:
                    passwords = {"current_password": PASSWORD, "new_password": "a wholly new phrase"}
                    ended = await http.put("/api/v1/auth/password", json=passwords)
        assert ended.status_code in {200, 204}, ended.text
        assert await reader.next(5.0) is None


async def test_streams_end_cleanly_when_the_gateway_stops(gateway):
    (admin,) = await hospital(gateway)
    async with listening(gateway) as (url, server), following(url, admin) as reader:
        await reader.next()
        stopping = asyncio.create_task(server.stop())
        assert await reader.next(5.0) is None
        async with asyncio.timeout(5.0):
            await stopping


class Broker:
    """A RabbitMQ with the accounts of an installation, where notifications tells hints."""

    def __init__(self, gateway, node):
        self.gateway = gateway
        self.node = node

    def gateway_of_its_own(self):
        return listening(self.gateway, broker_url=SecretStr(self.node.url("gateway", "of-the-gateway")))


@pytest.fixture
async def with_broker(gateway, tmp_path, monkeypatch):
    accounts = definitions({"notifications": "of-notifications", "gateway": "of-the-gateway"})
    node = await asyncio.to_thread(LocalRabbit(tmp_path / "node", accounts).start)
    told = RabbitBroker(node.url("notifications", "of-notifications"), name="notifications")
    monkeypatch.setattr(gateway.environment.runtime("notifications").outbox, "_hinter", told)
    try:
        yield Broker(gateway, node)
    finally:
        await told.close()
        await asyncio.to_thread(node.stop)


async def hearing(*servers, hears=True):
    async with asyncio.timeout(30):
        while any(server._hints.hears is not hears for server in servers):
            await asyncio.sleep(0.02)


async def test_every_gateway_is_told_by_the_broker_and_goes_on_without_it(gateway, with_broker, monkeypatch):
    """A gateway that relied on asking by itself would be told an hour later here, or never."""
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_SAFE_LOOKS", 3600.0)
    monkeypatch.setattr(hub, "_SECONDS_OF_DISTRUST", 0.0)
    admin, nurse = await hospital(gateway, "nurse")
    first_one = (await nurse.post("/api/v1/alerts", json=ALERT)).json()
    async with with_broker.gateway_of_its_own() as (one, first), with_broker.gateway_of_its_own() as (other, second):
        await hearing(first, second)
        async with following(one, nurse) as here, following(other, admin) as there:
            for reader in (here, there):
                assert await reader.next() == ("reset", {"alerts": [first_one]})
            # What the streams' opening has caused to be asked is over.
            await asyncio.sleep(0.5)
            asked = counted_heads(first, second)
            for _ in range(3):
                alert = (await nurse.post("/api/v1/alerts", json=ALERT)).json()
                assert await here.next() == await there.next() == ("alert", {"change": "raised", "alert": alert})
            assert sum(asked.values()) >= 6
            quiet = sum(asked.values())
            await asyncio.sleep(1.0)
            assert sum(asked.values()) - quiet <= 2, "nobody asks where nothing is told"

            os.kill(with_broker.node.pid, signal.SIGKILL)
            await hearing(first, second, hears=False)
            alert = (await nurse.post("/api/v1/alerts", json=ALERT)).json()
            assert await here.next() == await there.next() == ("alert", {"change": "raised", "alert": alert})


async def test_nobody_else_opens_a_stream(gateway):
    admin, assistant = await hospital(gateway, "nurse")
    mute = gateway.colleague(await gateway.open_workspace(), scopes=["clients:read"])
    async with listening(gateway, alert_streams_per_user=1) as (url, _):
        for person, status in ((mute, 403), (gateway.anonymous(), 401)):
            async with httpx.AsyncClient(base_url=url) as http:
                refused = await http.get("/api/v1/alerts/stream", headers=person.headers)
            assert refused.status_code == status
        async with following(url, admin) as reader:
            await reader.next()
            async with httpx.AsyncClient(base_url=url) as http:
                refused = await http.get("/api/v1/alerts/stream", headers=admin.headers)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_streams")
        async with following(url, assistant) as reader:
            assert await reader.next() == ("reset", {"alerts": []})


async def test_a_gateway_in_the_process_of_its_services_is_told_by_them(gateway, monkeypatch):
    monkeypatch.setattr(hub, "_SECONDS_BETWEEN_SAFE_LOOKS", 3600.0)
    monkeypatch.setattr(hub, "_SECONDS_OF_DISTRUST", 0.0)
    (admin,) = await hospital(gateway)
    first_one = (await admin.post("/api/v1/alerts", json=ALERT)).json()
    async with listening(gateway, broker=gateway.environment.broker) as (url, server), following(url, admin) as reader:
        assert await reader.next() == ("reset", {"alerts": [first_one]})
        await asyncio.sleep(0.5)
        asked = counted_heads(server)
        alert = (await admin.post("/api/v1/alerts", json=ALERT)).json()
        assert await reader.next() == ("alert", {"change": "raised", "alert": alert})
        assert asked[server] >= 1


def counted_heads(*servers):
    """How often each gateway asks, from now on."""
    asked = dict.fromkeys(servers, 0)
    for server in servers:
        feed = server._app.state.alert_streams._feed

        async def count(request, context, *, ask=feed.GetHeads, server=server):
            asked[server] += 1
            return await ask(request, context)

        server._app.state.alert_streams._feed = SimpleNamespace(GetHeads=count, ReadFeed=feed.ReadFeed, OpenFeed=feed.OpenFeed)
    return asked


async def test_a_reader_who_stops_reading_is_cut_and_nobody_else_waits_for_them(gateway, monkeypatch):
    monkeypatch.setattr(streams, "_MOST_WAITING", 4)
    (admin,) = await hospital(gateway)
    long = ALERT | {"description": "x" * 2000}
    async with listening(gateway, send_buffer=4096) as (url, server), following(url, admin) as reader:
        await reader.next()
        address = httpx.URL(url)
        head = f"GET /api/v1/alerts/stream HTTP/1.1\r\nHost: here\r\nAuthorization: {admin.headers['Authorization']}\r\n\r\n"
        with socket.socket() as frozen:
            frozen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            frozen.connect((address.host, address.port))
            frozen.sendall(head.encode())
            open_ones = server._app.state.alert_streams._all
            async with asyncio.timeout(10):
                while len(open_ones()) < 2:
                    await asyncio.sleep(0.01)
            shed = REGISTRY.get_sample_value("caseload_alert_streams_shed_total")
            raised = 0
            async with asyncio.timeout(60):
                while not any(stream.has_ended for stream in open_ones()):
                    alert = (await admin.post("/api/v1/alerts", json=long)).json()
                    change, told = await reader.next(2.0)
                    raised += 1
                    assert told in ({"change": "raised", "alert": alert}, {"alerts": [alert]}), change
            assert raised > 4, "it was cut although it had read what it was sent"
            assert REGISTRY.get_sample_value("caseload_alert_streams_shed_total") == shed + 1


def a_stream():
    return streams.AlertStream(workspace_id=None, user_id=None, token="")


async def test_a_reader_who_does_not_read_is_cut_and_keeps_nobody_waiting():
    stream = a_stream()
    taken = 0
    while stream.tell(b"event"):
        taken += 1
    assert taken == 256
    assert stream.has_ended
    assert [event async for event in stream.events()] == [b"retry: 2000\n\n"]


async def test_a_reader_who_is_told_nothing_gets_a_sign_of_life(monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.01)
    stream = a_stream()
    events = stream.events()
    assert [await anext(events) for _ in range(3)] == [b"retry: 2000\n\n", *[b"event: heartbeat\ndata: {}\n\n"] * 2]
    stream.end()
    assert [event async for event in events] == []
