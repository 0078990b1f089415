"""The size of a reply is its own call's affair: lists come in parts, what is too large is refused, and no other call notices."""

import asyncio
from types import SimpleNamespace

import pytest
from google.protobuf.message_factory import GetMessageClass
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit
from chassis.db.statement import Statement
from chassis.errors import Conflict, Invalid, Unavailable
from chassis.paging import BEGINNING, ROWS_IN_A_PART, page, part
from chassis.rpc.parts import LARGEST_LIST, LARGEST_PART
from chassis.rpc.transport import LARGEST_MESSAGE
from chassis.service.definition import Service
from chassis.testing.environment import start_environment
from scheduling.tables import metadata

LINES = """
message Line { string id = 1 [(uuid) = true]; string text = 2; }
message PageRequest { int32 page = 1; int32 page_size = 2; optional int32 skip = 3; }
message Page { repeated Line items = 1; int64 total = 2; bool more = 3; }
message ListRequest { optional string after = 1 [(uuid) = true]; }
message List { repeated Line lines = 1; bool more = 2; }
message Echo { string text = 1; int32 length = 2; }

service Lines {
  rpc PageLines(PageRequest) returns (Page) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (needs) = "signed-in";
    option (paged) = true;
    option (in_parts) = true;
    option (audit) = {resource: RESOURCE_CLIENT action: ACTION_READ id: "reply.items.id"};
  }
  rpc ListLines(ListRequest) returns (List) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (needs) = "signed-in";
    option (in_parts) = true;
    option (audit) = {none: "lines without names"};
  }
  rpc Read(Echo) returns (Echo) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (needs) = "signed-in";
    option (audit) = {none: "nobody asks who did"};
  }
  rpc Write(Echo) returns (Echo) {
    option idempotency_level = IDEMPOTENCY_UNKNOWN;
    option (needs) = "signed-in";
    option (audit) = {none: "nobody asks who did"};
  }
}
"""
INSERT = Statement(
    "INSERT INTO scheduling.locations (workspace_id, id, name, location_type) VALUES ($1, $2, 'x', 'clinic')",
    ("workspace_id", "id"),
    {},
    reads=False,
)


class Lines:
    """Lists what it was given, and answers with as many bytes as it is asked for."""

    def __init__(self, service):
        self.SERVICE = service
        self.texts = []
        self.ids = {}
        # Called after each part, with its number: what others write meanwhile.
        self.meanwhile = lambda number: None
        self.asked = []
        self.hold = asyncio.Event()
        self._made = {name: GetMessageClass(message) for name, message in service.file.message_types_by_name.items()}

    def line(self, text):
        return self._made["Line"](id=self.ids.setdefault(text, str(uuid7())), text=text)

    async def PageLines(self, request, work):
        self.asked.append(page(request))
        window = page(request)
        found = [self.line(text) for text in self.texts[window.offset : window.offset + window.limit]]
        reply = self._made["Page"](items=found, total=len(self.texts))
        self.meanwhile(len(self.asked))
        return reply

    async def ListLines(self, request, work):
        self.asked.append(part(request))
        window = part(request)
        lines = sorted((self.line(text) for text in self.texts), key=lambda line: line.id)
        found = [line for line in lines if line.id > str(window.after)][: window.limit]
        self.meanwhile(len(self.asked))
        return self._made["List"](lines=found, more=len(found) == window.limit)

    async def Read(self, request, work):
        self.asked.append(request.length)
        if request.text.strip() == "refused":
            raise Conflict("taken", facts={"by": "x" * request.length})
        if request.text == "slow":
            await self.hold.wait()
        return self._made["Echo"](text="x" * request.length)

    async def Write(self, request, work):
        await work.db.run(INSERT, id=uuid7())
        return await self.Read(request, work)


@pytest.fixture(scope="module")
def service(declared):
    return declared(LINES)


@pytest.fixture
async def asking(postgres, service):
    servicer = Lines(service)
    async with start_environment(postgres, Service("scheduling", metadata, lambda _runtime: [servicer]), relay=False) as built:

        async def ask(name, caller=None, **fields):
            method = service.methods_by_name[name]
            request = GetMessageClass(method.input_type)(**fields)
            return await built.peer("scheduling")(method)(request, caller or built.caller())

        async with asyncio.timeout(10):
            while not await built.peer("scheduling").ready():
                await asyncio.sleep(0.01)
        yield SimpleNamespace(ask=ask, servicer=servicer, environment=built)


