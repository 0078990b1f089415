"""The key that clients are found by is changed while people search: everybody is found all the time, and nothing is registered twice."""

import asyncio
import re
import signal
import sys
from contextlib import asynccontextmanager
from itertools import count

import pytest
from pydantic import SecretStr

from caseload.options.v1 import options_pb2
from chassis.encryption import key_store
from chassis.encryption.data_keys import INDEX
from chassis.paging import BEGINNING
from chassis.work.audit import record_effect
from clients.clients.index_rotation import INDEXED
from clients.patients import db_file
from clients.tables import patients
from standalone.operations import keys_all
from standalone.records import indexing, key_versions
from standalone.records.key_versions import NotYet
from standalone.records.verification import verify_records

TOKENS = (
    "SELECT term FROM clients.terms WHERE workspace_id = $1 UNION ALL SELECT token FROM clients.match_keys WHERE workspace_id = $1"
    " UNION ALL SELECT external_id_index FROM clients.clients WHERE workspace_id = $1 AND external_id_index IS NOT NULL"
    " UNION ALL SELECT id_index FROM clients.patients WHERE workspace_id = $1"
)
RECORDS = [
    {"id": number, "patientID": f"P{number}", "name": "Grace Hopper", "age": 50, "gender": "Female", "medicalCondition": "none", "lastVisit": "2026-01-02"}
    for number in (3, "seven")
]  # fmt: skip
TWIN = {"first_name": "Mary", "last_name": "Shelley", "date_of_birth": "1977-08-30"}
FORMER = "SELECT count(*) FROM clients.match_keys WHERE workspace_id = $1 AND index_version = 1"
# Of the statements in this database, those that wait for a row.
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event IN ('transactionid', 'tuple')"


class Searchers:
    """People who look for clients, register new ones and change others; every answer is looked at."""

    def __init__(self, http) -> None:
        self.http, self.rounds, self.stopped = http, [0, 0, 0], False
        # By number: the client, and the number that the phone has by now.
        self.known: dict[int, list] = {}
        self.numbers = count(1)

    async def request(self, method, path, expected=200, **given):
        reply = await self.http.request(method, f"/api/v1{path}", **given)
        assert reply.status_code == expected, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    async def register(self):
        number = next(self.numbers)
        made = {"first_name": "Ada", "last_name": f"Of{number}", "email": f"ada{number}@example.org", "external_id": f"EXT-{number}"}
        client = await self.request("POST", "/clients", 201, json={**made, "phone": f"030 {number:07}"})
        self.known[number] = [client["id"], number]
        return number

    async def look(self, number):
        client_id, phone = self.known[number]
        for search in (f"ada{number}@example.org", f"EXT-{number}", f"030 {phone:07}"):
            found = await self.request("GET", "/clients", params={"search": search})
            assert [client["id"] for client in found["items"]] == [client_id], search
        taken = {"first_name": "Ada", "last_name": "Again", "external_id": f"EXT-{number}"}
        assert (await self.request("POST", "/clients", 409, json=taken))["code"] == "external_id_taken"

    async def twins_are_suspected(self):
        groups = (await self.request("GET", "/clients/duplicates", params={"page_size": 100}))["groups"]
        assert [len(group["clients"]) for group in groups if group["clients"][0]["last_name"] == "Shelley"] == [2]

    async def go_on(self, place):
        while not self.stopped:
            # An old one and a new one; and one whom nobody else changes gets another number.
            for number in (1 + place, await self.register()):
                await self.look(number)
            known = self.known[1 + place]
            known[1] += 1_000
            await self.request("PUT", f"/clients/{known[0]}", json={"phone": f"030 {known[1]:07}"})
            await self.look(1 + place)
            await self.twins_are_suspected()
            self.rounds[place] += 1
            await asyncio.sleep(0.05)


@asynccontextmanager
async def searching(http, going_on):
    people = Searchers(http)
    for _ in range(12):
        await people.register()
    for _ in range(2):
        await people.request("POST", "/clients", 201, json=TWIN)
    async with going_on(people) as further:
        yield further


@pytest.fixture
async def rotation(gateway, practice, quick_keys):
    """The operator's steps with the practice's keys for indexes, as `step(name)`, and the connection that they are taken on."""
    workspace_id = practice.person.workspace_id
    for runtime in gateway.environment.runtimes.values():
        runtime.keys.forget(workspace_id)
    async with gateway.environment.superuser() as connection:

        async def step(name, **asked):
            await keys_all(connection, gateway.environment.runtimes, workspace_id, name, INDEX, **asked)

        yield step, connection


