"""Devices without a network and a browser, which write notes together; and whether every word of theirs is kept somewhere."""

import hashlib
import itertools
import json
import re
import time
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import httpx

TEXTS = ("assessment", "objective", "plan", "subjective")
WRITTEN = "2026-03-01T09:00:00Z"
FINAL = {"created", "updated", "unchanged", "conflict", "rejected"}
SECONDS_TO_GIVE_UP = 60.0
_words = itertools.count(1)
_seconds = itertools.count(1)


def new_word():
    """A word that nobody else writes, and that is part of no other."""
    return f"w{next(_words)}."


def new_moment():
    """By a device's clock; later than any other."""
    return (datetime.fromisoformat(WRITTEN) + timedelta(seconds=next(_seconds))).isoformat()


def content_hash(item):
    form = json.dumps({name: item.get(name) for name in TEXTS}, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(form.encode()).hexdigest()


@dataclass
class Api:
    """Somebody signed in, who asks until there is an answer."""

    url: str
    token: str
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60, verify=False))

    def ask(self, method, path, **options):
        """The reply. What the server could not do at the moment is asked again, as a front end does."""
        give_up = time.monotonic() + SECONDS_TO_GIVE_UP
        while True:
            try:
                reply = self.once(method, path, **options)
                if reply.status_code not in {408, 429, 502, 503, 500}:
                    return reply
                problem = reply.text
            except httpx.TransportError as error:
                problem = repr(error)
            assert time.monotonic() < give_up, f"{method} {path}: {problem}"
            time.sleep(0.1)

    def once(self, method, path, *, headers=None, **options):
        return self.client.request(
            method, f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"} | (headers or {}), **options
        )


@dataclass
class LocalNote:
    """A note as a device has it."""

    client_session_id: str
    client_id: str
    text: str = ""
    base_version: int | None = None
    server_id: str | None = None
    deleted: set[str] = field(default_factory=set)

    def item(self):
        item = {
            "client_session_id": self.client_session_id,
            "client_id": self.client_id,
            "subjective": self.text,
            "session_date": WRITTEN,
            "created_at_client": new_moment(),
        }
        return item if self.base_version is None else item | {"base_version": self.base_version}


@dataclass
class OfflineDevice:
    """Writes without a network, and keeps a queue as docs/front-end.md says."""

    api: Api
    notes: dict[str, LocalNote] = field(default_factory=dict)
    queue: list[dict] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    # What was deleted on the device, and of which notes it was said to be deleted there too.
    deleted: set[str] = field(default_factory=set)
    gone: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    # What each item in the queue is without, by the name of its note and its hash.
    without: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def begin(self, client_id):
        """A new note on the device; its own id of it."""
        note = LocalNote(uuid4().hex, client_id)
        self.notes[note.client_session_id] = note
        self.write(note.client_session_id)
        return note.client_session_id

    def open(self, server_id):
        """Reads a note of the server, to go on with it without a network."""
        read = self.api.ask("GET", f"/sessions/{server_id}").json()
        known = self.notes.get(server_id)
        if known is None or not self.waiting(server_id):
            self.notes[server_id] = LocalNote(server_id, read["client_id"], read["subjective"] or "", read["version"], server_id)

    def write(self, name):
        note, word = self.notes[name], new_word()
        note.text += word
        self.words.add(word)
        self._enqueue(note)

    def delete(self, name):
        """Deletes the first word of the note's text, unless it is the only one."""
        note = self.notes[name]
        words = re.findall(r"w\d+\.", note.text)
        if len(words) > 1:
            note.text = note.text.replace(words[0], "", 1)
            note.deleted.add(words[0])
            self.deleted.add(words[0])
            self._enqueue(note)

    def _enqueue(self, note):
        item = note.item()
        self.queue.append(item)
        self.without[note.client_session_id, content_hash(item)] = {word for word in note.deleted if word not in note.text}

    def waiting(self, name):
        return any(item["client_session_id"] == name for item in self.queue)

    def send(self, items, *, is_reply_lost=False):
        """Sends items of the queue. Whatever has a result leaves it."""
        reply = self.api.once("POST", "/sessions/sync", json={"sessions": items})
        if is_reply_lost or reply.status_code in {408, 429, 500, 502, 503}:
            return
        assert reply.status_code == 200, reply.text
        result = reply.json()
        results = result["results"]
        assert len(results) + result["remaining_count"] == len(items)
        assert result["synced_count"] + result["failed_count"] == len(results)
        by_hash = {(item["client_session_id"], content_hash(item)): item for item in items}
        for each in results:
            assert each["status"] in FINAL, each
            assert each["status"] != "rejected", each
            self._take(each, by_hash[each["client_session_id"], each["content_hash"]])

    def _take(self, result, item):
        self.queue = [waiting for waiting in self.queue if waiting != item]
        note = self.notes[item["client_session_id"]]
        note.server_id = result["server_session_id"]
        if result["version"] is not None:
            note.base_version = max(note.base_version or 0, result["version"])
        if result["status"] != "conflict" and "note_says_more" not in result["flags"]:
            self.gone[note.server_id] |= self.without[item["client_session_id"], result["content_hash"]]

    def drain(self):
        """Sends the queue until it is empty. AssertionError if it does not become empty."""
        give_up = time.monotonic() + SECONDS_TO_GIVE_UP
        while self.queue:
            assert time.monotonic() < give_up, f"{len(self.queue)} items are still waiting"
            try:
                self.send(deepcopy(self.queue[:100]))
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                if self.queue:
                    time.sleep(0.02)