async def test_a_page_of_the_largest_rows_comes_in_parts_and_each_is_on_record(asking):
    asking.servicer.texts = [f"{number:03}" + "x" * 180_000 for number in range(130)]
    found = await asking.ask("PageLines", page=1, page_size=100)

    assert [line.text[:3] for line in found.items] == [f"{number:03}" for number in range(100)]
    assert (found.total, found.more) == (130, False)
    parts = asking.servicer.asked
    assert parts[0] == page(SimpleNamespace(page=1, page_size=100))
    assert [each.offset + each.limit for each in parts] == [100] * len(parts)
    assert len(parts) == -(-100 // (LARGEST_PART // 180_000))
    shown = [id_ for line in await asking.environment.emitted(audit.AuditRecorded) for id_ in line.resource_ids]
    assert set(shown) == {line.id for line in found.items}


async def test_the_last_page_and_a_page_of_small_rows_are_one_part(asking):
    asking.servicer.texts = [str(number) for number in range(130)]
    assert len((await asking.ask("PageLines", page=1, page_size=100)).items) == 100
    assert len((await asking.ask("PageLines", page=2, page_size=100)).items) == 30
    assert len(asking.servicer.asked) == 2


async def test_a_row_larger_than_a_part_is_a_part(asking):
    asking.servicer.texts = ["a" * 2 * LARGEST_PART, "b", "c" * 2 * LARGEST_PART]
    assert [line.text[0] for line in (await asking.ask("PageLines")).items] == ["a", "b", "c"]


@pytest.mark.parametrize("number", [0, 1, ROWS_IN_A_PART - 1, ROWS_IN_A_PART, ROWS_IN_A_PART + 1, 3 * ROWS_IN_A_PART])
async def test_a_list_without_pages_is_read_to_its_end(asking, number):
    asking.servicer.texts = [str(n) for n in range(number)]
    assert [line.text for line in (await asking.ask("ListLines")).lines] == asking.servicer.texts
    assert {each.limit for each in asking.servicer.asked} == {ROWS_IN_A_PART}


async def test_who_reads_the_parts_himself_gets_one(asking):
    asking.servicer.texts = [str(n) for n in range(ROWS_IN_A_PART + 5)]
    first = await asking.ask("ListLines", after=str(BEGINNING))
    rest = await asking.ask("ListLines", after=first.lines[-1].id)
    assert (len(first.lines), first.more) == (ROWS_IN_A_PART, True)
    assert ([line.text for line in rest.lines], rest.more) == (asking.servicer.texts[-5:], False)


async def test_a_list_too_large_to_hold_is_refused_and_can_be_read_in_parts(asking):
    asking.servicer.texts = [f"{number}" + "x" * LARGEST_PART for number in range(LARGEST_LIST // LARGEST_PART + 1)]
    with pytest.raises(Invalid) as refused:
        await asking.ask("ListLines")
    assert refused.value.code == "reply_too_large"
    assert (await asking.ask("ListLines", after=str(BEGINNING))).more


LONG = "x" * 180_000


@pytest.mark.parametrize("place", [0, 1, 22, 23, 60, 99])
@pytest.mark.parametrize("write", ["add", "remove", "both"])
async def test_a_page_that_is_written_to_while_it_is_read_repeats_and_skips_nothing(asking, place, write):
    servicer = asking.servicer
    servicer.texts = before = [f"{number:03}{LONG}" for number in range(100)]

    def meanwhile(number):
        # After the first part, and once more after the second one.
        if number > 2:
            return
        kept = servicer.texts[:place], servicer.texts[place + (write != "add") :]
        servicer.texts = [*kept[0], *([f"new{number}{LONG}"] if write != "remove" else []), *kept[1]]

    servicer.meanwhile = meanwhile
    found = [line.text for line in (await asking.ask("PageLines", page=1, page_size=100)).items]

    assert len(found) == len(set(found))
    stayed = [text for text in before if text in servicer.texts]
    assert [text for text in found if text in stayed] == stayed[: len([text for text in found if text in stayed])]
    # The page is full, or the list is at its end: a row less fits where one was added.
    assert len(found) >= min(100, len(servicer.texts)) - 1
    assert set(stayed) <= set(found) or len(found) == 100


async def test_rows_that_change_places_on_a_page_are_not_repeated(asking):
    servicer = asking.servicer
    servicer.texts = [f"{number:03}{LONG}" for number in range(100)]

    def meanwhile(number):
        if number == 1:
            first, *others = servicer.texts
            servicer.texts = [f"new{LONG}", *others[:-1], first]

    servicer.meanwhile = meanwhile
    found = [line.text for line in (await asking.ask("PageLines", page=1, page_size=100)).items]

    assert found == servicer.texts


async def test_a_page_that_always_changes_is_unavailable(asking):
    servicer = asking.servicer
    servicer.texts = [f"{number:03}{LONG}" for number in range(100)]

    def meanwhile(number):
        servicer.texts = [f"new{number}{LONG}", *servicer.texts]

    servicer.meanwhile = meanwhile
    with pytest.raises(Unavailable) as refused:
        await asking.ask("PageLines", page=1, page_size=100)
    assert refused.value.code == "list_changing"


async def test_a_list_that_is_written_to_while_it_is_read_repeats_and_skips_nothing(asking):
    servicer = asking.servicer
    servicer.texts = before = [str(number) for number in range(3 * ROWS_IN_A_PART)]
    for text in before:
        servicer.line(text)

    def meanwhile(number):
        # The last item that the caller has is among those that are gone.
        servicer.texts = [text for text in servicer.texts if text not in {"0", str(ROWS_IN_A_PART - 1)}] + [f"new{number}"]

    servicer.meanwhile = meanwhile
    found = [line.text for line in (await asking.ask("ListLines")).lines]

    assert len(found) == len(set(found))
    assert set(before) <= set(found)


@pytest.mark.parametrize("fields", [{"skip": -1}, {"skip": 51}, {"page_size": 10, "skip": 11}])
async def test_a_part_outside_its_page_is_refused(asking, fields):
    with pytest.raises(Invalid) as refused:
        await asking.ask("PageLines", **fields)
    assert refused.value.code == "page_out_of_range"


async def test_a_reply_over_the_limit_is_refused_alone_and_asked_for_once(asking):
    others = [asyncio.ensure_future(asking.ask("Read", text="slow", length=n)) for n in range(3)]
    while len(asking.servicer.asked) < 3:
        await asyncio.sleep(0.01)
    with pytest.raises(Invalid) as refused:
        await asking.ask("Read", length=LARGEST_MESSAGE + 1)
    assert refused.value.code == "reply_too_large"
    assert asking.servicer.asked == [0, 1, 2, LARGEST_MESSAGE + 1]
    asking.servicer.hold.set()
    assert [len(reply.text) for reply in await asyncio.gather(*others)] == [0, 1, 2]


async def test_the_largest_reply_arrives_beside_others(asking):
    replies = await asyncio.gather(
        *(asking.ask("Read", length=n) for n in (5, LARGEST_MESSAGE - 100, 900_000, 900_000, LARGEST_MESSAGE - 100))
    )
    assert [len(reply.text) for reply in replies] == [5, LARGEST_MESSAGE - 100, 900_000, 900_000, LARGEST_MESSAGE - 100]


async def test_a_write_whose_reply_is_over_the_limit_has_no_effect(asking):
    with pytest.raises(Invalid):
        await asking.ask("Write", length=LARGEST_MESSAGE + 1)
    async with asking.environment.superuser() as connection:
        assert await connection.fetchval("SELECT count(*) FROM scheduling.locations") == 0


async def test_a_request_over_the_limit_is_refused_before_it_is_sent(asking):
    with pytest.raises(Invalid) as refused:
        await asking.ask("Read", text="x" * (LARGEST_MESSAGE + 1))
    assert refused.value.code == "request_too_large"
    assert asking.servicer.asked == []


@pytest.mark.parametrize("text", ["refused", "refused" + " " * 300_000], ids=["shared", "alone"])
async def test_a_refusal_that_says_too_much_arrives_without_its_facts(asking, text):
    with pytest.raises(Conflict) as refused:
        await asking.ask("Read", text=text, length=2_000_000)
    assert (refused.value.code, refused.value.facts) == ("taken", {})


async def test_many_refusals_at_once_are_each_callers_own(asking):
    asked = [asking.ask("Read", text="refused", length=400_000) for _ in range(60)]
    refused = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(each) for each in refused} == {Conflict}
    assert {len(each.facts["by"]) for each in refused} == {400_000}
