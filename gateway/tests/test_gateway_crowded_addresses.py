"""Signing in behind an address that somebody floods, at the limits as shipped (decision 118)."""

import asyncio
import secrets
from collections import Counter

import pytest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from gateway.rate_limits import crowds
from identity.credentials.passwords import PasswordHasher

CLINIC = "203.0.113.90"
PASSWORD = "correct horse battery"
# How many the guest sends at a time, and how many colleagues sign in meanwhile.
GUESTS = 24
COLLEAGUES = 6


@pytest.fixture
def flooded(gateway):
    """A gateway whose minute does not end."""
    return gateway.reconfigured(clock=lambda: 1_800_000_000.0)


@pytest.fixture
def held_briefly(monkeypatch):
    """What is refused in a crowd is held for less than five seconds."""
    monkeypatch.setattr(crowds, "HELD_SECONDS", 1.0)


async def use_up(gateway, address=CLINIC):
    """Sends as many attempts as one address may, of the cheapest kind, and one more."""
    async with gateway.anonymous(address=address) as guest:
        for _ in range(301):
            reply = await guest.post("/api/v1/auth/login", content=b"{", headers={"Content-Type": "application/json"})
    assert reply.headers["ratelimit-remaining"] == "0"


def made_up_token():
    return str(OpaqueToken.generate(uuid7(), uuid7()))


FLOODS = {
    "random accounts": lambda _: ("login", {"email": f"{secrets.token_hex(8)}@example.com", "password": "guess"}),
    "one account": lambda victim: ("login", {"email": victim, "password": f"guess {secrets.token_hex(4)}"}),
    "malformed bodies": lambda _: ("login", {"email": 7}),
    "links for random accounts": lambda _: ("magic-link", {"email": f"{secrets.token_hex(8)}@example.com"}),
    "links for one account": lambda victim: ("magic-link", {"email": victim}),
    "password resets": lambda _: ("password/forgot", {"email": f"{secrets.token_hex(8)}@example.com"}),
    "made-up links": lambda _: ("verify", {"token": made_up_token()}),
    "made-up second steps": lambda _: ("verify-2fa", {"temp_token": made_up_token(), "totp_code": "123456"}),
    "made-up refresh tokens": lambda _: ("session/refresh", {}),
}


async def signed_in_on(gateway, person):
    """A browser that knows the device token of an earlier sign-in, and nothing else."""
    browser = gateway.anonymous(address="198.51.100.200")
    reply = await browser.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    device = browser.cookies["device_token"]
    await browser.aclose()
    return device


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_guest_behind_the_same_address_keeps_nobody_from_signing_in(gateway, flooded, held_briefly, flood):
    people = [await gateway.open_workspace() for _ in range(COLLEAGUES)]
    # Whom the guest names, and who has a known device; on a new one see the next test.
    victim, *others = people
    devices = {person.email: await signed_in_on(gateway, person) for person in people}
    await use_up(flooded)
    sent: Counter = Counter()
    over = asyncio.Event()

    async def guest():
        async with flooded.anonymous(address=CLINIC) as http:
            while not over.is_set():
                path, body = FLOODS[flood](victim.email)
                headers = {"Cookie": f"refresh_token={made_up_token()}"} if path == "session/refresh" else {}
                sent[(await http.post(f"/api/v1/auth/{path}", json=body, headers=headers)).status_code] += 1
                # One process is the guest, the gateway, identity and all colleagues: what is refused at once has to leave some of it.
                await asyncio.sleep(0.05)

    async def sign_in(person, device):
        async with flooded.anonymous(address=CLINIC, **({"Cookie": f"device_token={device}"} if device else {})) as http:
            return (await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).status_code

    async with asyncio.TaskGroup() as running:
        guests = [running.create_task(guest()) for _ in range(GUESTS)]
        await asyncio.sleep(0.2)
        on_new = await asyncio.gather(*(sign_in(person, "") for person in others))
        on_known = [await sign_in(person, devices[person.email]) for person in people]
        page = await flooded.anonymous(address=CLINIC).get("/auth/sign-in")
        over.set()
        await asyncio.gather(*guests)

    assert sent.total() >= GUESTS
    assert sent.keys() <= {200, 401, 403, 422, 429}, sent
    assert (on_new, on_known, page.status_code) == ([200] * len(others), [200] * len(people), 200)


