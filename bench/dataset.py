"""The data of the benchmark: a suite as `make suite` starts it, in a directory of its own, and a practice with records."""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from bench import bulk, staff
from chassis.db.database import Database
from chassis.encryption.key_store import Keys
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.local.postgres import LocalPostgres
from identity.demo import PASSWORD
from standalone.home import Home
from standalone.installation import Installation
from standalone.services import NAMES

CANDIDATES = ("suite", "plain", "bare", "monolith")
EMAIL = "owner@example.com"
PAGE = 50
MOST_PAGES = 40
LONG_TIMELINE = 100_000
# Each is finalized once: more than a run of five rounds does.
TO_BE_SIGNED = 12_000
# The week of the calendar that is asked for: Monday to Friday of a time in which nothing else is booked, ten clients a day.
WEEK, WEEK_LASTS = datetime(2029, 1, 1, tzinfo=UTC), timedelta(days=7)
TEXT = "Chronic tension headaches since 2019, worse under stress; physiotherapy helped for some weeks at a time. " * 3
# One user sends in a second what no user may in a minute: throughput is what is measured. Requests are counted as always, but not refused.
UNLIMITED = {f"CASELOAD_{name}_PER_MINUTE": "1000000000" for name in ("READS", "WRITES", "AUTOSAVES", "ANONYMOUS", "SIGN_INS")}


@dataclass(frozen=True, slots=True)
class Dataset:
    """The ids of the records. Each candidate has its own `drafts`; `pages` and `user_pages` are (number, ids) of a list's pages that are asked for."""

    home: str
    port: int
    workspace_id: str
    user_id: str
    total_clients: int
    pages: list[tuple[int, list[str]]]
    timeline_client_id: str
    booked_client_id: str
    drafts: dict[str, list[str]]
    user_pages: list[tuple[int, list[str]]]
    total_users: int
    # Has 100,000 events, almost all of which nobody sees on the first page.
    long_timeline_client_id: str
    to_be_signed: list[str]

    @property
    def client_ids(self) -> list[str]:
        return [client_id for _, ids in self.pages for client_id in ids]

    @property
    def admin_dsn(self) -> str:
        """The administrator's DSN, for the candidates without row security."""
        return LocalPostgres(Home(Path(self.home)).postgres).dsn

    async def keys(self) -> dict[str, WorkspaceKeys]:
        """The workspace's keys of each service that the operations use."""
        return await workspace_keys(self.admin_dsn, Keyring.load(Home(Path(self.home)).keyring), UUID(self.workspace_id))

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: str) -> "Dataset":
        return cls(**json.loads(Path(path).read_text()))


async def workspace_keys(dsn: str, keyring: Keyring, workspace_id: UUID) -> dict[str, WorkspaceKeys]:
    found = {}
    for service in ("clients", "scheduling", "clinical", "identity"):
        database = Database(dsn, schema=service, size=1)
        found[service] = await Keys(database, keyring, service=service).of(workspace_id)
        await database.close()
    return found


def open_suite(home: Path) -> Installation:
    """A suite in `home`, not started yet. CASELOAD_PIN=true gives each of its processes a core."""
    given = {name: value for name, value in os.environ.items() if name == "CASELOAD_PIN"}
    return Installation("suite", home, {**UNLIMITED, **given})


def sign_in(port: int) -> dict[str, str]:
    """Signs in as the owner. Returns the request headers."""
    body = {"email": EMAIL, "password": PASSWORD}
    reply = httpx.post(f"http://127.0.0.1:{port}/api/v1/auth/login", json=body, timeout=30).raise_for_status()
    return {"authorization": f"Bearer {reply.json()['access_token']}"}


