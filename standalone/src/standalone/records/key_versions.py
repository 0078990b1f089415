"""The versions of a workspace's keys in one service, and how a new one takes the place of an old one.

added      a new key is committed, as `reading`: every process gets to know it, none seals with it
promoted   it is `active`, and the former one `reading`: what is written now is sealed, or found, with the new key
           (what the former key has sealed is sealed again, and what is found by it gets other tokens: see sealing.py and
           indexing.py)
retired    the former key, of which no sealed value or token is left, is given to no process any more
destroyed  its wrapped bytes are deleted; the row stays, so that the version is not used again

A step waits until every process goes by the one before it: `UNTIL_EVERYWHERE` of the key store.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.options.v1 import options_pb2
from chassis.encryption import key_store
from chassis.encryption.data_keys import INDEX, PROOFS, SEAL, DataKeys
from chassis.encryption.keyring import SealBroken
from chassis.encryption.records import WorkspaceKeys
from chassis.encryption.sealed_values import sealed_columns
from chassis.migrations.roles import VERSION_TABLE, newest_revision
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line
from chassis.work.unit_of_work import envelope_of

# What is done with a key of each purpose, and what is said of what it was done to.
_USES = {SEAL: "seal", INDEX: "write"}
_USED = {SEAL: "values are sealed with", INDEX: "rows are found by"}


class NotYet(Exception):
    """The step cannot be taken now; says why, and from when it can."""


@dataclass(frozen=True, slots=True)
class Version:
    """One row of `data_keys`. `settled_in` is how long it takes until every process goes by its state."""

    purpose: str
    number: int
    state: str
    changed_at: datetime
    settled_in: timedelta

    @property
    def is_settled(self) -> bool:
        return self.settled_in <= timedelta()


async def versions(connection: Any, runtime: Runtime, workspace_id: UUID, *, lock: bool = False) -> list[Version]:
    """All versions, oldest first. Those that a rotation has destroyed are `destroyed` here, and in the table retired and empty."""
    if lock:
        # In a statement of its own: the next one sees a key that somebody has added while this waited.
        await connection.execute(
            f"SELECT FROM {runtime.name}.data_keys WHERE workspace_id = $1 ORDER BY purpose, version FOR UPDATE", workspace_id
        )
    rows = await connection.fetch(
        "SELECT purpose, version, CASE WHEN wrapped = '' THEN 'destroyed' ELSE state END AS state, changed_at, now() - changed_at AS age"
        f" FROM {runtime.name}.data_keys WHERE workspace_id = $1 ORDER BY purpose, version",
        workspace_id,
    )
    wait = key_store.UNTIL_EVERYWHERE
    return [Version(row["purpose"], row["version"], row["state"], row["changed_at"], wait - row["age"]) for row in rows]


async def references(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL) -> Counter[int]:
    """How many values are sealed with each version, from the values themselves; or how many rows are found by it."""
    found: Counter[int] = Counter()
    if purpose == INDEX:
        for each in runtime.service.indexed:
            counted = f"SELECT index_version, count(*) AS number FROM {each.table.fullname} WHERE workspace_id = $1 GROUP BY 1"
            for row in await connection.fetch(counted, workspace_id):
                found[row["index_version"]] += row["number"]
        return found
    for column in sealed_columns(runtime.service.metadata):
        counted = (
            f"SELECT substring({column.name} from 2 for 4) AS version, count(*) AS number FROM {column.table.fullname}"
            f" WHERE workspace_id = $1 AND {column.name} IS NOT NULL GROUP BY 1"
        )
        for row in await connection.fetch(counted, workspace_id):
            found[int.from_bytes(row["version"], "big")] += row["number"]
    return found


async def operators_keys(connection: Any, runtime: Runtime, workspace_id: UUID) -> WorkspaceKeys:
    """The keys as a process has them, with those that are retired: what one of them has sealed after all can be sealed again."""
    stored = (
        f"SELECT * FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND wrapped <> '' AND (purpose = '{SEAL}' OR state <> 'retired')"
    )
    wrapped = DataKeys(runtime.keyring, runtime.name)
    return wrapped.together(workspace_id, [wrapped.unwrap(row) for row in await connection.fetch(stored, workspace_id)])


async def add(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL) -> int | None:
    """Commits a new key, which nothing uses yet. Its version, or that of the one that waits to be promoted already; None where nothing is found by
    keys for indexes.
    """
    if purpose == INDEX and not runtime.service.indexed:
        return None
    async with connection.transaction():
        known = _of(await versions(connection, runtime, workspace_id, lock=True), purpose)
        active = _active(known)
        waiting = [version.number for version in known if version.number > active.number and version.state == "reading"]
        if waiting:
            return waiting[-1]
        number, wrapped = known[-1].number + 1, DataKeys(runtime.keyring, runtime.name)
        await _check_keyring(connection, runtime, workspace_id, active, wrapped)
        if purpose == INDEX:
            await _keep_for_proofs(connection, runtime, workspace_id, wrapped)
        await _insert(connection, runtime, workspace_id, purpose, number, wrapped.generate(workspace_id, purpose, number))
        await _tell(connection, runtime, workspace_id, "add_data_key", options_pb2.ACTION_CREATE, **_facts([number], purpose))
    return number


async def promote(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL, *, force: bool = False) -> int | None:
    """Lets the newest key seal, or make tokens, from now on. Its version, or None where no newer one was added. Raises NotYet; `force` promotes a key for
    indexes although processes of an earlier release may run.
    """
    async with connection.transaction():
        known = _of(await versions(connection, runtime, workspace_id, lock=True), purpose)
        active, newest = _active(known), [version for version in known if version.state == "reading"][-1:]
        if not newest or newest[0].number < active.number:
            return None
        _check_settled(newest[0], "some processes may not have key {} yet")
        if purpose == INDEX and not force:
            await _check_alone(connection, runtime)
        await connection.execute(
            f"UPDATE {runtime.name}.data_keys SET state = CASE WHEN version = $3 THEN 'active' ELSE 'reading' END, changed_at = now()"
            " WHERE workspace_id = $1 AND purpose = $2 AND (version = $3 OR state = 'active')",
            workspace_id,
            purpose,
            newest[0].number,
        )
        await _tell(connection, runtime, workspace_id, "promote_data_key", options_pb2.ACTION_UPDATE, **_facts([newest[0].number], purpose))
    return newest[0].number


async def check_promoted(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str) -> None:
    """Raises NotYet while a process may still write with the key before the active one."""
    active = _active(_of(await versions(connection, runtime, workspace_id), purpose))
    _check_settled(active, f"some processes may still {_USES[purpose]} with the key before {{}}")


async def check_none_waits(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str) -> None:
    """Raises NotYet where a key was added and not promoted: a later step has nothing to do then, and whoever takes it believes the key changed."""
    _check_none_waits(_of(await versions(connection, runtime, workspace_id), purpose))


async def retire(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL) -> list[int]:
    """Takes the keys before the active one from all processes. Their versions. Raises NotYet while one of them is used."""
    async with connection.transaction():
        known = _of(await versions(connection, runtime, workspace_id, lock=True), purpose)
        active = _active(known)
        if former := _former(known):
            _check_settled(active, f"some processes may still {_USES[purpose]} with the key before {{}}")
            await _check_unused(connection, runtime, workspace_id, former, purpose)
            await _set(connection, runtime, workspace_id, former, "state = 'retired'", purpose)
            await _tell(connection, runtime, workspace_id, "retire_data_keys", options_pb2.ACTION_UPDATE, **_facts(former, purpose))
        else:
            _check_none_waits(known)
    return former


async def retired(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL, *, lock: bool = False) -> list[int]:
    """The versions that are retired and still there. Raises NotYet while a process may still have one of them."""
    found = [
        version for version in _of(await versions(connection, runtime, workspace_id, lock=lock), purpose) if version.state == "retired"
    ]
    for version in found:
        _check_settled(version, "some processes may still have key {}")
    return [version.number for version in found]


async def destroy(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str = SEAL) -> list[int]:
    """Deletes the retired keys themselves. Their versions. Raises NotYet while one of them is used."""
    async with connection.transaction():
        numbers = await retired(connection, runtime, workspace_id, purpose, lock=True)
        if numbers:
            await _check_unused(connection, runtime, workspace_id, numbers, purpose)
            await _set(connection, runtime, workspace_id, numbers, "wrapped = ''", purpose)
            await _tell(connection, runtime, workspace_id, "destroy_data_keys", options_pb2.ACTION_DELETE, **_facts(numbers, purpose))
        else:
            known = _of(await versions(connection, runtime, workspace_id), purpose)
            if former := _former(known):
                raise NotYet(f"key {', '.join(map(str, former))} is not retired: retire first")
            _check_none_waits(known)
    return numbers


async def rewrap(connection: Any, runtime: Runtime, workspace_id: UUID) -> int:
    """Wraps the keys of both purposes with the active root key. How many were wrapped with another one; SealBroken where one does not open."""
    wrapped, changed = DataKeys(runtime.keyring, runtime.name), 0
    async with connection.transaction():
        stored = f"SELECT * FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND wrapped <> '' FOR UPDATE"
        for row in await connection.fetch(stored, workspace_id):
            again = wrapped.wrap_again(row)
            if again is not None:
                await connection.execute(
                    f"UPDATE {runtime.name}.data_keys SET wrapped = $4 WHERE workspace_id = $1 AND purpose = $2 AND version = $3",
                    workspace_id,
                    row["purpose"],
                    row["version"],
                    again,
                )
                changed += 1
        if changed:
            await _tell(connection, runtime, workspace_id, "rewrap_data_keys", options_pb2.ACTION_UPDATE, root_key=runtime.keyring.active)
    return changed


def _of(known: list[Version], purpose: str) -> list[Version]:
    """The versions of a purpose that take each other's place. Raises NotYet where the workspace was erased meanwhile."""
    found = [version for version in known if version.purpose == purpose and (purpose, version.number) != (INDEX, PROOFS)]
    if not any(version.state == "active" for version in found):
        raise NotYet("the workspace has no active key: it is being erased")
    return found


