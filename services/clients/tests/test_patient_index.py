"""The patients that are kept in memory: what a change does to the orders that are kept with them, called directly, without a database."""

import asyncio
from uuid import UUID

from caseload.clients.v1 import patients_pb2
from clients.patients import queries
from clients.patients.patient_index import Entry, PatientIndex
from clients.patients.queries import Filter, PatientQuery, text_of

BY_NAME, BY_NAME_DOWN = PatientQuery(order=(("name", False),)), PatientQuery(order=(("name", True),))


def entry(position: int, name: str, age: int = 30) -> Entry:
    record = {"id": position, "name": name, "age": age}
    return Entry(position, UUID(int=position), record, text_of(record), patients_pb2.Patient(id=str(UUID(int=position))))


def index_of(*names: str) -> PatientIndex:
    index = PatientIndex()
    for position, name in enumerate(names, 1):
        index.put(entry(position, name))
    return index


async def names(index: PatientIndex, query: PatientQuery, hidden: frozenset[UUID] = frozenset()) -> list[str]:
    return [str(each.record["name"]) for each in await index.select(query, hidden)]


async def test_an_order_that_was_asked_for_follows_every_change():
    index = index_of("Bo", "Ada", "Cleo")
    assert await names(index, BY_NAME) == ["Ada", "Bo", "Cleo"]
    index.put(entry(2, "Zoe"))
    index.put(entry(4, "Abe"))
    assert await names(index, BY_NAME) == ["Abe", "Bo", "Cleo", "Zoe"]
    index.remove(UUID(int=3))
    assert await names(index, BY_NAME) == ["Abe", "Bo", "Zoe"]
    assert await names(index, PatientQuery(search="cleo")) == []


async def test_who_is_hidden_is_in_no_order_that_is_kept_for_others():
    index = index_of("Bo", "Ada")
    assert await names(index, BY_NAME_DOWN, frozenset({UUID(int=1)})) == ["Ada"]
    assert await names(index, BY_NAME_DOWN) == ["Bo", "Ada"]
    assert await names(index, BY_NAME_DOWN, frozenset({UUID(int=2)})) == ["Bo"]


async def test_a_kept_order_answers_as_sorting_anew_does():
    people = [entry(position, name, age) for position, (name, age) in enumerate([("Bo", 9), ("Ada", 7), ("Bo", 7), ("Cy", 9)], 1)]
    index = PatientIndex()
    for each in people:
        index.put(each)
    older = (Filter("age", patients_pb2.PATIENT_COMPARISON_AT_LEAST, ("8",)),)
    for order in ((("name", True), ("age", False)), (("age", True), ("name", False)), (("age", False),), (("age", True),)):
        for filters in (older, (), older):
            query = PatientQuery(filters=filters, order=order)
            anew = await queries.select(people, query, lambda each: each.record)
            assert list(await index.select(query)) == anew


async def test_a_change_while_an_order_is_made_is_in_the_next_one():
    index = index_of(*(f"Ada {number}" for number in range(3_000, 0, -1)))
    sorting = asyncio.create_task(names(index, BY_NAME))
    await asyncio.sleep(0)
    assert not sorting.done()
    index.remove(UUID(int=1))
    assert len(await sorting) == 3_000
    assert len(await names(index, BY_NAME)) == 2_999


async def test_what_stands_in_two_values_is_not_found_as_one():
    index = index_of("Bo", "Ada")
    assert await names(index, PatientQuery(search="bo\x0030")) == []
    assert await names(index, PatientQuery(search="bo")) == ["Bo"]


async def test_long_orders_are_merged_into_the_same():
    index = index_of(*(f"{number * 7919 % 20_011:05}" for number in range(20_000)))
    for query in (BY_NAME, BY_NAME_DOWN):
        found = await names(index, query)
        assert found == sorted(found, reverse=query is BY_NAME_DOWN)
        assert len(set(found)) == 20_000
