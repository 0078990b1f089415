"""The list of clients: its order, pages and search, and that every replica shows the writes of all."""

import asyncio
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.clients.v1 import clients_pb2 as pb
from caseload.clients.v1 import patients_pb2
from caseload.clients.v1.patients_rpc import PatientsStub
from chassis.errors import Invalid, Refusal
from chassis.rpc.transport import LARGEST_MESSAGE
from chassis.testing.environment import start_environment
from clients.__main__ import SERVICE
from clients.clients import mapping, store
from clients.clients.rules import MAX_ADDRESS, MAX_LONG_TEXT, MAX_NAME, MAX_SHORT_TEXT, MAX_TAGS


async def create_named(practice, *names: str, **fields) -> list[str]:
    """Creates clients with these full names. Returns their ids."""
    created = []
    for name in names:
        first_name, last_name = name.split(" ", 1)
        created.append((await practice.create(first_name=first_name, last_name=last_name, **fields)).id)
    return created


async def test_clients_are_listed_by_last_and_first_name_ignoring_case_and_accents(practice):
    in_order = ["Eva abel", "Ute Äbel", "adam Azur", "Ärne azur", "Aida de Luca", "Zoe DELACROIX", "Bo Ørsted", "Al Straße", "Bo STRASSER"]
    shuffled = random.Random(7).sample(in_order, len(in_order))
    await create_named(practice, *shuffled)

    listed = await practice.names()
    assert listed == [
        "Eva abel",
        "Ute Äbel",
        "adam Azur",
        "Ärne azur",
        "Aida de Luca",
        "Zoe DELACROIX",
        "Al Straße",
        "Bo STRASSER",
        "Bo Ørsted",
    ]


async def test_a_page_of_a_hundred_clients_with_the_longest_texts_arrives(practice):
    # Of four bytes each, as many characters as the rules allow.
    text = "\U0001f9d1"
    longest = {
        "first_name": text * MAX_NAME,
        "address": text * MAX_ADDRESS,
        "medical_history": text * MAX_LONG_TEXT,
        "notes": text * MAX_LONG_TEXT,
        "tags": [text * (MAX_SHORT_TEXT - 2) + f"{number:02}" for number in range(MAX_TAGS)],
    }
    for number in range(100):
        await practice.create(last_name=f"{number:03}", **longest)

    page = await practice.page(page_size=100)

    assert [client.last_name for client in page.items] == [f"{number:03}" for number in range(100)]
    assert {client.medical_history for client in page.items} == {text * MAX_LONG_TEXT}
    assert (page.total, page.more) == (100, False)
    assert page.ByteSize() > LARGEST_MESSAGE


async def test_clients_with_equal_names_keep_their_order_across_pages(practice):
    ids = await create_named(practice, *["Ada Lovelace"] * 7)

    paged = [(await practice.page(page=number, page_size=1)).items[0].id for number in range(1, 8)]
    assert paged == sorted(ids)


async def test_pages_cover_the_list_without_gap_or_overlap(practice):
    await create_named(practice, *(f"Number {number:02}" for number in range(11)))

    pages = [await practice.page(page=number, page_size=4) for number in range(1, 5)]
    assert [page.total for page in pages] == [11] * 4
    assert [len(page.items) for page in pages] == [4, 4, 3, 0]
    assert [item.last_name for page in pages for item in page.items] == [f"{number:02}" for number in range(11)]


@pytest.mark.parametrize("window", [{"page": -1}, {"page_size": -1}, {"page_size": 101}])
async def test_a_page_out_of_range_is_invalid(practice, window):
    with pytest.raises(Invalid) as refused:
        await practice.page(**window)
    assert refused.value.code == "page_out_of_range"


async def test_a_workspace_without_clients_has_an_empty_list(practice):
    assert await practice.page() == pb.ClientPage()
    assert await practice.page(search="a", tag="b", include_inactive=True) == pb.ClientPage()


async def test_a_page_holds_complete_clients(practice):
    client = await practice.create(email="ada@example.com", tags=["vip"], notes="likes engines", time_zone="Europe/London")

    assert (await practice.page()).items[0] == client


