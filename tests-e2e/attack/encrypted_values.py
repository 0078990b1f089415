"""Encrypted values in the database, each with the HTTP requests that decrypt it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

import httpx
from sqlalchemy import LargeBinary

from attack.supervisee import Supervisee
from chassis.auth.tokens import AccessSigner
from standalone.selftest.operations import picture, text, times
from standalone.services import SERVICES

_numbers = count(1)
# Binary columns that are not encrypted: keyed digests, hashes, public keys, and events, which hold ids and times only.
NOT_ENCRYPTED = {
    "outbox.payload", "outbox.signature", "dead_letters.payload", "dead_letters.signature", "idempotency.fingerprint", "clients.external_id_index", "terms.term", "match_keys.token", "patients.id_index", "sign_ins.email_index",
    "blacklisted_addresses.email_index",
    "login_attempts.account", "login_attempts.lane", "refresh_tokens.hash", "magic_links.hash", "invitations.mailed_hash", "invitations.shown_hash",
    "api_keys.hash", "backup_codes.hash", "second_steps.hash", "passkeys.credential_id", "passkeys.public_key",
    "calendar_feeds.token_hash", "waitlist_offers.token_hash", "reminder_links.token_hash", "return_paths.token_hash", "return_paths.address_index", "address_troubles.address_index", "sso_accounts.account_index", "sso_attempts.state_hash", "sso_attempts.browser_hash",
    "jobs.proof", "sync_receipts.note_key", "sync_receipts.item_digest",
    "chain_heads.hash", "chain_heads.proof", "unsealed.proof", "seals.hash", "seals.previous_hash", "kept_events.hash", "kept_events.previous_hash", "checkpoints.hash", "checkpoints.signature",
    "chain_nodes.hash", "closed_runs.previous_hash", "closed_runs.hashes", "closed_runs.proof", "heads.chain_hash", "heads.root_hash", "log_nodes.hash", "tree_heads.root_hash", "tree_heads.signature",
    "verifications.anchor_hash", "verifications.cursor_hash", "verifications.proof",
}  # fmt: skip
# Encrypted columns that no operation returns, each with the reason.
NEVER_RETURNED = {
    "identity.second_factors.secret_sealed": "shown once, when it is made; afterwards codes are compared with it",
    "identity.sso_attempts.return_to_sealed": "where somebody goes after a sign-in, within ten minutes",
    "notifications.calendar_invites.sealed": "the address that a reminder went to, for mails that follow it",
    "scheduling.appointments.deletion_reason": "stored with a deleted appointment, which is not returned",
    **dict.fromkeys(
        ("clinical.search_segments.header", "clinical.search_segments.dead", "clinical.search_blocks.content"),
        "the index of a workspace's notes: what is found is read from the notes",
    ),
    "clients.job_inputs.sealed": "a file of clients, until its job has read it",
    "audit.job_inputs.sealed": "no job of audit is given anything to read",
    "audit.jobs.file_sealed": "the key of the file of an export: it opens that file, and is shown to nobody",
    "clients.jobs.file_sealed": "the key of the file that a job has made: it opens that file, and is shown to nobody",
    "clients.patients.sealed": "shown at /patients, and in archives of who was registered there, which is open for one workspace where somebody has switched it on; services/clients/tests/test_patient_import.py exchanges it",
}


def encrypted_columns():
    """service.table.column of every encrypted column, from the declared tables."""
    return {
        f"{table.schema}.{table.name}.{column.name}"
        for service in SERVICES
        for table in service.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and f"{table.name}.{column.name}" not in NOT_ENCRYPTED
    }


@dataclass
class EncryptedValue:
    """One encrypted value: its row, the requests that return it, the words in it, and the request that replaces it."""

    column: str
    where: dict
    reads: list[Callable[[dict], httpx.Response]]
    words: list[str]
    change: Callable[[], httpx.Response] | None = None

    @property
    def service(self):
        return self.column.partition(".")[0]

    @property
    def table(self):
        return self.column.rpartition(".")[0]

    @property
    def name(self):
        return self.column.rpartition(".")[2]

    async def get(self, db):
        return await db.fetchval(f"SELECT {self.name} FROM {self.table} WHERE {self._condition(1)}", *self.where.values())

    async def put(self, db, value):
        """Overwrites the value without triggers and row security."""
        async with db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            status = await db.execute(f"UPDATE {self.table} SET {self.name} = $1 WHERE {self._condition(2)}", value, *self.where.values())
        assert status == "UPDATE 1", (self.column, status)

    def _condition(self, first):
        return " AND ".join(f"{name} = ${place}" for place, name in enumerate(self.where, first))


class EncryptedValues:
    """Creates encrypted values of any column in one workspace."""

    def __init__(self, attacked, person, api):
        self.attacked, self.person, self.api = attacked, person, api

    async def create(self, column):
        """Creates a row through the API and returns its value in this column."""
        service, table, name = column.split(".")
        if table == "idempotency":
            return self._idempotency(column, service)
        if column == "identity.users.sealed":
            return await self._user(column)
        return getattr(self, f"_{table}" if name == "sealed" else f"_{table}_{name}")(column)

    def _word(self):
        return f"Secret{next(_numbers):05}of{self.person.workspace_id[-4:]}"

    def _made(self, path, **request):
        reply = self.api.post(path, **request)
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    def _get(self, path, **query):
        return lambda headers: self.api.get(path, params=query, headers=headers)

    def _client(self, word):
        return self._made("/clients", json={"first_name": word, "last_name": word, "notes": word})

    def _blacklist(self, column):
        """Known by who added it: an administrator's token of its own for each."""
        word, administrator = self._word(), str(uuid4())
        claims = {"sub": administrator, "ws": self.person.workspace_id, "sid": str(uuid4()), "role": "owner", "epoch": 2**53}
        token = AccessSigner(self.attacked.home.access_key.read_bytes()).sign({**claims, "scope": "platform:admin"})
        path, own = "/platform-admin/blacklist", {"Authorization": f"Bearer {token}"}
        added = self.api.post(path, json={"email": f"{word}@example.com", "reason": word}, headers=own)
        assert added.status_code == 200, added.text
        return EncryptedValue(column, {"added_by": administrator}, [lambda headers: self.api.get(path, headers=headers | own)], [word])

    def _clients(self, column):
        word = self._word()
        client = self._client(word)
        reads = [self._get(f"/clients/{client}"), self._get("/clients", page_size=100), self._get("/clients", search=word)]
        return EncryptedValue(
            column, {"id": client}, reads, [word], lambda: self.api.put(f"/clients/{client}", json={"notes": self._word()})
        )

    def _broken_glass(self, column):
        word, client = self._word(), self._client(self._word())
        colleague = {"email": f"{uuid4().hex}@example.com", "full_name": "Nora Quist", "role": "therapist"}
        team = {"restricted": True, "user_ids": [self._made("/users", json=colleague)]}
        assert self.api.put(f"/clients/{client}/care-team", json=team).status_code == 200
        broken = self._made(f"/clients/{client}/break-glass", json={"reason": word})
        return EncryptedValue(column, {"id": broken}, [self._get("/audit/break-glass")], [word])

    def _consents(self, column):
        word = self._word()
        path = f"/clients/{self._client(self._word())}/consents"
        consent = self._made(path, json={"purpose": "export", "text_version": word})
        return EncryptedValue(column, {"id": consent}, [self._get(path)], [word])

    def _clients_sealed_name(self, column):
        word = self._word()
        client = self._client(word)
        appointment = self._made("/appointments", json={"client_id": client, "location_type": "clinic", **times()})
        reads = [self._get(f"/appointments/{appointment}"), self._get("/appointments", client_id=client)]
        return EncryptedValue(
            column, {"id": client}, reads, [word], lambda: self.api.put(f"/clients/{client}", json={"last_name": self._word()})
        )

    def _appointments(self, column):
        word = self._word()
        booking = {"client_id": self._client(self._word()), "location_type": "clinic", "notes": word, **times()}
        path = f"/appointments/{(appointment := self._made('/appointments', json=booking))}"
        reads = [self._get(path), self._get("/appointments", client_id=booking["client_id"])]
        return EncryptedValue(column, {"id": appointment}, reads, [word], lambda: self.api.put(path, json={"notes": self._word()}))

    def _locations(self, column):
        word = self._word()
        path = (
            f"/locations/{(location := self._made('/locations', json={'name': 'Home visits', 'location_type': 'home', 'address': word}))}"
        )
        return EncryptedValue(
            column, {"id": location}, [self._get(path)], [word], lambda: self.api.put(path, json={"details": self._word()})
        )

    def _availability(self, column):
        word = self._word()
        colleague = {"email": f"{uuid4().hex}@example.com", "full_name": "Nora Quist", "role": "therapist"}
        practitioner = self._made("/users", json=colleague)
        path = f"/availability/{practitioner}"

        def set_to(word):
            reply = self.api.put(path, json={"exceptions": [{"date": "2031-03-04", "kind": "off", "note": word}]})
            assert reply.status_code == 200, reply.text
            return reply

        set_to(word)
        return EncryptedValue(column, {"practitioner_id": practitioner}, [self._get(path)], [word], lambda: set_to(self._word()))

    def _note(self, word):
        client = self._client(self._word())
        return client, self._made("/sessions", json={"client_id": client, "session_date": text(datetime.now(UTC)), "plan": word})

    def _sessions(self, column):
        word = self._word()
        client, note = self._note(word)
        reads = [self._get(f"/sessions/{note}"), self._get("/sessions", client_id=client), self._finalize(note)]
        return EncryptedValue(
            column, {"id": note}, reads, [word], lambda: self.api.patch(f"/sessions/{note}/draft", json={"plan": self._word()})
        )

    def _finalize(self, note):
        """Signing decrypts the note as well. The If-Match header makes sure that it is not signed."""
        return lambda headers: self.api.post(f"/sessions/{note}/finalize", headers=headers | {"If-Match": '"9999"'})

    def _session_versions(self, column):
        word = self._word()
        _, note = self._note(word)
        assert self.api.post(f"/sessions/{note}/finalize").status_code == 200
        (version,) = self.api.get(f"/sessions/{note}/versions").json()["versions"]
        return EncryptedValue(column, {"id": version["id"]}, [self._get(f"/sessions/{note}/versions")], [word])

    def _cosignatures(self, column):
        word = self._word()
        supervisee = Supervisee(self.api, AccessSigner(self.attacked.home.access_key.read_bytes()), self.person)
        note = supervisee.sign_a_note(self._client(self._word()))
        reply = self.api.post(f"/sessions/{note}/cosign", json={"comment": word})
        assert reply.status_code == 200, reply.text
        (version,) = self.api.get(f"/sessions/{note}/versions").json()["versions"]
        reads = [self._get(f"/sessions/{note}/versions"), self._get(f"/sessions/{note}")]
        return EncryptedValue(column, {"id": version["cosignature"]["id"]}, reads, [word])

    def _webhooks(self, column):
        word = self._word()
        webhook = self._made("/webhooks", json={"url": f"https://hooks.invalid/{word}", "event_types": ["client.erased"]})
        return EncryptedValue(column, {"id": webhook}, [self._get("/webhooks")], [word])

    def _sms_channels(self, column):
        word = self._word()

        def set_to(word):
            reply = self.api.put("/reminders/channels/sms", json={"url": f"https://sms.invalid/{word}", "is_active": False})
            assert reply.status_code == 200, reply.text
            return reply

        set_to(word)
        reads = [self._get("/reminders/channels/sms")]
        return EncryptedValue(column, {"workspace_id": self.person.workspace_id}, reads, [word], lambda: set_to(self._word()))

    def _pending_amendments(self, column):
        word = self._word()
        client, note = self._note(self._word())
        assert self.api.post(f"/sessions/{note}/finalize").status_code == 200

        def typed(word):
            return self.api.patch(f"/sessions/{note}/draft", json={"plan": word})

        assert typed(word).status_code == 200
        reads = [self._get(f"/sessions/{note}"), self._get("/sessions", client_id=client)]
        return EncryptedValue(column, {"session_id": note}, reads, [word], lambda: typed(self._word()))

    def _note_templates(self, column):
        word = self._word()
        template = self._made("/note-templates", json={"name": word})
        change = {"name": self._word()}
        return EncryptedValue(
            column,
            {"id": template},
            [self._get("/note-templates")],
            [word],
            lambda: self.api.put(f"/note-templates/{template}", json=change),
        )

    def _legal_holds(self, column):
        word = self._word()
        hold = self._made("/audit/legal-holds", json={"client_id": self._client(self._word()), "reason": word})
        return EncryptedValue(
            column,
            {"id": hold},
            [self._get("/audit/legal-holds")],
            [word],
            lambda: self.api.post(f"/audit/legal-holds/{hold}/release"),
        )

    def _plan(self, word):
        client = self._client(self._word())
        return client, self._made("/plans", json={"client_id": client, "title": word})

    def _plans(self, column):
        word = self._word()
        client, plan = self._plan(word)
        reads = [self._get(f"/plans/{plan}"), self._get("/plans", client_id=client)]
        return EncryptedValue(column, {"id": plan}, reads, [word], lambda: self.api.put(f"/plans/{plan}", json={"title": self._word()}))

    def _plan_versions(self, column):
        word = self._word()
        _, plan = self._plan(word)
        (version,) = self.api.get(f"/plans/{plan}/versions").json()["versions"]
        return EncryptedValue(column, {"id": version["id"]}, [self._get(f"/plans/{plan}/versions")], [word])

    def _milestones(self, column):
        word = self._word()
        path = f"/plans/{self._plan(self._word())[1]}/milestones"
        milestone = self._made(path, json={"title": word})
        change = {"title": self._word()}
        return EncryptedValue(
            column, {"id": milestone}, [self._get(path)], [word], lambda: self.api.put(f"{path}/{milestone}", json=change)
        )

    def _measures(self, column):
        word = self._word()
        path = f"/plans/{self._plan(self._word())[1]}/measures"
        return EncryptedValue(column, {"id": self._made(path, json={"name": word, "value": 7})}, [self._get(path)], [word])

    def _alerts(self, column):
        word = self._word()
        alert = self._made("/alerts", json={"title": word, "priority": "low", "alert_type": "medical"})
        reads = [self._get(f"/alerts/{alert}"), self._get("/alerts"), self._get("/alerts/active")]
        return EncryptedValue(column, {"id": alert}, reads, [word], lambda: self.api.post(f"/alerts/{alert}/escalate"))

    def _attachments(self, column):
        word = self._word()
        _, note = self._note(self._word())
        attachment = self._made(f"/sessions/{note}/attachments", files={"file": (f"{word}.png", picture(), "image/png")})
        path = f"/sessions/{note}/attachments/{attachment}"
        reads = [self._get(path), self._get(f"/sessions/{note}/attachments")]
        return EncryptedValue(
            column, {"id": attachment}, reads, [word], lambda: self.api.patch(path, json={"file_name": f"{self._word()}.png"})
        )

    async def _user(self, column):
        word = self._word()
        user = (await self.attacked.add_user(self.person.workspace_id, password=None)).user_id
        assert self.api.put(f"/users/{user}", json={"full_name": word}).status_code == 200
        reads = [self._get(f"/users/{user}"), self._get("/users")]
        return EncryptedValue(column, {"id": user}, reads, [word], lambda: self.api.put(f"/users/{user}", json={"full_name": self._word()}))

    def _sso_providers(self, column):
        word = self._word()
        settings = {"slug": f"sso-{self.person.workspace_id[-12:]}", "issuer": "https://login.example.org"}

        def set_to(word):
            reply = self.api.put("/workspaces/current/sso", json=settings | {"client_id": word})
            assert reply.status_code == 200, reply.text
            return reply

        set_to(word)
        reads = [self._get("/workspaces/current/sso")]
        return EncryptedValue(column, {"workspace_id": self.person.workspace_id}, reads, [word], lambda: set_to(self._word()))

    def _refresh_tokens_successor_sealed(self, column):
        """A login session whose refresh token was just used: another request with the same token gets the same successor."""
        signed_in = self.attacked.sign_in(self.person)
        cookies = dict(signed_in.cookies)
        url = f"{self.api.base_url}auth/session/refresh"

        def refresh(headers):
            return httpx.post(url, cookies=cookies, headers={**headers, "X-CSRF-Token": cookies["csrf_token"]}, timeout=30)

        successor = refresh({}).cookies["refresh_token"]
        bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        (session,) = [s["id"] for s in self.api.get("/auth/sessions", headers=bearer).json() if s["current"]]
        return EncryptedValue(column, {"session_id": session, "generation": 1}, [refresh], [successor.rpartition(".")[2]])

    def _idempotency(self, column, service):
        key, word = str(uuid4()), self._word()
        request = {
            "identity": lambda: ("PUT", f"/users/{self.person.user_id}", {"specialization": word}),
            "clients": lambda: ("POST", "/clients", {"first_name": word, "last_name": word}),
            "scheduling": lambda: ("POST", "/services", {"name": word, "default_duration_minutes": 30}),
            "clinical": lambda: ("PATCH", f"/sessions/{self._note(self._word())[1]}/draft", {"plan": word}),
            "audit": lambda: ("POST", "/audit/legal-holds", {"client_id": self._client(self._word()), "reason": word}),
            "notifications": lambda: ("POST", "/reminders/configurations", {"hours_before": 100 + next(_numbers) % 600}),
        }
        method, path, body = request[service]()

        def again(headers):
            return self.api.request(method, path, json=body, headers=headers | {"Idempotency-Key": key})

        first = again({})
        assert first.is_success, first.text
        return EncryptedValue(column, {"key": key}, [again], [word] if service != "notifications" else [first.json()["id"]])
