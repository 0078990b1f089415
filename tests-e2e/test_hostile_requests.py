"""Requests that nobody sends by mistake are refused with a problem, at once, and leave everything as it was."""

import asyncio
import json
import os
import random
import re
from uuid import uuid4

import pytest
from attack import hostile
from attack.installation import AttackedInstallation
from attack.raw_http import RawConnection, request
from attack.reporting import report
from contract import CONTRACT, unnamed

from standalone.selftest.operations import operations, picture
from standalone.selftest.worlds import furnish

# `make drill` tries every value everywhere.
VALUES_PER_MEMBER = int(os.environ.get("CASELOAD_HOSTILE_VALUES", "3"))
AT_A_TIME = 4
SECONDS = 15.0


class Visitor:
    """Somebody signed in at the embedded composition, who says what they want in bytes."""

    def __init__(self, attacked, api, owners, ids):
        self.attacked, self.api, self.owners, self.ids = attacked, api, owners, ids
        self.url = attacked.installation.gateway_url
        self.asked = 0

    async def ask_all(self, requests):
        """(what, method, path, headers, body) each; every answer is looked at."""
        waiting, answers = iter(requests), []

        async def one():
            connection = await RawConnection.open(self.url)
            try:
                for what, method, path, headers, body in waiting:
                    signed_in = {"Authorization": f"Bearer {self.owners.next_token()}", "Content-Type": "application/json"}
                    sent = {"Host": connection.host, **signed_in, **headers}
                    await connection.send(request(method, path, {name: value for name, value in sent.items() if value is not None}, body))
                    reply = await connection.reply(of=method.strip(), seconds=SECONDS)
                    self.asked += 1
                    assert reply is not None, f"{what}: hung up on without a word"
                    checked(what, method, reply)
                    answers.append((what, reply))
                    if reply.headers.get("connection") == "close":
                        await connection.close()
                        connection = await RawConnection.open(self.url)
            finally:
                await connection.close()

        await asyncio.gather(*(one() for _ in range(AT_A_TIME)))
        return answers


def checked(what, method, reply):
    assert reply.status < 500, f"{what}: {reply}"
    assert reply.status != 429 or reply.json()["code"] != "rate_limited", f"{what}: refused at the limits as shipped, and so not looked at"
    if reply.status >= 400 and method != "HEAD":
        assert reply.headers["content-type"] == "application/problem+json", f"{what}: {reply}"
        problem = reply.json()
        assert (problem["status"], type(problem["detail"])) == (reply.status, str), f"{what}: {problem}"
        assert problem["code"] != "internal_error", what
        assert "Traceback" not in problem["detail"]


@pytest.fixture(scope="module")
async def visitor(embedded):
    attacked = AttackedInstallation(embedded)
    person = await attacked.open_practice()
    with attacked.api_as(person) as api:
        ids = furnish(api, lambda: attacked.sign_in(person))
        owners = await attacked.owners(person, 40 * VALUES_PER_MEMBER)
        yield Visitor(attacked, api, owners, ids | {"audit_event_id": str(uuid4()), "department_id": str(uuid4())})


@pytest.fixture
def note_id(visitor):
    """A note of a client whom nobody has restricted, merged or erased so far."""
    own = {"headers": {"Authorization": f"Bearer {visitor.owners.next_token()}"}}
    client = visitor.api.post("/clients", json={"first_name": "Isa", "last_name": "Lated"}, **own).raise_for_status().json()
    note = visitor.api.post("/sessions", json={"client_id": client["id"], "session_date": "2026-03-02T09:00:00Z"}, **own)
    return note.raise_for_status().json()["id"]


@pytest.fixture(scope="module")
async def document(visitor):
    return visitor.api.get("/openapi.json").json()


def with_a_body(document):
    """The operations that take JSON, signing in apart; read from the document anew, for what is asked is made from its schemas."""
    return {
        unnamed(f"{method.upper()} {path}")
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if "application/json" in (content := described.get("requestBody", {}).get("content", {}))
        and "text/csv" not in content  # a file, of which every row is checked for itself
        and not path.startswith("/api/v1/auth/")
    }


# Among the values there is one that means the same as none.
VALID = {"POST /api/v1/auth/passkeys/sign-in temp_token: null"}


def address(operation, ids):
    return re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], str(uuid4())), operation.path)


def with_member(body, name, value):
    """The body as JSON, with the member written as it is."""
    others = ", ".join(f"{json.dumps(key)}: {json.dumps(part)}" for key, part in body.items() if key != name)
    raw = value if isinstance(value, bytes) else value.encode()
    return b"{" + (others + ", " if others else "").encode() + json.dumps(name).encode() + b": " + raw + b"}"


