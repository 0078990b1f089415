"""What the database stores of clients cannot be read there, and a value that was moved or changed is not accepted."""

import asyncpg
import pytest

from caseload.clients.v1 import clients_pb2 as pb
from chassis.errors import Refusal

CANARIES = {
    "first_name": "Quetzal", "last_name": "Xochitl", "email": "canary@quill.example", "phone": "+4915112345678", "date_of_birth": "1971-11-23",
    "address": "Nightingale Lane", "medical_history": "psittacosis", "emergency_contact_name": "Kestrel", "emergency_contact_phone": "0987654321",
    "notes": "sings at dawn", "tags": ["featherweight"], "gender": "hen", "external_id": "RING-4711",
}  # fmt: skip


async def rows_of(db, workspace_id) -> str:
    """All rows of the workspace in all tables of the schema. Bytes appear as hexadecimal digits and as Latin-1 text."""
    tables = await db.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'clients'::regnamespace AND relkind IN ('r', 'p')")
    seen = []
    for table in sorted(row["relname"] for row in tables):
        if table != "alembic_version":
            for row in await db.fetch(f"SELECT * FROM clients.{table} WHERE workspace_id = $1", workspace_id):
                seen += [value.decode("latin-1") + value.hex() if isinstance(value, bytes) else repr(value) for value in row.values()]
    return "\n".join(seen)


async def test_no_column_holds_phi_in_plain_text(practice):
    call = practice.environment.caller(workspace_id=practice.workspace_id, idempotency_key="with a stored answer")
    client = await practice.stub.CreateClient(pb.CreateClientRequest(**CANARIES), call)
    await practice.update(client.id, notes="sings at dusk", last_name="Xochitl Quetzal")
    await practice.page(search="Quetzal", tag="featherweight")
    erased = await practice.create(first_name="Kestrel")
    await practice.erase(erased.id)

    async with practice.environment.superuser() as db:
        seen = (await rows_of(db, practice.workspace_id)).lower()
    assert client.id in seen, "no rows were read"
    words = {word for value in CANARIES.values() for word in (value if isinstance(value, list) else [value])} | {"dusk"}
    for word in words | {word.casefold() for word in words}:
        assert word.lower() not in seen
        assert word.encode().hex() not in seen


async def test_only_the_tombstone_of_an_erased_client_stays(practice):
    client = await practice.create(**CANARIES)
    await practice.erase(client.id)

    async with practice.environment.superuser() as db:
        left = {
            table
            for table in ("clients", "terms", "erasures", "directory", "idempotency")
            for row in await db.fetch(f"SELECT * FROM clients.{table} WHERE workspace_id = $1", practice.workspace_id)
            if client.id in repr(row)
        }
        assert left == {"erasures"}
        assert dict(await db.fetchrow("SELECT * FROM clients.erasures WHERE workspace_id = $1", practice.workspace_id)).keys() == {
            "workspace_id", "id", "revision",
        }  # fmt: skip


async def test_index_tokens_of_the_same_person_differ_between_workspaces(practice, other_practice):
    for here in (practice, other_practice):
        await here.create(**CANARIES)

    async with practice.environment.superuser() as db:

        async def index(here) -> tuple[set[bytes], bytes]:
            terms = await db.fetch("SELECT term FROM clients.terms WHERE workspace_id = $1 AND length(term) = 16", here.workspace_id)
            external = await db.fetchval("SELECT external_id_index FROM clients.clients WHERE workspace_id = $1", here.workspace_id)
            return {row["term"] for row in terms}, external

        (mine, my_id), (theirs, their_id) = await index(practice), await index(other_practice)
    assert len(mine) == len(theirs) == 2
    assert not mine & theirs
    assert my_id != their_id


