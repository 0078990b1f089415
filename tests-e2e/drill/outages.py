"""Outages of what the services need: requests are refused in time, and everything recovers without a restart."""

import asyncio
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from drill.environment import CALL_SECONDS, until
from drill.faults import frozen, killed, running_process
from drill.users import PASSWORD, api_client, text
from standalone.services import NAMES

# Seconds allowed beyond the deadline, because the machine is busy. A hang would last longer.
MARGIN = 6.0
SECONDS_TO_RECOVER = 90.0

PNG_OF_ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360606000000004000127340a270000000049454e44ae426082"
)


@dataclass(slots=True)
class Outage:
    """The replies to requests during an outage, and the time to recover."""

    name: str
    refused: int = 0
    slowest: float = 0.0
    seconds_to_recover: float = 0.0


class OutageProbe:
    """Sends requests during and after an outage, and checks the replies."""

    def __init__(self, environment):
        self.environment = environment

    async def __aenter__(self):
        self._api = api_client(self.environment.gateway_url)
        self._token = await self.environment.colleagues()
        self.client = (await self.ask("POST", "/clients", json=self.new_client())).json()
        self.note = (await self.ask("POST", "/sessions", json={"client_id": self.client["id"], "session_date": soon(0)})).json()
        return self

    async def __aexit__(self, *_):
        await self._api.aclose()

    async def ask(self, method, path, **sent):
        return await self._api.request(method, path, headers=await self._token.headers(self._token.whose_turn()), **sent)

    def new_client(self):
        return {"first_name": "Olga", "last_name": f"Outage{uuid4().hex}", "email": f"{uuid4().hex}@example.org"}

    async def book(self, client=None):
        """Books an appointment whose reminder is due at once. Returns the address of its mail."""
        client = client or (await self.ask("POST", "/clients", json=self.new_client())).json()
        slot = {"scheduled_start": soon(3), "scheduled_end": soon(4), "location_type": "online"}
        booked = await self.ask("POST", "/appointments", params={"allow_conflict": True}, json={"client_id": client["id"], **slot})
        assert booked.status_code == 201, booked.text
        return client["email"]

    async def mailed(self, address):
        """The number of mails accepted for the address."""
        return self.environment.mail_server.recipients[address]

    async def expect_refusals(self, outage, questions):
        """Sends all requests at the same time. Every reply must be 503 with Retry-After, within the deadline."""

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

    async def wait_until_well(self, outage, questions):
        """Waits until all requests succeed. A reply other than success or 503 is an error."""
        began = time.monotonic()

        async def succeed():
            replies = await asyncio.gather(*(self.ask(method, path, **sent) for method, path, sent in questions))
            assert all(reply.status_code < 500 or reply.status_code == 503 for reply in replies), [reply.text for reply in replies]
            return all(reply.status_code < 300 for reply in replies)

        await until(succeed, SECONDS_TO_RECOVER, f"all requests succeed after {outage.name}")
        outage.seconds_to_recover = time.monotonic() - began

    def requests(self):
        """Requests to every service, reads and writes."""
        sign_in = {"json": {"email": "owner@example.com", "password": PASSWORD}}
        return [
            ("POST", "/auth/login", sign_in),
            ("GET", "/users", {}),
            ("GET", "/clients", {}),
            ("GET", f"/clients/{self.client['id']}", {}),
            ("POST", "/clients", {"json": self.new_client()}),
            ("GET", "/appointments", {}),
            ("GET", f"/sessions/{self.note['id']}", {}),
            ("PATCH", f"/sessions/{self.note['id']}/draft", {"json": {"subjective": "Written in an outage."}}),
            ("GET", "/reminders/configurations", {}),
            ("GET", "/audit-events", {}),
        ]

    def request_to(self, service):
        """A request that this service has to answer."""
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
async def no_restarts(environment):
    """Asserts that every service and the gateway is the same process after the block as before."""
    before = {name: running_process(environment.installation, name) for name in (*NAMES, "gateway")}
    yield
    assert {name: running_process(environment.installation, name) for name in before} == before


def soon(hours):
    return text(datetime.now(UTC) + timedelta(hours=hours))


# --- the database


async def database_hangs(environment):
    outage = Outage("the database hangs")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        with frozen(running_process(environment.installation, "postgres").pid):
            await probe.expect_refusals(outage, probe.requests())
        await probe.wait_until_well(outage, probe.requests())
    return outage


async def database_away(environment):
    outage = Outage("the database is away")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        with killed(environment.installation, "postgres"):
            await probe.expect_refusals(outage, probe.requests())
        await probe.wait_until_well(outage, probe.requests())
    return outage


# --- the broker


async def broker_away(environment):
    outage = Outage("the broker is away")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        with killed(environment.installation, "rabbitmq"):
            assert not _listens(environment.installation.running["broker_url"])
            addresses = await _book_during_outage(probe)
        await _expect_one_reminder_each(probe, outage, addresses)
    return outage


