"""A workspace's data keys are changed while people work: nobody is refused, nothing is lost, and the trail still tells of every record."""

import asyncio
import os
import pty
import re
import sys
import termios
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from chassis.encryption.data_keys import DataKeys
from chassis.encryption.keyring import Keyring, SealBroken
from chassis.encryption.root_keys import load_keyring
from chassis.service.runtime import Runtime
from chassis.testing.environment import Environment
from clients.clients.mapping import to_message
from standalone.operations import keys_all
from standalone.records import key_versions, root_keys_command
from standalone.records.key_versions import NotYet
from standalone.records.root_keys_command import take_root_step
from standalone.records.verification import verify_records

# What these people do is kept by these services; the trail of it by audit, which has keys as well.
SEALING = ("identity", "clients", "clinical")


@dataclass
class Work:
    """People at work in one workspace; every reply is looked at, and what was answered last is remembered."""

    http: object
    rounds: list[int] = field(default_factory=lambda: [0] * 3)
    notes: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    async def request(self, method, path, **given):
        reply = await self.http.request(method, f"/api/v1{path}", **given)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    async def go_on(self, number):
        while not self.stopped:
            phone = f"0301{number}{self.rounds[number]:05}"
            key = {"Idempotency-Key": uuid4().hex}
            created = {"first_name": "Ada", "last_name": f"Number{number}", "phone": phone}
            client = await self.request("POST", "/clients", json=created, headers=key)
            assert (await self.request("POST", "/clients", json=created, headers=key))["id"] == client["id"]
            self.clients[client["id"]] = phone
            text = f"Slept badly, {phone}."
            note = await self.request(
                "POST", "/sessions", json={"client_id": client["id"], "session_date": "2026-11-02T10:00:00Z", "subjective": text}
            )
            self.notes[note["id"]] = text
            await self.look(note["id"], client["id"])
            self.rounds[number] += 1
            # People pause.
            await asyncio.sleep(0.05)

    async def look(self, note_id, client_id):
        assert (await self.request("GET", f"/sessions/{note_id}"))["subjective"] == self.notes[note_id]
        assert (await self.request("GET", f"/clients/{client_id}"))["phone"] == self.clients[client_id]
        assert (await self.request("GET", "/clients", params={"search": "Number"}))["total"] >= 1

    async def all_is_there(self):
        for note_id, text in list(self.notes.items()):
            assert (await self.request("GET", f"/sessions/{note_id}"))["subjective"] == text
        for client_id, phone in list(self.clients.items()):
            assert (await self.request("GET", f"/clients/{client_id}"))["phone"] == phone


@pytest.fixture
async def practice(gateway, practice):
    """Without keys that were read before, which would be kept for a minute."""
    for runtime in gateway.environment.runtimes.values():
        runtime.keys.forget(practice.person.workspace_id)
    return practice


class Rotation:
    """The operator, at the database."""

    def __init__(self, environment: Environment, connection, workspace_id) -> None:
        self.environment, self.connection, self.workspace_id = environment, connection, workspace_id

    async def step(self, name):
        await keys_all(self.connection, self.environment.runtimes, self.workspace_id, name)

    async def states(self):
        found = {}
        for name in SEALING:
            known = await key_versions.versions(self.connection, self.environment.runtime(name), self.workspace_id)
            found[name] = [(version.number, version.state) for version in known if version.purpose == "seal"]
        return found

    async def used(self):
        found = {
            name: await key_versions.references(self.connection, self.environment.runtime(name), self.workspace_id) for name in SEALING
        }
        return {name: dict(+used) for name, used in found.items()}


@pytest.fixture
async def rotation(gateway, practice):
    async with gateway.environment.superuser() as connection:
        yield Rotation(gateway.environment, connection, practice.person.workspace_id)


