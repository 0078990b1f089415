"""What the house needs, taken away for a while and given back: refused in time while it is gone, and all is well without a restart."""

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from drill.faults import away, frozen, life
from drill.ground import CALL_SECONDS, until
from drill.people import PASSWORD, Pass, door, text
from standalone.services import NAMES

# Beyond the deadline, for a busy machine. A hang would last for ever.
MARGIN = 6.0
SECONDS_TO_RECOVER = 90.0

PHOTOGRAPH_OF_NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127340a270000000049454e44ae426082"
)


@dataclass(slots=True)
class Outage:
    """What people met with."""

    name: str
    refused: int = 0
    slowest: float = 0.0
    seconds_to_recover: float = 0.0


class Desk:
    """Somebody who asks once, and says how long the answer took."""

    def __init__(self, ground):
        self.ground = ground
        self._shown = Pass(ground.gateway_url)

    async def __aenter__(self):
        self._api = door(self.ground.gateway_url)
        await self._shown.headers()
        self.client = (await self.ask("POST", "/clients", json=self.somebody())).json()
        self.note = (await self.ask("POST", "/sessions", json={"client_id": self.client["id"], "session_date": soon(0)})).json()
        return self

    async def __aexit__(self, *_):
        await self._api.aclose()

    async def ask(self, method, path, **sent):
        return await self._api.request(method, path, headers=await self._shown.headers(), **sent)

    def somebody(self):
        return {"first_name": "Olga", "last_name": f"Outage{uuid4().hex}", "email": f"{uuid4().hex}@example.org"}

    async def book(self, client=None):
        """An appointment whose reminder is due at once; the address it goes to."""
        client = client or (await self.ask("POST", "/clients", json=self.somebody())).json()
        slot = {"scheduled_start": soon(3), "scheduled_end": soon(4), "location_type": "online"}
        booked = await self.ask("POST", "/appointments", params={"allow_conflict": True}, json={"client_id": client["id"], **slot})
        assert booked.status_code == 201, booked.text
        return client["email"]

    async def mailed(self, address):
        return self.ground.postbox.recipients[address]

    async def all_at_once(self, outage, questions):
        """Asks everything at the same time; every answer must be a refusal that says when to come back, inside the deadline."""

        async def one(method, path, sent):
            began = time.monotonic()
            try:
                reply = await self.ask(method, path, **sent)
            except httpx.TimeoutException:
                raise AssertionError(f"{method} {path} hung while {outage.name}") from None
            seconds = time.monotonic() - began
            assert reply.status_code == 503, f"{method} {path} while {outage.name}: {reply.status_code} {reply.text}"
            assert reply.headers["content-type"] == "application/problem+json"
            assert int(reply.headers["retry-after"]) >= 1
            assert seconds < CALL_SECONDS + MARGIN, f"{method} {path} while {outage.name}: {seconds:.1f} s"
            outage.refused += 1
            outage.slowest = max(outage.slowest, seconds)

        await asyncio.gather(*(one(*question) for question in questions))

    async def all_well(self, outage, questions):
        """Waits until everything is answered again."""
        began = time.monotonic()

        async def well():
            replies = await asyncio.gather(*(self.ask(method, path, **sent) for method, path, sent in questions))
            assert all(reply.status_code < 500 or reply.status_code == 503 for reply in replies), [reply.text for reply in replies]
            return all(reply.status_code < 300 for reply in replies)

        await until(well, SECONDS_TO_RECOVER, f"all is well after {outage.name}")
        outage.seconds_to_recover = time.monotonic() - began

    def everything(self):
        """A question to each service, and a write wherever one is."""
        sign_in = {"json": {"email": "owner@example.com", "password": PASSWORD}}
        return [
            ("POST", "/auth/login", sign_in),
            ("GET", "/users", {}),
            ("GET", "/clients", {}),
            ("GET", f"/clients/{self.client['id']}", {}),
            ("POST", "/clients", {"json": self.somebody()}),
            ("GET", "/appointments", {}),
            ("GET", f"/sessions/{self.note['id']}", {}),
            ("PATCH", f"/sessions/{self.note['id']}/draft", {"json": {"subjective": "Written in an outage."}}),
            ("GET", "/reminders/configurations", {}),
            ("GET", "/audit-events", {}),
        ]

    def of(self, service):
        """A question that this service has to answer."""
        path = {
            "identity": "/users",
            "clients": "/clients",
            "scheduling": "/appointments",
            "clinical": "/sessions",
            "notifications": "/reminders/configurations",
            "audit": "/audit-events",
        }[service]
        return ("GET", path, {})


@asynccontextmanager
async def nobody_restarts(ground):
    """Holds that every service and the gateway is the same process afterwards as before."""
    before = {name: life(ground.trial, name) for name in (*NAMES, "gateway")}
    yield
    assert {name: life(ground.trial, name) for name in before} == before


def soon(hours):
    return text(datetime.now(UTC) + timedelta(hours=hours))


# --- the database


async def database_hangs(ground):
    outage = Outage("the database hangs")
    async with Desk(ground) as desk, nobody_restarts(ground):
        with frozen(life(ground.trial, "postgres").pid):
            await desk.all_at_once(outage, desk.everything())
        await desk.all_well(outage, desk.everything())
    return outage


async def database_away(ground):
    outage = Outage("the database is away")
    async with Desk(ground) as desk, nobody_restarts(ground):
        with away(ground.trial, "postgres"):
            await desk.all_at_once(outage, desk.everything())
        await desk.all_well(outage, desk.everything())
    return outage


