"""The door for json-server's front ends beside the real json-server 0.17.4: the same requests, the same answers.

What differs on purpose is in decision 77: refusals, and `INTENDED` headers. Both begin with the same records; nothing that is refused here is
sent there, and nobody with the highest id is deleted, whose number json-server gives anew.
"""

import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from chassis.local.processes import end, free_port, spawn, until

pytestmark = pytest.mark.piece("json-server")
ROOT = Path(__file__).parents[2]
HOST = "patients.localhost"
# Those that tell about a list or a record; `test_other_headers_differ_on_purpose` has the rest.
COMPARED = ("content-type", "location", "link", "x-total-count")
INTENDED = {
    "access-control-allow-credentials": "only for allowed origins",
    "cache-control": "what is read here is PHI",
    "connection": "the transport's own",
    "date": "the server's own",
    "expires": "follows from cache-control",
    "keep-alive": "the transport's own",
    "pragma": "follows from cache-control",
    "x-powered-by": "nobody's business",
    "access-control-expose-headers": "with the headers of the API",
    "content-length": "bodies are compact",
    "transfer-encoding": "the transport's own",
    "content-encoding": "PHI is not compressed beside what others may send",
    "vary": "the transport's own, and compression's",
}
NAMES = [
    "Ada King Lovelace",
    "ada lee",
    "Zoë  Ek",
    "Ek, Bo",
    "Ω mega",
    "\uff61half",
    "\U0001f600 smile",
    "O'Brien (jr.)",
    "Straße",
    "STRASSE",
    "İ i",
]
EXAMPLES = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


def record(number: int) -> dict[str, Any]:
    return {
        "patientID": f"P{number * 7 % 100:03}",
        "name": NAMES[number % len(NAMES)],
        "age": (number * 37) % 120 + 1,
        "gender": ["Male", "female", "OTHER", "Unknown"][number % 4],
        "medicalCondition": ["Asthma", "asthma, mild", "None\nknown", "Diabetes 2", "10%", "a+b & c"][number % 6],
        "lastVisit": f"20{number % 27:02}-{number % 12 + 1:02}-{number % 28 + 1:02}",
    }