@asynccontextmanager
async def on_a_terminal(environment, *arguments):
    """`caseload …` as a process of its own that writes on a terminal; what it has written so far."""
    terminal, given = pty.openpty()
    termios.tcsetwinsize(given, (24, 120))
    shown = bytearray()
    asyncio.get_running_loop().add_reader(terminal, lambda: shown.extend(os.read(terminal, 65536)))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "standalone",
        *arguments,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "CASELOAD_HOME": str(environment.folder), "DATABASE_URL": environment.admin_dsn},
        stdout=given,
        stderr=given,
    )
    try:
        yield process, shown
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        asyncio.get_running_loop().remove_reader(terminal)
        os.close(terminal)
        os.close(given)


async def test_a_key_is_changed_while_people_work_and_a_killed_reencryption_goes_on(gateway, practice, rotation, quick_keys, going_on):
    # Few users do the work of many.
    busy = gateway.reconfigured(writes_per_minute=100_000, reads_per_minute=100_000)
    async with busy.colleague(practice.person) as http, going_on(work := Work(http)) as further:
        await further(4)
        await rotation.step("add")
        assert {states[-1] for states in (await rotation.states()).values()} == {(2, "reading")}
        await further(2)
        await rotation.step("promote")
        assert set(map(tuple, (await rotation.states()).values())) == {((1, "reading"), (2, "active"))}
        await further(2)
        assert all({1, 2} <= used.keys() for name, used in (await rotation.used()).items() if name in {"clients", "clinical"})

        # Somebody holds one row, so that the command cannot end; it is killed after the others.
        async with gateway.environment.superuser() as other, other.transaction():
            await other.fetch("SELECT FROM clients.clients WHERE workspace_id = $1 ORDER BY id LIMIT 1 FOR UPDATE", rotation.workspace_id)
            command = ("keys", "reencrypt", "--workspace", str(rotation.workspace_id))
            async with on_a_terminal(gateway.environment, *command) as (process, shown):
                async with asyncio.timeout(60):
                    bar = re.compile(rf"{rotation.workspace_id} clients .*\d+/\d+".encode())
                    while (await rotation.used())["clients"].get(1, 0) != 2 or not bar.search(shown):
                        assert process.returncode is None, shown.decode()
                        await asyncio.sleep(0.05)
                process.kill()
                await process.wait()

        with pytest.raises(SystemExit):
            await rotation.step("retire")
        await further(2)
        await rotation.step("reencrypt")
        assert {number for used in (await rotation.used()).values() for number in used} == {2}
        await further(2)
        await rotation.step("retire")
        await further(2)
        await rotation.step("destroy")
        await further(2)
        assert set(map(tuple, (await rotation.states()).values())) == {((1, "destroyed"), (2, "active"))}
        work.stopped = True
        await work.all_is_there()
    await gateway.environment.settle()

    report = await verify_records(rotation.connection, gateway.environment.runtimes, rotation.workspace_id)
    assert (report.trail_is_intact, report.findings, report.not_yet_told) == (True, [], 0)
    assert await key_versions.versions(rotation.connection, gateway.environment.runtime("scheduling"), rotation.workspace_id) == []
    told = await rotation.connection.fetch(
        "SELECT DISTINCT event_type FROM audit.audit_events WHERE workspace_id = $1 AND metadata->>'recorded_by' = 'clients'",
        rotation.workspace_id,
    )
    steps = {"add_data_key", "promote_data_key", "reencrypt_records", "retire_data_keys", "destroy_data_keys"}
    assert steps <= {row["event_type"] for row in told}


