"""Rate limits: by user and workspace for people who are signed in, by address for what is asked without, and the store that gateways share."""

import asyncio
import itertools
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest
import redis.asyncio
from prometheus_client import REGISTRY
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import TooMany
from chassis.settings import DEVELOPMENT_SECRET
from gateway.app import ROUTERS, routes_of
from gateway.rate_limits import crowds
from gateway.rate_limits.counters import LocalCounters
from gateway.rate_limits.limits import RateLimits
from gateway.request import GatewayRequest
from gateway.settings import GatewaySettings

HOSPITAL = "203.0.113.80"
SECONDS_BETWEEN_SAVES = 5


class Clock:
    """The time that the limits go by."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def colleagues(gateway, person, count, **headers):
    """So many people of one workspace, behind one address."""
    made = []
    for _ in range(count):
        call = gateway.environment.caller(workspace_id=person.workspace_id, user_id=uuid7())
        made.append(gateway.anonymous(address=HOSPITAL, Authorization=f"Bearer {call.token}", **headers))
    return made


def room() -> dict[str, str]:
    return {"name": f"Room {uuid7().hex}", "location_type": "clinic"}


async def write(http: httpx.AsyncClient) -> httpx.Response:
    return await http.post("/api/v1/locations", json=room())


async def test_nine_people_behind_one_address_autosave_for_ten_minutes_and_nothing_is_refused(gateway, practice, clock):
    """At the limits as shipped, all of which are a minute's, through to the stored note."""
    timed = gateway.reconfigured(clock=clock)
    client = await practice.add_client()
    notes = [await practice.write_note(client["id"]) for _ in range(9)]
    people = colleagues(timed, practice.person, 9)
    statuses: dict[int, int] = {}

    async def save(http: httpx.AsyncClient, note: dict, second: int) -> None:
        # Each with what the person has typed by then: it is stored every minute, and the same again in between.
        reply = await http.patch(f"/api/v1/sessions/{note['id']}/draft", json={"subjective": f"Slept badly, minute {second // 60}."})
        statuses[reply.status_code] = statuses.get(reply.status_code, 0) + 1

    for second in range(0, 600, SECONDS_BETWEEN_SAVES):
        await asyncio.gather(*(save(http, note, second) for http, note in zip(people, notes, strict=True)))
        clock.now += SECONDS_BETWEEN_SAVES

    assert statuses == {200: 9 * 600 // SECONDS_BETWEEN_SAVES}
    for note in notes:
        assert (await practice.http.get(f"/api/v1/sessions/{note['id']}")).json()["subjective"] == "Slept badly, minute 9."
    for http in people:
        await http.aclose()


async def test_a_user_who_writes_too_much_is_refused_until_the_minute_is_over_and_colleagues_are_not(
    gateway, practice, clock, check_problem
):
    narrow = gateway.reconfigured(writes_per_minute=3, clock=clock)
    one, other = colleagues(narrow, practice.person, 2)
    clock.now += 20

    replies = [await write(one) for _ in range(4)]

    assert [reply.status_code for reply in replies] == [201, 201, 201, 429]
    assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert {(reply.headers["ratelimit-limit"], reply.headers["ratelimit-reset"]) for reply in replies} == {("3", "40")}
    assert replies[3].headers["retry-after"] == "40"
    assert check_problem(replies[3], 429, "rate_limited")["counted_by"] == "user"
    assert (await write(other)).status_code == 201
    assert (await one.get("/api/v1/locations")).json()["total"] == 4
    clock.now += 40
    assert (await write(one)).status_code == 201


async def test_a_user_is_counted_wherever_they_are(gateway, practice, clock):
    narrow = gateway.reconfigured(writes_per_minute=2, clock=clock)
    token = practice.http.headers["authorization"]
    statuses = []
    for number in range(3):
        async with narrow.anonymous(address=f"198.51.100.{number}", Authorization=token) as http:
            statuses.append((await write(http)).status_code)

    assert statuses == [201, 201, 429]


async def test_an_editor_goes_on_saving_when_its_user_may_write_no_more(gateway, practice, clock):
    narrow = gateway.reconfigured(writes_per_minute=1, autosaves_per_minute=5, clock=clock)
    note = await practice.write_note((await practice.add_client())["id"])
    (one,) = colleagues(narrow, practice.person, 1)
    assert [(await write(one)).status_code for _ in range(2)] == [201, 429]

    saves = [await one.patch(f"/api/v1/sessions/{note['id']}/draft", json={"plan": "Rest."}) for _ in range(6)]

    assert [reply.status_code for reply in saves] == [200] * 5 + [429]
    assert saves[0].headers["ratelimit-limit"] == "5"


async def test_a_workspaces_ceiling_grows_with_the_people_who_are_active(gateway, practice, elsewhere, clock, check_problem):
    narrow = gateway.reconfigured(writes_per_minute=4, clock=clock)
    people = colleagues(narrow, practice.person, 9)

    async def all_write():
        return [[await write(http) for _ in range(4)] for http in people]

    first = [[reply.status_code for reply in replies] for replies in await all_write()]

    # Each has one write of their own, and all have 16 in common: five people do as much as they may, the sixth takes the rest.
    assert first[:5] == [[201] * 4] * 5
    assert first[5] == [201, 201, 429, 429]
    # Whoever comes later still has their own.
    assert first[6:] == [[201, 429, 429, 429]] * 3
    async with narrow.colleague(elsewhere.person) as http:
        assert (await write(http)).status_code == 201
    clock.now += 60
    later = await all_write()
    assert sum(reply.status_code == 201 for replies in later for reply in replies) == 16 + 9
    assert check_problem(later[8][3], 429, "rate_limited")["counted_by"] == "workspace"


async def test_what_a_user_is_refused_does_not_count_against_the_colleagues(gateway, practice, clock):
    narrow = gateway.reconfigured(writes_per_minute=2, clock=clock)
    loud, quiet = colleagues(narrow, practice.person, 2)
    for _ in range(40):
        await write(loud)

    assert (await write(quiet)).status_code == 201


async def test_people_who_are_signed_in_are_not_counted_by_address(gateway, practice, clock):
    narrow = gateway.reconfigured(anonymous_per_minute=1, sign_ins_per_minute=1, clock=clock)
    people = colleagues(narrow, practice.person, 5)

    assert {(await http.get("/api/v1/services")).status_code for http in people} == {200}


@pytest.mark.parametrize(
    "path", ["/api/v1/openapi.json", "/.well-known/jwks.json", "/docs", "/problems/not_found", "/health/ready", "/nowhere"]
)
async def test_what_is_read_without_sign_in_is_counted_by_address(gateway, clock, path, check_problem):
    narrow = gateway.reconfigured(anonymous_per_minute=2, clock=clock)
    replies = []
    for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1"):
        async with narrow.anonymous(address=host) as http:
            replies.append(await http.get(path))

    # One IPv6 customer has a /64, and is one address.
    assert [reply.status_code == 429 for reply in replies] == [False, False, True, False]
    assert check_problem(replies[2], 429, "rate_limited")["counted_by"] == "address"


async def test_pages_that_are_read_too_often_do_not_make_the_gateway_look_ill(gateway, clock):
    async with gateway.reconfigured(anonymous_per_minute=2, clock=clock).anonymous() as http:
        pages = [(await http.get("/docs")).status_code for _ in range(3)]

        assert pages == [200, 200, 429]
        assert (await http.get("/health/live")).status_code == 200


async def test_attempts_to_sign_in_have_a_limit_of_their_own(gateway, clock, monkeypatch):
    monkeypatch.setattr(crowds, "HELD_SECONDS", 0.2)
    narrow = gateway.reconfigured(sign_ins_per_minute=2, clock=clock)
    guess = {"email": f"nobody-{uuid7().hex}@example.com", "password": "guess"}
    async with narrow.anonymous() as http:
        replies = [await http.post("/api/v1/auth/login", json=guess) for _ in range(3)]

        assert [reply.status_code for reply in replies] == [401, 401, 429]
        assert (await http.get("/api/v1/openapi.json")).status_code == 200


@pytest.mark.parametrize(
    "credentials", [{"Authorization": "Bearer forged"}, {"Cookie": "refresh_token=forged"}, {"Cookie": "access_token=forged"}]
)
async def test_credentials_that_are_not_valid_are_counted_by_address(gateway, clock, credentials):
    narrow = gateway.reconfigured(anonymous_per_minute=2, clock=clock)
    async with narrow.anonymous(**credentials) as http:
        statuses = [(await http.get("/api/v1/clients")).status_code for _ in range(3)]

    assert statuses == [401, 401, 429]


async def test_a_page_that_wakes_up_renews_its_sign_in_once_and_is_counted_once(gateway, person, clock):
    narrow = gateway.reconfigured(anonymous_per_minute=1, clock=clock)
    async with narrow.anonymous() as http:
        assert (await http.post("/api/v1/auth/login", json={"email": person.email, "password": "correct horse battery"})).status_code == 200
        http.cookies.delete("access_token")
        replies = await asyncio.gather(*(http.get("/api/v1/auth/me") for _ in range(10)))

    assert {reply.status_code for reply in replies} == {200}


async def test_people_stay_signed_in_while_somebody_behind_their_address_makes_tokens_up(gateway, person, clock, check_problem):
    """Thousands work behind one address, and their guests may use it too."""
    narrow = gateway.reconfigured(anonymous_per_minute=2, clock=clock)
    async with narrow.anonymous(address=HOSPITAL) as browser, narrow.anonymous(address=HOSPITAL, Cookie="refresh_token=forged") as guest:
        credentials = {"email": person.email, "password": "correct horse battery"}
        assert (await browser.post("/api/v1/auth/login", json=credentials)).status_code == 200
        for _ in range(3):
            refused = await guest.get("/api/v1/auth/me")
        check_problem(refused, 429, "rate_limited")
        for _ in range(3):
            browser.cookies.delete("access_token")
            assert (await browser.get("/api/v1/auth/me")).status_code == 200
        for _ in range(3):
            renewed = await browser.post("/api/v1/auth/session/refresh", headers={"X-CSRF-Token": browser.cookies["csrf_token"]})
            assert renewed.status_code == 200, renewed.text


@pytest.mark.parametrize("csrf", ["", "forged", "\u00ff"])
async def test_whoever_was_not_given_a_login_session_is_counted_by_address(gateway, clock, csrf):
    narrow = gateway.reconfigured(anonymous_per_minute=2, clock=clock)
    forged = OpaqueToken.generate(uuid7(), uuid7())
    async with narrow.anonymous(address=HOSPITAL) as http:
        cookies = f"refresh_token={forged}; csrf_token={csrf}".encode("latin-1")
        statuses = [(await http.get("/api/v1/auth/me", headers={"Cookie": cookies})).status_code for _ in range(3)]

    assert statuses == [401, 401, 429]


async def test_a_login_session_is_renewed_60_times_a_minute_and_no_more(clock):
    limits = RateLimits(GatewaySettings(environment="development"), routes_of(ROUTERS), clock=clock)
    request = GatewayRequest({"type": "http", "method": "GET", "path": "/", "headers": [], "client": (HOSPITAL, 1)})
    session_id = uuid7()
    for _ in range(60):
        await limits.count_renewal(request, session_id)
    with pytest.raises(TooMany) as refused:
        await limits.count_renewal(request, session_id)
    assert (refused.value.code, refused.value.facts["counted_by"]) == ("rate_limited", "user")
    await limits.count_renewal(request, uuid7())


async def test_nine_people_in_three_tabs_each_may_save_twice_a_second(clock):
    limits = RateLimits(GatewaySettings(environment="development"), routes_of(ROUTERS), clock=clock)
    workspace_id, people = uuid7(), [uuid7() for _ in range(9)]
    path = f"/api/v1/sessions/{uuid7()}/draft"
    for _ in range(2 * 60 * 5):
        for user_id in people * 3:
            scope = {"type": "http", "method": "PATCH", "path": path, "headers": [], "client": (HOSPITAL, 1)}
            request = GatewayRequest(scope)
            await limits.count_user(request, user_id, workspace_id)
            assert request.rate_limit is not None
            assert request.rate_limit[1] >= 0
        clock.now += 0.5


async def test_counts_of_past_minutes_are_forgotten():
    counters = LocalCounters()
    for minute in range(100):
        for number in range(10):
            await counters.add(f"user/{number}", minute)

    assert len(counters._counts) == 10
    assert await counters.add("user/1", 99) == 2


# --- the shared store


class Line:
    """A connection to the store that can be cut, go silent, or become slow."""

    def __init__(self, store: str) -> None:
        parts = urlsplit(store)
        self._store = (parts.hostname, parts.port)
        self._account = parts.netloc.rpartition("@")[0]
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._may_pass = asyncio.Event()
        self._may_pass.set()
        self._delay = 0.0
        self._port = 0

    async def connect(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self._may_pass.set()

    async def cut(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def silence(self) -> None:
        self._may_pass.clear()

    async def slow_down(self) -> None:
        # Longer than a gateway waits for the store.
        self._delay = 0.6

    async def recover(self) -> None:
        self._delay = 0.0
        self._may_pass.set()
        if not self._server.is_serving():
            await self.connect()

    async def close(self) -> None:
        await self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> SecretStr:
        return SecretStr(f"redis://{self._account}@127.0.0.1:{self._port}/0")

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._store)
        self._writers |= {writer, back}
        for source, target in ((reader, back), (there, writer)):
            self._tasks.add(asyncio.create_task(self._pump(source, target)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                await self._may_pass.wait()
                await asyncio.sleep(self._delay)
                target.write(data)
                await target.drain()
        target.close()


@pytest.fixture
async def line(redis):
    line = Line(redis)
    await line.connect()
    yield line
    await line.close()


@asynccontextmanager
async def gateways(gateway, count, **settings):
    """Several gateways that count together."""
    made = [gateway.reconfigured(**settings) for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            await each.app.state.limits.close()


async def test_several_gateways_count_together(gateway, practice, clock, redis):
    settings = {"writes_per_minute": 4, "anonymous_per_minute": 4, "rate_limit_store_url": SecretStr(redis), "clock": clock}
    async with gateways(gateway, 2, **settings) as both:
        tokens = practice.http.headers["authorization"]
        people = [each.anonymous(Authorization=tokens) for each in both]
        written = [(await write(http)).status_code for http, _ in zip(itertools.cycle(people), range(6), strict=False)]
        address = f"2001:db8:{uuid7().hex[-4:]}::1"
        strangers = [each.anonymous(address=address) for each in both]
        read = [(await http.get("/docs")).status_code for http, _ in zip(itertools.cycle(strangers), range(6), strict=False)]

    assert written == [201] * 4 + [429] * 2
    assert read == [200] * 4 + [429] * 2


async def test_the_store_learns_neither_addresses_nor_tokens_nor_anybodys_name(gateway, practice, person, clock, redis):
    store = redis_client(redis)
    before = {key async for key in store.scan_iter()}
    async with gateways(gateway, 1, rate_limit_store_url=SecretStr(redis), clock=clock) as (shared,):
        async with shared.anonymous(address="192.0.2.77") as http:
            reply = await http.post("/api/v1/auth/login", json={"email": person.email, "password": "correct horse battery"})
            assert reply.status_code == 200
            await http.get("/api/v1/clients?search=Lovelace")
        async with shared.anonymous(Authorization="Bearer forged-token") as http:
            await http.get("/api/v1/clients")
    kept = {key.decode(): int(await store.get(key)) for key in {key async for key in store.scan_iter()} - before}
    lives = {await store.ttl(key) for key in kept}
    await store.aclose()

    minute = int(clock.now // 60)
    known = {f"caseload:read/user/{person.user_id}/{minute}"}
    assert known <= kept.keys()
    hashed = kept.keys() - known
    assert {key.split("/")[0] for key in hashed} == {"caseload:sign-in", "caseload:anonymous"}
    assert {(len(key.split("/")[2]), key.split("/")[3]) for key in hashed} == {(32, str(minute))}
    assert not [key for key in kept if any(word in key for word in ("192.0.2.77", "forged", person.email, "Lovelace"))]
    assert 0 < min(lives) <= max(lives) <= 120


def redis_client(url):
    return redis.asyncio.Redis.from_url(url)


@pytest.mark.parametrize("fault", ["cut", "silence", "slow_down"])
async def test_while_the_store_is_away_or_slow_the_limits_hold_by_the_gateways_own_count(gateway, practice, clock, line, fault, caplog):
    settings = {"writes_per_minute": 2, "sign_ins_per_minute": 2, "rate_limit_store_url": line.url, "clock": clock}
    address = f"2001:db8:{uuid7().hex[-4:]}::1"
    guess = {"email": f"nobody-{uuid7().hex}@example.com", "password": "guess"}
    async with (
        gateways(gateway, 1, **settings) as (shared,),
        shared.anonymous(Authorization=practice.http.headers["authorization"]) as signed_in,
        shared.anonymous(address=address) as stranger,
    ):
        assert (await write(signed_in)).status_code == 201
        assert REGISTRY.get_sample_value("caseload_rate_limit_store_up") == 1
        alone = REGISTRY.get_sample_value("caseload_http_counted_alone_total")

        await getattr(line, fault)()
        written = [(await write(signed_in)).status_code for _ in range(4)]
        tried = [(await stranger.post("/api/v1/auth/login", json=guess)).status_code for _ in range(3)]

        # What was counted before the fault still counts.
        assert written == [201, 429, 429, 429]
        assert tried == [401, 401, 429]
        assert REGISTRY.get_sample_value("caseload_rate_limit_store_up") == 0
        assert REGISTRY.get_sample_value("caseload_http_counted_alone_total") >= alone + 7
        (told,) = [record for record in caplog.records if record.name == "gateway.rate_limits.counters"]
        assert (told.levelname, str(line.url.get_secret_value()) in str(vars(told))) == ("ERROR", False)

        await line.recover()
        async with asyncio.timeout(20):
            while REGISTRY.get_sample_value("caseload_rate_limit_store_up") != 1:
                await write(signed_in)
                await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"rate_limit_store_url": "redis://:p@valkey.example.com:6379/0"}, "CASELOAD_RATE_LIMIT_STORE_URL leaves this machine"),
        ({"gateway_secret": DEVELOPMENT_SECRET}, "CASELOAD_GATEWAY_SECRET"),
    ],
)
def test_production_refuses_a_store_in_the_clear_and_the_development_secret(values, named):
    with pytest.raises(ValueError, match=named):
        GatewaySettings(**{"gateway_secret": "a secret of its own", **values})

    GatewaySettings(gateway_secret="a secret of its own", rate_limit_store_url="rediss://:p@valkey.example.com:6380/0")
