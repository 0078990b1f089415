"""Plants canaries wherever a client's or a person's secrets are taken, and makes as many things go wrong with them as can."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import grpc
import httpx
from operations import operations
from worlds import furnish

from attack.canaries import MARK, canary, kind_of
from attack.keeper import Keeper
from attack.surface import Line, methods, phi_fields, planted, service_of
from caseload.options.v1 import options_pb2
from chassis.auth.tokens import AccessSigner

OK = grpc.StatusCode.OK
# What is asked of nobody who is known: the address is a canary, so nobody has it.
REFUSED_WHATEVER_IS_SAID = {"/caseload.identity.v1.SignIn/Login": grpc.StatusCode.UNAUTHENTICATED}
# The table whose loss makes a method fail inside.
TABLES = {"SignIn": "login_attempts", "Users": "users", "Clients": "clients", "Appointments": "appointments", "Sessions": "sessions"}
TABLES |= {"Attachments": "attachments"}


class Planting:
    """One workspace full of canaries; `answers` is everything that was said to whoever sent nonsense, `urls` what was handed out."""

    def __init__(self, keeper, person, api):
        self.keeper, self.person, self.api = keeper, person, api
        self.signer = AccessSigner(keeper.home.access_key.read_bytes())
        self.planted, self.outcomes, self.answers, self.urls = set(), {}, [], []
        self.ids, self._lines = {}, {}

    @classmethod
    @asynccontextmanager
    async def in_suite(cls, trial):
        keeper = Keeper(trial)
        person = await keeper.open_practice(email=canary("email"), full_name=f"{canary()} {canary()}")
        with keeper.api(person) as api:
            planting = cls(keeper, person, api)
            planting._lines = {name: Line(address) for name, address in keeper.doors.items()}
            try:
                planting.refresh()
                yield planting
            finally:
                await asyncio.gather(*(line.close() for line in planting._lines.values()))

    @property
    def workspace_id(self):
        return UUID(self.person.workspace_id)

    def refresh(self):
        """New things to do things to."""
        self.ids = furnish(self.api, lambda: self.keeper.sign_in(self.person))
        self.ids["audit_event_id"] = self.ids["magic_link_id"] = str(uuid4())
        self.ids["client_ids"] = self.ids["client_id"]

    def powerless(self):
        """A token of the same workspace that permits nothing."""
        own = {"sub": str(uuid4()), "ws": self.person.workspace_id, "sid": str(uuid4()), "role": "owner", "scope": "", "epoch": 2**53}
        return self.signer.sign(own)

    async def ask(self, method, request, token=None, **metadata):
        """Asks past the gateway; what is answered to a refused one is kept for the search."""
        token = self.api.token if token is None else token
        status, body, said = await self._lines[service_of(method)].ask(method, request, token, **metadata)
        if status is not OK:
            self.answers.append(said)
        return status, body

    # --- what goes well

    async def tell_every_secret(self):
        """Every method that takes a secret, with a canary for each, and a stored answer beside each effect."""
        for method in methods():
            if phi_fields(method):
                request, canaries = planted(method, self.ids)
                status, _ = await self.ask(method, request, idempotency_key=str(uuid4()))
                self.outcomes[method.path] = status
                self.planted |= set(canaries.values())
                if method.name == "DeleteAppointment":
                    self.refresh()

    def tell_over_http(self):
        """The same through the gateway, for every body and query that has a member of such a name."""
        secrets = {field.name for method in methods() for field in phi_fields(method)} - {"content"}
        for operation in operations(self.api.get("/openapi.json").json()):
            # The document says which members there are, the descriptors which of them are secret.
            named = secrets & (operation.body.keys() | operation.query.keys())
            if named and not operation.path.startswith("/api/v1/auth/"):
                words = {name: [canary()] if name == "tags" else canary(kind_of(name)) for name in named}
                reply = operation.send(self.api, self.ids, words)
                self.outcomes[str(operation)] = reply.status_code
                if operation.method == "DELETE":
                    self.refresh()

    async def send_mail(self, until):
        """A reminder to a canary's address, and a link to sign in with."""
        address, before = canary("email"), len(self.keeper.trial.mail())
        client = self.api.post("/clients", json={"first_name": canary(), "last_name": canary(), "email": address}).json()
        self.api.post("/reminders/configurations", json={"hours_before": 700, "channel": "email"}).raise_for_status()
        request, _ = planted(_method("BookAppointment"), self.ids, client_id=client["id"], scheduled_start=_soon(1), scheduled_end=_soon(2))
        assert (await self.ask(_method("BookAppointment"), request))[0] is OK
        self.api.post("/auth/magic-link", json={"email": self.person.email}).raise_for_status()
        await until(lambda: len(self.keeper.trial.mail()) >= before + 2 and any(m["to"] == [address] for m in self.keeper.trial.mail()))

    def upload(self):
        """A photograph that knows who took it, under a name that says whose it is; where to fetch it."""
        request, _ = planted(_method("UploadAttachment"), self.ids)
        files = {"file": (f"{canary()} knee.jpg", request.content, "image/jpeg")}
        path = f"/sessions/{self.ids['session_id']}/attachments"
        made = self.api.post(path, files=files)
        assert made.status_code == 201, made.text
        return f"{path}/{made.json()['id']}"

    # --- what goes wrong

    async def say_it_wrongly(self):
        """Every method that takes a secret: unsigned, not permitted, of nobody, too long, cut off, twice, as something else."""
        for method in methods():
            if not phi_fields(method):
                continue
            request, _ = planted(method, self.ids)
            raw, key = request.SerializeToString(), str(uuid4())
            await self.ask(method, raw, token="")
            await self.ask(method, raw, token=f"{MARK}.{MARK}.{MARK}")
            await self.ask(method, raw, token=self.powerless())
            await self.ask(method, planted(method, dict.fromkeys(self.ids, str(uuid4())))[0])
            await self.ask(method, raw[:-3] + b"\x0a\x7f" + canary().encode())
            await self.ask(method, raw, idempotency_key=key)
            await self.ask(method, raw)
            await self.ask(method, planted(method, self.ids)[0], idempotency_key=key)
            for bend in (lambda text: text * 4000, lambda text: text + "\x00", lambda text: text + "\x07@@"):
                await self.ask(method, _bent(method, self.ids, bend))
            if "mask" in method.request.DESCRIPTOR.fields_by_name:
                request.mask.paths.append(canary())
                await self.ask(method, request)

    async def say_it_in_place_of_ids(self):
        """Every method with an id: a name typed where the id belongs, also one as long as an id, also by somebody who may not ask."""
        for method in methods():
            ids = [field for field in method.request.DESCRIPTOR.fields if field.GetOptions().Extensions[options_pb2.uuid]]
            for word in (canary(), (canary() + " " * 36)[:35] + "x") if ids else ():
                request = method.request()
                for field in ids:
                    if field.is_repeated:
                        getattr(request, field.name).append(word)
                    else:
                        setattr(request, field.name, word)
                for token in (None, self.powerless()):
                    status, _ = await self.ask(method, request, token)
                    assert status is not OK, method.path

    def say_it_wrongly_over_http(self):
        """Every operation: canaries as ids, as numbers, as choices, in bodies that are no JSON, too long, or of another kind."""
        http, root = self.api, self.api.base_url.copy_with(path="")
        for operation in operations(self.api.get("/openapi.json").json()):
            if operation.path == "/api/v1/auth/logout":
                continue  # it takes nothing, and would end this sign-in
            path = root.join(operation.path)
            elsewhere = str(path).replace("%7B", "{").replace("%7D", "}")
            for name in operation.path_ids:
                elsewhere = elsewhere.replace("{" + name + "}", canary())
            elsewhere = elsewhere.replace("{session_id}", canary())
            words = {name: canary(kind_of(name)) for name in operation.query}
            bodies = (
                {"json": {name: canary(kind_of(name)) for name in operation.body}},
                {"json": {name: {canary(): [canary()]} for name in operation.body}},
                {"json": [canary()]},
                {"content": '{"first_name": "' + canary(), "headers": {"Content-Type": "application/json"}},
                {"content": canary(), "headers": {"Content-Type": f"text/{canary()}"}},
                {"json": {"notes": canary() * 100_000}},
                {"content": canary(), "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
                {"files": {canary(): (canary(), canary().encode(), canary())}},
                {"files": {"file": (f"{canary()}.pdf", b"%PDF-1.7 " + canary().encode(), "application/pdf")}},
            )
            self._keep(http.request(operation.method, elsewhere, params=words))
            self._keep(http.request(operation.method, f"{elsewhere}/{canary()}?{canary()}={canary()}"))
            if operation.method != "GET":
                for body in bodies:
                    self._keep(http.request(operation.method, elsewhere, **body))
                if operation.body or operation.path.endswith("/attachments"):
                    real = elsewhere if "{" not in operation.path else None
                    own = real or self._own(operation, root)
                    for body in bodies:
                        self._keep(http.request(operation.method, own, **body))
        for header in ("If-Match", "Cookie", "Range", "X-CSRF-Token"):
            self._keep(http.patch(f"/sessions/{self.ids['session_id']}/draft", json={"plan": canary()}, headers={header: f'"{canary()}"'}))
        self._keep(httpx.get(f"{root}/files/{canary()}"))
        self._keep(httpx.get(f"{root}/problems/{canary()}"))
        self._keep(httpx.request(canary().upper(), f"{root}/api/v1/clients"))

    async def lose_tables(self):
        """Every method that takes a secret, while the service may not touch the table it needs, and while that takes no rows."""
        self.refresh()
        async with self.keeper.superuser() as db:
            for method in methods():
                if phi_fields(method):
                    service = service_of(method)
                    table = f"{service}.{TABLES[method.service.rpartition('.')[2]]}"
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
                            status, _ = await self.ask(method, planted(method, self.ids)[0])
                            self.outcomes[f"{method.path} while its table is {state}"] = status
                        finally:
                            await db.execute(restore)

    def _own(self, operation, root):
        path = operation.path
        for name in operation.path_ids:
            path = path.replace("{" + name + "}", self.ids.get(name, str(uuid4())))
        return root.join(path.replace("{session_id}", str(uuid4())))

    def _keep(self, reply):
        self.answers.append(f"{reply.status_code} {reply.headers!r}\n{reply.text}")
        if reply.is_success:
            # What was asked for and given to the one who asked is no leak.
            self.answers.pop()


def _method(name):
    return next(method for method in methods() if method.name == name)


def _bent(method, ids, bend):
    request, canaries = planted(method, ids)
    for name, text in canaries.items():
        field = method.request.DESCRIPTOR.fields_by_name[name]
        if field.is_repeated:
            getattr(request, name)[:] = [bend(text)]
        elif field.type != field.TYPE_BYTES:
            setattr(request, name, bend(text))
    return request


def _soon(hours):
    return datetime.now(UTC) + timedelta(hours=hours)
