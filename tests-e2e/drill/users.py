"""Simulated users who work over HTTP and retry until a request succeeds, as a front end does that must not lose input."""

import asyncio
import itertools
import random
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from drill.history import Booking, ClientState, NoteState, Operation

PASSWORD = "caseload-demo"
# An access token is valid for 300 seconds.
SECONDS_A_TOKEN_IS_USED = 200.0
SECONDS_TO_GIVE_UP = 240.0


def text(moment):
    return moment.isoformat().replace("+00:00", "Z")


def api_client(gateway_url):
    """A client of the API. Certificate authorities are not loaded, because connections stay on this machine."""
    return httpx.AsyncClient(base_url=f"{gateway_url}/api/v1", timeout=60, verify=False)


class SharedToken:
    """An access token that all users share. Signs in again before it expires. `user_id` is known when there has been a first one."""

    def __init__(self, gateway_url, email="owner@example.com"):
        self._gateway_url = gateway_url
        self._email = email
        self._token = self.user_id = ""
        self._since = float("-inf")
        self._renewing = asyncio.Lock()

    def whose_turn(self):
        """Who asks next, for `headers`. All attempts at an operation are one person's, because an Idempotency-Key is."""
        return self.user_id

    async def headers(self, who=None):
        async with self._renewing:
            while time.monotonic() - self._since > SECONDS_A_TOKEN_IS_USED:
                self._token = await self._sign_in() or self._token
        return {"Authorization": f"Bearer {self._token}"}

    async def _sign_in(self):
        async with api_client(self._gateway_url) as api:
            try:
                reply = await api.post("/auth/login", json={"email": self._email, "password": PASSWORD})
            except httpx.TransportError:
                reply = None
        if reply is not None and reply.status_code == 200:
            self._since = time.monotonic()
            self.user_id = reply.json()["user"]["id"]
            return reply.json()["access_token"]
        assert reply is None or reply.status_code == 503, reply.text
        await asyncio.sleep(0.3)
        return None


class Colleagues(SharedToken):
    """Many owners of one practice who take turns, because none of them may do in a minute what a drill does.

    One signs in with a password, now and again; the tokens of the others are signed as identity would sign them.
    """

    def __init__(self, gateway_url, owners):
        super().__init__(gateway_url)
        self.owners = owners
        self._turns = itertools.cycle([None, *owners.user_ids])

    def whose_turn(self):
        return next(self._turns)

    async def headers(self, who=None):
        signed_in = await super().headers()
        return signed_in if who is None else {"Authorization": f"Bearer {self.owners.token_of(who)}"}


