"""Sends canaries in every field that takes PHI, in valid requests and in requests that fail in many ways."""

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from uuid import UUID, uuid4

import grpc
import httpx

from attack.canaries import MARK, canary, kind_of
from attack.installation import AttackedInstallation
from attack.service_methods import RawChannel, is_struct, methods, part_with, patient, phi_fields, request_with_canaries, service_of
from attack.supervisee import Supervisee
from caseload.options.v1 import options_pb2
from chassis.auth.tokens import AccessSigner
from standalone.selftest.operations import operations
from standalone.selftest.worlds import MAKERS, OF, furnish, maker

OK = grpc.StatusCode.OK
# Methods that refuse even a valid request: no patient has this canary as id, no user has it as email address, it is not on the blacklist, and the note
# waits for nobody's co-signature.
ALWAYS_REFUSED = {
    "/caseload.audit.v1.TreeHeads/GetProof": grpc.StatusCode.NOT_FOUND,
    "/caseload.identity.v1.SignIn/Login": grpc.StatusCode.UNAUTHENTICATED,
    "/caseload.identity.v1.Blacklist/RemoveFromBlacklist": grpc.StatusCode.NOT_FOUND,
    **dict.fromkeys((f"/caseload.clients.v1.Patients/{name}Patient" for name in ("Get", "Update", "Remove")), grpc.StatusCode.NOT_FOUND),
    **dict.fromkeys(
        (f"/caseload.clinical.v1.Cosignatures/{name}" for name in ("CosignSession", "ReturnSession")), grpc.StatusCode.ALREADY_EXISTS
    ),
}
# The table that a method of the service needs.
TABLES = {
    "Platform": "workspaces",
    "Blacklist": "blacklisted_addresses",
    "SignIn": "login_attempts",
    "Users": "users",
    "Clients": "clients",
    "ClientDuplicates": "match_keys",
    "ClientExports": "jobs",
    "ClientImports": "clients",
    "ClientMerges": "merges",
    "ClientMoves": "moved_rows",
    "Patients": "patients",
    "CareTeams": "broken_glass",
    "Consents": "consents",
    "Jobs": "jobs",
    "Alerts": "alerts",
    "Appointments": "appointments",
    "AppointmentSeries": "series",
    # The only one of them that reads no series.
    "PreviewSeries": "busy_periods",
    "Availability": "availability",
    "Locations": "locations",
    "Sessions": "sessions",
    "Sync": "sync_receipts",
}
TABLES |= {
    "Attachments": "attachments",
    "ClientAttachments": "attachments",
    "Plans": "plans",
    "Milestones": "milestones",
    "Measures": "measures",
    "NoteTemplates": "note_templates",
    "AuditExports": "jobs",
    "LegalHolds": "legal_holds",
    "TreeHeads": "tree_heads",
    "Cosignatures": "cosign_requests",
    "Webhooks": "webhooks",
    "SmsChannels": "sms_channels",
}
# In a query, or an order of an export, these are the period of a list, which tells nothing of anybody.
PERIOD = {"start_date", "end_date"}


class AnyOwner(httpx.Auth):
    """Owners take turns with what is about their own sign-ins, too."""

    def __init__(self, owners):
        self._owners = owners

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Bearer {self._owners.next_token()}"
        yield request