async def killed_while_it_indexes(environment, connection, workspace_id, folder):
    """`records keys reencrypt --index`, killed when it has done all but one row, which somebody holds."""
    for name, runtime in environment.runtimes.items():
        (folder / f"{name}-database-url").write_text(runtime.settings.database_url.get_secret_value())
    environ = {
        "CASELOAD_ENVIRONMENT": "development",
        "CASELOAD_ADMIN_DATABASE_URL": environment.admin_dsn,
        "CASELOAD_DATABASE_URLS_DIR": str(folder),
        "CASELOAD_KEYRING_FILE": str(environment.folder / "keyring.json"),
        "CASELOAD_SERVICE_KEYS_DIR": str(environment.folder / "service-keys"),
    }
    command = "import sys; from deployment.records import main; main(sys.argv[1:])"
    async with environment.superuser() as other, other.transaction():
        await other.fetch("SELECT FROM clients.clients WHERE workspace_id = $1 ORDER BY id LIMIT 1 FOR UPDATE", workspace_id)
        arguments = ("keys", "reencrypt", "--index", "--workspace", str(workspace_id))
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", command, *arguments, env=environ)
        async with asyncio.timeout(60):
            while (await key_versions.references(connection, environment.runtime("clients"), workspace_id, INDEX))[1] != 1:
                assert process.returncode is None
                await asyncio.sleep(0.05)
        process.kill()
        assert await process.wait() == -signal.SIGKILL


async def test_everybody_is_found_all_the_time(gateway, practice, rotation, going_on, capfd, tmp_path):
    step, connection = rotation
    runtime, workspace_id = gateway.environment.runtime("clients"), practice.person.workspace_id
    busy = gateway.reconfigured(writes_per_minute=100_000, reads_per_minute=100_000)
    assert len((await db_file.import_records(runtime, workspace_id, RECORDS)).imported) == 2

    async def patients_are_known():
        report = await db_file.import_records(runtime, workspace_id, RECORDS)
        assert (report.skipped, report.failed, report.differing) == ([1, 2], {}, [])

    async with busy.colleague(practice.person) as http, searching(http, going_on) as further:
        before = {row[0] for row in await connection.fetch(TOKENS, workspace_id)}
        for name in ("add", "promote"):
            await step(name)
            await further()
            await patients_are_known()
        assert (await key_versions.references(connection, runtime, workspace_id, INDEX)).keys() == {1, 2}
        await killed_while_it_indexes(gateway.environment, connection, workspace_id, tmp_path)
        with pytest.raises(NotYet, match="1 rows are found by key 1"):
            await key_versions.retire(connection, runtime, workspace_id, INDEX)
        await further()
        await patients_are_known()
        for name in ("reencrypt", "retire", "destroy"):
            await step(name)
            await further()
            await patients_are_known()
    assert (await key_versions.references(connection, runtime, workspace_id, INDEX)).keys() == {2}
    assert before.isdisjoint({row[0] for row in await connection.fetch(TOKENS, workspace_id)})
    known = await key_versions.versions(connection, runtime, workspace_id)
    assert [(each.number, each.state) for each in known if each.purpose == INDEX] == [(0, "reading"), (1, "destroyed"), (2, "active")]
    capfd.readouterr()
    await step("status")
    said = capfd.readouterr().out
    assert re.search(r"clients: index 0: reading since .*, of digests alone", said)
    assert re.search(r"clients: index 2: active since .*, [0-9]+ rows", said)

    await gateway.environment.settle()
    report = await verify_records(connection, gateway.environment.runtimes, workspace_id)
    assert (report.trail_is_intact, report.findings, report.not_yet_told) == (True, [], 0)


async def test_no_new_key_makes_tokens_while_a_process_of_the_release_before_may_run(gateway, practice, rotation, capsys):
    step, connection = rotation
    await practice.add_client()
    await step("add")
    newest = await connection.fetchval(
        "UPDATE clients.alembic_version SET version_num = '0017' RETURNING (SELECT version_num FROM clients.alembic_version)"
    )
    try:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            await step("promote")
        assert "clients: REFUSED: processes of an earlier release may run" in capsys.readouterr().out
        await step("promote", force=True)
    finally:
        await connection.execute("UPDATE clients.alembic_version SET version_num = $1", newest)
    known = await key_versions.versions(connection, gateway.environment.runtime("clients"), practice.person.workspace_id)
    assert [(each.number, each.state) for each in known if each.purpose == INDEX] == [(0, "reading"), (1, "reading"), (2, "active")]


async def test_processes_that_write_with_different_keys_give_an_external_id_once(gateway, practice, rotation, monkeypatch):
    step, _ = rotation
    keys, workspace_id = gateway.environment.runtime("clients").keys, practice.person.workspace_id
    await practice.add_client()
    await step("add")
    keys.forget(workspace_id)
    before = await keys.of(workspace_id)
    await step("promote")
    keys.forget(workspace_id)
    after = await keys.of(workspace_id)
    assert (before.index_version, after.index_version, before.indexes.keys()) == (1, 2, after.indexes.keys())
    turns = count()

    async def of(_workspace_id):
        return before if next(turns) % 2 else after

    monkeypatch.setattr(keys, "of", of)
    for number in range(5):
        body = {"first_name": "Ada", "last_name": "Lovelace", "external_id": f"X{number}"}
        replies = await asyncio.gather(*(practice.http.post("/api/v1/clients", json=body) for _ in range(4)))
        assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


