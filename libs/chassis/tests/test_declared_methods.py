"""A method does what its proto declares, whatever it is called: through a real server, with methods made for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import pytest
from google.protobuf.message_factory import GetMessageClass
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit
from caseload.options.v1 import options_pb2
from chassis.bounded_threads import BoundedThreads
from chassis.context import RequestContext
from chassis.db.statement import Statement
from chassis.db.system_tables import answer_row
from chassis.errors import Conflict, Forbidden, Invalid, Unavailable
from chassis.observability.logs import JsonFormatter
from chassis.rpc.client.attempts import InternalFault, sent_with
from chassis.rpc.method import read
from chassis.service.definition import Service
from chassis.testing.environment import start_environment
from scheduling.tables import metadata

INSERT = Statement(
    "INSERT INTO scheduling.locations (workspace_id, id, name, location_type) VALUES ($1, $2, $3, 'clinic')",
    ("workspace_id", "id", "name"),
    {},
    reads=False,
)
CANARY = "Quillfeather-7-winterbourne"


PAPERS = """
message Request { string client_id = 1 [(uuid) = true]; }
message Paper { string id = 1 [(uuid) = true]; }
message ListRequest { int32 page = 1; int32 page_size = 2; }
message Page { repeated Paper items = 1; int64 total = 2; }
message KeyRequest { string password = 1 [(secret) = true, debug_redact = true]; }
message Token { string text = 1 [(secret) = true, debug_redact = true]; }
message Key { string id = 1 [(uuid) = true]; Token token = 2; repeated Token spare = 3; map<string, Token> named = 4; }