async def test_no_member_of_any_body_takes_what_would_break_a_reader(visitor, document):
    requests = []
    for operation in operations(document):
        if operation.path.startswith("/api/v1/auth/"):
            continue
        for name in operation.body:
            body = operation.body_of(visitor.ids, {})
            # Of its own, so that another operation changes nothing of what this one is asked.
            chance = random.Random(f"{operation} {name}")
            for what in chance.sample(sorted(hostile.JSON_VALUES), min(VALUES_PER_MEMBER, len(hostile.JSON_VALUES))):
                sent = with_member(body, name, hostile.JSON_VALUES[what])
                requests.append((f"{operation} {name}: {what}", operation.method, address(operation, visitor.ids), {}, sent))

    answers = await visitor.ask_all(requests)

    assert len(answers) == len(requests)
    assert {unnamed(what.partition(": ")[0].rpartition(" ")[0]) for what, _ in answers} == with_a_body(document)
    never = ("NUL", "surrogate", "UTF-8", "number", "NaN", "nesting", "twice", "infinity")
    taken = [what for what, reply in answers if reply.status < 400 and any(word in what.rpartition(": ")[2] for word in never)]
    assert taken == [], "where a flag or a count is asked for, none of these is one; where a text is, none can be kept"


async def test_signing_in_takes_none_of_it_either(visitor, document):
    public = [operation for operation in operations(document) if operation.path.startswith("/api/v1/auth/") and operation.body]
    requests = [
        (f"{operation} {name}: {what}", operation.method, operation.path, {"Authorization": None}, with_member({}, name, value))
        for operation in public
        for name in operation.body
        for what, value in hostile.JSON_VALUES.items()
    ]

    answers = await visitor.ask_all(requests)

    assert {reply.status for what, reply in answers if what not in VALID} <= {400, 401, 403, 413, 422, 429}


@pytest.mark.parametrize("place", ["query", "path"])
async def test_no_address_takes_what_would_break_a_reader(visitor, document, place):
    chance, requests = random.Random(20261121), []
    for operation in operations(document):
        names = operation.query if place == "query" else re.findall(r"\{\w+\}", operation.path)
        for name in names:
            for value in chance.sample(hostile.QUERY_VALUES, min(2 * VALUES_PER_MEMBER, len(hostile.QUERY_VALUES))):
                path = operation.path if place == "query" else operation.path.replace(name, value)
                path = re.sub(r"\{(\w+)\}", lambda name: visitor.ids.get(name[1], str(uuid4())), path)
                query = f"?{name}={value}" if place == "query" else ""
                body = b"{}" if operation.method != "GET" else b""
                requests.append((f"{operation} {name}={value[:40]}", operation.method, path + query, {}, body))

    answers = await visitor.ask_all(requests)

    assert len(answers) == len(requests)
    named = {name for name in CONTRACT["operations"] if (" ?" if place == "query" else "{}") in name}
    assert {unnamed(what.rpartition(" ")[0]) for what, _ in answers} == {name.partition(" ?")[0] for name in named}


async def test_no_path_leads_anywhere_it_should_not(visitor):
    answers = await visitor.ask_all([(path, "GET", path, {}, b"") for path in hostile.PATHS])

    for path, reply in answers:
        assert b"root:" not in reply.body, path
        assert reply.status in ({200} if path.startswith("http://") else {400, 404, 422}), f"{path}: {reply}"


async def test_no_header_breaks_a_reader(visitor, note_id):
    requests = [
        (f"{method} {name}: {value[:30]!r}", method, path, {name: value}, body)
        for name, values in hostile.HEADERS.items()
        for value in values
        for method, path, body in (
            ("GET", "/api/v1/clients", b""),
            ("POST", "/api/v1/locations", b'{"name": "Room", "location_type": "clinic"}'),
            ("PATCH", f"/api/v1/sessions/{note_id}/draft", b'{"plan": "Rest."}'),
        )
    ]

    answers = await visitor.ask_all(requests)

    overridden = {what.partition(" ")[0]: reply.status for what, reply in answers if "Override" in what}
    assert overridden == {"GET": 200, "POST": 201, "PATCH": 200}, "nobody is asked by another method than the one that was used"
    assert all("evil.example" not in reply.body.decode() for what, reply in answers if "Host" in what)
    assert all("access-control-allow-origin" not in reply.headers for what, reply in answers if "Origin" in what)


async def test_no_body_is_taken_for_what_it_is_not(visitor):
    good = b'{"name": "Room", "location_type": "clinic"}'
    requests = [(kind, "POST", "/api/v1/locations", {"Content-Type": kind}, good) for kind in hostile.CONTENT_TYPES]
    requests += [
        (f"a body of {len(body)} bytes", "POST", "/api/v1/locations", {}, body)
        for body in (
            b"\xef\xbb\xbf" + good,
            good.decode().encode("utf-16"),
            good * 2,
            b"\x1f\x8b" + good,
            b"null",
            b"[]",
            b"1",
            b"{",
            b'"',
            hostile.DEEP.encode(),
        )
    ]

    answers = dict(await visitor.ask_all(requests))

    taken = {what for what, reply in answers.items() if reply.status < 400}
    assert taken <= {"application/json; charset=utf-16", "application/json; charset=\xff", 'application/json\t;\tcharset="'}, (
        "UTF-8, whatever the label"
    )