class CanaryRequests:
    """Requests in one workspace. `canaries` were sent in valid requests; `answers` are the replies to failed requests, `urls` the
    download links that were returned.
    """

    def __init__(self, attacked, person, api):
        self.attacked, self.person, self.api = attacked, person, api
        self.signer = AccessSigner(attacked.home.access_key.read_bytes())
        self.canaries, self.outcomes, self.answers, self.urls = set(), {}, [], []
        self.ids, self._lines = {}, {}

    @classmethod
    @asynccontextmanager
    async def in_suite(cls, installation):
        attacked = AttackedInstallation(installation)
        person = await attacked.open_practice(email=canary("email"), full_name=f"{canary()} {canary()}")
        with attacked.api_as(person) as api:
            # A user's own quarter of a minute's writes each, for several of every operation.
            api.auth = await attacked.owners(person, 100)
            campaign = cls(attacked, person, api)
            campaign._lines = {name: RawChannel(address) for name, address in attacked.addresses.items()}
            try:
                campaign.refresh()
                yield campaign
            finally:
                await asyncio.gather(*(line.close() for line in campaign._lines.values()))

    @property
    def workspace_id(self):
        return UUID(self.person.workspace_id)

    def refresh(self):
        """Creates new resources for the requests."""
        self.ids = furnish(self.api, lambda: self.attacked.sign_in(self.person))
        self.ids["audit_event_id"] = self.ids["magic_link_id"] = self.ids["passkey_id"] = str(uuid4())
        self.ids["restricted_client_id"] = self.api.get("/audit/break-glass").raise_for_status().json()["items"][0]["client_id"]
        self._name_lists()

    def make_again(self, used_up):
        """Creates what a request has used up, and what was of it. All resources anew where it is not among those that are quickly made."""
        if not used_up <= MAKERS.keys():
            self.refresh()
            return
        again = used_up.union(*(OF.get(name, ()) for name in used_up))
        for name in (name for name in MAKERS if name in again):
            self.ids[name] = MAKERS[name](maker(self.api), self.ids)
        self._name_lists()

    def _name_lists(self):
        self.ids["client_ids"] = self.ids["client_id"]
        self.ids["attachment_ids"] = self.ids["attachment_id"]
        self.ids["milestone_ids"] = self.ids["milestone_id"]
        self.ids["user_ids"] = self.ids["user_id"]
        self.ids["workspace_ids"] = self.ids["workspace_id"]

    def token_without_scopes(self):
        """An access token of the same workspace without scopes."""
        own = {"sub": str(uuid4()), "ws": self.person.workspace_id, "sid": str(uuid4()), "role": "owner", "scope": "", "epoch": 2**53}
        return self.signer.sign(own)

    def platform_token(self):
        """An access token of whoever runs the installation."""
        own = {"sub": str(uuid4()), "ws": str(uuid4()), "sid": str(uuid4()), "role": "owner", "scope": "platform:admin", "epoch": 2**53}
        own["auth_time"] = int(time.time())
        return self.signer.sign(own)

    async def ask(self, method, request, token=None, **metadata):
        """Calls a service directly. The reply to a failed call is added to `answers`."""
        if token is None:
            token = self.platform_token() if method.needs == "platform:admin" else self.api.token
        status, body, details = await self._lines[service_of(method)].ask(method, request, token, **metadata)
        if status is not OK:
            self.answers.append(details)
        return status, body

    # --- valid requests

    async def send_every_phi_field(self):
        """Calls every method that takes PHI, with a canary in each field, and with an Idempotency-Key, so that the reply is stored."""
        for method in methods():
            if phi_fields(method):
                request, canaries = request_with_canaries(method, self._ids_for(method.name))
                status, _ = await self.ask(method, request, idempotency_key=str(uuid4()))
                self.outcomes[method.path] = status
                self.canaries |= set(canaries.values())
                if method.action == options_pb2.ACTION_DELETE:
                    self.make_again({field.name for field in method.request.DESCRIPTOR.fields} & self.ids.keys())

    def send_over_http(self):
        """Calls every HTTP operation whose body or query has a field of such a name."""
        # A broken glass is reviewed once.
        self.refresh()
        phi_names = {field.name for method in methods() for field in phi_fields(method)} - {"content"}
        for operation in operations(self.api.get("/openapi.json").json()):
            # The document has the field names, and the descriptors say which of them hold PHI.
            asked = operation.query.keys() | (operation.body.keys() if operation.path.endswith("/audit/exports") else set())
            named = phi_names & (operation.body.keys() | operation.query.keys()) - (asked & PERIOD)
            # The reason for removing a second factor is a word of a list.
            if (
                named
                and not operation.path.startswith(("/api/v1/auth/", "/api/v1/platform-admin/"))
                and not operation.path.endswith("/second-factor")
            ):
                if operation.path.endswith("/unfinalize"):
                    self.api.post(f"/sessions/{self.ids['session_id']}/finalize").raise_for_status()
                own = self.ids
                if operation.path.endswith(("/cosign", "/return")):
                    self.ids = dict(own)
                    self.ids["session_id"] = Supervisee(self.api, self.signer, self.person).sign_a_note(self.ids["client_id"])
                    named.remove("content_hash")
                words = {name: [canary()] if name in {"tags", "goals"} else canary(kind_of(name)) for name in named - {"exceptions"}}
                if "exceptions" in named:
                    words["exceptions"] = [{"date": "2031-03-04", "kind": "off", "note": canary()}]
                reply = operation.send(self.api, self._ids_for(operation.path), words)
                self.outcomes[str(operation)] = reply.status_code
                self.ids = own
                if operation.uses_up:
                    self.make_again(set(operation.path_ids) or {"client_id"})

    async def send_mail(self, until):
        """Causes a reminder to a canary's address and a mail with a sign-in link."""
        address, before = canary("email"), len(self.attacked.installation.mail())
        client = self.api.post("/clients", json={"first_name": canary(), "last_name": canary(), "email": address}).json()
        self.api.post("/reminders/configurations", json={"hours_before": 700, "channel": "email"}).raise_for_status()
        request, _ = request_with_canaries(
            _method("BookAppointment"), self.ids, client_id=client["id"], scheduled_start=_soon(1), scheduled_end=_soon(2)
        )
        assert (await self.ask(_method("BookAppointment"), request))[0] is OK
        self.api.post("/auth/magic-link", json={"email": self.person.email}).raise_for_status()
        await until(
            lambda: (
                len(self.attacked.installation.mail()) >= before + 2
                and any(m["to"] == [address] for m in self.attacked.installation.mail())
            )
        )

    def upload(self):
        """Uploads a photo with canaries in its metadata and its name. Returns its path."""
        request, _ = request_with_canaries(_method("UploadAttachment"), self.ids)
        files = {"file": (f"{canary()} knee.jpg", request.content, "image/jpeg")}
        path = f"/sessions/{self.ids['session_id']}/attachments"
        made = self.api.post(path, files=files)
        assert made.status_code == 201, made.text
        # What follows deletes notes; this one stays.
        self.make_again({"session_id"})
        return f"{path}/{made.json()['id']}"

    # --- requests that fail

    async def send_invalid_requests(self):
        """Calls every method that takes PHI without token, without permission, for unknown ids, too long, truncated, repeated and invalid."""
        for method in methods():
            if not phi_fields(method):
                continue
            request, _ = request_with_canaries(method, self.ids)
            raw, key = request.SerializeToString(), str(uuid4())
            await self.ask(method, raw, token="")
            await self.ask(method, raw, token=f"{MARK}.{MARK}.{MARK}")
            await self.ask(method, raw, token=self.token_without_scopes())
            await self.ask(method, request_with_canaries(method, dict.fromkeys(self.ids, str(uuid4())))[0])
            await self.ask(method, raw[:-3] + b"\x0a\x7f" + canary().encode())
            await self.ask(method, raw, idempotency_key=key)
            await self.ask(method, raw)
            await self.ask(method, request_with_canaries(method, self.ids)[0], idempotency_key=key)
            for change in (lambda text: text * 4000, lambda text: text + "\x00", lambda text: text + "\x07@@"):
                await self.ask(method, _changed(method, self.ids, change))
            if "mask" in method.request.DESCRIPTOR.fields_by_name:
                request.mask.paths.append(canary())
                await self.ask(method, request)

    async def send_as_ids(self):
        """Calls every method that takes ids with canaries in their place, with and without permission."""
        for method in methods():
            ids = [field for field in method.request.DESCRIPTOR.fields if field.GetOptions().Extensions[options_pb2.uuid]]
            for word in (canary(), (canary() + " " * 36)[:35] + "x") if ids else ():
                request = method.request()
                for field in ids:
                    if field.is_repeated:
                        getattr(request, field.name).append(word)
                    else:
                        setattr(request, field.name, word)
                for token in (None, self.token_without_scopes()):
                    status, _ = await self.ask(method, request, token)
                    assert status is not OK, method.path

    def send_invalid_http_requests(self):
        """Calls every HTTP operation with canaries as ids, numbers and enum values, in invalid, too long and wrongly typed bodies."""
        ask, root = partial(self.api.request, auth=AnyOwner(self.api.auth)), self.api.base_url.copy_with(path="")
        # One that no request may be as long as, and then some that no text may be as long as.
        lengths = chain([100_000], repeat(2_000))
        for operation in operations(self.api.get("/openapi.json").json()):
            if str(operation) in {"POST /api/v1/auth/logout", "DELETE /api/v1/auth/sessions"}:
                continue  # takes no input, and would end this login session
            path = root.join(operation.path)
            elsewhere = str(path).replace("%7B", "{").replace("%7D", "}")
            for name in operation.path_ids:
                elsewhere = elsewhere.replace("{" + name + "}", canary())
            elsewhere = elsewhere.replace("{session_id}", canary())
            words = {name: canary(kind_of(name)) for name in operation.query}
            self._keep(ask(operation.method, elsewhere, params=words))
            self._keep(ask(operation.method, f"{elsewhere}/{canary()}?{canary()}={canary()}"))
            if operation.method != "GET":
                bodies = (
                    {"json": {name: canary(kind_of(name)) for name in operation.body}},
                    {"json": {name: {canary(): [canary()]} for name in operation.body}},
                    {"json": [canary()]},
                    {"content": '{"first_name": "' + canary(), "headers": {"Content-Type": "application/json"}},
                    {"content": canary(), "headers": {"Content-Type": f"text/{canary()}"}},
                    {"json": {"notes": canary() * next(lengths)}},
                    {"content": canary(), "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
                    {"files": {canary(): (canary(), canary().encode(), canary())}},
                    {"files": {"file": (f"{canary()}.pdf", b"%PDF-1.7 " + canary().encode(), "application/pdf")}},
                )
                takes_any = operation.body or operation.path.endswith("/attachments")
                # A path that names nothing is refused before its body is looked at, so one body will do there.
                for body in bodies[:1] if takes_any and "{" in operation.path else bodies if takes_any else bodies[:2]:
                    self._keep(ask(operation.method, elsewhere, **body))
                if takes_any and "{" in operation.path:
                    own = self._own(operation, root)
                    for body in bodies:
                        self._keep(ask(operation.method, own, **body))
        for header in ("If-Match", "Cookie", "Range", "X-CSRF-Token"):
            self._keep(
                self.api.patch(f"/sessions/{self.ids['session_id']}/draft", json={"plan": canary()}, headers={header: f'"{canary()}"'})
            )
        self._keep(httpx.get(f"{root}/files/{canary()}"))
        self._keep(httpx.get(f"{root}/problems/{canary()}"))
        self._keep(httpx.request(canary().upper(), f"{root}/api/v1/clients"))

    async def send_while_tables_fail(self):
        """Calls every method that takes PHI while the service may not access the table it needs, and while the table refuses rows."""
        self.refresh()
        async with self.attacked.superuser() as db:
            for method in methods():
                if phi_fields(method):
                    service = service_of(method)
                    table = f"{service}.{TABLES.get(method.name) or TABLES[method.service.rpartition('.')[2]]}"
                    held = await db.fetchval(
                        "SELECT string_agg(privilege_type, ', ') FROM information_schema.role_table_grants"
                        " WHERE table_schema || '.' || table_name = $1 AND grantee = $2",
                        table,
                        f"{service}_app",
                    )
                    rights = f"{held} ON {table}"
                    for state, lose, restore in (
                        ("away", f"REVOKE {rights} FROM {service}_app", f"GRANT {rights} TO {service}_app"),
                        (
                            "closed",
                            f"ALTER TABLE {table} ADD CONSTRAINT closed CHECK (false) NOT VALID",
                            f"ALTER TABLE {table} DROP CONSTRAINT closed",
                        ),
                    ):
                        await db.execute(lose)
                        try:
                            status, _ = await self.ask(method, request_with_canaries(method, self._ids_for(method.name))[0])
                            self.outcomes[f"{method.path} while its table is {state}"] = status
                        finally:
                            await db.execute(restore)

    def _ids_for(self, asked):
        """The ids for a method or a path. Glass is broken of a restricted client alone."""
        return (
            self.ids | {"client_id": self.ids["restricted_client_id"]}
            if asked == "BreakGlass" or asked.endswith("/break-glass")
            else self.ids
        )

    def _own(self, operation, root):
        path = operation.path
        for name in operation.path_ids:
            path = path.replace("{" + name + "}", self.ids.get(name, str(uuid4())))
        return root.join(path.replace("{session_id}", str(uuid4())))

    def _keep(self, reply):
        limited = reply.status_code == 429 and reply.json()["code"] == "rate_limited"
        assert not limited, "refused at the limits as shipped, and so not looked at"
        self.answers.append(f"{reply.status_code} {reply.headers!r}\n{reply.text}")
        if reply.is_success:
            # A successful reply may contain what the request sent.
            self.answers.pop()


def _method(name):
    return next(method for method in methods() if method.name == name)


def _changed(method, ids, change):
    request, canaries = request_with_canaries(method, ids)
    for name, text in canaries.items():
        field = method.request.DESCRIPTOR.fields_by_name[name]
        if is_struct(field):
            getattr(request, name).update(patient(change(text)))
        elif field.is_repeated:
            request.ClearField(name)
            getattr(request, name).append(part_with(field, change(text)))
        elif field.type != field.TYPE_BYTES:
            setattr(request, name, change(text))
    return request


def _soon(hours):
    return datetime.now(UTC) + timedelta(hours=hours)