async def set_up(installation: Installation, *, hospital: bool = True, clients: int = 300, events: int = 100, drafts: int = 100) -> Dataset:
    """Creates a practice's records through the gateway, and in a `hospital` loads many more beside them. Returns ids of both."""
    headers = sign_in(installation.port)
    async with httpx.AsyncClient(base_url=f"{installation.gateway_url}/api/v1", headers=headers, timeout=30) as api:
        me = (await api.get("/auth/me")).raise_for_status().json()
        await _all(api, "/clients", [_client(n) for n in range(clients)])
        dsn, keyring = LocalPostgres(Home(installation.home).postgres).dsn, Keyring.load(Home(installation.home).keyring)
        workspace_id = UUID(me["workspace_id"])
        keys = await workspace_keys(dsn, keyring, workspace_id)
        await staff.load(dsn, workspace_id, keys["identity"], keyring)
        if hospital:
            await bulk.load(dsn, workspace_id, keys)
        pages, total = await _pages(api, "/clients")
        user_pages, total_users = await _pages(api, "/users")
        listed = [client_id for _, ids in pages for client_id in ids]
        await _all(api, "/appointments", [_appointment_of_week(listed[n], n) for n in range(PAGE)])
        timeline_client, booked = listed[0], listed[-1]
        await _all(api, "/appointments", [_appointment(timeline_client, n) for n in range(events * 6 // 10)])
        await _all(api, "/sessions", [_note(timeline_client, n) for n in range(events - events * 6 // 10)])
        long_timeline_client = listed[1]
        (only_note,) = await _all(api, "/sessions", [_note(long_timeline_client, 0)])
        await bulk.load_events(dsn, workspace_id, UUID(long_timeline_client), UUID(only_note), LONG_TIMELINE)
        clients_of = [UUID(client_id) for client_id in listed[2:-1]]
        to_be_signed = await bulk.load_drafts(dsn, workspace_id, UUID(me["id"]), clients_of, TO_BE_SIGNED, keys["clinical"])
        written = await _all(api, "/sessions", [_note(listed[n % len(listed)], n) for n in range(drafts * len(CANDIDATES))])
    shares = {name: written[n :: len(CANDIDATES)] for n, name in enumerate(CANDIDATES)}
    return Dataset(
        str(installation.home),
        installation.port,
        me["workspace_id"],
        me["id"],
        total,
        pages,
        timeline_client,
        booked,
        shares,
        user_pages,
        total_users,
        long_timeline_client,
        [str(note_id) for note_id in to_be_signed],
    )


async def _pages(api: httpx.AsyncClient, path: str) -> tuple[list[tuple[int, list[str]]], int]:
    """The ids on at most MOST_PAGES pages of a list, evenly spread over it, and the number of all its items."""

    async def get(number: int) -> dict[str, Any]:
        # The first page after a start reads the names of all.
        reply = await api.get(path, params={"page": number, "page_size": PAGE}, timeout=120)
        page: dict[str, Any] = reply.raise_for_status().json()
        return page

    total: int = (await get(1))["total"]
    last = -(-total // PAGE)
    numbers = sorted({1 + n * (last - 1) // (MOST_PAGES - 1) for n in range(MOST_PAGES)})
    return [(number, [item["id"] for item in (await get(number))["items"]]) for number in numbers], total


async def _all(api: httpx.AsyncClient, path: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Posts every body, sixteen at a time. Returns the ids of the created resources."""
    slots = asyncio.Semaphore(16)

    async def post(body: Mapping[str, Any]) -> str:
        async with slots:
            made: str = (await api.post(path, json=body)).raise_for_status().json()["id"]
            return made

    return list(await asyncio.gather(*map(post, bodies)))


def _client(n: int) -> dict[str, Any]:
    return {
        "first_name": f"Given{n * 7919 % 1000:03}",
        "last_name": f"Family{n * 104729 % 1000:03}",
        "email": f"client{n}@example.com",
        "phone": f"+1 555 {n:07}",
        "date_of_birth": f"19{50 + n % 50}-0{1 + n % 9}-1{n % 10}",
        "address": f"{n} Long Street, Springfield",
        "medical_history": TEXT,
        "emergency_contact_name": "Somebody Close",
        "notes": TEXT,
        "tags": ["headache", f"group {n % 7}"],
        "consent_status": True,
    }


def _appointment(client_id: str, n: int) -> dict[str, Any]:
    return _appointment_at(client_id, datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=n))


def _appointment_of_week(client_id: str, n: int) -> dict[str, Any]:
    return _appointment_at(client_id, WEEK + timedelta(days=n // 10, hours=8 + n % 10))


def _appointment_at(client_id: str, start: datetime) -> dict[str, Any]:
    end = start + timedelta(minutes=50)
    return {
        "client_id": client_id,
        "scheduled_start": start.isoformat(),
        "scheduled_end": end.isoformat(),
        "location_type": "clinic",
        "notes": "Bring the last findings.",
    }


def _note(client_id: str, n: int) -> dict[str, Any]:
    at = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=n % 300, hours=1)
    return {
        "client_id": client_id,
        "session_date": at.isoformat(),
        **dict.fromkeys(("subjective", "objective", "assessment"), TEXT),
        "plan": f"{TEXT} Session {n}.",
    }


class Backlog:
    """The number of items the suite has not processed yet: events to relay, audit events to store and to append to chains."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        lines = " + ".join(f"(SELECT count(*) FROM {n}.outbox WHERE type = 'caseload.audit.v1.AuditRecorded')" for n in NAMES)
        events = " + ".join(f"(SELECT count(*) FROM {n}.outbox WHERE published_at IS NULL)" for n in NAMES)
        self._sql = f"SELECT {events} + ({lines}) - (SELECT coalesce(sum(sequence), 0)::bigint FROM audit.chain_heads)"

    async def size(self) -> int:
        return int(await self._connection.fetchval(self._sql))


class Unsettled:
    """The number of changes of timeline counters that are not folded, and of notes that are not indexed: both follow what was loaded."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def size(self) -> int:
        return int(
            await self._connection.fetchval(
                "SELECT (SELECT count(*) FROM clinical.timeline_counter_changes)"
                " + (SELECT count(*) FROM clinical.search_work WHERE session_id IS NOT NULL)"
            )
        )
