"""Guests behind a clinic's address flood the doors where people sign in, while colleagues behind it do (decision 118)."""

import asyncio
import itertools
import re
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
from attack.installation import PASSWORD, AttackedInstallation
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from drill.environment import until
from drill.floods import OWNER
from drill.users import PASSWORD as OWNERS_PASSWORD

CLINIC = "203.0.113.90"
# Connections of the guests. Attempts with an e-mail address are held for five seconds, so more of them send more.
GUESTS = 128
# Of these some send malformed attempts all the time, so that the address is over its limit soon after each minute begins.
CROWDING = 4
COLLEAGUES = 16
# How many of them sign in at a time, and how often the owner does: no account may be tried more than ten times a minute there.
AT_ONCE = 3
OWNERS_PAUSE = 7.0
SECONDS_TO_WAIT_FOR_MAIL = 20.0
_TOKEN = re.compile(r"token=([\w-]+)")
_quiet = itertools.count(1)


def made_up_token():
    return str(OpaqueToken.generate(uuid7(), uuid7()))


def _random_account():
    return f"{secrets.token_hex(8)}@example.com"


MALFORMED = ("POST", "/auth/login", {"email": 7}, {})
GUESSES_AT_THE_OWNER = "the owner's account"
LINKS_FOR_THE_OWNER = "links for the owner's account"
FLOODS = {
    "random accounts": lambda: ("POST", "/auth/login", {"email": _random_account(), "password": "a guess"}, {}),
    "malformed bodies": lambda: MALFORMED,
    "links for random accounts": lambda: ("POST", "/auth/magic-link", {"email": _random_account()}, {}),
    LINKS_FOR_THE_OWNER: lambda: ("POST", "/auth/magic-link", {"email": OWNER}, {}),
    "made-up links": lambda: ("POST", "/auth/verify", {"token": made_up_token()}, {}),
    "made-up second steps": lambda: ("POST", "/auth/verify-2fa", {"temp_token": made_up_token(), "totp_code": "123456"}, {}),
    "rubbish renewals": lambda: ("POST", "/auth/session/refresh", None, {"Cookie": f"refresh_token={made_up_token()}"}),
    "passkey begins": lambda: ("POST", "/auth/passkeys/sign-in", {}, {}),
    "made-up API keys": lambda: ("GET", "/clients", None, {"Authorization": f"Bearer clk_abcdefgh_{made_up_token()}"}),
    "begins with a provider": lambda: ("GET", "/auth/oidc/lakeside/start", None, {}),
    # The last: for a while afterwards the owner has to wait with a password there.
    GUESSES_AT_THE_OWNER: lambda: ("POST", "/auth/login", {"email": OWNER, "password": f"guess {secrets.token_hex(4)}"}, {}),
}


@dataclass(slots=True)
class Crowd:
    """What became of what the guests sent, by kind, and of the colleagues' and the owner's attempts, by status."""

    sent: dict[str, Counter] = field(default_factory=dict)
    attempts: dict[str, Counter] = field(default_factory=dict)
    # The colleagues' attempts on new devices, by kind of flood.
    by_flood: dict[str, Counter] = field(default_factory=dict)
    slowest: float = 0.0
    megabytes_before: float = 0.0
    megabytes: float = 0.0

    def share(self, where):
        return self.attempts[where][200] / max(1, self.attempts[where].total())


async def crowd(environment, *, seconds):
    """Each kind of flood for so many seconds, unpaced. Whose account the guests name signs in by a mailed link on a new device, and by password on a known one."""
    found = Crowd()
    attacked = AttackedInstallation(environment.installation)
    owner = attacked.demo_owner()
    colleagues = [await attacked.add_user(owner.workspace_id) for _ in range(COLLEAGUES)]
    async with _client(environment) as api:
        devices = {email: await _device(api, email, password) for email, password in _everybody(colleagues)}
        found.megabytes_before = found.megabytes = await _megabytes(environment)
        for name, request in FLOODS.items():
            found.sent[name], found.by_flood[name] = Counter(), Counter()
            async with asyncio.TaskGroup() as running:
                over = asyncio.Event()
                for number in range(GUESTS):
                    made = (lambda: MALFORMED) if number < CROWDING else request
                    running.create_task(_guest(api, made, found.sent[name], over))
                # The guests' connections, and the first 300 of the minute.
                await asyncio.sleep(2)
                takes_turns = itertools.cycle(colleagues)
                people = [_colleagues(environment, takes_turns, devices, found, name) for _ in range(AT_ONCE)]
                try:
                    async with asyncio.timeout(seconds):
                        await asyncio.gather(*people, _owner(environment, devices[OWNER], found, name))
                except TimeoutError:
                    # That they were all there for.
                    pass
                found.megabytes = max(found.megabytes, await _megabytes(environment))
                over.set()
    return found