service Papers {
  rpc ExportPaper(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_EXPORT id: "client_id"};
  }
  rpc PrintPaper(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_PRINT id: "client_id"};
  }
  rpc SharePaper(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_SHARE id: "client_id"};
  }
  rpc DownloadPaper(Request) returns (Paper) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_EXPORT id: "client_id"};
  }
  rpc GetInLine(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_CREATE id: "client_id"};
  }
  rpc ArchivePaper(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENT;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_UPDATE id: "client_id"};
  }
  rpc SearchPapers(ListRequest) returns (Page) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (needs) = "signed-in";
    option (paged) = true;
    option (audit) = {none: "papers without names"};
  }
  rpc TouchPaper(Request) returns (Paper) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {none: "nobody asks who did"};
  }
  rpc IssueKey(KeyRequest) returns (Key) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {resource: RESOURCE_USER action: ACTION_CREATE id: "reply.id"};
  }
}
"""


class Papers:
    """Every method has an effect, a row, before it does what the test has asked for."""

    def __init__(self, service: Any) -> None:
        self.SERVICE = service
        self.calls: list[str] = []
        self.unavailable = 0
        self.fails = False
        # What a method awaits before its effect, and whether it has one.
        self.before: Callable[[], Awaitable[None]] | None = None
        self.idle = False
        for method in service.methods:
            setattr(self, method.name, self._answering(method))

    def _answering(self, method: Any) -> Any:
        async def answer(request: Any, call: Any) -> Any:
            self.calls.append(method.name)
            if self.before is not None:
                await self.before()
            if read(method).writes and not self.idle:
                await call.db.run(INSERT, id=uuid7(), name=method.name)
            if self.unavailable:
                self.unavailable -= 1
                raise Unavailable("down", retry_after=0.01)
            if self.fails:
                raise ValueError(f"{request} was asked for")
            reply = GetMessageClass(method.output_type)()
            if method.name == "IssueKey":
                reply.token.text = f"token-{CANARY}"
                reply.spare.add(text=f"spare-{CANARY}")
                reply.named["first"].text = f"named-{CANARY}"
            if "id" in method.output_type.fields_by_name:
                reply.id = str(uuid7())
            return reply

        return answer


class Asking:
    def __init__(self, built: Any, servicer: Papers) -> None:
        self.environment, self.servicer = built, servicer
        self.methods = servicer.SERVICE.methods_by_name

    def request(self, name: str, **fields: Any) -> Any:
        return GetMessageClass(self.methods[name].input_type)(**fields)

    async def ask(self, name: str, caller: Any, **fields: Any) -> Any:
        return await self.environment.peer("scheduling")(self.methods[name])(self.request(name, **fields), caller)

    async def rows(self, sql: str) -> list[Any]:
        async with self.environment.superuser() as connection:
            return await connection.fetch(sql)

    async def effects(self) -> int:
        return len(await self.rows("SELECT 1 FROM scheduling.locations"))


@pytest.fixture(scope="module")
def service(declared):
    return declared(PAPERS)


@pytest.fixture
async def papers(postgres, service):
    servicer = Papers(service)
    async with start_environment(postgres, Service("scheduling", metadata, lambda _runtime: [servicer]), relay=False) as built:
        yield Asking(built, servicer)


@pytest.mark.parametrize("name", ["ExportPaper", "PrintPaper", "SharePaper"])
async def test_an_export_a_print_and_a_share_with_an_effect_keep_key_and_line_in_the_effects_transaction(papers, name):
    me = papers.environment.caller(idempotency_key="once")
    client_id = str(uuid7())

    await papers.ask(name, me, client_id=client_id)

    (line,) = await papers.environment.emitted(audit.AuditRecorded)
    assert (line.action, line.resource_id) == (read(papers.methods[name]).action, client_id)
    # One transaction wrote all three.
    tables = ("locations", "outbox", "idempotency")
    written = [row["xmin"] for table in tables for row in await papers.rows(f"SELECT xmin::text FROM scheduling.{table}")]
    assert len(written) == 3
    assert len(set(written)) == 1


@pytest.mark.parametrize("name", ["ExportPaper", "PrintPaper", "SharePaper", "GetInLine"])
async def test_an_answer_that_is_given_again_leaves_a_line_of_its_own(papers, name):
    me = papers.environment.caller(idempotency_key="once")
    client_id = str(uuid7())

    first, again = [await papers.ask(name, me, client_id=client_id) for _ in range(2)]

    assert first == again
    assert papers.servicer.calls == [name]
    done, replayed = await papers.environment.emitted(audit.AuditRecorded)
    assert done.id != replayed.id
    assert (dict(done.facts), dict(replayed.facts)) == ({}, {"replay": "true"})
    for line in (done, replayed):
        assert (line.action, line.resource_id, line.outcome) == (read(papers.methods[name]).action, client_id, audit.OUTCOME_SUCCESS)


async def test_the_line_of_an_answer_given_again_names_what_the_answer_names(papers):
    me = papers.environment.caller(idempotency_key="once")
    key, _ = [await papers.ask("IssueKey", me, password="pass") for _ in range(2)]
    assert [line.resource_id for line in await papers.environment.emitted(audit.AuditRecorded)] == [key.id] * 2


async def test_an_answer_whose_line_cannot_be_written_is_not_given_again(papers):
    me = papers.environment.caller(idempotency_key="once")
    client_id = str(uuid7())
    await papers.ask("ExportPaper", me, client_id=client_id)
    async with papers.environment.superuser() as connection:
        await connection.execute("REVOKE INSERT ON scheduling.outbox FROM scheduling_app")
    with pytest.raises(Unavailable):
        await papers.ask("ExportPaper", me, client_id=client_id)


@pytest.mark.parametrize("name", ["ExportPaper", "PrintPaper", "SharePaper"])
async def test_an_export_a_print_and_a_share_whose_line_cannot_be_written_have_no_effect(papers, name):
    async with papers.environment.superuser() as connection:
        await connection.execute("REVOKE INSERT ON scheduling.outbox FROM scheduling_app")
        with pytest.raises((InternalFault, Forbidden)):
            await papers.ask(name, papers.environment.caller(), client_id=str(uuid7()))
    assert papers.servicer.calls == [name]
    assert await papers.effects() == 0


async def test_an_export_without_an_effect_leaves_its_line_and_has_no_use_for_a_key(papers):
    me = papers.environment.caller(idempotency_key="once")
    client_id = str(uuid7())

    first, second = [await papers.ask("DownloadPaper", me, client_id=client_id) for _ in range(2)]

    assert first.id != second.id
    assert [line.action for line in await papers.environment.emitted(audit.AuditRecorded)] == [options_pb2.ACTION_EXPORT] * 2
    assert await papers.rows("SELECT 1 FROM scheduling.idempotency") == []


def test_a_key_travels_only_to_where_there_is_an_effect(service):
    mine = RequestContext(token="t", idempotency_key="once")
    assert sent_with(read(service.methods_by_name["DownloadPaper"]), mine) == RequestContext(token="t")
    assert sent_with(read(service.methods_by_name["ExportPaper"]), mine) == mine


async def test_an_effect_without_a_line_still_happens_once_for_a_key(papers):
    me = papers.environment.caller(idempotency_key="once")
    client_id = str(uuid7())

    answers = [await papers.ask("TouchPaper", me, client_id=client_id) for _ in range(2)]

    assert answers[0] == answers[1]
    assert await papers.effects() == 1
    assert await papers.environment.emitted(audit.AuditRecorded) == []


async def test_what_is_not_idempotent_is_not_repeated_although_its_name_begins_with_get(papers):
    papers.servicer.unavailable = 1
    with pytest.raises(Unavailable):
        await papers.ask("GetInLine", papers.environment.caller(), client_id=str(uuid7()))
    assert papers.servicer.calls == ["GetInLine"]


@pytest.mark.parametrize(("name", "effects"), [("ArchivePaper", 1), ("DownloadPaper", 0)])
async def test_what_is_declared_repeatable_is_repeated_whatever_its_name(papers, name, effects):
    papers.servicer.unavailable = 2
    await papers.ask(name, papers.environment.caller(), client_id=str(uuid7()))
    assert papers.servicer.calls == [name] * 3
    assert await papers.effects() == effects


@pytest.mark.parametrize("page", [{"page": -1}, {"page_size": -1}, {"page_size": 101}, {"page": 2**31 - 1}])
async def test_a_page_out_of_range_is_refused_before_the_servicer_is_asked(papers, page):
    with pytest.raises(Invalid) as refused:
        await papers.ask("SearchPapers", papers.environment.caller(), **page)
    assert refused.value.code == "page_out_of_range"
    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}" for name in page]
    assert papers.servicer.calls == []


# ---- a key while its call runs


class Gate:
    """Holds calls up before their first statement, and lets them go one by one."""

    def __init__(self) -> None:
        self.held: list[asyncio.Event] = []

    async def __call__(self) -> None:
        self.held.append(asyncio.Event())
        await self.held[-1].wait()

    async def until(self, calls: int) -> None:
        async with asyncio.timeout(5):
            while len(self.held) < calls:
                await asyncio.sleep(0.01)


@pytest.fixture
def gate(papers):
    papers.servicer.before = Gate()
    return papers.servicer.before


@pytest.mark.parametrize("key", [None, "once"])
async def test_no_connection_is_held_before_the_first_statement(papers, gate, key):
    asked = asyncio.create_task(papers.ask("TouchPaper", papers.environment.caller(idempotency_key=key), client_id=str(uuid7())))
    await gate.until(1)
    async with asyncio.timeout(5):
        # What the key was looked up with is released soon, where it is not yet.
        while papers.environment.runtime("scheduling").database.in_use:
            await asyncio.sleep(0.01)
    gate.held[0].set()
    await asked
    assert await papers.effects() == 1


@pytest.mark.parametrize("idle", [False, True], ids=["effect", "no effect"])
async def test_who_comes_to_the_first_statement_after_the_answer_gets_it(papers, gate, idle):
    papers.servicer.idle = idle
    me, client_id = papers.environment.caller(idempotency_key="once"), str(uuid7())
    first = asyncio.create_task(papers.ask("ExportPaper", me, client_id=client_id))
    await gate.until(1)
    second = asyncio.create_task(papers.ask("ExportPaper", me, client_id=client_id))
    await gate.until(2)
    gate.held[0].set()
    answer = await first
    gate.held[1].set()

    assert await second == answer
    assert await papers.effects() == (0 if idle else 1)
    done, replayed = await papers.environment.emitted(audit.AuditRecorded)
    assert (dict(done.facts), dict(replayed.facts)) == ({}, {"replay": "true"})


async def test_who_is_refused_for_what_the_same_key_has_just_done_gets_its_answer(papers, gate):
    me, client_id = papers.environment.caller(idempotency_key="once"), str(uuid7())
    first = asyncio.create_task(papers.ask("ExportPaper", me, client_id=client_id))
    await gate.until(1)

    async def refuse():
        await gate()
        raise Conflict("done_already")

    papers.servicer.before = refuse
    second = asyncio.create_task(papers.ask("ExportPaper", me, client_id=client_id))
    await gate.until(2)
    gate.held[0].set()
    answer = await first
    gate.held[1].set()
    assert await second == answer


async def test_a_refusal_that_no_other_call_has_caused_stays(papers):
    async def refuse():
        raise Conflict("taken")

    papers.servicer.before = refuse
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            await papers.ask("ExportPaper", papers.environment.caller(idempotency_key="once"), client_id=str(uuid7()))
        assert refused.value.code == "taken"


async def test_of_many_calls_with_one_key_one_has_the_effect_and_all_that_are_answered_get_its_answer(papers):
    me, client_id = papers.environment.caller(idempotency_key="once"), str(uuid7())
    answers = await asyncio.gather(*(papers.ask("ExportPaper", me, client_id=client_id) for _ in range(50)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert {(type(answer), answer.code) for answer in refused} <= {(Conflict, "idempotency_in_progress")}
    assert len({answer.id for answer in answers if answer not in refused}) == 1
    assert await papers.effects() == 1


# ---- secrets


async def test_no_more_secret_requests_are_hashed_than_their_queue_takes(papers):
    papers.environment.runtime("scheduling").server._idempotency._threads = BoundedThreads(
        "tested", threads=1, queue=2, code="busy", message=""
    )
    keyed = [papers.environment.caller(idempotency_key="once") for _ in range(8)]
    answers = await asyncio.gather(*(papers.ask("IssueKey", me, password="horse") for me in keyed), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert {answer.code for answer in refused} == {"busy"}
    assert len(refused) == 6
    assert await papers.effects() == 2


class Lines(logging.Handler):
    """Everything that is logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter("scheduling"))
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