async def broker_hangs(environment):
    outage = Outage("the broker hangs")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        with frozen(running_process(environment.installation, "rabbitmq").pid):
            addresses = await _book_during_outage(probe)
        await _expect_one_reminder_each(probe, outage, addresses)
    return outage


async def _book_during_outage(probe):
    """Requests succeed without the broker, and events wait in the outbox. Returns the addresses of the expected mails."""
    addresses = [await probe.book() for _ in range(5)]
    replies = await asyncio.gather(*(probe.ask(method, path, **sent) for method, path, sent in probe.requests()))
    assert [reply.status_code for reply in replies if reply.status_code >= 300] == []
    assert (await probe.environment.unsettled()).get("scheduling.outbox", 0) >= len(addresses)
    assert not any([await probe.mailed(address) for address in addresses])
    return addresses


async def _expect_one_reminder_each(probe, outage, addresses):
    began = time.monotonic()

    async def reminded():
        return all([await probe.mailed(address) for address in addresses])

    await until(reminded, SECONDS_TO_RECOVER, f"reminders are mailed for what was booked while {outage.name}")
    outage.seconds_to_recover = time.monotonic() - began
    await probe.environment.settle()
    assert [await probe.mailed(address) for address in addresses] == [1] * len(addresses)
    assert not [mail for mail, count in probe.environment.mail_server.accepted.items() if count > 1]


def _listens(broker_url):
    address = httpx.URL(broker_url)
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) == 0


# --- files


async def files_away(environment):
    """Replaces the directory of the file store by a file."""
    outage = Outage("the file store is away")
    store = environment.installation.home / "files"
    aside = store.with_name("files.aside")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        upload = ("POST", f"/sessions/{probe.note['id']}/attachments", {"files": {"file": ("a.png", PNG_OF_ONE_PIXEL, "image/png")}})
        kept = (await probe.ask(*upload[:2], **upload[2])).json()
        place = f"/sessions/{probe.note['id']}/attachments/{kept['id']}"

        async def ready():
            return (await probe.ask("GET", place)).json()["status"] == "ready"

        await until(ready, SECONDS_TO_RECOVER, "the attachment is sanitized")
        link = (await probe.ask("GET", f"{place}/download")).json()["download_url"]
        store.rename(aside)
        store.write_text("not a directory")
        try:
            await probe.expect_refusals(outage, [upload, ("GET", link, {})])
            assert (await probe.ask("GET", "/sessions")).status_code == 200, "notes need no files"
        finally:
            store.unlink()
            aside.rename(store)
        await probe.wait_until_well(outage, [upload, ("GET", link, {})])
        assert (await probe.ask("GET", link)).content.startswith(b"\x89PNG")
    return outage


# --- mail


async def mail_away(environment):
    outage = Outage("the mail server is away")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        await environment.mail_server.close()
        try:
            addresses = await _expect_no_mail(probe, "mail_server_unreachable")
        finally:
            await environment.mail_server.open()
        await _expect_one_reminder_each(probe, outage, addresses)
    return outage


async def mail_hangs(environment):
    return await _mail(environment, "hangs", "mail_server_silent")


async def mail_defers(environment):
    return await _mail(environment, "defers", "recipient_deferred_451")


async def _mail(environment, behaviour, reason):
    outage = Outage(f"the mail server {behaviour}")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        before = environment.mail_server.failed_conversations[behaviour]
        environment.mail_server.behaviour = behaviour
        try:
            addresses = await _expect_no_mail(probe, reason)
            assert environment.mail_server.failed_conversations[behaviour] > before
        finally:
            environment.mail_server.behaviour = "accepts"
            environment.mail_server.release()
        await _expect_one_reminder_each(probe, outage, addresses)
    return outage


async def _expect_no_mail(probe, reason):
    """Bookings succeed, each reminder is tried and rescheduled with the reason, and no mail arrives. Returns the addresses."""
    addresses = [await probe.book() for _ in range(3)]

    async def tried():
        sql = "SELECT count(*) FROM notifications.reminders WHERE status = 'pending' AND last_error = $1"
        return await probe.environment.value(sql, reason) >= len(addresses)

    await until(tried, SECONDS_TO_RECOVER, f"the reminders are rescheduled: {reason}")
    assert not any([await probe.mailed(address) for address in addresses])
    return addresses


# --- services


async def peer_hangs(environment, service):
    """The service accepts requests and answers none. Its callers get a reply within the deadline, and the other services go on."""
    outage = Outage(f"{service} hangs")
    async with OutageProbe(environment) as probe, no_restarts(environment):
        with frozen(running_process(environment.installation, service).pid):
            method, path, sent = probe.request_to("identity" if service == "clients" else "clients")
            assert (await probe.ask(method, path, **sent)).status_code == 200, "the others go on"
            await probe.expect_refusals(outage, [probe.request_to(service)])
        await probe.wait_until_well(outage, [probe.request_to(name) for name in NAMES])
    return outage


OUTAGES = (database_hangs, database_away, broker_away, broker_hangs, files_away, mail_away, mail_hangs, mail_defers)