async def test_whose_account_the_guest_names_gets_in_on_a_new_device_by_link(gateway, flooded, held_briefly, mailed_link):
    """A wrong password and a right one come from the same place there: the guest's guesses are limited, and so is every other attempt with it."""
    person = await gateway.open_workspace()
    await use_up(flooded)
    async with flooded.anonymous(address=CLINIC) as http:

        async def ask(path, **body):
            return (await http.post(f"/api/v1/auth/{path}", json={"email": person.email, **body})).status_code

        guessed = await asyncio.gather(*(ask("login", password=f"guess {number}") for number in range(30)))
        asked = await asyncio.gather(*(ask("magic-link") for _ in range(30)))
        made_up = await asyncio.gather(*(http.post("/api/v1/auth/verify", json={"token": made_up_token()}) for _ in range(60)))
        reply = await http.post("/api/v1/auth/verify", json={"token": await mailed_link(person)})

    assert (set(guessed), set(asked)) == ({429}, {200})
    assert {refused.status_code for refused in made_up} == {401}
    assert reply.status_code == 200, reply.text


async def test_neither_the_reply_nor_its_time_tells_who_exists(gateway, flooded, held_briefly):
    person = await gateway.open_workspace()
    await use_up(flooded)
    clock = asyncio.get_running_loop().time

    async def ask(path, body):
        async with flooded.anonymous(address=CLINIC) as http:
            began = clock()
            reply = await http.post(f"/api/v1/auth/{path}", json=body)
            told = {name: value for name, value in reply.json().items() if name != "request_id"}
            headers = {name: value for name, value in reply.headers.items() if name not in {"x-request-id", "content-length"}}
            return reply.status_code, str(told), str(headers), clock() - began

    for path, more in (("login", {"password": "wrong for everybody"}), ("magic-link", {}), ("password/forgot", {})):
        # More than identity answers as wrong, and than the gateway lets through.
        emails = [person.email, "nobody-has-this@example.com"] * 12
        replies = await asyncio.gather(*(ask(path, {"email": email, **more}) for email in emails))
        assert len({reply[:3] for reply in replies}) == 1, replies
        assert {reply[0] for reply in replies} == {429 if path == "login" else 200}
        assert all(1.0 <= reply[3] < 1.4 for reply in replies), [reply[3] for reply in replies]


async def test_an_account_that_nobody_has_makes_no_work_in_a_crowd(gateway, flooded, held_briefly):
    """Otherwise each made-up address would be written down for a day, and take a turn of those who have an account."""
    await use_up(flooded)
    written = "SELECT count(*) FROM identity.login_attempts"
    async with gateway.environment.superuser() as database:
        before = await database.fetchval(written)
        async with flooded.anonymous(address=CLINIC) as http:
            names = [f"{secrets.token_hex(8)}@example.com" for _ in range(20)]
            guesses = [http.post("/api/v1/auth/login", json={"email": name, "password": "guess"}) for name in names]
            links = [http.post("/api/v1/auth/magic-link", json={"email": name}) for name in names]
            statuses = [reply.status_code for reply in await asyncio.gather(*guesses, *links)]

        assert statuses == [429] * 20 + [200] * 20
        assert await database.fetchval(written) == before


async def test_one_account_is_tried_ten_times_a_minute_from_a_crowded_address(gateway, flooded, held_briefly):
    """The eleventh attempt is not made, however right its password is."""
    person = await gateway.open_workspace()
    await use_up(flooded)
    async with flooded.anonymous(address=CLINIC) as http:
        right = {"email": person.email, "password": PASSWORD}
        statuses = []
        for _ in range(10):
            # As on a new device each time.
            http.cookies.clear()
            statuses.append((await http.post("/api/v1/auth/login", json=right)).status_code)
        assert statuses == [200] * 10
        # In another spelling it is the same account.
        for email in (person.email, person.email.upper(), person.email.replace("e", "\uff45")):
            http.cookies.clear()
            assert (await http.post("/api/v1/auth/login", json=right | {"email": email})).status_code == 429, email