@dataclass
class Both:
    ours: httpx.AsyncClient
    theirs: httpx.AsyncClient
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 10**6)))

    async def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Our answer, which is theirs."""
        ours = await self.ours.request(method, path, **options)
        theirs = await self.theirs.request(method, path, **options)
        told = f"{method} {path} {options}"
        assert ours.status_code == theirs.status_code, (told, ours.text, theirs.text)
        for name in COMPARED:
            assert ours.headers.get(name) == theirs.headers.get(name), (told, name)
        assert ("etag" in ours.headers) == ("etag" in theirs.headers), told
        if method == "HEAD" or not theirs.content:
            assert ours.content == theirs.content == b"", told
        else:
            # As texts, for which 1 and 1.0 and "1" differ. Only the members of a record have another order.
            assert as_text(ours.json()) == as_text(theirs.json()), told
        return ours


def as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.fixture(scope="module")
def json_server(servers, tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("json-server")
    (folder / "db.json").write_text('{"patients": []}')
    node = subprocess.run([ROOT / "scripts" / "json-server"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    address = f"http://127.0.0.1:{(port := free_port())}"
    program = ROOT / ".tools/json-server/node_modules/json-server/lib/cli/bin.js"
    command = [f"{node}/node", str(program), "--port", str(port), "--host", "127.0.0.1", "--quiet", str(folder / "db.json")]
    child = spawn(command, log=(log := folder / "log"))

    def answers() -> bool:
        try:
            return httpx.get(f"{address}/patients").status_code == 200
        except httpx.TransportError:
            return False

    until(answers, child, log, 60)
    yield address
    end(child, SIGTERM, patience=10)


@pytest.fixture(scope="module")
async def both(gateway, json_server) -> AsyncIterator[Both]:
    person = await gateway.open_workspace()
    async with gateway.colleague(person) as http:
        key = (
            await http.post("/api/v1/api-keys", json={"name": "Door", "scopes": ["clients:read", "clients:write", "clients:phi"]})
        ).json()["secret"]
    door = gateway.reconfigured(
        patients_workspace=person.workspace_id, patients_api_key=SecretStr(key), reads_per_minute=10**6, writes_per_minute=10**6
    )
    headers = {"Host": HOST, "Accept-Encoding": "identity"}
    ours = door.anonymous(address="127.0.0.1", **headers, Authorization=f"Bearer {key}")
    async with ours, httpx.AsyncClient(base_url=json_server, headers=headers) as theirs:
        pair = Both(ours, theirs)
        for number in range(1, 41):
            made = await pair.ask("POST", "/patients", json=record(number))
            assert made.json()["id"] == number
        yield pair


FIELDS = ["id", "patientID", "name", "age", "gender", "medicalCondition", "lastVisit"]
WORDS = sorted({str(value) for number in range(1, 41) for value in record(number).values()})
# What JavaScript and RE2 read alike.
PATTERNS = [
    "a",
    "^A",
    "k$",
    "[a-c]d",
    "o.*e",
    "(x|y|s)",
    "1{2}",
    "^$",
    "",
    "\\d+",
    "E{1,2}k",
    "P0[0-3]\\d",
    "[^a-z ]",
    "\\.",
    "\\(jr",
    "ß",
    "é|ë",
]
NUMBERS = ["0", "1", "2", "3", "7", "10", "40", "41", "-1", "-5", "x", "", "2x", " 3", "1e3", "0x1F", "3.9", "99999999999999999999"]
VALUES = st.sampled_from(WORDS + NUMBERS) | st.text(max_size=6)


def _pairs(names: list[str], values: st.SearchStrategy[str], most: int = 2) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(st.sampled_from(names), values), max_size=most)


def queries() -> st.SearchStrategy[list[tuple[str, str]]]:
    operators = [f"{name}_{operator}" for name in (*FIELDS, "nobody") for operator in ("ne", "gte", "lte")]
    orders = st.lists(st.sampled_from(["asc", "desc", "DESC", "x"]), max_size=3).map(",".join)
    sorts = st.lists(st.sampled_from([*FIELDS, "nobody"]), max_size=3).map(",".join)
    parts = [
        _pairs([*FIELDS, "nobody", "_"], VALUES),
        _pairs(operators, VALUES),
        _pairs([f"{name}_like" for name in FIELDS], st.sampled_from(PATTERNS), 1),
        _pairs(["q"], VALUES, 1),
        st.lists(sorts.map(lambda text: ("_sort", text)), max_size=1),
        st.lists(orders.map(lambda text: ("_order", text)), max_size=1),
        # A page of a negative size is nonsense that nobody asks for.
        _pairs(["_page", "_end", "_start"], st.sampled_from(NUMBERS), 2),
        st.lists(st.sampled_from([each for each in NUMBERS if not each.startswith("-")]).map(lambda text: ("_limit", text)), max_size=1),
    ]
    return st.tuples(*(st.just([]) | part for part in parts)).map(lambda lists: [pair for pairs in lists for pair in pairs])


@EXAMPLES
@given(queries())
async def test_a_list_is_what_json_server_answers(both, pairs):
    await both.ask("GET", f"/patients?{urlencode(pairs)}")


async def test_lists_without_a_query_and_records_are_what_json_server_answers(both):
    for path in (
        "/patients",
        "/patients/",
        "/Patients",
        "/patients/1",
        "/PATIENTS/1/",
        "/patients/0",
        "/patients/999",
        "/patients/x",
        "/patients/%31",
    ):
        await both.ask("GET", path)
        await both.ask("HEAD", path)
    for method, path in [("POST", "/patients/1"), ("PUT", "/patients"), ("PATCH", "/patients/"), ("DELETE", "/patients")]:
        await both.ask(method, path, json=record(1))


def words() -> st.SearchStrategy[str]:
    """Texts of visible characters of all kinds."""
    return st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


def valid() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "name": st.lists(words(), min_size=1, max_size=3).map("  ".join) | st.sampled_from(NAMES),
            "age": st.integers(1, 2**53 - 1) | st.integers(1, 120),
            "gender": st.sampled_from(["Male", "fEmale", "OTHER", "unknown"]),
            "medicalCondition": st.lists(words(), min_size=1, max_size=4).map("\n ".join),
            "lastVisit": st.dates().map(str),
        }
    )


STEPS = st.lists(
    st.tuples(st.just("POST"), st.integers(1, 60), valid())
    | st.tuples(st.just("PUT"), st.integers(1, 60), valid())
    | st.tuples(
        st.just("PATCH"),
        st.integers(1, 60),
        valid().flatmap(
            lambda each: st.lists(st.sampled_from(sorted(each)), unique=True).map(lambda names: {name: each[name] for name in names})
        ),
    )
    | st.tuples(st.just("DELETE"), st.integers(20, 39), st.none())
    | st.tuples(st.just("GET"), st.integers(1, 60), st.none()),
    min_size=3,
    max_size=8,
)


@settings(EXAMPLES, max_examples=25)
@given(STEPS)
async def test_patients_are_registered_changed_and_deleted_as_with_json_server(both, steps):
    for method, number, body in steps:
        if method == "POST":
            await both.ask("POST", "/patients", json=body | {"patientID": f"N{next(both.numbers)}"})
        elif method == "PUT":
            await both.ask("PUT", f"/patients/{number}", json=body | {"patientID": f"N{next(both.numbers)}", "id": 7})
        else:
            await both.ask(method, f"/patients/{number}", json=body)
    await both.ask("GET", "/patients")


async def test_a_tag_is_good_for_what_it_was_given_for(both):
    for http in (both.ours, both.theirs):
        for path in ("/patients", "/patients/1", "/patients?age_gte=50"):
            tag = (await http.get(path)).headers["etag"]
            assert tag.startswith('W/"')
            for shown, status in [(tag, 304), (tag.removeprefix("W/"), 304), (f'"x", {tag}', 304), ("*", 304), ('"x"', 200)]:
                reply = await http.get(path, headers={"If-None-Match": shown})
                assert (reply.status_code, bool(reply.content)) == (status, status == 200), (http.base_url, path, shown)
            assert (await http.get(path, headers={"If-None-Match": tag, "Cache-Control": "no-cache"})).status_code == 200
        missing = await http.get("/patients/999999")
        assert (missing.status_code, missing.json()) == (404, {})


async def test_an_id_that_is_brought_along_keeps_its_type(both):
    body = {name: value for name, value in record(1).items() if name != "patientID"}
    for given_id in (500, None, "", 0, 700):
        made = await both.ask("POST", "/patients", json=body | {"id": given_id, "patientID": f"I{next(both.numbers)}"})
        await both.ask("GET", f"/patients/{made.json()['id']}")
    text = await both.ask("POST", "/patients", json=body | {"id": "a b-7é", "patientID": f"I{next(both.numbers)}"})
    assert text.json()["id"] == "a b-7é"
    path = f"/patients/{quote('a b-7é')}"
    await both.ask("PATCH", path, json={"age": 3})
    await both.ask("DELETE", path)
    await both.ask("GET", path)


async def test_other_headers_differ_on_purpose(both):
    ours, theirs = [
        (await http.get("/patients?_page=1", headers={"Origin": "http://localhost:3000"})).headers for http in (both.ours, both.theirs)
    ]
    assert set(theirs) - set(ours) <= {*INTENDED, "access-control-allow-origin"}
    same = {name for name in theirs if ours.get(name) == theirs[name]}
    assert set(theirs) - same <= {*INTENDED, "access-control-allow-origin", "etag"}