async def test_a_patient_who_is_changed_while_the_new_key_is_made_use_of_is_found_by_it(gateway, practice, rotation):
    step, connection = rotation
    runtime, workspace_id = gateway.environment.runtime("clients"), practice.person.workspace_id
    await db_file.import_records(runtime, workspace_id, RECORDS)
    for name in ("add", "promote"):
        await step(name)
    runtime.keys.forget(workspace_id)
    (indexed,) = [each for each in INDEXED if each.table is patients]
    body = {"name": "The front end", "scopes": ["clients:read", "clients:write", "clients:phi"]}
    key = (await practice.http.post("/api/v1/api-keys", json=body)).json()["secret"]
    door = gateway.reconfigured(patients_workspace=workspace_id, patients_api_key=SecretStr(key))
    async with door.anonymous(address="127.0.0.1") as front_end:
        async with asyncio.timeout(30), runtime.background(workspace_id) as work:
            _, number, _ = await indexed.again(work, await runtime.keys.of(workspace_id), BEGINNING)
            assert number == len(RECORDS)
            record_effect(work, "reindex_records", options_pb2.RESOURCE_WORKSPACE, options_pb2.ACTION_UPDATE, [str(workspace_id)])
            changing = asyncio.create_task(front_end.patch("/patients/3", json={"age": 51}))
            while not await connection.fetchval(WAITING):
                assert not changing.done()
                await asyncio.sleep(0.01)
        assert (await changing).json()["age"] == 51
        for name in ("reencrypt", "retire"):
            await step(name)
        runtime.keys.forget(workspace_id)
        assert (await front_end.get("/patients/3")).status_code == 200


async def test_a_row_that_does_not_open_keeps_no_other_from_the_new_key_and_is_named(gateway, practice, rotation, capsys):
    step, connection = rotation
    runtime, workspace_id = gateway.environment.runtime("clients"), practice.person.workspace_id
    damaged, *_ = [(await practice.add_client())["id"] for _ in range(3)]
    for name in ("add", "promote"):
        await step(name)
    await connection.execute("UPDATE clients.clients SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) WHERE id = $1", damaged)
    capsys.readouterr()
    with pytest.raises(SystemExit):
        await step("reencrypt")
    assert re.search(
        rf"2 rows are found by the new key, 1 could not be read:\n  clients.clients {damaged}: does not open\n", capsys.readouterr().out
    )
    assert await key_versions.references(connection, runtime, workspace_id, INDEX) == {1: 1, 2: 2}
    with pytest.raises(SystemExit):
        await step("retire")


async def test_what_a_destroyed_key_has_made_is_gone_although_somebody_held_it(gateway, practice, rotation):
    step, connection = rotation
    runtime, workspace_id = gateway.environment.runtime("clients"), practice.person.workspace_id
    for _ in range(2):
        await practice.add_client()
    for name in ("add", "promote", "reencrypt", "retire"):
        await step(name)
    async with asyncio.timeout(30):
        async with gateway.environment.superuser() as other, other.transaction():
            await other.fetch(
                "SELECT FROM clients.match_keys WHERE workspace_id = $1 AND index_version = 1 LIMIT 1 FOR UPDATE", workspace_id
            )
            destroying = asyncio.create_task(indexing.forget_tokens(runtime, workspace_id, [1]))
            while await connection.fetchval(FORMER, workspace_id) > 1:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
        await destroying
    assert await connection.fetchval(FORMER, workspace_id) == 0


async def test_a_file_of_patients_goes_on_with_the_keys_of_today(gateway, practice, rotation, monkeypatch):
    step, connection = rotation
    runtime, workspace_id = gateway.environment.runtime("clients"), practice.person.workspace_id
    check_readable = db_file._check_readable
    monkeypatch.setattr(key_store, "_SECONDS_KEPT", 60.0)
    assert (await runtime.keys.of(workspace_id)).indexes.keys() == {1}
    for name in ("add", "promote"):
        await step(name)

    def when_the_first_is_in(record):
        check_readable(record)
        if record is RECORDS[1]:
            runtime.keys.forget(workspace_id)

    monkeypatch.setattr(db_file, "_check_readable", when_the_first_is_in)
    assert len((await db_file.import_records(runtime, workspace_id, RECORDS)).imported) == 2
    assert (await key_versions.references(connection, runtime, workspace_id, INDEX)).keys() == {1, 2}


async def test_services_that_find_nothing_by_their_keys_keep_them(gateway, practice, rotation, capsys):
    step, connection = rotation
    await practice.write_note((await practice.add_client())["id"])
    await step("add")
    assert re.search(r"add: 1 done, [1-9][0-9]* with nothing to do, 0 not done", capsys.readouterr().out)
    known = await key_versions.versions(connection, gateway.environment.runtime("clinical"), practice.person.workspace_id)
    assert [(each.number, each.state) for each in known if each.purpose == INDEX] == [(1, "active")]