SWAPS = {
    "another row": "UPDATE clients.clients SET {column} = (SELECT {column} FROM clients.clients WHERE id = $2) WHERE id = $1",
    "another column": "UPDATE clients.clients SET sealed = sealed_name, sealed_name = sealed WHERE id = $1 AND $2::uuid IS NOT NULL",
    "another version": "UPDATE clients.clients SET version = version + 1 WHERE id = $1 AND $2::uuid IS NOT NULL",
    "a changed byte": "UPDATE clients.clients SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1) WHERE id = $1 AND $2::uuid IS NOT NULL",
}


@pytest.mark.parametrize("swap", SWAPS)
@pytest.mark.parametrize("column", ["sealed", "sealed_name"])
async def test_an_encrypted_value_that_was_moved_or_changed_cannot_be_read(practice, swap, column):
    victim, donor = await practice.create(notes="mine"), await practice.create(first_name="Bob", last_name="Ross", notes="his")
    async with practice.environment.superuser() as db:
        assert await db.execute(SWAPS[swap].format(column=column), victim.id, donor.id) == "UPDATE 1"

    async def summaries() -> pb.SummaryList:
        return await practice.stub.GetSummaries(pb.GetSummariesRequest(client_ids=[victim.id]), practice.call)

    readers = {"sealed": lambda: practice.get(victim.id), "sealed_name": summaries}
    with pytest.raises(Exception) as failed:
        await readers[column]()
    assert not isinstance(failed.value, Refusal), "the caller is not at fault"
    assert "Bob" not in str(failed.value)
    assert "Ada" not in str(failed.value)
    # Other clients can still be read.
    assert (await practice.get(donor.id)).notes == "his"


async def test_a_row_moved_to_another_workspace_cannot_be_read(practice, other_practice):
    victim = await practice.create(notes="mine")
    await other_practice.create()
    async with practice.environment.superuser() as db:
        await db.execute("SET session_replication_role = replica")
        await db.execute("UPDATE clients.clients SET workspace_id = $1, revision = 2 WHERE id = $2", other_practice.workspace_id, victim.id)
        await db.execute("UPDATE clients.directory SET revision = 2 WHERE workspace_id = $1", other_practice.workspace_id)

    for reading in (other_practice.get(victim.id), other_practice.page()):
        with pytest.raises(Exception) as failed:
            await reading
        assert not isinstance(failed.value, Refusal)
        assert "mine" not in str(failed.value)


async def test_an_older_version_of_a_value_cannot_be_read(practice):
    client = await practice.create(notes="consented")
    async with practice.environment.superuser() as db:
        old = await db.fetchval("SELECT sealed FROM clients.clients WHERE id = $1", client.id)
        await practice.update(client.id, notes="withdrawn")
        await db.execute("UPDATE clients.clients SET sealed = $2 WHERE id = $1", client.id, old)

    with pytest.raises(Exception) as failed:
        await practice.get(client.id)
    assert not isinstance(failed.value, Refusal)


async def test_the_service_role_reads_and_writes_one_workspace_only(practice, other_practice):
    client = await practice.create(**CANARIES)
    await other_practice.create()
    app = practice.environment.runtime("clients").database
    tables = ("clients", "terms", "erasures", "directory", "data_keys")

    async def count(workspace_id) -> dict[str, int]:
        async with app.transaction(workspace_id, seconds=10.0) as tx:
            connection = await tx.connection()
            return {
                table: await connection.fetchval(f"SELECT count(*) FROM clients.{table} WHERE workspace_id = $1", practice.workspace_id)
                for table in tables
            }

    assert all(number == 0 for number in (await count(other_practice.workspace_id)).values())
    assert all(number == 0 for number in (await count(None)).values())
    assert (await count(practice.workspace_id))["clients"] == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with app.transaction(other_practice.workspace_id, seconds=10.0) as tx:
            await (await tx.connection()).execute(
                "INSERT INTO clients.erasures (workspace_id, id, revision) VALUES ($1, $2, 9)", practice.workspace_id, client.id
            )