def _active(known: list[Version]) -> Version:
    return [version for version in known if version.state == "active"][-1]


def _former(known: list[Version]) -> list[int]:
    """The keys before the active one that processes still have."""
    active = _active(known)
    return [version.number for version in known if version.number < active.number and version.state == "reading"]


def _check_none_waits(known: list[Version]) -> None:
    active = _active(known)
    for version in known:
        if version.number > active.number and version.state == "reading":
            raise NotYet(f"key {version.number} waits to be promoted, and key {active.number} is still in use: promote first")


async def _check_alone(connection: Any, runtime: Runtime) -> None:
    """Raises NotYet where the schema's last step was not taken, which is when no process of an earlier release is left: such a one finds by one key alone."""
    applied = await connection.fetchval(f"SELECT version_num FROM {runtime.name}.{VERSION_TABLE}")
    if applied != newest_revision(runtime.name):
        raise NotYet(
            f"processes of an earlier release may run, which find by one key alone and make wrong digests: schema {runtime.name} is at {applied};"
            " run deploy/upgrade … --contract (caseload migrate on one machine) first, or say --force if every process runs this release"
        )


def _check_settled(version: Version, why: str) -> None:
    if not version.is_settled:
        raise NotYet(f"{why.format(version.number)}; try again in {max(1, round(version.settled_in.total_seconds()))} seconds")