async def test_a_write_through_one_replica_is_listed_by_the_other_at_once(practice, replica):
    there = practice.through(replica)
    assert await there.names() == []

    ada, bob = await create_named(practice, "Ada Lovelace", "Bob Ross")
    assert await there.names() == ["Ada Lovelace", "Bob Ross"]
    await practice.update(ada, last_name="Ziegler")
    assert await there.names() == ["Bob Ross", "Ada Ziegler"]
    await practice.deactivate(bob)
    assert await there.names() == ["Ada Ziegler"]
    assert await there.names(include_inactive=True) == ["Bob Ross", "Ada Ziegler"]
    await practice.erase(ada)
    assert await there.names(include_inactive=True) == ["Bob Ross"]
    await there.update(bob, is_active=True)
    assert await practice.names() == ["Bob Ross"]


async def test_a_replica_that_starts_later_does_not_list_an_erased_client(postgres, practice):
    ada, _ = await create_named(practice, "Ada Lovelace", "Bob Ross")
    await practice.erase(ada)

    async with start_environment(postgres, SERVICE, beside=practice.environment) as later:
        assert await practice.through(later).names() == ["Bob Ross"]


async def test_concurrent_writers_see_their_own_writes_and_both_replicas_end_with_the_same_list(practice, replica):
    there = practice.through(replica)

    async def work(number: int) -> None:
        mine, other = (practice, there) if number % 2 else (there, practice)
        client = await mine.create(first_name="A", last_name=f"W{number}")
        assert f"A W{number}" in await other.names(page_size=100)
        await mine.update(client.id, first_name="B")
        assert f"B W{number}" in await other.names(page_size=100)
        if number % 3 == 0:
            await mine.erase(client.id)
            assert not any(name.endswith(f" W{number}") for name in await other.names(page_size=100))

    await asyncio.gather(*map(work, range(24)))

    expected = sorted(f"B W{number}" for number in range(24) if number % 3)
    assert await practice.names(page_size=100) == await there.names(page_size=100) == sorted(expected, key=lambda name: name.casefold())


async def test_revisions_become_visible_in_order(clients_environment, practice):
    """Name indexes rely on this: the row with the revision is locked until the commit."""
    seen: list[list[int]] = []
    written = asyncio.Event()

    async def watch() -> None:
        database = clients_environment.runtime("clients").database
        while not written.is_set():
            async with database.transaction(practice.workspace_id, seconds=10.0) as tx:
                seen.append([row["revision"] for row in await tx.all(store.changes_since, since=0)])
            await asyncio.sleep(0)

    async def write() -> None:
        for _ in range(15):
            await practice.create()

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(write() for _ in range(6)))
    written.set()
    await watching

    assert all(revisions == list(range(1, len(revisions) + 1)) for revisions in seen)
    assert len({len(revisions) for revisions in seen}) > 3, "the watcher did not read while the writers wrote"


async def test_an_index_of_several_batches_is_complete_and_without_erased_clients(practice, replica):
    there = practice.through(replica)
    many = store.MAX_CHANGES + 100
    await practice.create_many(("Anna", f"{number:05}") for number in range(many))
    first = (await practice.page(page_size=1)).items[0]
    await practice.erase(first.id)
    await practice.update((await practice.page(page_size=1)).items[0].id, last_name="99999")

    for here in (practice, there):
        assert (await here.page(page_size=1)).total == many - 1
        assert await here.names(page=2, page_size=3) == ["Anna 00005", "Anna 00006", "Anna 00007"]
        assert (await here.names(page=many - 1, page_size=1)) == ["Anna 99999"]
    assert (await there.page(search="anna")).total == many - 1
    assert await there.names(search="ann 00042") == ["Anna 00042"]
    assert await there.names(search="ann 0004", page_size=2, page=2) == ["Anna 00042", "Anna 00043"]