@dataclass
class Browser:
    """Writes while it is connected: autosaves, saves, signs and amends."""

    api: Api
    words: set[str] = field(default_factory=set)
    # What the tab shows of each note: text, version and whether it is signed.
    seen: dict[str, tuple[str, int, bool]] = field(default_factory=dict)

    def create(self, client_id):
        word = new_word()
        reply = self.api.ask(
            "POST", "/sessions", json={"client_id": client_id, "session_date": WRITTEN, "subjective": word}, headers=_key()
        )
        assert reply.status_code == 201, reply.text
        self.words.add(word)
        self._show(reply.json())
        return reply.json()["id"]

    def open(self, server_id):
        self._show(self.api.ask("GET", f"/sessions/{server_id}").json())

    def save(self, server_id, *, automatically, is_reply_lost=False):
        """Adds a word to what the tab shows. A signed note is amended, which is not done by itself."""
        text, version, is_signed = self.seen[server_id]
        word = new_word()
        method, path = ("PATCH", f"/sessions/{server_id}/draft") if automatically and not is_signed else ("PUT", f"/sessions/{server_id}")
        body = {"subjective": text + word} | ({"reason": "Forgotten."} if method == "PUT" else {})
        reply = self.api.ask(method, path, json=body, headers=_key() | {"If-Match": f'"{version}"'})
        assert reply.status_code in {200, 412}, reply.text
        self.words.add(word)
        if not is_reply_lost and reply.status_code == 200:
            self._show(reply.json())

    def finalize(self, server_id):
        _, version, _ = self.seen[server_id]
        reply = self.api.ask("POST", f"/sessions/{server_id}/finalize", headers=_key() | {"If-Match": f'"{version}"'})
        assert reply.status_code in {200, 409, 412}, reply.text
        if reply.status_code == 200:
            self._show(reply.json())

    def unfinalize(self, server_id):
        reply = self.api.ask("POST", f"/sessions/{server_id}/unfinalize", headers=_key())
        assert reply.status_code in {200, 409}, reply.text

    def _show(self, note):
        self.seen[note["id"]] = (note["subjective"] or "", note["version"], not note["is_draft"])


@dataclass
class Tab:
    """Another tab, which autosaves without saying what it has read, and shows its own text whatever the server answers."""

    api: Api
    words: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)
    # Every word in what it has sent, of whomever.
    sent: set[str] = field(default_factory=set)

    def open(self, server_id):
        note = self.api.ask("GET", f"/sessions/{server_id}").json()
        self.shown[server_id] = (note["pending_amendment"] or note)["subjective"] or ""

    def type(self, server_id):
        word = new_word()
        self._save(server_id, self.shown[server_id] + word)
        self.words.add(word)

    def delete(self, server_id):
        """Only deletes: the last word that the tab shows, unless it is the only one. Whether it does."""
        words = re.findall(r"w\d+\.", self.shown[server_id])
        if len(words) > 1:
            self._save(server_id, self.shown[server_id].removesuffix(words[-1]))
        return len(words) > 1

    def _save(self, server_id, text):
        reply = self.api.ask("PATCH", f"/sessions/{server_id}/draft", json={"subjective": text}, headers=_key())
        assert reply.status_code == 200, reply.text
        self.sent.update(re.findall(r"w\d+\.", text))
        self.shown[server_id] = text


def kept(api, client_id):
    """The client's notes, and everything that they, their versions and their pending amendments say."""
    notes, texts = [], []
    for page in itertools.count(1):
        found = api.ask("GET", "/sessions", params={"client_id": client_id, "include_deleted": True, "page": page, "page_size": 100}).json()
        notes += found["items"]
        if page >= found["total_pages"]:
            break
    for note in notes:
        texts += [note[name] for name in TEXTS]
        texts += [(note["pending_amendment"] or {}).get(name) for name in TEXTS]
        if note["content_hash"]:
            for version in api.ask("GET", f"/sessions/{note['id']}/versions").json()["versions"]:
                texts += [version[name] for name in TEXTS]
    return notes, "\n".join(filter(None, texts))


def _key():
    return {"Idempotency-Key": str(uuid4())}
