"""The name index, compared with looking through all clients."""

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.clients import name_index, orders
from clients.clients.entries import new_entry
from clients.clients.name_index import Change, ClientQuery, NameIndex

ids = st.integers(0, 9).map(lambda number: UUID(int=number))
names = st.sampled_from(["Ada", "ada", "Ärne", "Arne", "de Luca", "Deluca", "van der Berg", "O'Brien", "Ø", "", "-", "ß", "ss", "Ng"])
days = st.sampled_from(["", "1980-02-03", "1980-03-02"])
tags = st.lists(st.sampled_from(["knee", "left knee", "vip ada"]), unique=True, max_size=2)
clients = st.tuples(names, names, days, tags, st.booleans())
steps = st.lists(st.tuples(ids, st.none() | clients), max_size=60)
readings = st.sampled_from(
    [((),), (), (("a",),), (("ar",), ("brien",)), (("de", "luca"), ("deluca",)), (("obrien",),), (("berg", "a"),), (("zz",),)]
)
queries = st.builds(
    ClientQuery,
    include_inactive=st.booleans(),
    tag=st.sampled_from(["", "knee", "left knee", "ada"]),
    readings=readings,
    born=st.none() | st.frozensets(days.filter(bool)),
    exact_matches=st.frozensets(ids, max_size=3),
    narrows_exact_matches=st.booleans(),
    hidden=st.frozensets(ids, max_size=3),
)


def entry_of(client_id, client):
    first_name, last_name, born, its_tags, is_active = client
    return new_entry(client_id, first_name, last_name, born=born, tags=its_tags, is_active=is_active)


def changes(steps: list) -> list[Change]:
    return [
        Change(client_id, revision, revision, client and entry_of(client_id, client))
        for revision, (client_id, client) in enumerate(steps, 1)
    ]


def matching(steps: list, query: ClientQuery) -> list[UUID]:
    """The ids in list order, found by looking at all clients."""
    known = dict(steps)

    def matches(client_id, client) -> bool:
        words = client and entry_of(client_id, client).split("\0")[4].split()
        born = query.born is None or client[2] in query.born
        by_name = born and any(all(any(word.startswith(prefix) for word in words) for prefix in each) for each in query.readings)
        exactly = client_id in query.exact_matches and (born or not query.narrows_exact_matches)
        if client_id in query.hidden and (query.tag or query.born is not None):
            return False
        return (client[4] or query.include_inactive) and (not query.tag or query.tag in client[3]) and (by_name or exactly)

    found = [(entry_of(*each), each[0]) for each in known.items() if each[1] and matches(*each)]
    return [client_id for _, client_id in sorted(found)]


@given(steps, queries, st.integers(1, 7), st.sampled_from([0, 3, 100]), st.integers(1, 4))
async def test_every_query_finds_the_same_as_a_look_at_all_clients(steps, query, batch_size, many, page_size):
    index = NameIndex()
    all_changes = changes(steps)
    usual = name_index._AT_ONCE, orders.MANY
    name_index._AT_ONCE, orders.MANY = max(many, 1), 2
    try:
        for start in range(0, len(all_changes), batch_size):
            batch = all_changes[start : start + batch_size]
            index.expect(len(batch))
            await index.apply(batch)
            if start % 2:
                await index.settle()
        await index.settle()
        if many:
            # What is found this time is kept, and changed with the rest.
            await index.select(query)
            index.expect(1)
            await index.apply([change._replace(revision=len(steps) + change.revision) for change in all_changes])
            await index.settle()
        selected = await index.select(query)
    finally:
        name_index._AT_ONCE, orders.MANY = usual

    expected = matching(steps, query)
    assert len(selected) == len(expected)
    assert [id_ for start in range(0, len(expected) + 1, page_size) for id_ in selected.page(start, page_size)] == expected
    assert (len(index), index.revision) == (
        len({client_id for client_id, client in dict(steps).items() if client}),
        len(all_changes) * (1 + bool(many)),
    )


async def test_what_is_found_is_of_one_moment_although_others_change_the_index_meanwhile(monkeypatch):
    index = NameIndex()
    ids = [UUID(int=number) for number in range(300)]
    await index.apply([Change(id_, id_.int, 1, new_entry(id_, "Anna", f"{id_.int:03}")) for id_ in ids])
    await index.settle()

    class Meanwhile:
        async def give_way(self):
            if len(index) == 300:
                await index.apply([Change(id_, 300 + id_.int, 2, None) for id_ in ids[1:]])

    monkeypatch.setattr(name_index, "Turns", Meanwhile)
    selected = await index.select(ClientQuery(readings=(("anna", "a"),)))

    assert (len(index), len(selected), selected.page(297, 9)) == (1, 300, ids[297:])


def test_entries_sort_by_folded_names():
    names_in_order = [
        ("Eva", "abel"),
        ("Ute", "Äbel"),
        ("adam", "AZUR"),
        ("Ärne", "azur"),
        ("Aida", " de  Luca"),
        ("Zoe", "Delacroix"),
        ("A", "Straße"),
        ("B", "STRASSE"),
    ]
    entries = [new_entry(UUID(int=number), *name) for number, name in enumerate(reversed(names_in_order))]

    assert all(later < earlier for earlier, later in pairwise(entries))


@pytest.mark.parametrize("search", ["annual", "ann"])
async def test_a_word_of_a_tag_is_no_word_of_a_name(search):
    index = NameIndex()
    await index.apply([Change(UUID(int=1), 1, 1, new_entry(UUID(int=1), "Anna", "Smith", tags=["vip annual"]))])
    await index.settle()

    assert len(await index.select(ClientQuery(readings=((search,),)))) == (search == "ann")


async def test_a_name_that_is_written_as_a_birth_date_or_a_tag_is_a_name(monkeypatch):
    monkeypatch.setattr(name_index, "_AT_ONCE", 1)
    digest = new_entry(UUID(int=1), "Ada", "Lee", tags=["vip"]).split("\0")[5]
    named = {
        UUID(int=1): new_entry(UUID(int=1), "Ada", "Lee", born="1980-02-03", tags=["vip"]),
        UUID(int=2): new_entry(UUID(int=2), "Bo", "Lee", born="1980-02-03", tags=["vip"]),
        UUID(int=3): new_entry(UUID(int=3), "@1980-02-03", "@1980-02-03", tags=["vip"]),
        UUID(int=4): new_entry(UUID(int=4), digest, digest, born="1980-02-03"),
    }
    index = NameIndex()
    await index.apply([Change(id_, id_.int, 1, entry) for id_, entry in named.items()])
    await index.settle()
    query = ClientQuery(tag="vip", born=frozenset({"1980-02-03"}))
    for revision in (5, 6):
        assert (await index.select(query)).page(0, 9) == [UUID(int=1), UUID(int=2)]
        # What is found is kept, and of it nobody goes who is not there.
        await index.apply([Change(UUID(int=revision - 2), revision, 0, None)])
    assert (await index.select(query)).page(0, 9) == [UUID(int=1), UUID(int=2)]
