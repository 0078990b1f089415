"""People at work over HTTP, who ask again until they are answered, as a front end does that may lose nothing."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from drill.history import Booking, Deed, KeptClient, KeptNote

PASSWORD = "caseload-demo"
# An access token lives for 300 seconds.
SECONDS_A_PASS_IS_USED = 200.0
SECONDS_TO_GIVE_UP = 240.0


def text(moment):
    return moment.isoformat().replace("+00:00", "Z")


def door(gateway_url):
    """A way to the API. Authorities are not loaded for it: nothing leaves this machine."""
    return httpx.AsyncClient(base_url=f"{gateway_url}/api/v1", timeout=60, verify=False)


class Pass:
    """The access token that everybody here shares, renewed by signing in anew."""

    def __init__(self, gateway_url, email="owner@example.com"):
        self._gateway_url = gateway_url
        self._email = email
        self._token = ""
        self._since = float("-inf")
        self._renewing = asyncio.Lock()

    async def headers(self):
        async with self._renewing:
            while time.monotonic() - self._since > SECONDS_A_PASS_IS_USED:
                self._token = await self._sign_in() or self._token
        return {"Authorization": f"Bearer {self._token}"}

    async def _sign_in(self):
        async with door(self._gateway_url) as api:
            try:
                reply = await api.post("/auth/login", json={"email": self._email, "password": PASSWORD})
            except httpx.TransportError:
                reply = None
        if reply is not None and reply.status_code == 200:
            self._since = time.monotonic()
            return reply.json()["access_token"]
        assert reply is None or reply.status_code == 503, reply.text
        await asyncio.sleep(0.3)
        return None


class Person:
    """One of them: has clients, notes and a diary, and remembers in the history what was acknowledged."""

    def __init__(self, gateway_url, shown, history, *, seed, slots=None):
        self._door = door(gateway_url)
        self._pass = shown
        self._history = history
        self._chance = random.Random(seed)
        self._slots = slots or diary()
        self._clients = []
        self._notes = []

    async def close(self):
        await self._door.aclose()

    async def work(self, until):
        """Does one thing after another until `until` is set."""
        await self.take_on_client()
        await self.begin_note()
        things = [self.take_on_client, self.change_client, self.book, self.begin_note, self.save_note, self.read_client, self.read_note]
        while not until.is_set():
            (thing,) = self._chance.choices(things, weights=[10, 15, 25, 5, 20, 15, 10])
            await thing()

    # --- what they do

    async def take_on_client(self):
        name = f"Drill{uuid4().hex}"
        sent = {"first_name": "Dora", "last_name": name, "email": f"{name.lower()}@example.org"}
        client = (await self.ask("POST", "/clients", "Client", "CREATE", json=sent, expect=201)).json()
        self._history.clients[client["id"]] = KeptClient(name, client["version"])
        self._clients.append(client["id"])

    async def change_client(self):
        client_id = self._chance.choice(self._clients)
        notes = f"seen {uuid4().hex}"
        client = (await self.ask("PUT", f"/clients/{client_id}", "Client", "UPDATE", json={"notes": notes})).json()
        kept = self._history.clients[client_id]
        if client["version"] != kept.version + 1:
            self._history.faults.append(f"a change counted twice or not: version {kept.version} became {client['version']}")
        kept.version, kept.notes = client["version"], notes

    async def read_client(self):
        client_id = self._chance.choice(self._clients)
        client = (await self.ask("GET", f"/clients/{client_id}", "Client", "READ")).json()
        kept = self._history.clients[client_id]
        if (client["version"], client["notes"]) != (kept.version, kept.notes):
            self._history.faults.append(f"a client was read as version {client['version']} after version {kept.version} was acknowledged")

    async def book(self):
        """May be refused: others want the same time."""
        start, end = self._slots(self._chance)
        client_id = self._chance.choice(self._clients)
        sent = {"client_id": client_id, "scheduled_start": text(start), "scheduled_end": text(end), "location_type": "online"}
        reply = await self.ask("POST", "/appointments", "Appointment", "CREATE", json=sent, expect=201, or_refused="appointment_conflict")
        if reply.status_code == 409:
            self._history.refused_bookings += 1
            return None
        self._history.bookings[reply.json()["id"]] = Booking(client_id, start, end)
        return reply.json()

    async def begin_note(self):
        client_id = self._chance.choice(self._clients)
        sent = {"client_id": client_id, "session_date": text(datetime.now(UTC)), "subjective": "Begun."}
        note = (await self.ask("POST", "/sessions", "Session", "CREATE", json=sent, expect=201)).json()
        self._history.notes[note["id"]] = KeptNote(client_id, note["version"], "Begun.")
        self._notes.append(note["id"])

    async def save_note(self):
        """Autosave on the version that was seen last."""
        note_id = self._chance.choice(self._notes)
        kept = self._history.notes[note_id]
        subjective = f"Word {uuid4().hex}."
        seen = {"If-Match": f'"{kept.version}"'}
        sent = {"subjective": subjective}
        note = (await self.ask("PATCH", f"/sessions/{note_id}/draft", "Session", "UPDATE", json=sent, headers=seen)).json()
        if note["version"] != kept.version + 1:
            self._history.faults.append(f"a save counted twice or not: version {kept.version} became {note['version']}")
        kept.version, kept.subjective = note["version"], subjective

    async def read_note(self):
        note_id = self._chance.choice(self._notes)
        note = (await self.ask("GET", f"/sessions/{note_id}", "Session", "READ")).json()
        kept = self._history.notes[note_id]
        if (note["version"], note["subjective"]) != (kept.version, kept.subjective):
            self._history.faults.append(f"a note was read as version {note['version']} after version {kept.version} was acknowledged")

    # --- how they ask

    async def ask(self, method, path, resource, action, *, json=None, headers=None, expect=200, or_refused=None, key=None):
        """The answer, however often it takes: every attempt under the same request id, a write's under the same Idempotency-Key."""
        request_id = str(uuid4())
        own = {"X-Request-ID": request_id, **(headers or {})}
        if method != "GET":
            own["Idempotency-Key"] = key or request_id
        began = time.monotonic()
        for attempt in range(1, 10_000):
            reply = await self._attempt(method, path, json, own)
            if reply is not None and reply.status_code == expect:
                resource_id = reply.json().get("id")
                seconds = time.monotonic() - began
                self._history.deeds.append(Deed(f"{method} {resource}", resource, action, request_id, resource_id, attempt, seconds))
                return reply
            if reply is not None and reply.status_code == 409 and reply.json()["code"] == or_refused:
                return reply
            assert time.monotonic() - began < SECONDS_TO_GIVE_UP, f"{method} {path} was not answered in {SECONDS_TO_GIVE_UP} s"
            await asyncio.sleep(self._chance.uniform(0.1, 0.4))
        raise AssertionError("nobody asks so often")

    async def _attempt(self, method, path, json, headers):
        """One answer, or None where the door was slammed. Whatever does not mean "later" is a fault."""
        began = time.monotonic()
        try:
            reply = await self._door.request(method, path, json=json, headers=headers | await self._pass.headers())
        except httpx.TimeoutException:
            self._history.faults.append(f"{method} {path} hung")
            return None
        except httpx.TransportError as error:
            self._history.troubles[type(error).__name__] += 1
            return None
        finally:
            self._history.longest_reply = max(self._history.longest_reply, time.monotonic() - began)
        if reply.status_code < 400:
            return reply
        code = reply.json().get("code", "")
        if reply.status_code == 503:
            self._history.troubles[code] += 1
            if reply.headers["content-type"] != "application/problem+json" or int(reply.headers.get("retry-after", 0)) < 1:
                self._history.faults.append(f"a 503 that does not say when to come back: {code}")
        elif code == "idempotency_in_progress":
            self._history.troubles[code] += 1
        elif code != "appointment_conflict":
            self._history.faults.append(f"{method} {path}: {reply.status_code} {code}")
            await asyncio.sleep(1.0)
        return reply


def diary(*, hours_from_now=2.0, hours=20.0, every=15, longest=60):
    """Slots that overlap: begun every `every` seconds and up to `longest` seconds long, within the hours from now on."""
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours_from_now)

    def slot(chance):
        start = first + timedelta(seconds=every * chance.randrange(int(hours * 3600 / every)))
        return start, start + timedelta(seconds=chance.randrange(every, longest + 1))

    return slot
