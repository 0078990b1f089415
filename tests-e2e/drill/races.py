"""Concurrent requests for the same thing: the same times, and one Idempotency-Key."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import uuid4

from drill.faults import kill
from drill.history import History
from drill.users import SharedToken, SimulatedUser, api_client, random_slots
from drill.verification import OVERLAPS

WRITERS = 16
RACERS = 50
# An Idempotency-Key and a calendar are one person's, so in a race one person writes hundreds of times in a minute. Only the races need this.
RACES = {"CASELOAD_WRITES_PER_MINUTE": "1000000"}


@dataclass(slots=True)
class BookingRace:
    """The results of concurrent bookings of overlapping times: acknowledged, refused, and found in the database."""

    booked: int
    refused: int
    overlaps: int
    lost: int
    violations: list[str]


async def race_for_times(environment, *, each, seed):
    """Sixteen users try `each` bookings each for one practitioner, about twice as many as there is time for."""
    history, token = History(), SharedToken(environment.gateway_url)
    hours = max(1.0, WRITERS * each / 120)
    # Far in the future, so that no reminder is due during the drill.
    slots = random_slots(hours_from_now=24 * 400, hours=hours, every=60, longest=180)
    users = [SimulatedUser(environment.gateway_url, token, history, seed=f"{seed}-{number}", slots=slots) for number in range(WRITERS)]
    await asyncio.gather(*(user.create_client() for user in users))

    async def write(user):
        for _ in range(each):
            await user.book()

    await asyncio.gather(*(write(user) for user in users))
    await asyncio.gather(*(user.close() for user in users))
    found = {str(row["id"]) for row in await environment.rows("SELECT id FROM scheduling.appointments WHERE deleted_at IS NULL")}
    lost = set(history.bookings) - found
    return BookingRace(len(history.bookings), history.refused_bookings, await environment.value(OVERLAPS), len(lost), history.violations)


async def create_clients_concurrently(environment, *, each, seed):
    """Sixteen users create `each` clients each. Returns how many were acknowledged, how many are not listed, and violations."""
    history, token = History(), SharedToken(environment.gateway_url)
    users = [SimulatedUser(environment.gateway_url, token, history, seed=f"{seed}-{number}") for number in range(WRITERS)]

    async def write(user):
        for _ in range(each):
            await user.create_client()

    await asyncio.gather(*(write(user) for user in users))
    await asyncio.gather(*(user.close() for user in users))
    listed = set()
    async with api_client(environment.gateway_url) as api:
        page = {"total_pages": 1, "page": 0}
        while page["page"] < page["total_pages"]:
            asked = {"page": page["page"] + 1, "page_size": 100}
            page = (await api.get("/clients", params=asked, headers=await token.headers())).raise_for_status().json()
            listed |= {client["id"] for client in page["items"]}
    return len(history.clients), len(set(history.clients) - listed), history.violations


@dataclass(slots=True)
class KeyRace:
    """The results of concurrent requests with one Idempotency-Key: replies, created rows, audit events of the effect (not of replays)."""

    answers: list[dict] = field(default_factory=list)
    answered_before_the_kill: int = 0
    effects: int = 0
    audit_events: int = 0
    history: History = field(default_factory=History)

    @property
    def is_one(self):
        """Whether there was one effect, one reply and one audit event."""
        return len(self.answers) == RACERS and len({str(answer) for answer in self.answers}) == self.effects == self.audit_events == 1


async def race_for_one_key(environment, *, seed, killed=None):
    """Fifty users create the same client with one key. `killed` is the service that is killed meanwhile, if any."""
    race, token, chance = KeyRace(), SharedToken(environment.gateway_url), random.Random(seed)
    await token.headers()
    users = [SimulatedUser(environment.gateway_url, token, race.history, seed=f"{seed}-{number}") for number in range(RACERS)]
    key, name = str(uuid4()), f"Raced{uuid4().hex}"
    sent = {"first_name": "Rosa", "last_name": name}
    before = await environment.value("SELECT count(*) FROM clients.clients")

    async def run(user):
        reply = await user.ask("POST", "/clients", "Client", "CREATE", json=sent, expect=201, key=key)
        race.answers.append(reply.json())

    runs = [asyncio.create_task(run(user)) for user in users]
    if killed:
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        await asyncio.to_thread(kill, environment.installation, killed)
        race.answered_before_the_kill = len(race.answers)
    await asyncio.gather(*runs)
    await asyncio.gather(*(user.close() for user in users))
    race.effects = await environment.value("SELECT count(*) FROM clients.clients") - before
    if killed:
        await environment.ready()
    await environment.settle()
    race.audit_events = await environment.value(
        "SELECT count(*) FROM audit.audit_events WHERE action = 'CREATE' AND resource_type = 'Client'"
        " AND metadata->>'request_id' = ANY($1::text[]) AND metadata->'facts'->>'replay' IS NULL",
        [operation.request_id for operation in race.history.operations],
    )
    return race