async def test_no_step_is_taken_before_every_process_goes_by_the_one_before(practice, rotation, capsys):
    runtime, workspace_id = rotation.environment.runtime("clients"), rotation.workspace_id
    await practice.add_client()
    assert await key_versions.promote(rotation.connection, runtime, workspace_id) is None
    assert await key_versions.add(rotation.connection, runtime, workspace_id) == 2
    assert await key_versions.add(rotation.connection, runtime, workspace_id) == 2

    async def long_ago(version):
        earlier = "UPDATE clients.data_keys SET changed_at = changed_at - interval '1 hour' WHERE workspace_id = $1 AND version = $2"
        await rotation.connection.execute(earlier, workspace_id, version)

    with pytest.raises(NotYet, match=r"may not have key 2 yet; try again in 7[0-9]{2} seconds"):
        await key_versions.promote(rotation.connection, runtime, workspace_id)
    await long_ago(2)
    assert await key_versions.promote(rotation.connection, runtime, workspace_id) == 2
    with pytest.raises(NotYet, match="may still seal with the key before 2"):
        await key_versions.retire(rotation.connection, runtime, workspace_id)
    await long_ago(2)
    with pytest.raises(NotYet, match="2 values are sealed with key 1"):
        await key_versions.retire(rotation.connection, runtime, workspace_id)
    await rotation.step("reencrypt")
    assert await key_versions.retire(rotation.connection, runtime, workspace_id) == [1]
    with pytest.raises(NotYet, match="may still have key 1"):
        await key_versions.destroy(rotation.connection, runtime, workspace_id)
    await long_ago(1)
    assert await key_versions.destroy(rotation.connection, runtime, workspace_id) == [1]
    assert await key_versions.destroy(rotation.connection, runtime, workspace_id) == []
    capsys.readouterr()
    await rotation.step("status")
    said = capsys.readouterr().out
    assert re.search(rf"{workspace_id} clients: seal 1: destroyed since .*, 0 values", said)
    assert re.search(rf"{workspace_id} clients: seal 2: active since .*, 2 values", said)


async def test_an_operator_who_leaves_a_step_out_is_told_and_does_not_take_the_change_for_done(practice, rotation, quick_keys, capsys):
    await practice.add_client()

    async def told(step):
        capsys.readouterr()
        await rotation.step(step)
        return capsys.readouterr().out

    async def refused(step):
        capsys.readouterr()
        with pytest.raises(SystemExit):
            await rotation.step(step)
        return capsys.readouterr().out

    assert "`add` makes a new one" in await told("promote")
    await rotation.step("add")
    for too_early in ("reencrypt", "retire", "destroy"):
        said = "clients: REFUSED: key 2 waits to be promoted, and key 1 is still in use: promote first"
        assert said in await refused(too_early)
    await rotation.step("promote")
    assert "clients: REFUSED: key 1 is not retired: retire first" in await refused("destroy")
    await rotation.step("reencrypt")
    assert "clients: REFUSED: key 1 is not retired: retire first" in await refused("destroy")
    for step in ("retire", "destroy"):
        await rotation.step(step)
    # What is there already is no step that was left out.
    for step in ("promote", "reencrypt", "retire", "destroy"):
        await rotation.step(step)
    assert (await rotation.states())["clients"] == [(1, "destroyed"), (2, "active")]


async def test_the_keyring_of_another_installation_adds_no_key_that_nobody_could_open(gateway, practice, rotation, tmp_path):
    client = await practice.add_client()
    runtime, workspace_id, file = gateway.environment.runtime("clients"), rotation.workspace_id, tmp_path / "keyring.json"
    Keyring.generate().save(file)
    mistaken = Runtime(runtime.service, runtime.settings.model_copy(update={"keyring_file": file}), broker=runtime.broker)
    for purpose in ("seal", "index"):
        with pytest.raises(NotYet, match="the keyring does not open key 1: it is not the one of this installation"):
            await key_versions.add(rotation.connection, mistaken, workspace_id, purpose)
    runtime.keys.forget(workspace_id)
    assert (await practice.http.get(f"/api/v1/clients/{client['id']}")).json()["first_name"] == "Ada"


async def test_two_operators_who_add_a_key_at_once_add_one(gateway, practice, rotation):
    await practice.add_client()
    runtime, workspace_id = rotation.environment.runtime("clients"), rotation.workspace_id
    async with gateway.environment.superuser() as first, gateway.environment.superuser() as second:
        async with first.transaction():
            assert await key_versions.add(first, runtime, workspace_id) == 2
            other = asyncio.create_task(key_versions.add(second, runtime, workspace_id))
            # It waits for the first one's row.
            assert not (await asyncio.wait([other], timeout=0.3))[0]
        assert await other == 2