# --- the broker


async def broker_away(ground):
    outage = Outage("the broker is away")
    async with Desk(ground) as desk, nobody_restarts(ground):
        with away(ground.trial, "rabbitmq"):
            assert not _listens(ground.trial.running["broker_url"])
            addresses = await _books_all_the_same(desk)
        await _reminded_once(desk, outage, addresses)
    return outage


async def broker_hangs(ground):
    outage = Outage("the broker hangs")
    async with Desk(ground) as desk, nobody_restarts(ground):
        with frozen(life(ground.trial, "rabbitmq").pid):
            addresses = await _books_all_the_same(desk)
        await _reminded_once(desk, outage, addresses)
    return outage


async def _books_all_the_same(desk):
    """The broker is nothing that people wait for: all is answered, and the news waits in the outbox."""
    addresses = [await desk.book() for _ in range(5)]
    replies = await asyncio.gather(*(desk.ask(method, path, **sent) for method, path, sent in desk.everything()))
    assert [reply.status_code for reply in replies if reply.status_code >= 300] == []
    assert (await desk.ground.unsettled()).get("scheduling.outbox", 0) >= len(addresses)
    assert not any([await desk.mailed(address) for address in addresses])
    return addresses


async def _reminded_once(desk, outage, addresses):
    began = time.monotonic()

    async def reminded():
        return all([await desk.mailed(address) for address in addresses])

    await until(reminded, SECONDS_TO_RECOVER, f"what was booked while {outage.name} is reminded of")
    outage.seconds_to_recover = time.monotonic() - began
    await desk.ground.settle()
    assert [await desk.mailed(address) for address in addresses] == [1] * len(addresses)
    assert not [mail for mail, count in desk.ground.postbox.taken.items() if count > 1]


def _listens(broker_url):
    address = httpx.URL(broker_url)
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) == 0


# --- files


async def files_away(ground):
    """The directory cannot be used: something else lies where it was."""
    outage = Outage("the file store is away")
    store = ground.trial.home / "files"
    aside = store.with_name("files.aside")
    async with Desk(ground) as desk, nobody_restarts(ground):
        upload = ("POST", f"/sessions/{desk.note['id']}/attachments", {"files": {"file": ("a.png", PHOTOGRAPH_OF_NOTHING, "image/png")}})
        kept = (await desk.ask(*upload[:2], **upload[2])).json()
        place = f"/sessions/{desk.note['id']}/attachments/{kept['id']}"

        async def ready():
            return (await desk.ask("GET", place)).json()["status"] == "ready"

        await until(ready, SECONDS_TO_RECOVER, "the attachment is examined")
        link = (await desk.ask("GET", f"{place}/download")).json()["download_url"]
        store.rename(aside)
        store.write_text("in the way")
        try:
            await desk.all_at_once(outage, [upload, ("GET", link, {})])
            assert (await desk.ask("GET", "/sessions")).status_code == 200, "notes need no files"
        finally:
            store.unlink()
            aside.rename(store)
        await desk.all_well(outage, [upload, ("GET", link, {})])
        assert (await desk.ask("GET", link)).content.startswith(b"\x89PNG")
    return outage


# --- mail


async def mail_away(ground):
    outage = Outage("the mail server is away")
    async with Desk(ground) as desk, nobody_restarts(ground):
        await ground.postbox.close()
        try:
            addresses = await _goes_unmailed(desk, "mail_server_unreachable")
        finally:
            await ground.postbox.open()
        await _reminded_once(desk, outage, addresses)
    return outage


async def mail_hangs(ground):
    return await _mail(ground, "hangs", "mail_server_silent")


async def mail_defers(ground):
    return await _mail(ground, "defers", "recipient_deferred_451")


async def _mail(ground, behaviour, reason):
    outage = Outage(f"the mail server {behaviour}")
    async with Desk(ground) as desk, nobody_restarts(ground):
        met = ground.postbox.turned_away[behaviour]
        ground.postbox.behaviour = behaviour
        try:
            addresses = await _goes_unmailed(desk, reason)
            assert ground.postbox.turned_away[behaviour] > met
        finally:
            ground.postbox.behaviour = "takes"
            ground.postbox.let_go()
        await _reminded_once(desk, outage, addresses)
    return outage


async def _goes_unmailed(desk, reason):
    """Bookings go on; each reminder is tried, put back with the reason, and nothing arrives."""
    addresses = [await desk.book() for _ in range(3)]

    async def tried():
        sql = "SELECT count(*) FROM notifications.reminders WHERE status = 'pending' AND last_error = $1"
        return await desk.ground.value(sql, reason) >= len(addresses)

    await until(tried, SECONDS_TO_RECOVER, f"the reminders are put back: {reason}")
    assert not any([await desk.mailed(address) for address in addresses])
    return addresses


# --- each other


async def peer_hangs(ground, service):
    """It takes every question and answers none: whoever asked hears so inside the deadline."""
    outage = Outage(f"{service} hangs")
    async with Desk(ground) as desk, nobody_restarts(ground):
        with frozen(life(ground.trial, service).pid):
            await desk.all_at_once(outage, [desk.of(service)])
        await desk.all_well(outage, [desk.of(name) for name in NAMES])
    return outage


OUTAGES = (database_hangs, database_away, broker_away, broker_hangs, files_away, mail_away, mail_hangs, mail_defers)