async def test_evicted_indexes_are_read_again(postgres, clients_environment, open_practice):
    async with start_environment(postgres, SERVICE, beside=clients_environment, settings={"clients_in_order": 3}) as small:
        practices = [open_practice(small) for _ in range(4)]
        for number, here in enumerate(practices):
            await create_named(here, f"A Nr{number}", f"B Nr{number}")

        for _ in range(2):
            for number, here in enumerate(practices):
                assert await here.names() == [f"A Nr{number}", f"B Nr{number}"]


async def test_a_search_finds_prefixes_of_all_names_in_any_order(practice):
    await create_named(
        practice, "Anna Müller-Lüdenscheidt", "Hannah Mull", "Bob O'Brien", "Jean-Luc van der Berg", "Maximiliane Schwarzenberger"
    )

    assert await practice.names(search="MUL") == ["Hannah Mull", "Anna Müller-Lüdenscheidt"]
    assert await practice.names(search="ann") == ["Anna Müller-Lüdenscheidt"]
    assert await practice.names(search="  müller  an ") == ["Anna Müller-Lüdenscheidt"]
    assert await practice.names(search="lud") == ["Anna Müller-Lüdenscheidt"]
    assert await practice.names(search="o'bri") == await practice.names(search="obri") == ["Bob O'Brien"]
    assert await practice.names(search="berg jean luc") == ["Jean-Luc van der Berg"]
    assert await practice.names(search="Schwarzenberg") == ["Maximiliane Schwarzenberger"]
    for no_match in ("Schwarzenbergen", "ller", "anna bob", "annamuller", "-", "%", "' OR 1=1", "\0"):
        assert await practice.names(search=no_match) == []
    assert len(await practice.names(search="  ")) == 5


async def test_a_search_finds_a_whole_email_address_or_phone_number_only(practice):
    ada = await practice.create(email="Ada.Lovelace@Example.com", phone="+49 (30) 90-18.20")
    await practice.create(first_name="Bob", last_name="Ross", email="bob@example.com", phone="030 901820")

    for search in ("ada.lovelace@example.com", " ADA.LOVELACE@EXAMPLE.COM ", "+4930901820", "+49/30/901820"):
        assert [client.id for client in (await practice.page(search=search)).items] == [ada.id]
    assert await practice.names(search="030-901820") == ["Bob Ross"]
    for part in ("lovelace@example.com", "ada.lovelace@example", "901820", "4930901820"):
        assert await practice.names(search=part) == []

    await practice.update(ada.id, email=None, phone="5550100")
    assert await practice.names(search="ada.lovelace@example.com") == []
    assert await practice.names(search="+4930901820") == []
    assert await practice.names(search="555-0100") == ["Ada Lovelace"]


async def test_the_external_id_finds_its_client(practice):
    (ada,) = await create_named(practice, "Ada Lovelace", external_id="P-00 17")
    await create_named(practice, "Bob Ross", external_id="P-00 18", tags=["painter"])

    for search in ("P-00 17", " p-00 17 "):
        assert [client.id for client in (await practice.page(search=search)).items] == [ada]
    assert await practice.names(search="P-00") == await practice.names(search="P-00 17", tag="painter") == []
    await practice.update(ada, external_id="2019-02-03")
    assert await practice.names(search="P-00 17") == []
    assert await practice.names(search="2019-02-03") == ["Ada Lovelace"]


@pytest.mark.parametrize("apostrophe", ["'", "\u02bc", "\u2019", "\u2018", "\u00b4", "`", "\uff07", "\u02bb"])
async def test_a_name_with_any_apostrophe_is_found_with_any_and_without(open_practice, apostrophe):
    practice = open_practice()
    await create_named(practice, f"Sinead O{apostrophe}Brien")

    for search in ("obrien", "o'brien", "o\u02bcbri", "O\u2019BRIEN", f"sin o{apostrophe}b"):
        assert await practice.names(search=search) == ["Sinead O" + apostrophe + "Brien"], search
    assert await practice.names(search="brien") == []


