"""`caseload keys …`: what is printed of the keys of workspaces, and how each step is taken for all of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chassis.encryption.data_keys import INDEX, PROOFS, SEAL
from chassis.observability.redaction import cause
from chassis.service.runtime import Runtime
from standalone.records import indexing, key_versions, sealing
from standalone.records.rows import erased_in, keyed_in

_WHAT = {SEAL: "values", INDEX: "rows"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The purpose of the keys; whether to promote although processes of an earlier release may run; the services that may hold addresses."""

    purpose: str = SEAL
    force: bool = False
    holders: Sequence[Runtime] = ()


Step = Callable[[Any, Runtime, UUID, Asked], Awaitable[str]]


async def take_step(connection: Any, runtimes: Mapping[str, Runtime], workspace_ids: list[UUID], step: str, asked: Asked) -> None:
    """Takes one step with the keys of a purpose for every workspace in every service that has not erased it. Goes on past what fails, and then ends with status 1."""
    done = idle = failed = 0
    for workspace_id in workspace_ids:
        chosen = await keyed_in(connection, runtimes, workspace_id) - await erased_in(connection, runtimes, workspace_id)
        there = [runtime for name, runtime in runtimes.items() if name in chosen]
        asked = replace(asked, holders=there)
        for runtime in there:
            try:
                told = await STEPS[step](connection, runtime, workspace_id, asked)
            except key_versions.NotYet as refusal:
                failed += 1
                print(f"{workspace_id} {runtime.name}: REFUSED: {refusal}")
            except Exception as error:  # noqa: BLE001 - somebody who damages one workspace keeps no other from it
                failed += 1
                print(f"{workspace_id} {runtime.name}: FAILED ({cause(error)})")
            else:
                if told:
                    print("\n".join(f"{workspace_id} {runtime.name}: {line}" for line in told.splitlines()))
                    done += 1
                else:
                    idle += 1
    print(f"{step}: {done} done, {idle} with nothing to do, {failed} not done")
    if step == "promote" and not done and not failed:
        # Else a change that was never begun looks like one that is over.
        added = "add --index" if asked.purpose == INDEX else "add"
        print(f"no key waits to be promoted: one that was promoted already is in use, and `{added}` makes a new one")
    if failed:
        raise SystemExit(1)


async def _status(connection: Any, runtime: Runtime, workspace_id: UUID, _asked: Asked) -> str:
    """Of keys of both purposes."""
    used = {purpose: await key_versions.references(connection, runtime, workspace_id, purpose) for purpose in (SEAL, INDEX)}
    lines = []
    for version in await key_versions.versions(connection, runtime, workspace_id):
        number = used[version.purpose].pop(version.number, 0)
        told = f", {number} {_WHAT[version.purpose]}" if version.purpose == SEAL or runtime.service.indexed else ""
        if (version.purpose, version.number) == (INDEX, PROOFS):
            told = ", of digests alone"
        lines.append(f"{version.purpose} {version.number}: {version.state} since {version.changed_at:%Y-%m-%d %H:%M:%S}Z{told}")
    for purpose, left in used.items():
        lines += [f"{purpose} {version}: THERE IS NO SUCH KEY, {number} {_WHAT[purpose]}" for version, number in sorted(left.items())]
    return "\n".join(lines)


async def _add(connection: Any, runtime: Runtime, workspace_id: UUID, asked: Asked) -> str:
    number = await key_versions.add(connection, runtime, workspace_id, asked.purpose)
    return f"key {number} waits to be promoted" if number else ""


async def _promote(connection: Any, runtime: Runtime, workspace_id: UUID, asked: Asked) -> str:
    number = await key_versions.promote(connection, runtime, workspace_id, asked.purpose, force=asked.force)
    return f"key {number} {'seals' if asked.purpose == SEAL else 'makes tokens'} from now on" if number else ""


async def _reencrypt(connection: Any, runtime: Runtime, workspace_id: UUID, asked: Asked) -> str:
    keys = await key_versions.operators_keys(connection, runtime, workspace_id)
    count = sealing.count_waiting if asked.purpose == SEAL else indexing.count_waiting
    waiting = await count(connection, runtime, workspace_id, keys)
    if not waiting:
        await key_versions.check_none_waits(connection, runtime, workspace_id, asked.purpose)
        return ""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        advance = partial(progress.advance, progress.add_task(f"{workspace_id} {runtime.name}", total=waiting))
        if asked.purpose == INDEX:
            known = await indexing.index_addresses(connection, runtime, workspace_id, keys, asked.holders, advance=advance)
            done = await indexing.index_again(connection, runtime, workspace_id, keys, advance=advance)
            if not any(each.of_addresses for each in runtime.service.indexed):
                return f"{done} rows are found by the new key"
            return f"{known} rows are found by the new key, {done} were deleted: nobody has their address any more"
        sealed = await sealing.seal_again(connection, runtime, workspace_id, keys, advance=advance)
    if sealed.unreadable:
        rows = "".join(f"\n  {row}" for row in sealed.unreadable)
        raise key_versions.NotYet(f"{sealed.values} values were sealed again, {len(sealed.unreadable)} could not be read:{rows}")
    return f"{sealed.values} values sealed again"


async def _retire(connection: Any, runtime: Runtime, workspace_id: UUID, asked: Asked) -> str:
    return _numbers(await key_versions.retire(connection, runtime, workspace_id, asked.purpose), "retired")


async def _destroy(connection: Any, runtime: Runtime, workspace_id: UUID, asked: Asked) -> str:
    if asked.purpose == INDEX and (former := await key_versions.retired(connection, runtime, workspace_id, INDEX)):
        await indexing.forget_tokens(runtime, workspace_id, former)
    return _numbers(await key_versions.destroy(connection, runtime, workspace_id, asked.purpose), "destroyed")


async def _rewrap(connection: Any, runtime: Runtime, workspace_id: UUID, _asked: Asked) -> str:
    number = await key_versions.rewrap(connection, runtime, workspace_id)
    return f"{number} keys wrapped with root key {runtime.keyring.active}" if number else ""


def _numbers(numbers: list[int], what: str) -> str:
    return f"key {', '.join(map(str, numbers))} {what}" if numbers else ""


STEPS: Mapping[str, Step] = {
    "status": _status,
    "add": _add,
    "promote": _promote,
    "reencrypt": _reencrypt,
    "retire": _retire,
    "destroy": _destroy,
    "rewrap": _rewrap,
}
