"""The order of clients in memory against sorting them all anew."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from clients.clients import name_index as module
from clients.clients.name_index import Change, Order, Wanted, entry

ids = st.integers(0, 9).map(lambda number: UUID(int=number))
names = st.sampled_from(["Ada", "ada", "Ärne", "Arne", "de Luca", "Deluca", "van der Berg", "O'Brien", "Ø", "", "-", "ß", "ss", "Ng"])
steps = st.lists(st.tuples(ids, st.none() | st.tuples(names, names), st.booleans()), max_size=60)


def changes(taken: list, since: int = 0) -> list[Change]:
    return [
        Change(client_id, since + number, name and entry(client_id, *name), is_active=is_active)
        for number, (client_id, name, is_active) in enumerate(taken, 1)
    ]


def plainly(taken: list, *, include_inactive: bool) -> list[UUID]:
    """The ids in order, by doing everything over."""
    now = {}
    for client_id, name, is_active in taken:
        now.pop(client_id, None)
        if name:
            now[client_id] = (entry(client_id, *name), is_active)
    return [e.id for e, is_active in sorted(now.values()) if is_active or include_inactive]


@given(steps, st.integers(1, 7), st.booleans(), st.sampled_from([0, 3, 100]))
def test_however_the_changes_are_cut_the_order_is_that_of_sorting_anew(taken, cut, include_inactive, few):
    order = Order()
    all_changes = changes(taken)
    kept, module.FEW = module.FEW, few
    try:
        for start in range(0, len(all_changes), cut):
            order.apply(all_changes[start : start + cut])
            if start % 2:
                order.select(Wanted())
    finally:
        module.FEW = kept

    assert [e.id for e in order.select(Wanted(include_inactive=include_inactive))] == plainly(taken, include_inactive=include_inactive)
    assert len(order) == len(plainly(taken, include_inactive=True))
    assert order.revision == len(all_changes)


@given(
    steps,
    st.none() | st.frozensets(ids),
    st.lists(st.sampled_from(["a", "ar", "de", "luca", "obr", "zz"]), max_size=2),
    st.frozensets(ids),
    st.booleans(),
)
def test_a_selection_is_the_order_without_those_who_do_not_fit(taken, among, beginnings, found, include_inactive):
    order = Order()
    order.apply(changes(taken))
    wanted = Wanted(include_inactive=include_inactive, among=among, beginnings=tuple(beginnings), found=found)

    def fits(e) -> bool:
        named = all(any(word.startswith(beginning) for word in e.words.split()) for beginning in beginnings)
        return (among is None or e.id in among) and (named or e.id in found)

    everyone = order.select(Wanted(include_inactive=include_inactive))
    assert list(order.select(wanted)) == [e for e in everyone if fits(e)]


def test_names_sort_as_they_are_said():
    said = [
        ("Eva", "abel"),
        ("Ute", "Äbel"),
        ("adam", "AZUR"),
        ("Ärne", "azur"),
        ("Aida", " de  Luca"),
        ("Zoe", "Delacroix"),
        ("A", "Straße"),
        ("B", "STRASSE"),
    ]
    entries = [entry(UUID(int=number), *name) for number, name in enumerate(reversed(said))]

    assert [e.id.int for e in sorted(entries)] == list(reversed(range(len(said))))