async def test_a_double_name_is_found_as_one_word_and_one_word_as_a_double_name(practice):
    await create_named(practice, "Anne-Marie Smith", "Annemarie Jones", "Maria de Luca")
    await practice.create(first_name="Anne Marie", last_name="Weber")

    for search in ("annemarie", "anne-marie", "Anne Marie", "annem"):
        assert await practice.names(search=search) == ["Annemarie Jones", "Anne-Marie Smith", "Anne Marie Weber"], search
    assert await practice.names(search="marie anne") == ["Anne-Marie Smith", "Anne Marie Weber"]
    assert await practice.names(search="anne-marie smith") == ["Anne-Marie Smith"]
    assert await practice.names(search="deluca") == await practice.names(search="luca de") == ["Maria de Luca"]
    assert await practice.names(search="mariesmith") == []


async def test_a_phone_number_is_found_as_it_is_written_within_the_country_and_from_abroad(practice):
    await create_named(practice, "Ada Abroad", phone="+49 170 1234567")
    await create_named(practice, "Bob Within", phone="0170/123 45 67")
    await create_named(practice, "Cy Both", phone="+49 (0)170 1234567")
    everybody = ["Ada Abroad", "Cy Both", "Bob Within"]

    for here in ({"locale": "de-DE"}, {"locale": "en", "time_zone": "Europe/Berlin"}, {"locale": "en-US", "time_zone": "Europe/Berlin"}):
        for search in ("0170 1234567", "+49 170 1234567", "0049-170-1234567", "0170.123.45.67"):
            assert await practice.names(search=search, **here) == everybody, (search, here)
    assert await practice.names(search="0170 1234567", locale="fr-FR", time_zone="Europe/Paris") == ["Bob Within"]
    assert await practice.names(search="0170 123456", locale="de-DE") == []


async def test_a_birth_date_beside_a_name_narrows_and_alone_finds_everybody_born_then(practice):
    await create_named(practice, "John Smith", "Jane Smith", date_of_birth="1980-02-03")
    (other,) = await create_named(practice, "Joan Smith", date_of_birth="1980-03-02", tags=["knee"], phone="555 0100")
    await create_named(practice, "Jim Smith")

    for search in ("Smith 1980-02-03", "1980-02-03 smi", "smith, 03.02.1980", "Smith *3.2.1980", "smith 3.2.80"):
        assert await practice.names(search=search) == ["Jane Smith", "John Smith"], search
    assert await practice.names(search="Jane Smith 03.02.1980") == ["Jane Smith"]
    assert await practice.names(search="1980-02-03") == ["Jane Smith", "John Smith"]
    assert await practice.names(search="smith 02/03/1980", locale="en-US") == ["Jane Smith", "John Smith"]
    assert await practice.names(search="smith 02/03/1980", locale="en-GB") == ["Joan Smith"]
    assert len(await practice.names(search="smith 02/03/1980")) == 3
    assert await practice.names(search="1980-03-02", tag="knee") == await practice.names(search="555-0100 1980-03-02") == ["Joan Smith"]
    for nobody in ("Smith 1980-02-04", "Jones 1980-02-03", "Smith 1980-02-30", "555-0100 1980-02-03", "smith 1980-02-03 1980-03-02"):
        assert await practice.names(search=nobody) == [], nobody
    await practice.update(other, date_of_birth="1980-02-03")
    assert len(await practice.names(search="smith 1980-02-03")) == 3


