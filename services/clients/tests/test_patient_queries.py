"""Which patients a list shows, called directly, without a server."""

import asyncio
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from caseload.clients.v1 import patients_pb2 as pb
from chassis.errors import Invalid
from clients.patients import queries
from clients.patients.queries import read, select, to_number

PEOPLE = [
    {"id": 1, "name": "Bo Ek", "age": 9},
    {"id": 2, "name": "ada Lee", "age": 10},
    {"id": "x", "name": "Zoë Ek", "age": 100},
    {"id": 4, "name": None, "age": 10},
]
EQUAL, NOT_EQUAL, AT_LEAST, AT_MOST, LIKE = range(1, 6)


async def ids(*filters, search="", order=()):
    request = pb.ListPatientsRequest(search=search)
    for field, comparison, *values in filters:
        request.values.extend(values)
        request.fields.extend([field] * len(values))
        request.comparisons.extend([comparison] * len(values))
    request.order.extend(field for field, _ in order)
    request.descending.extend(descending for _, descending in order)
    return [person["id"] for person in await select(PEOPLE, read(request), lambda person: person)]


async def test_without_a_question_all_are_shown_as_they_stand():
    assert await ids() == [1, 2, "x", 4]


async def test_values_are_equal_as_texts_and_nothing_equals_nobody():
    assert await ids(("age", EQUAL, "10")) == [2, 4]
    assert await ids(("age", EQUAL, "10.0")) == []
    assert await ids(("name", EQUAL, "bo ek")) == []
    assert await ids(("id", EQUAL, "x", "1")) == [1, "x"]
    assert await ids(("name", EQUAL, "None")) == []
    assert await ids(("age", NOT_EQUAL, "10", "9")) == ["x"]
    assert await ids(("name", NOT_EQUAL, "Bo Ek")) == [2, "x"]
    assert await ids(("nobody", NOT_EQUAL, "x")) == []


async def test_numbers_are_compared_as_numbers_and_texts_by_their_code_units():
    assert await ids(("age", AT_LEAST, "10")) == [2, "x", 4]
    assert await ids(("age", AT_MOST, " 0xA ")) == [1, 2, 4]
    assert await ids(("age", AT_MOST, "")) == []
    assert await ids(("age", AT_LEAST, "ten")) == []
    assert await ids(("age", AT_MOST, "ten")) == []
    assert await ids(("name", AT_LEAST, "Z")) == [2, "x"]
    assert await ids(("name", AT_MOST, "Bo Ek")) == [1]
    assert await ids(("id", AT_MOST, "2")) == [1, 2]


async def test_a_text_is_found_anywhere_whatever_its_case():
    assert await ids(search="EK") == [1, "x"]
    assert await ids(search="10") == [2, "x", 4]
    assert await ids(("name", LIKE, "^b|LEE$")) == [1, 2]
    assert await ids(("age", LIKE, "^10")) == [2, "x", 4]
    assert await ids(("name", LIKE, "ZOË")) == ["x"]


async def test_a_list_is_sorted_by_several_fields_and_equals_stay_in_their_places():
    assert await ids(order=[("age", False)]) == [1, 2, 4, "x"]
    assert await ids(order=[("age", True)]) == ["x", 2, 4, 1]
    assert await ids(order=[("name", False)]) == [1, "x", 2, 4]
    assert await ids(order=[("name", True)]) == [4, 2, "x", 1]
    assert await ids(order=[("age", False), ("name", True)]) == [1, 4, 2, "x"]
    assert await ids(order=[("id", False)]) == [1, 2, 4, "x"]
    # U+FF61 comes after U+1F600 as a character's number goes, and before it as JavaScript goes.
    people = [{"name": "\uff61"}, {"name": "\U0001f600"}]
    sort = read(pb.ListPatientsRequest(order=["name"]))
    assert await select(people, sort, lambda person: person) == people[::-1]