async def _guest(api, made, sent, over):
    while not over.is_set():
        method, path, body, headers = made()
        try:
            reply = await api.request(method, path, json=body, headers={"X-Forwarded-For": CLINIC, **headers})
        except httpx.TransportError:
            sent["no reply"] += 1
        else:
            sent[reply.status_code] += 1


async def _colleagues(environment, takes_turns, devices, found, name):
    async with _client(environment) as api:
        for person in takes_turns:
            status = await _attempt(api, found, "colleagues on new devices", person.email, PASSWORD)
            found.by_flood[name][status] += 1
            await _attempt(api, found, "colleagues on known devices", person.email, PASSWORD, device=devices[person.email])
            await asyncio.sleep(0.5)


async def _owner(environment, device, found, name):
    async with _client(environment) as api:
        while True:
            await _attempt(api, found, "the owner on a known device", OWNER, OWNERS_PASSWORD, device=device)
            if name in {GUESSES_AT_THE_OWNER, LINKS_FOR_THE_OWNER}:
                await _attempt_by_link(api, environment.mail_server, found)
            if name != GUESSES_AT_THE_OWNER:
                await _attempt(api, found, "the owner on a new device, by password", OWNER, OWNERS_PASSWORD)
            await asyncio.sleep(OWNERS_PAUSE)


async def _attempt(api, found, where, email, password, device=None):
    began = time.monotonic()
    headers = {} if device is None else {"Cookie": f"device_token={device}"}
    reply = await _post(api, "/auth/login", {"email": email, "password": password}, CLINIC, **headers)
    found.attempts.setdefault(where, Counter())[reply.status_code] += 1
    found.slowest = max(found.slowest, time.monotonic() - began)
    return reply.status_code


async def _attempt_by_link(api, mail_server, found):
    """Asks for a link and takes the newest that has come, as a person does: one that somebody else has asked for is as good."""
    await _post(api, "/auth/magic-link", {"email": OWNER}, CLINIC)

    async def token():
        return _TOKEN.search(mail_server.newest.pop(OWNER, ""))

    try:
        found_token = await until(token, SECONDS_TO_WAIT_FOR_MAIL, "a link comes")
    except AssertionError:
        status = "no mail"
    else:
        status = (await _post(api, "/auth/verify", {"token": found_token[1]}, CLINIC)).status_code
    found.attempts.setdefault("the owner on a new device, by link", Counter())[status] += 1


async def _device(api, email, password):
    """The cookie of a device on which the person has signed in, somewhere else."""
    reply = await _post(api, "/auth/login", {"email": email, "password": password}, f"198.51.100.{next(_quiet)}")
    assert reply.status_code == 200, reply.text
    return reply.cookies["device_token"]


async def _post(api, path, body, address, **headers):
    api.cookies.clear()
    return await api.post(path, json=body, headers={"X-Forwarded-For": address, **headers})


def _everybody(colleagues):
    return [(OWNER, OWNERS_PASSWORD), *((person.email, PASSWORD) for person in colleagues)]


def _client(environment):
    """With as many connections as there are guests. None of them keeps cookies for another: only attempts that succeed set any, and those clear them."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(base_url=f"{environment.gateway_url}/api/v1", timeout=60, verify=False, limits=limits)


async def _megabytes(environment):
    return await environment.metric("gateway", "process_resident_memory_bytes") / 1024**2