@pytest.fixture
def logged():
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    yield lines.written
    root.removeHandler(lines)
    root.setLevel(level)


async def everything_kept(papers):
    """Every row of the service's own tables, stored answers opened."""
    told = []
    runtime = papers.environment.runtime("scheduling")
    for table in ("idempotency", "outbox", "locations", "dead_letters"):
        for row in await papers.rows(f"SELECT *, t::text AS line FROM scheduling.{table} t"):
            told += [row["line"], *(bytes(value).decode("latin-1") for value in row.values() if isinstance(value, bytes))]
            if table == "idempotency":
                keys = await runtime.keys.of(row["workspace_id"])
                told.append(keys.open_bytes(row["sealed"], table="idempotency", row=answer_row(row), revision=0).decode("latin-1"))
    return told


async def test_a_secret_is_neither_kept_nor_logged_when_the_call_succeeds_is_repeated_or_fails(papers, logged):
    password = f"password-{CANARY}"
    me = papers.environment.caller(idempotency_key="once")
    first = await papers.ask("IssueKey", me, password=password)
    again = await papers.ask("IssueKey", me, password=password)
    papers.servicer.fails = True
    with pytest.raises(InternalFault):
        await papers.ask("IssueKey", papers.environment.caller(), password=password)
    logging.getLogger("test").error("answered %s", first, extra={"key": first, "all": [again]})

    assert CANARY in first.token.text
    kept = await everything_kept(papers)
    assert any(first.id in text for text in kept), "the stored answer was not opened"
    assert [text for text in (*kept, *logged) if CANARY in text] == []
    assert any("a call failed" in line for line in logged)
    assert any("answered" in line for line in logged)