async def test_a_value_that_a_retired_key_has_sealed_after_all_keeps_it_and_is_sealed_again(practice, rotation, quick_keys):
    """As a process would that was stopped for an hour, and then wrote."""
    runtime, workspace_id = rotation.environment.runtime("clients"), rotation.workspace_id
    client = await practice.add_client()
    (row,) = await rotation.connection.fetch("SELECT sealed FROM clients.clients WHERE id = $1::text::uuid", client["id"])
    for step in ("add", "promote", "reencrypt", "retire"):
        await rotation.step(step)
    await rotation.connection.execute("UPDATE clients.clients SET sealed = $2 WHERE id = $1::text::uuid", client["id"], row["sealed"])

    with pytest.raises(NotYet, match="1 values are sealed with key 1"):
        await key_versions.destroy(rotation.connection, runtime, workspace_id)
    await rotation.step("reencrypt")
    assert await key_versions.destroy(rotation.connection, runtime, workspace_id) == [1]
    runtime.keys.forget(workspace_id)
    assert (await practice.http.get(f"/api/v1/clients/{client['id']}")).json()["first_name"] == "Ada"


async def test_the_root_key_is_changed_and_all_data_keys_are_wrapped_again(gateway, practice, rotation, tmp_path, capsys, monkeypatch):
    client = await practice.add_client()
    runtimes, workspace_id = gateway.environment.runtimes, rotation.workspace_id
    file = tmp_path / "keyring.json"
    runtimes["clients"].keyring.save(file)

    async def step(name):
        return await take_root_step(rotation.connection, {"clients": restarted()}, file, name, None)

    async def of_this_workspace(connection, runtimes):
        """There are others, whose keys stay as they are."""
        stored = await connection.fetch("SELECT wrapped FROM clients.data_keys WHERE workspace_id = $1", workspace_id)
        return Counter(Keyring.root_of(row["wrapped"]) for row in stored)

    def restarted():
        """The service with the keyring that is in the file."""
        settings = runtimes["clients"].settings.model_copy(update={"keyring_file": file})
        return Runtime(runtimes["clients"].service, settings, broker=runtimes["clients"].broker)

    for name in ("root-add", "root-add", "root-promote"):
        await step(name)
    said = capsys.readouterr().out
    assert said.splitlines() == [*["root key 1 wraps, of 2 in the keyring"] * 2, "root key 2 wraps, of 2 in the keyring"]
    with pytest.raises(SystemExit, match=r"with root key 1\. Rewrap first"):
        await step("root-retire")
    assert load_keyring(file, "").names == ("1", "2")

    await key_versions.add(rotation.connection, runtimes["clients"], workspace_id)
    before = await rotation.connection.fetch("SELECT * FROM clients.data_keys WHERE workspace_id = $1", workspace_id)
    assert await key_versions.rewrap(rotation.connection, restarted(), workspace_id) == 3
    assert await key_versions.rewrap(rotation.connection, restarted(), workspace_id) == 0
    rows = await rotation.connection.fetch("SELECT * FROM clients.data_keys WHERE workspace_id = $1", workspace_id)
    assert {Keyring.root_of(row["wrapped"]) for row in rows} == {"2"}

    alone = DataKeys(load_keyring(file, "").without_others(), "clients")
    keys = alone.together(workspace_id, [alone.unwrap(row) for row in rows])
    (row,) = await rotation.connection.fetch("SELECT * FROM clients.clients WHERE id = $1::text::uuid", client["id"])
    assert to_message(row, keys).first_name == "Ada"
    monkeypatch.setattr(root_keys_command, "wrapped_with", of_this_workspace)
    held = file.read_bytes()
    await step("root-retire")
    assert (load_keyring(file, "").names, (tmp_path / "keyring.json.before").read_bytes()) == (("2",), held)
    # What runs with the keyring of before can no longer read the keys: that is why every process is restarted first.
    runtimes["clients"].keys.forget(workspace_id)
    with pytest.raises(SealBroken):
        await runtimes["clients"].keys.of(workspace_id)

    # The other tests go on with the keyring of before.
    back = "UPDATE clients.data_keys SET wrapped = $4 WHERE workspace_id = $1 AND purpose = $2 AND version = $3"
    await rotation.connection.executemany(back, [(workspace_id, row["purpose"], row["version"], row["wrapped"]) for row in before])
