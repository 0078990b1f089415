"""The name index, compared with sorting all clients."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from clients.clients import name_index
from clients.clients.name_index import Change, ClientQuery, NameIndex, new_entry

ids = st.integers(0, 9).map(lambda number: UUID(int=number))
names = st.sampled_from(["Ada", "ada", "Ärne", "Arne", "de Luca", "Deluca", "van der Berg", "O'Brien", "Ø", "", "-", "ß", "ss", "Ng"])
steps = st.lists(st.tuples(ids, st.none() | st.tuples(names, names), st.booleans()), max_size=60)


def changes(steps: list) -> list[Change]:
    return [
        Change(client_id, revision, name and new_entry(client_id, *name), is_active=is_active)
        for revision, (client_id, name, is_active) in enumerate(steps, 1)
    ]


def sorted_ids(steps: list, *, include_inactive: bool) -> list[UUID]:
    """The ids in list order, found by sorting all entries."""
    clients = {}
    for client_id, name, is_active in steps:
        clients.pop(client_id, None)
        if name:
            clients[client_id] = (new_entry(client_id, *name), is_active)
    return [e.id for e, is_active in sorted(clients.values()) if is_active or include_inactive]


@given(steps, st.integers(1, 7), st.booleans(), st.sampled_from([0, 3, 100]))
def test_an_index_updated_in_batches_equals_one_sorted_at_once(steps, batch_size, include_inactive, max_inserts):
    index = NameIndex()
    all_changes = changes(steps)
    usual, name_index.MAX_INSERTS = name_index.MAX_INSERTS, max_inserts
    try:
        for start in range(0, len(all_changes), batch_size):
            index.apply(all_changes[start : start + batch_size])
            if start % 2:
                index.select(ClientQuery())
    finally:
        name_index.MAX_INSERTS = usual

    selected = index.select(ClientQuery(include_inactive=include_inactive))
    assert [e.id for e in selected] == sorted_ids(steps, include_inactive=include_inactive)
    assert len(index) == len(sorted_ids(steps, include_inactive=True))
    assert index.revision == len(all_changes)


@given(
    steps,
    st.none() | st.frozensets(ids),
    st.lists(st.sampled_from(["a", "ar", "de", "luca", "obr", "zz"]), max_size=2),
    st.frozensets(ids),
    st.booleans(),
)
def test_a_query_selects_the_matching_entries_in_list_order(steps, candidates, prefixes, exact_matches, include_inactive):
    index = NameIndex()
    index.apply(changes(steps))
    query = ClientQuery(include_inactive=include_inactive, candidates=candidates, prefixes=tuple(prefixes), exact_matches=exact_matches)

    def matches(e) -> bool:
        by_name = all(any(word.startswith(prefix) for word in e.words.split()) for prefix in prefixes)
        return (candidates is None or e.id in candidates) and (by_name or e.id in exact_matches)

    everyone = index.select(ClientQuery(include_inactive=include_inactive))
    assert list(index.select(query)) == [e for e in everyone if matches(e)]


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

    assert [e.id.int for e in sorted(entries)] == list(reversed(range(len(names_in_order))))