async def _check_unused(connection: Any, runtime: Runtime, workspace_id: UUID, numbers: list[int], purpose: str) -> None:
    used = await references(connection, runtime, workspace_id, purpose)
    if still := {number: used[number] for number in numbers if used[number]}:
        step = "reencrypt --index" if purpose == INDEX else "reencrypt"
        raise NotYet("; ".join(f"{number_of} {_USED[purpose]} key {number}: {step} first" for number, number_of in still.items()))


async def _check_keyring(connection: Any, runtime: Runtime, workspace_id: UUID, active: Version, wrapped: DataKeys) -> None:
    """Raises NotYet for the keyring of another installation: no process could unwrap a key that it wraps, nor go on with those that it can."""
    stored = f"SELECT * FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND purpose = $2 AND version = $3"
    try:
        wrapped.unwrap(await connection.fetchrow(stored, workspace_id, active.purpose, active.number))
    except SealBroken:
        raise NotYet(f"the keyring does not open key {active.number}: it is not the one of this installation") from None


async def _keep_for_proofs(connection: Any, runtime: Runtime, workspace_id: UUID, wrapped: DataKeys) -> None:
    """Keeps the first key for indexes for the digests that it has made, under a version that finds nothing; once."""
    stored = f"SELECT * FROM {runtime.name}.data_keys WHERE workspace_id = $1 AND purpose = $2 ORDER BY version LIMIT 1"
    first = await connection.fetchrow(stored, workspace_id, INDEX)
    if first["version"] != PROOFS:
        kept = wrapped.wrap(wrapped.unwrap(first).key, workspace_id, INDEX, PROOFS)
        await _insert(connection, runtime, workspace_id, INDEX, PROOFS, kept)


async def _insert(connection: Any, runtime: Runtime, workspace_id: UUID, purpose: str, number: int, wrapped: bytes) -> None:
    await connection.execute(
        f"INSERT INTO {runtime.name}.data_keys (workspace_id, purpose, version, wrapped, state) VALUES ($1, $2, $3, $4, 'reading')",
        workspace_id,
        purpose,
        number,
        wrapped,
    )


async def _set(connection: Any, runtime: Runtime, workspace_id: UUID, numbers: list[int], change: str, purpose: str) -> None:
    await connection.execute(
        f"UPDATE {runtime.name}.data_keys SET {change}, changed_at = now() WHERE workspace_id = $1 AND purpose = $2 AND version = ANY($3::int[])",
        workspace_id,
        purpose,
        numbers,
    )


def _facts(numbers: list[int], purpose: str) -> dict[str, str]:
    return {"purpose": purpose, "key_versions": " ".join(map(str, numbers))}


async def _tell(connection: Any, runtime: Runtime, workspace_id: UUID, event: str, action: options_pb2.Action, **facts: str) -> None:
    work = runtime.background(workspace_id)
    line = audit_line(work, event, options_pb2.RESOURCE_WORKSPACE, action, [str(workspace_id)], facts=facts)
    await runtime.outbox.write(connection, [envelope_of(line, work, uuid7())])
