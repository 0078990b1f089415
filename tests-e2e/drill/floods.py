"""A flood of guesses from elsewhere while the owner signs in; and whether replies or their timing tell whose address is known."""

import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from drill.users import PASSWORD, api_client

OWNER = "owner@example.com"
# The drill's own requests say where they come from.
FLOODS = {"CASELOAD_TRUSTED_PROXIES": "127.0.0.1"}
GUESSERS = 96
# A source has two attempts at once and few more in the minutes after them, so of the guesses from these some get as far as a password.
SOURCES = 2_000
# Every so many guesses one comes from an address of its own: the limits by source let all of these through.
NEW_ADDRESS_EVERY = 2
# Who measure times side by side.
OBSERVERS = 4
_elsewhere = itertools.count(int(IPv4Address("10.0.0.1")))


@dataclass(slots=True)
class Flood:
    """What became of guesses, and of the owner's attempts at the same time, by status."""

    guesses: Counter = field(default_factory=Counter)
    on_a_known_device: Counter = field(default_factory=Counter)
    on_a_new_device: Counter = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0

    def share(self, attempts):
        return attempts[200] / max(1, attempts.total())


async def flood(environment, *, guesses, pause=0.5):
    """Sends that many wrong passwords for the owner's address, and signs the owner in every `pause` seconds meanwhile.

    Half of the guesses come from 2,000 sources, and the others each from an address of its own.
    """
    found, left = Flood(), itertools.count()
    sources = [_address() for _ in range(SOURCES)]
    began = time.monotonic()
    async with api_client(environment.gateway_url) as api:
        known = await _login(api, PASSWORD, _address())
        assert known.status_code == 200, known.text
        device = known.cookies["device_token"]

        async def guess():
            while (number := next(left)) < guesses:
                source = _address() if number % NEW_ADDRESS_EVERY == 0 else random.choice(sources)
                reply = await _login(api, f"guess number {number}", source)
                found.guesses[reply.status_code] += 1

        async def sign_in():
            while True:
                for attempts, cookie in ((found.on_a_known_device, device), (found.on_a_new_device, None)):
                    started = time.monotonic()
                    reply = await _login(api, PASSWORD, _address(), device=cookie)
                    attempts[reply.status_code] += 1
                    found.slowest = max(found.slowest, time.monotonic() - started)
                await asyncio.sleep(pause)

        owner = asyncio.create_task(sign_in())
        await asyncio.gather(*(guess() for _ in range(GUESSERS)))
        owner.cancel()
        await asyncio.wait([owner])
    found.seconds = time.monotonic() - began
    return found


async def timing(environment, *, each):
    """Tries wrong passwords for a known and an unknown address in turn, `each` times. Returns the area under the ROC curve and the replies.

    0.5 says that the time of a reply tells nothing, 1 or 0 that it tells everything.
    """
    seconds, replies, left = {True: [], False: []}, {True: Counter(), False: Counter()}, itertools.count()
    async with api_client(environment.gateway_url) as api:

        async def compare():
            while next(left) < each:
                order = [True, False]
                random.shuffle(order)
                for is_known in order:
                    email = OWNER if is_known else "nobody-has-this@example.com"
                    started = time.perf_counter()
                    reply = await _login(api, f"wrong for everybody, {random.random()}", _address(), email=email)
                    seconds[is_known].append(time.perf_counter() - started)
                    told = {name: value for name, value in reply.json().items() if name != "request_id"}
                    replies[is_known][reply.status_code, str(told)] += 1

        await asyncio.gather(*(compare() for _ in range(OBSERVERS)))
    return area(seconds[True], seconds[False]), replies[True] == replies[False]


def area(some, others):
    """The probability that one of `some` is greater than one of `others` (Mann and Whitney's U); ties count half."""
    ordered = sorted([(value, True) for value in some] + [(value, False) for value in others])
    total, place = 0.0, 1
    for _, same in itertools.groupby(ordered, key=lambda each: each[0]):
        tied = list(same)
        rank = place + (len(tied) - 1) / 2
        total += rank * sum(is_some for _, is_some in tied)
        place += len(tied)
    return (total - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))


def _address():
    """An address that nothing has come from yet."""
    return str(IPv4Address(next(_elsewhere)))


async def _login(api, password, address, *, email=OWNER, device=None):
    headers = {"X-Forwarded-For": address}
    if device is not None:
        headers["Cookie"] = f"device_token={device}"
    api.cookies.clear()
    return await api.post("/auth/login", json={"email": email, "password": password}, headers=headers)
