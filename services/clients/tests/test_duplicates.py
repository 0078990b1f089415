"""Clients who may be one person are found by keyed hashes, through the real service."""

import pytest

from caseload.clients.v1 import duplicates_pb2 as pb
from caseload.clients.v1.duplicates_rpc import ClientDuplicatesStub
from chassis.errors import Forbidden
from clients.duplicates.backfill import backfill

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "Ada@Example.org", "date_of_birth": "1915-12-10", "phone": "+44 20 7946 0000"}


async def found(practice, **window):
    stub = practice.environment.stub(ClientDuplicatesStub)
    return await stub.FindDuplicates(pb.FindDuplicatesRequest(**window), practice.call)


async def groups(practice):
    """The names and the reasons of each group."""
    return [(sorted(client.full_name for client in group.clients), list(group.reasons)) for group in (await found(practice)).items]


async def test_rows_of_one_person_are_found_whatever_field_brings_them_together(practice, other_practice):
    await practice.create(**ADA)
    await other_practice.create(**ADA)
    assert await groups(practice) == []
    await practice.create(first_name="LOVELACE", last_name="ada", date_of_birth="1915-12-10")
    await practice.create(first_name="Grace", last_name="Hopper", email="grace@example.org", date_of_birth="1906-12-09")
    await practice.create(first_name="Grace", last_name="Murray", email="GRACE@example.org", date_of_birth="1906-12-09")
    await practice.create(first_name="Jon", last_name="Smith", date_of_birth="1980-01-02")
    await practice.create(first_name="John", last_name="Smyth", date_of_birth="1980-01-02")
    await practice.create(first_name="Alan", last_name="Turing")
    assert await groups(practice) == [
        (["Ada Lovelace", "LOVELACE ada"], ["same_name", "same_birth_date"]),
        (["John Smyth", "Jon Smith"], ["similar_name", "same_birth_date"]),
        (["Grace Hopper", "Grace Murray"], ["same_birth_date", "same_email"]),
    ]
    scores = [group.score for group in (await found(practice)).items]
    assert scores == sorted(scores, reverse=True)
    assert all(0.5 <= score < 1.0 for score in scores)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anne-Marie", "O\u02bcBrien"), ("Annemarie", "O'Brien")),
        (("Anne Marie", "O'Brien"), ("ANNEMARIE", "OBRIEN")),
        (("Jan", "van der Berg"), ("Jan", "Vanderberg")),
        (("Karl-Heinz", "M\u00fcller-L\u00fcdenscheidt"), ("M\u00fcller L\u00fcdenscheidt", "Karlheinz")),
    ],
)
async def test_a_double_name_and_one_word_are_one_name_whatever_else_is_written_otherwise(open_practice, one, other):
    practice = open_practice()
    for (first_name, last_name), phone in ((one, "+49 170 1234567"), (other, "0170 1234567")):
        await practice.create(first_name=first_name, last_name=last_name, date_of_birth="1980-02-03", phone=phone)
    assert [reasons for _, reasons in await groups(practice)] == [["similar_name", "same_birth_date"]]


async def test_a_family_with_one_landline_is_no_suspicion(practice):
    for name, born in (("Ann", "1970-03-01"), ("Ben", "1971-04-02"), ("Cleo", "2015-05-05"), ("Dora", "2015-05-05")):
        await practice.create(first_name=name, last_name="Webb", phone="020 7946 0000", date_of_birth=born)
    assert await groups(practice) == []


async def test_what_is_changed_is_compared_as_it_is_now(practice):
    first = await practice.create(**ADA)
    second = await practice.create(first_name="Grace", last_name="Hopper")
    assert await groups(practice) == []
    await practice.update(second.id, first_name="Ada", last_name="Lovelace")
    assert len(await groups(practice)) == 1
    await practice.update(second.id, date_of_birth="2001-01-01", phone="1234567")
    assert await groups(practice) == []
    await practice.update(second.id, date_of_birth=None, phone=None)
    assert await groups(practice) == [(["Ada Lovelace", "Ada Lovelace"], ["same_name"])]
    await practice.erase(first.id)
    assert await groups(practice) == []


async def test_groups_come_in_pages(practice):
    for letter in "abc":
        for _ in range(2):
            await practice.create(first_name=letter * 3, last_name="Pair", date_of_birth="1990-01-01")
    first, second = [await found(practice, page=page, page_size=2) for page in (1, 2)]
    assert (first.total, second.total, len(first.items), len(second.items)) == (3, 3, 2, 1)
    assert len({client.id for page in (first, second) for group in page.items for client in group.clients}) == 6


async def test_what_the_database_has_of_it_is_keyed_for_each_workspace(practice, other_practice):
    for here in (practice, other_practice):
        await here.create(**ADA)
    async with practice.environment.superuser() as db:
        mine, theirs = [
            {row["token"] for row in await db.fetch("SELECT token FROM clients.match_keys WHERE workspace_id = $1", here.workspace_id)}
            for here in (practice, other_practice)
        ]
    assert len(mine) == len(theirs) == 6
    assert not mine & theirs
    assert {len(token) for token in mine} == {16}


async def test_clients_from_before_get_their_hashes(practice):
    await practice.create(**ADA)
    await practice.create(**ADA)
    await practice.create(first_name="\N{GRINNING FACE}", last_name="\N{GRINNING FACE}")
    async with practice.environment.superuser() as db:
        await db.execute("DELETE FROM clients.match_keys WHERE workspace_id = $1", practice.workspace_id)
        await db.execute("INSERT INTO clients.match_work VALUES ($1)", practice.workspace_id)
        assert await groups(practice) == []
        await backfill(practice.environment.runtime("clients"), practice.workspace_id)
        assert len(await groups(practice)) == 1
        assert not await db.fetch("SELECT FROM clients.match_work WHERE workspace_id = $1", practice.workspace_id)


async def test_only_who_may_merge_sees_suspicions(practice):
    desk = practice.environment.caller(workspace_id=practice.workspace_id, scopes=["clients:read", "clients:write"])
    with pytest.raises(Forbidden):
        await practice.environment.stub(ClientDuplicatesStub).FindDuplicates(pb.FindDuplicatesRequest(), desk)