async def test_clients_written_before_lists_knew_more_than_names_are_found_by_birth_date_and_tag(practice, replica, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(
            mapping,
            "listed",
            lambda client: pb.ListedClient(first_name=client.first_name, last_name=client.last_name, full_name=client.full_name),
        )
        ada, _ = await create_named(practice, "Ada Lovelace", "Bob Ross", date_of_birth="1980-02-03", tags=["knee"])
    there = practice.through(replica)

    assert await there.names(search="1980-02-03") == await there.names(tag="knee") == ["Ada Lovelace", "Bob Ross"]
    await practice.update(ada, tags=["hip"])
    assert await there.names(tag="knee") == ["Bob Ross"]
    assert await there.names(tag="hip", search="love 1980-02-03") == ["Ada Lovelace"]


class Lagging:
    """The tables that lists are read from, put back to an earlier moment and forth again: what a replica shows that others have overtaken."""

    TABLES = ("directory", "erasures", "clients", "patients", "patient_numbers")

    def __init__(self, practice):
        self._practice = practice

    async def now(self):
        async with self._practice.environment.superuser() as db:
            return {
                table: await db.fetch(f"SELECT * FROM clients.{table} WHERE workspace_id = $1", self._practice.workspace_id)
                for table in self.TABLES
            }

    async def show(self, state):
        async with self._practice.environment.superuser() as db, db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            for table, rows in state.items():
                await db.execute(f"DELETE FROM clients.{table} WHERE workspace_id = $1", self._practice.workspace_id)
                for row in rows:
                    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
                    await db.execute(f"INSERT INTO clients.{table} VALUES ({places})", *row)


async def test_a_replica_that_lags_behind_shows_what_it_has_and_nothing_of_it_stays(practice):
    database = Lagging(practice)
    ada, _ = await create_named(practice, "Ada Lovelace", "Bob Ross")
    earlier = await database.now()
    await practice.erase(ada)
    await create_named(practice, "Cy Young")
    later = await database.now()
    assert await practice.names() == ["Bob Ross", "Cy Young"]

    await database.show(earlier)
    assert await practice.names() == ["Ada Lovelace", "Bob Ross"]
    await database.show(later)
    assert await practice.names() == await practice.names() == ["Bob Ross", "Cy Young"]


@pytest.mark.parametrize("reads_between", [True, False])
async def test_after_a_replica_that_lagged_has_taken_over_no_client_is_missing(practice, reads_between):
    database = Lagging(practice)
    ada, _ = await create_named(practice, "Ada Lovelace", "Bob Ross")
    earlier = await database.now()
    await create_named(practice, "Lost One")
    await practice.update(ada, last_name="King")
    assert await practice.names() == ["Ada King", "Lost One", "Bob Ross"]

    await database.show(earlier)
    if reads_between:
        assert await practice.names() == ["Ada Lovelace", "Bob Ross"]
    await create_named(practice, "New One")
    # Of the same version and revision as what was lost.
    await practice.update(ada, last_name="Byron")
    await create_named(practice, "New Two")

    assert await practice.names() == ["Ada Byron", "New One", "Bob Ross", "New Two"]


@pytest.mark.parametrize("reads_between", [True, False])
async def test_after_a_replica_that_lagged_has_taken_over_no_patient_is_missing(practice, reads_between):
    database, patients = Lagging(practice), practice.environment.stub(PatientsStub)

    async def register(*names: str) -> None:
        for name in names:
            known = {"patientID": name, "name": name, "age": 36, "gender": "Other", "medicalCondition": "Asthma", "lastVisit": "2026-11-02"}
            request = patients_pb2.CreatePatientRequest()
            request.record.update(known)
            await patients.CreatePatient(request, practice.call)

    async def names() -> list[str]:
        reply = await patients.ListPatients(patients_pb2.ListPatientsRequest(), practice.call)
        return [json.loads(item.record)["name"] for item in reply.items]

    await register("Ada", "Bob")
    earlier = await database.now()
    await register("Lost One", "Lost Two")
    assert await names() == ["Ada", "Bob", "Lost One", "Lost Two"]

    await database.show(earlier)
    if reads_between:
        assert await names() == ["Ada", "Bob"]
    await register("New One")
    await create_named(practice, "No Patient", "Nor Patient")
    assert await names() == ["Ada", "Bob", "New One"]


async def test_a_tag_matches_as_a_whole_and_narrows_a_search(practice):
    await create_named(practice, "Ada Lovelace", "Anna Ng", tags=["vip", "knee"])
    await create_named(practice, "Adam Smith", tags=["VIP"])

    assert await practice.names(tag="vip") == ["Ada Lovelace", "Anna Ng"]
    assert await practice.names(tag="vip", search="ada") == ["Ada Lovelace"]
    assert await practice.names(tag=" knee ") == ["Ada Lovelace", "Anna Ng"]
    assert await practice.names(tag="VIP") == ["Adam Smith"]
    assert await practice.names(tag="vi") == []
    assert len(await practice.names(tag=" ")) == 3


async def test_filters_skip_inactive_clients_unless_they_are_included(practice):
    ada, _ = await create_named(practice, "Ada Lovelace", "Adam Smith", tags=["vip"])
    await practice.deactivate(ada)

    for filters in ({"search": "ad"}, {"tag": "vip"}, {"search": "ad", "tag": "vip"}):
        assert await practice.names(**filters) == ["Adam Smith"]
        assert await practice.names(**filters, include_inactive=True) == ["Ada Lovelace", "Adam Smith"]


async def test_a_changed_client_is_found_by_its_new_name_and_tag_only(practice):
    (ada,) = await create_named(practice, "Ada Lovelace", tags=["old"])
    await practice.update(ada, last_name="King", tags=["new"])

    assert await practice.names(search="king") == await practice.names(tag="new") == ["Ada King"]
    assert await practice.names(search="lovelace") == await practice.names(tag="old") == []


@pytest.mark.parametrize(("name", "text"), [("search", "x" * 321), ("tag", "x" * 51)])
async def test_a_filter_longer_than_the_field_it_matches_is_invalid(practice, name, text):
    with pytest.raises(Invalid) as refused:
        await practice.page(**{name: text})
    assert [fault.pointer for fault in refused.value.faults] == [f"/{name}"]


WORDS = [
    "an",
    "anna",
    "annabel",
    "Ann",
    "ÁNNA",
    "bo",
    "bob",
    "Müller",
    "muller",
    "o'hara",
    "van",
    "der",
    "lee",
    "Lee-Ann",
    "ß",
    "ssa",
    "77",
]
parts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
searches = st.lists(
    st.sampled_from(WORDS).flatmap(lambda word: st.integers(1, len(word)).map(lambda end: word[:end])), min_size=1, max_size=3
)


@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.tuples(parts, parts), min_size=1, max_size=12), searched=st.lists(searches, min_size=1, max_size=5))
async def test_a_search_finds_the_same_clients_as_a_scan_of_all_names(open_practice, names, searched):
    here = open_practice()
    for first_name, last_name in names:
        await here.create(first_name=first_name, last_name=last_name)

    for search in searched:
        found = [(client.first_name, client.last_name) for client in (await here.page(search=" ".join(search), page_size=100)).items]
        assert sorted(found) == sorted(name for name in names if matches_by_prefix(name, search)), search