async def test_no_address_answers_a_method_it_does_not_have(visitor, document):
    known = {}
    for path, methods in document["paths"].items():
        known[path] = {method.upper() for method in methods}
    requests = [
        (f"{method} {path}", method, re.sub(r"\{\w+\}", str(uuid4()), path), {}, b"")
        for path, methods in known.items()
        for method in hostile.METHODS
        if method not in methods
    ]

    answers = await visitor.ask_all(requests)

    # 422 where an address's last word stands where another's id does.
    assert {reply.status for _, reply in answers} <= {400, 404, 405, 422}
    assert all(reply.headers["allow"] for _, reply in answers if reply.status == 405)


async def test_a_files_name_is_never_a_path(visitor, note_id):
    path = f"/api/v1/sessions/{note_id}/attachments"
    form = {"Content-Type": "multipart/form-data; boundary=bound"}
    png = picture()
    requests = [(name, "POST", path, form, hostile.multipart("file", png, file_name=name)) for name in hostile.FILE_NAMES]
    stored = visitor.attacked.home.blobs

    answers = await visitor.ask_all(requests)

    told = [reply.json()["file_name"] for _, reply in answers if reply.status == 201]
    assert len(told) >= 8
    assert {reply.status for _, reply in answers} == {201, 422}
    assert not any(set(name) & set("/\\\0\r\n\u202e") or name in {"", ".", ".."} for name in told), told
    assert all(re.fullmatch(r"[0-9a-f-]{36}/[0-9a-f-]{36}", str(file.relative_to(stored))) for file in stored.rglob("*") if file.is_file())
    for item in visitor.api.get(f"/sessions/{note_id}/attachments").json()["items"]:
        url = visitor.api.get(f"/sessions/{note_id}/attachments/{item['id']}").json()["download_url"]
        if url:
            fetched = visitor.api.get(url)
            assert fetched.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
            assert not set(fetched.headers["content-disposition"]) & set('\r\n"<>')


async def test_an_upload_that_is_not_one_is_refused(visitor, note_id):
    path = f"/api/v1/sessions/{note_id}/attachments"
    form = {"Content-Type": "multipart/form-data; boundary=bound"}
    whole = hostile.multipart("file", picture(), file_name="a.png")
    bodies = {
        "nothing": b"",
        "no form": b"{}",
        "cut off in the head": whole[:30],
        "cut off in the file": whole[:-60],
        "another boundary": whole.replace(b"--bound", b"--other"),
        "no name": hostile.multipart("file", picture()),
        "another part": hostile.multipart("other", picture(), file_name="a.png"),
        "two files": whole.replace(b"--bound--\r\n", b"") + whole,
        "a hundred parts": b"".join(hostile.multipart(f"f{number}", b"x").replace(b"--bound--\r\n", b"") for number in range(100)) + whole,
        "a long head": hostile.multipart(
            "file", picture(), disposition='form-data; name="file"; filename="a.png"; x="' + "a" * 50_000 + '"'
        ),
        "no disposition": b"--bound\r\n\r\nx\r\n--bound--\r\n",
        "too short": hostile.multipart("file", hostile.PNG_TOO_SHORT, file_name="a.png"),
        "empty": hostile.multipart("file", b"", file_name="a.png"),
        "a script": hostile.multipart("file", b"<script>alert(1)</script>", file_name="a.png"),
        "two kinds at once": hostile.multipart("file", b"%PDF-1.7\n" + picture(), file_name="a.png"),
        "over the limit": hostile.multipart("file", picture() + b"\0" * (10 * 1024 * 1024), file_name="a.png"),
        "far over the limit": hostile.multipart("file", b"\0" * (11 * 1024 * 1024), file_name="a.png"),
    }
    before = visitor.api.get(f"/sessions/{note_id}/attachments").json()["total"]

    answers = dict(await visitor.ask_all([(what, "POST", path, form, body) for what, body in bodies.items()]))

    assert {what: reply.status for what, reply in answers.items() if reply.status not in {400, 413, 422}} == {}
    assert {answers[what].status for what in ("over the limit", "far over the limit")} == {413}
    assert visitor.api.get(f"/sessions/{note_id}/attachments").json()["total"] == before


async def test_everything_is_as_well_as_before(visitor):
    """After all of the above."""
    report(f"{visitor.asked} hostile requests")
    assert visitor.asked > 1000
    assert visitor.attacked.installation.ready()
    verified = visitor.api.get("/audit/verify").json()
    assert verified["intact"]
    assert verified["events"] > 100
    async with visitor.attacked.superuser() as db:
        for service in visitor.attacked.addresses:
            dead = await db.fetch(
                f"SELECT queue, type, error FROM {service}.dead_letters WHERE workspace_id = $1", visitor.api.user["workspace_id"]
            )
            assert dead == [], service