async def test_others_have_their_turn_while_a_long_list_is_looked_through():
    people = [{"name": f"Ada {'x' * 2_000} {number}"} for number in range(1_500, 0, -1)]
    query = read(pb.ListPatientsRequest(values=["x+y"] * 3, fields=["name"] * 3, comparisons=[NOT_EQUAL, LIKE, NOT_EQUAL], order=["name"]))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    assert await select(people, query, lambda person: person) == []
    in_order = await select(people, read(pb.ListPatientsRequest(order=["name", "name"], descending=[True, False])), lambda person: person)
    waiting.cancel()
    assert in_order == sorted(people, key=lambda person: person["name"], reverse=True)
    assert turns > 3


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("", 0), (" \ufeff\n", 0), ("7", 7), ("+7.5", 7.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1e999", math.inf)],
        *[("-Infinity", -math.inf), ("0x1F", 31), ("0b11", 3), ("0O17", 15), ("0x" + "f" * 300, math.inf)],
    ],
)
def test_a_text_is_a_number_as_javascript_reads_it(text, number):
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["x", "1_000", "1 2", "-0x1", "infinity", "nan", "\u0661", "1e", "."])
def test_anything_else_is_no_number(text):
    assert math.isnan(to_number(text))


def refused(**request) -> str:
    with pytest.raises(Invalid) as caught:
        read(pb.ListPatientsRequest(**request))
    assert caught.value.code == "invalid_patient_query"
    (fault,) = caught.value.faults
    return fault.detail


@pytest.mark.parametrize("pattern", ["(", "a{2}{3}{4}" * 9, "(?=a)", "(a)\\1", "[b-a]", "\\", "(a{1000}){1000}"])
def test_an_expression_that_cannot_be_read_is_refused_without_being_repeated(pattern):
    said = refused(values=[pattern], fields=["name"], comparisons=[LIKE])
    assert said == "has a regular expression that cannot be read; look-around and back-references are not known here"


def test_a_question_that_is_too_large_is_refused():
    assert refused(values=["1"] * 51) == "asks for more than 50 comparisons"
    assert refused(order=["age"] * 51) == "asks for more than 50 comparisons"
    assert refused(search="x" * 1001) == refused(values=["x" * 1001]) == "has a text of more than 1000 characters"
    assert refused(values=["x" * 501], comparisons=[LIKE]) == "has an expression of more than 500 characters"
    assert refused(values=["1"], comparisons=[9]) == "has a comparison that is not known"
    read(pb.ListPatientsRequest(values=["x" * 500] * 50, comparisons=[LIKE] * 50, order=["age"] * 50, search="x" * 1000))


def test_what_is_not_told_of_a_filter_is_equality_with_nobody():
    query = read(pb.ListPatientsRequest(values=["1", "2", "3"], fields=["id", "id"], order=["age"]))
    assert [(each.field, each.comparison, each.values) for each in query.filters] == [("id", EQUAL, ("1", "2")), ("", EQUAL, ("3",))]
    assert query.order == (("age", False),)
    assert read(pb.ListPatientsRequest(fields=["id"], comparisons=[EQUAL], descending=[True])).filters == ()


@given(st.text(max_size=40), st.text(max_size=40))
async def test_whatever_is_written_as_an_expression_is_searched_for_or_refused(pattern, text):
    request = pb.ListPatientsRequest(values=[pattern], fields=["name"], comparisons=[LIKE])
    mine = {"name": text}
    try:
        found = await select([mine, {"name": None}], read(request), lambda person: person)
    except Invalid:
        found = []
    assert found in ([], [mine])


@given(st.text(max_size=100))
async def test_a_text_that_is_escaped_finds_its_own_record(text):
    query = read(pb.ListPatientsRequest(values=[re2.escape(text)], fields=["name"], comparisons=[LIKE]))
    mine = {"name": f"x{text}y"}
    assert await select([{"name": None}, mine], query, lambda person: person) == [mine]


async def test_a_hard_search_is_done_beside_the_loop_and_finds_the_same(monkeypatch):
    beside = []

    class Beside(ThreadPoolExecutor):
        def submit(self, fits, value):
            beside.append(len(value))
            return super().submit(fits, value)

    # An automaton of this expression has more states than there is room for, so each letter is compared with each of its instructions.
    hard = read(pb.ListPatientsRequest(values=["a[ab]{301}c"], fields=["history"], comparisons=[LIKE]))
    people = [{"history": "ab" * 5_000 + "c"}, {"history": "ab" * 5_000}, {"history": "a"}, {"history": None}]
    with Beside(1) as thread:
        monkeypatch.setattr(queries, "_THREAD", thread)
        assert await select(people, hard, lambda person: person) == people[:1]
        easy = read(pb.ListPatientsRequest(values=["bc"], fields=["history"], comparisons=[LIKE]))
        assert await select(people, easy, lambda person: person) == people[:1]
    assert beside == [10_001, 10_000]
