"""What the benchmark acts upon: the suite as `make suite` starts it, in a home of its own, and a practice with records in it."""

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

from chassis.db.database import Database
from chassis.encryption.key_store import Keys
from chassis.encryption.keyring import Keyring
from chassis.encryption.records import WorkspaceKeys
from chassis.local.postgres import LocalPostgres
from identity.demo import PASSWORD
from standalone.home import Home
from standalone.services import NAMES
from standalone.trial import Trial

CONTENDERS = ("suite", "plain", "bare", "monolith")
EMAIL = "owner@example.com"
PAGE = 50
TEXT = "Chronic tension headaches since 2019, worse under stress; physiotherapy helped for some weeks at a time. " * 3
# What a limit would refuse is not to be measured, but the counting of it is.
UNLIMITED = {f"CASELOAD_{name}_PER_MINUTE": "1000000000" for name in ("READS", "WRITES", "SIGN_INS")}


@dataclass(frozen=True, slots=True)
class Scene:
    """The records by id. `drafts` gives each contender its own; clients are in the order of their list."""

    home: str
    port: int
    workspace_id: str
    user_id: str
    client_ids: list[str]
    storied_client_id: str
    booked_client_id: str
    drafts: dict[str, list[str]]

    @property
    def pages(self) -> int:
        return -(-len(self.client_ids) // PAGE)

    @property
    def admin_dsn(self) -> str:
        """The administrator's: who measures without row security uses the fastest way there is."""
        return LocalPostgres(Home(Path(self.home)).postgres).dsn

    async def keys(self) -> dict[str, WorkspaceKeys]:
        """The workspace's keys in each service that the operations touch."""
        keyring = Keyring.load(Home(Path(self.home)).keyring)
        found = {}
        for service in ("clients", "scheduling", "clinical"):
            database = Database(self.admin_dsn, schema=service, size=1)
            found[service] = await Keys(database, keyring, service=service).of(UUID(self.workspace_id))
            await database.close()
        return found

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, path: str) -> "Scene":
        return cls(**json.loads(Path(path).read_text()))


def open_suite(home: Path) -> Trial:
    """The suite in `home`, started and ready; CASELOAD_PIN=true gives each of its processes a core."""
    told = {name: value for name, value in os.environ.items() if name == "CASELOAD_PIN"}
    return Trial("suite", home, {**UNLIMITED, **told})


def sign_in(port: int) -> dict[str, str]:
    """The headers of somebody who has just signed in as the owner."""
    proof = {"email": EMAIL, "password": PASSWORD}
    reply = httpx.post(f"http://127.0.0.1:{port}/api/v1/auth/login", json=proof, timeout=30).raise_for_status()
    return {"authorization": f"Bearer {reply.json()['access_token']}"}


async def set_up(trial: Trial, *, clients: int = 300, events: int = 100, drafts: int = 100) -> Scene:
    """Fills the practice through the gateway, as a front end would."""
    headers = sign_in(trial.port)
    async with httpx.AsyncClient(base_url=f"{trial.gateway_url}/api/v1", headers=headers, timeout=30) as door:
        me = (await door.get("/auth/me")).raise_for_status().json()
        await _all(door, "/clients", [_client(n) for n in range(clients)])
        listed: list[str] = []
        for page in range(1, 2 + clients // PAGE):
            reply = (await door.get("/clients", params={"page": page, "page_size": PAGE})).raise_for_status().json()
            listed += [item["id"] for item in reply["items"]]
        storied, booked = listed[0], listed[-1]
        await _all(door, "/appointments", [_appointment(storied, n) for n in range(events * 6 // 10)])
        await _all(door, "/sessions", [_note(storied, n) for n in range(events - events * 6 // 10)])
        written = await _all(door, "/sessions", [_note(listed[n % len(listed)], n) for n in range(drafts * len(CONTENDERS))])
    shares = {name: written[n :: len(CONTENDERS)] for n, name in enumerate(CONTENDERS)}
    return Scene(str(trial.home), trial.port, me["workspace_id"], me["id"], listed, storied, booked, shares)


async def _all(door: httpx.AsyncClient, path: str, bodies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Posts every body, sixteen at a time; the ids of what was made."""
    turns = asyncio.Semaphore(16)

    async def post(body: Mapping[str, Any]) -> str:
        async with turns:
            made: str = (await door.post(path, json=body)).raise_for_status().json()["id"]
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
    start = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=n)
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
        **dict.fromkeys(("subjective", "objective", "assessment", "plan"), TEXT),
    }


class Backlog:
    """What the suite still has to do for requests it has answered: events to carry, lines to keep and to seal."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        lines = " + ".join(f"(SELECT count(*) FROM {n}.outbox WHERE type = 'caseload.audit.v1.AuditRecorded')" for n in NAMES)
        events = " + ".join(f"(SELECT count(*) FROM {n}.outbox WHERE published_at IS NULL)" for n in NAMES)
        self._sql = f"SELECT {events} + ({lines}) - (SELECT coalesce(sum(sequence), 0)::bigint FROM audit.chain_heads)"

    async def size(self) -> int:
        return int(await self._connection.fetchval(self._sql))
