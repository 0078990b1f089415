"""Many at once after the same thing: a time, a name, one Idempotency-Key."""

import asyncio
import random
from dataclasses import dataclass, field
from uuid import uuid4

from drill.faults import kill
from drill.history import History
from drill.people import Pass, Person, diary, door
from drill.verdict import OVERLAPS

WRITERS = 16
RACERS = 50


@dataclass(slots=True)
class Rush:
    """Bookings of overlapping times: what people were told, and what is found."""

    booked: int
    refused: int
    overlaps: int
    lost: int
    faults: list[str]


async def book_at_once(ground, *, each, seed):
    """Sixteen writers, `each` with so many bookings, all of the same practitioner and for about twice as many as there is room for."""
    history, shown = History(), Pass(ground.gateway_url)
    hours = max(1.0, WRITERS * each / 120)
    # Beyond the next day, so that nobody has to be reminded of any of it now.
    slots = diary(hours_from_now=24 * 400, hours=hours, every=60, longest=180)
    people = [Person(ground.gateway_url, shown, history, seed=f"{seed}-{number}", slots=slots) for number in range(WRITERS)]
    await asyncio.gather(*(person.take_on_client() for person in people))

    async def write(person):
        for _ in range(each):
            await person.book()

    await asyncio.gather(*(write(person) for person in people))
    await asyncio.gather(*(person.close() for person in people))
    found = {str(row["id"]) for row in await ground.rows("SELECT id FROM scheduling.appointments WHERE deleted_at IS NULL")}
    lost = set(history.bookings) - found
    return Rush(len(history.bookings), history.refused_bookings, await ground.value(OVERLAPS), len(lost), history.faults)


async def take_on_at_once(ground, *, each, seed):
    """Sixteen writers take on `each` clients; how many were acknowledged, and how many of these the list does not have."""
    history, shown = History(), Pass(ground.gateway_url)
    people = [Person(ground.gateway_url, shown, history, seed=f"{seed}-{number}") for number in range(WRITERS)]

    async def write(person):
        for _ in range(each):
            await person.take_on_client()

    await asyncio.gather(*(write(person) for person in people))
    await asyncio.gather(*(person.close() for person in people))
    listed = set()
    async with door(ground.gateway_url) as api:
        page = {"total_pages": 1, "page": 0}
        while page["page"] < page["total_pages"]:
            asked = {"page": page["page"] + 1, "page_size": 100}
            page = (await api.get("/clients", params=asked, headers=await shown.headers())).raise_for_status().json()
            listed |= {client["id"] for client in page["items"]}
    return len(history.clients), len(set(history.clients) - listed), history.faults


@dataclass(slots=True)
class Race:
    """Racers with one key: their answers, what came of it, and whether somebody was killed in the middle."""

    answers: list[dict] = field(default_factory=list)
    answered_before_the_kill: int = 0
    effects: int = 0
    lines: int = 0
    history: History = field(default_factory=History)

    @property
    def is_one(self):
        """One effect, one answer, one line in the trail."""
        return len(self.answers) == RACERS and len({str(answer) for answer in self.answers}) == self.effects == self.lines == 1


async def race_for_one_key(ground, *, seed, killed=None):
    """Fifty racers take on the same client under one key; `killed` is the service that dies while they do."""
    race, shown, chance = Race(), Pass(ground.gateway_url), random.Random(seed)
    await shown.headers()
    people = [Person(ground.gateway_url, shown, race.history, seed=f"{seed}-{number}") for number in range(RACERS)]
    key, name = str(uuid4()), f"Raced{uuid4().hex}"
    sent = {"first_name": "Rosa", "last_name": name}
    before = await ground.value("SELECT count(*) FROM clients.clients")

    async def run(person):
        reply = await person.ask("POST", "/clients", "Client", "CREATE", json=sent, expect=201, key=key)
        race.answers.append(reply.json())

    runs = [asyncio.create_task(run(person)) for person in people]
    if killed:
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        await asyncio.to_thread(kill, ground.trial, killed)
        race.answered_before_the_kill = len(race.answers)
    await asyncio.gather(*runs)
    await asyncio.gather(*(person.close() for person in people))
    race.effects = await ground.value("SELECT count(*) FROM clients.clients") - before
    if killed:
        await ground.ready()
    await ground.settle()
    race.lines = await ground.value(
        "SELECT count(*) FROM audit.audit_events WHERE action = 'CREATE' AND resource_type = 'Client'"
        " AND metadata->>'request_id' = ANY($1::text[])",
        [deed.request_id for deed in race.history.deeds],
    )
    return race