class SimulatedUser:
    """Creates, changes and reads clients, notes and appointments, and records in the history what was acknowledged."""

    def __init__(self, gateway_url, token, history, *, seed, slots=None):
        self._api = api_client(gateway_url)
        self._token = token
        self._history = history
        self._chance = random.Random(seed)
        self._slots = slots or random_slots()
        self._clients = []
        self._notes = []

    async def close(self):
        await self._api.aclose()

    async def work(self, until):
        """Does one random operation after another until `until` is set."""
        await self.create_client()
        await self.create_note()
        operations = [self.create_client, self.change_client, self.book, self.create_note, self.save_note, self.read_client, self.read_note]
        while not until.is_set():
            (operation,) = self._chance.choices(operations, weights=[10, 15, 25, 5, 20, 15, 10])
            await operation()

    # --- operations

    async def create_client(self):
        name = f"Drill{uuid4().hex}"
        sent = {"first_name": "Dora", "last_name": name, "email": f"{name.lower()}@example.org"}
        client = (await self.ask("POST", "/clients", "Client", "CREATE", json=sent, expect=201)).json()
        self._history.clients[client["id"]] = ClientState(name, client["version"])
        self._clients.append(client["id"])

    async def change_client(self):
        client_id = self._chance.choice(self._clients)
        notes = f"seen {uuid4().hex}"
        client = (await self.ask("PUT", f"/clients/{client_id}", "Client", "UPDATE", json={"notes": notes})).json()
        expected = self._history.clients[client_id]
        if client["version"] != expected.version + 1:
            self._history.violations.append(f"a change counted twice or not: version {expected.version} became {client['version']}")
        expected.version, expected.notes = client["version"], notes

    async def read_client(self):
        client_id = self._chance.choice(self._clients)
        client = (await self.ask("GET", f"/clients/{client_id}", "Client", "READ")).json()
        expected = self._history.clients[client_id]
        if (client["version"], client["notes"]) != (expected.version, expected.notes):
            self._history.violations.append(
                f"a client was read as version {client['version']} after version {expected.version} was acknowledged"
            )

    async def book(self):
        """Books an appointment. Returns None if the time is taken."""
        start, end = self._slots(self._chance)
        client_id = self._chance.choice(self._clients)
        sent = {"client_id": client_id, "scheduled_start": text(start), "scheduled_end": text(end), "location_type": "online"}
        # In one calendar, whoever asks.
        sent["practitioner_id"] = self._token.user_id
        reply = await self.ask("POST", "/appointments", "Appointment", "CREATE", json=sent, expect=201, or_refused="appointment_conflict")
        if reply.status_code == 409:
            self._history.refused_bookings += 1
            return None
        self._history.bookings[reply.json()["id"]] = Booking(client_id, start, end)
        return reply.json()

    async def create_note(self):
        client_id = self._chance.choice(self._clients)
        sent = {"client_id": client_id, "session_date": text(datetime.now(UTC)), "subjective": "Begun."}
        note = (await self.ask("POST", "/sessions", "Session", "CREATE", json=sent, expect=201)).json()
        self._history.notes[note["id"]] = NoteState(client_id, note["version"], "Begun.")
        self._notes.append(note["id"])

    async def save_note(self):
        """Saves a draft on the version that was seen last."""
        note_id = self._chance.choice(self._notes)
        expected = self._history.notes[note_id]
        subjective = f"Word {uuid4().hex}."
        seen = {"If-Match": f'"{expected.version}"'}
        sent = {"subjective": subjective}
        note = (await self.ask("PATCH", f"/sessions/{note_id}/draft", "Session", "UPDATE", json=sent, headers=seen)).json()
        if note["version"] != expected.version + 1:
            self._history.violations.append(f"a save counted twice or not: version {expected.version} became {note['version']}")
        expected.version, expected.subjective = note["version"], subjective

    async def read_note(self):
        note_id = self._chance.choice(self._notes)
        note = (await self.ask("GET", f"/sessions/{note_id}", "Session", "READ")).json()
        expected = self._history.notes[note_id]
        if (note["version"], note["subjective"]) != (expected.version, expected.subjective):
            self._history.violations.append(
                f"a note was read as version {note['version']} after version {expected.version} was acknowledged"
            )

    # --- requests

    async def ask(self, method, path, resource, action, *, json=None, headers=None, expect=200, or_refused=None, key=None):
        """Sends a request until it succeeds, or is refused with the code `or_refused`. Returns the reply.

        All attempts have the same request id, and those of a write the same Idempotency-Key.
        """
        request_id = str(uuid4())
        own = {"X-Request-ID": request_id, **(headers or {})}
        if method != "GET":
            own["Idempotency-Key"] = key or request_id
        began, who = time.monotonic(), self._token.whose_turn()
        for attempt in range(1, 10_000):
            reply = await self._attempt(method, path, json, own, who)
            if reply is not None and reply.status_code == expect:
                resource_id = reply.json().get("id")
                seconds = time.monotonic() - began
                self._history.operations.append(
                    Operation(f"{method} {resource}", resource, action, request_id, resource_id, attempt, seconds)
                )
                return reply
            if reply is not None and reply.status_code == 409 and reply.json()["code"] == or_refused:
                return reply
            assert time.monotonic() - began < SECONDS_TO_GIVE_UP, f"{method} {path} was not answered in {SECONDS_TO_GIVE_UP} s"
            told = float(reply.headers.get("retry-after", 0)) if reply is not None else 0.0
            await asyncio.sleep(told + self._chance.uniform(0.1, 0.4))
        raise AssertionError("too many attempts")

    async def _attempt(self, method, path, json, headers, who):
        """One reply, or None if the connection failed. A refusal that does not allow a retry is recorded as a violation."""
        began = time.monotonic()
        try:
            reply = await self._api.request(method, path, json=json, headers=headers | await self._token.headers(who))
        except httpx.TimeoutException:
            self._history.violations.append(f"{method} {path} hung")
            return None
        except httpx.TransportError as error:
            self._history.retryable_refusals[type(error).__name__] += 1
            return None
        finally:
            self._history.longest_reply = max(self._history.longest_reply, time.monotonic() - began)
        if reply.status_code < 400:
            return reply
        code = reply.json().get("code", "")
        if reply.status_code == 503:
            self._history.retryable_refusals[code] += 1
            if reply.headers["content-type"] != "application/problem+json" or int(reply.headers.get("retry-after", 0)) < 1:
                self._history.violations.append(f"a 503 without Retry-After: {code}")
        elif code == "idempotency_in_progress":
            self._history.retryable_refusals[code] += 1
        elif code != "appointment_conflict":
            self._history.violations.append(f"{method} {path}: {reply.status_code} {code}")
            await asyncio.sleep(1.0)
        return reply


def random_slots(*, hours_from_now=2.0, hours=20.0, every=15, longest=60):
    """A function that returns random, overlapping slots: start times are multiples of `every` seconds, lengths up to `longest`."""
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours_from_now)

    def slot(chance):
        start = first + timedelta(seconds=every * chance.randrange(int(hours * 3600 / every)))
        return start, start + timedelta(seconds=chance.randrange(every, longest + 1))

    return slot