async def test_a_repeated_call_is_answered_without_the_secret(papers):
    me = papers.environment.caller(idempotency_key="once")
    first = await papers.ask("IssueKey", me, password="horse")
    again = await papers.ask("IssueKey", me, password="horse")

    assert papers.servicer.calls == ["IssueKey"]
    assert (again.id, again.token.text, again.named["first"].text) == (first.id, "", "")
    assert [spare.text for spare in again.spare] == [""]
    assert await papers.effects() == 1


async def test_a_key_that_was_used_with_another_secret_is_refused(papers):
    me = papers.environment.caller(idempotency_key="once")
    await papers.ask("IssueKey", me, password="horse")
    with pytest.raises(Invalid) as refused:
        await papers.ask("IssueKey", me, password="battery")
    assert refused.value.code == "idempotency_key_reused"


async def test_a_secret_cannot_be_guessed_from_a_fingerprint_with_the_workspaces_key_and_a_quick_hash(papers):
    me = papers.environment.caller(idempotency_key="once")
    await papers.ask("IssueKey", me, password="horse")

    (row,) = await papers.rows("SELECT * FROM scheduling.idempotency")
    keys = await papers.environment.runtime("scheduling").keys.of(row["workspace_id"])
    raw = row["method"].encode() + b":" + papers.request("IssueKey", password="horse").SerializeToString(deterministic=True)
    assert row["fingerprint"] not in {keys.exact("request", text) for text in (sha256(raw).hexdigest(), raw.decode("latin-1"))}
