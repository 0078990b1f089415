"""A great many saves from devices without a network, while clinical is killed and replies are lost: whether any is lost."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import httpx

from drill.devices import WRITTEN
from drill.environment import until
from drill.faults import has_restarted, kill
from drill.users import api_client

NOTES_EACH = 100
# Words of one text: what is longer than a note goes on in copies, which is another matter.
MOST_WORDS = 400
# A reply in so many is lost on its way.
LOST = 20


@dataclass(slots=True)
class Saves:
    """What became of them."""

    acknowledged: int = 0
    statuses: Counter = field(default_factory=Counter)
    refusals: Counter = field(default_factory=Counter)
    lost_replies: int = 0
    kills: int = 0
    lost: list[str] = field(default_factory=list)
    begun: int = 0
    notes: int = 0
    copies: int = 0


class Tablet:
    """A hundred notes, of which each batch saves every one: a word more."""

    def __init__(self, environment, token, client_id, saves, *, seed):
        self._api, self._token, self._client_id, self._saves = api_client(environment.gateway_url), token, client_id, saves
        self._chance = random.Random(seed)
        self.texts = dict.fromkeys((f"{seed} {number}" for number in range(NOTES_EACH)), "")
        self.ids = {}
        self._versions = {}

    async def work(self, rounds):
        for number in range(rounds):
            for name in self.texts:
                self.texts[name] += f"w{number}."
            await self._until_taken([self._item(name) for name in self.texts])
        await self._api.aclose()

    def _item(self, name):
        item = {"client_session_id": name, "client_id": self._client_id, "plan": self.texts[name]}
        version = self._versions.get(name)
        return item | {"session_date": WRITTEN, "created_at_client": WRITTEN} | ({"base_version": version} if version else {})

    async def _until_taken(self, queue):
        while queue:
            headers = {"Authorization": f"Bearer {self._token()}"}
            try:
                reply = await self._api.post("/sessions/sync", json={"sessions": queue}, headers=headers)
            except httpx.TransportError as error:
                self._saves.refusals[type(error).__name__] += 1
                await asyncio.sleep(0.2)
                continue
            if reply.status_code != 200:
                assert reply.status_code in {401, 429, 500, 503}, reply.text
                self._saves.refusals[reply.json()["code"]] += 1
                await asyncio.sleep(float(reply.headers.get("Retry-After", 0.2)))
            elif self._chance.randrange(LOST) == 0:
                self._saves.lost_replies += 1
            else:
                queue = self._without(queue, reply.json()["results"])

    def _without(self, queue, results):
        for result in results:
            name = result["client_session_id"]
            self.ids[name], self._versions[name] = result["server_session_id"], result["version"]
            self._saves.statuses[result["status"]] += 1
            self._saves.acknowledged += 1
        answered = {result["client_session_id"] for result in results}
        return [item for item in queue if item["client_session_id"] not in answered]

    async def verify(self):
        """Reads every note, and names those that do not say all that was acknowledged."""
        async with httpx.AsyncClient(base_url=self._api.base_url, timeout=60, verify=False) as api:
            for name, text in self.texts.items():
                note = (await api.get(f"/sessions/{self.ids[name]}", headers={"Authorization": f"Bearer {self._token()}"})).json()
                if note["plan"] != text:
                    self._saves.lost.append(f"{name}: version {note['version']} has {len(note['plan'])} characters of {len(text)}")
            query = {"client_id": self._client_id, "page_size": 100}
            found = (await api.get("/sessions", params=query, headers={"Authorization": f"Bearer {self._token()}"})).json()
        self._saves.begun += len(self.texts)
        self._saves.notes += found["total"]
        self._saves.copies += sum(bool(note["conflict_of"]) for note in found["items"])


async def save_often(environment, *, count, seed, tablets=8, kills=10, progress=lambda line: None):
    """Makes about `count` saves from so many devices, each of a colleague's, and kills clinical in between."""
    saves, colleagues = Saves(), await environment.colleagues()
    rounds = max(1, min(MOST_WORDS, count // (tablets * NOTES_EACH)))
    headers = await colleagues.headers()
    owners = colleagues.owners
    groups = max(1, round(count / (tablets * NOTES_EACH * rounds)))
    async with api_client(environment.gateway_url) as api:
        for group in range(groups):
            working = []
            for number in range(tablets):
                created = await api.post("/clients", json={"first_name": "Ada", "last_name": "Tablet"}, headers=headers)
                token = partial(owners.token_of, owners.user_ids[(group * tablets + number) % len(owners.user_ids)])
                working.append(Tablet(environment, token, created.json()["id"], saves, seed=f"{seed} {group} {number}"))
            await _work(environment, working, rounds, saves, kills=max(1, kills // groups), progress=progress)
            headers = await colleagues.headers()
            await asyncio.gather(*(tablet.verify() for tablet in working))
    return saves


async def _work(environment, tablets, rounds, saves, *, kills, progress):
    expected = len(tablets) * rounds * NOTES_EACH
    begun_with = saves.acknowledged
    work = asyncio.gather(*(tablet.work(rounds) for tablet in tablets))
    for number in range(kills):
        while not work.done() and saves.acknowledged - begun_with < expected * (number + 1) / (kills + 1):  # noqa: ASYNC110 - it is polled, and has no event to wait for
            await asyncio.sleep(0.05)
        if work.done():
            break
        victim = await asyncio.to_thread(kill, environment.installation, "clinical")
        saves.kills += 1
        progress(f"{saves.kills:4}  clinical killed {saves.acknowledged:9} saves acknowledged so far")

        async def restarted(victim=victim):
            return has_restarted(environment.installation, "clinical", victim)

        await until(restarted, 120, "clinical is started again")
    await work