async def test_a_device_that_no_gateway_has_marked_is_counted_by_address(gateway, flooded, monkeypatch):
    monkeypatch.setattr(crowds, "HELD_SECONDS", 0.1)
    person = await gateway.open_workspace()
    token, _, mark = (await signed_in_on(gateway, person)).partition(".")
    await use_up(flooded)
    guess = {"email": person.email, "password": "guess"}
    for cookie in (token, f"{token}.", f"{token}.{mark[:-2]}AA", f".{mark}"):
        async with flooded.anonymous(address=CLINIC, Cookie=f"device_token={cookie}") as http:
            assert (await http.post("/api/v1/auth/login", json=guess)).status_code == 429, cookie
    async with flooded.anonymous(address=CLINIC, Cookie=f"device_token={token}.{mark}") as http:
        statuses = [(await http.post("/api/v1/auth/login", content=b"{")).status_code for _ in range(60)]
        assert set(statuses) == {422}
        # The device's own minute is over: from here on it is one of the address.
        assert (await http.post("/api/v1/auth/login", json=guess)).headers["ratelimit-remaining"] == "0"


async def test_a_front_end_learns_that_nobody_is_signed_in_however_much_its_address_asks_for(gateway, check_problem):
    narrow = gateway.reconfigured(anonymous_per_minute=1, clock=lambda: 60.0)
    async with narrow.anonymous(address=CLINIC) as http:
        for _ in range(3):
            check_problem(await http.get("/api/v1/auth/me"), 401, "sign_in_required")
        check_problem(await http.get("/api/v1/openapi.json"), 429, "rate_limited")
        assert (await http.get("/auth/sign-in")).status_code == 200


async def test_what_strangers_send_is_small(gateway, check_problem):
    """It is decoded before anything is known of who sends it, and may be held for five seconds."""
    person = await gateway.open_workspace()
    body = b'{"email": "%s", "password": "correct horse battery"%s}'
    async with gateway.anonymous(**{"Content-Type": "application/json"}) as http:
        for spaces, expected in ((60_000, 200), (70_000, 413)):
            reply = await http.post("/api/v1/auth/login", content=body % (person.email.encode(), b" " * spaces))
            assert reply.status_code == expected, reply.text
        assert check_problem(reply, 413, "body_too_large")["limit_bytes"] == 65_536
    async with gateway.anonymous(**{"Content-Type": "application/x-www-form-urlencoded"}) as http:
        for size, expected in ((60_000, 403), (70_000, 413)):
            assert (await http.post("/auth/sign-in", content=b"email=" + b"x" * size)).status_code == expected


async def test_wrong_passwords_from_a_crowd_take_next_to_no_turns(gateway, flooded, held_briefly, monkeypatch):
    """Whoever knows many addresses would otherwise keep the threads busy; and the work done would tell which addresses somebody has."""
    verified = 0
    verify = PasswordHasher._verify

    def counted(self, password, stored_hash):
        nonlocal verified
        verified += 1
        return verify(self, password, stored_hash)

    monkeypatch.setattr(PasswordHasher, "_verify", counted)
    people = [await gateway.open_workspace() for _ in range(12)]
    await use_up(flooded)
    async with flooded.anonymous(address=CLINIC) as http:

        async def attempt(person, password):
            # As on a new device.
            http.cookies.clear()
            return (await http.post("/api/v1/auth/login", json={"email": person.email, "password": password})).status_code

        # How long a verification takes is known from one that was not long ago.
        assert await attempt(people[0], PASSWORD) == 200
        verified = 0
        statuses = await asyncio.gather(*(attempt(person, f"guess {number}") for person in people for number in range(4)))
        assert (set(statuses), verified < 12) == ({429}, True), verified
        assert await attempt(people[1], PASSWORD) == 200