def matches_by_prefix(name: tuple[str, str], search: list[str]) -> bool:
    """Whether each word of the search is a prefix of a word of the name, or neighbours of either are if they are taken for one word."""
    of_names = [spelled(part) for part in name]
    beginnings = [joined(words[start:]) for words in of_names for start in range(len(words))]
    wanted = spelled(" ".join(search))
    ways = ways_to_join(wanted) if len(wanted) <= 4 else [wanted]
    return bool(wanted) and any(all(any(word.startswith(joined([part])) for word in beginnings) for part in way) for way in ways)


def spelled(text: str) -> list[str]:
    return text.lower().translate(str.maketrans({"á": "a", "ü": "u", "ß": "ss", "'": None, "-": " "})).split()


def joined(words: list[str]) -> str:
    return "".join(words).replace("aa", "a")


def ways_to_join(words: list[str]) -> list[list[str]]:
    if len(words) < 2:
        return [words]
    return [[first, *rest] for rest in ways_to_join(words[1:]) for first in words[:1]] + ways_to_join([words[0] + words[1], *words[2:]])


async def test_the_refusal_of_a_search_does_not_contain_its_text(practice):
    with pytest.raises(Refusal) as refused:
        await practice.page(search="Lovelace" * 50)
    assert "Lovelace" not in f"{refused.value} {refused.value.message} {refused.value.faults} {refused.value.facts}"
