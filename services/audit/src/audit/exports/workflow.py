"""Writes an export of the trail, some thousand lines in each step. What it holds in memory does not grow with their number."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from audit.closed_runs import store as closed_runs
from audit.exports import rules, store
from audit.exports.lines import HEADS, LINES, MEDIA_TYPES
from audit.exports.manifest import signed
from audit.trail.listing import look_up_each
from audit.trail.vocabulary import TYPES_WITHOUT_PHI
from caseload.options.v1 import options_pb2
from chassis.auth.signer import Signer
from chassis.db.transaction import Record
from chassis.jobs.files import FileWriter, JobFiles
from chassis.jobs.running import JobKind, RunningJob, Waits
from chassis.jobs.store import JobStore
from chassis.jobs.zip_file import told_by_steps

KIND = "export_audit_events"
SCOPE = "audit:export"
# A step ends where one of these is reached.
_ROWS_IN_A_STEP = 5_000
_SECONDS_IN_A_STEP = 5.0
# Of the chain, and of what of it matches the filters, in one statement.
_ENTRIES_AT_ONCE = 20_000
_ROWS_AT_ONCE = 500
_SECONDS_UNTIL_CHAINED = 0.2


@dataclass(slots=True)
class Part:
    """What a step has written."""

    rows: int = 0
    size: int = 0
    began: float = field(default_factory=time.monotonic)
    digest: Any = field(default_factory=sha256)

    def is_full(self) -> bool:
        return self.rows >= _ROWS_IN_A_STEP or time.monotonic() - self.began >= _SECONDS_IN_A_STEP

    def told(self) -> str:
        return json.dumps({"rows": self.rows, "size": self.size, "sha256": self.digest.hexdigest()})


class Export:
    """One job's work. Its state is how far it is in the chain (`after`, of `until`), how many rows it has written, and which the first and the last one are."""

    def __init__(self, job: RunningJob, jobs: JobStore, signer: Signer, writer: FileWriter) -> None:
        self._job = job
        self._jobs = jobs
        self._signer = signer
        self._writer = writer
        self._format: str = job.parameters["format"]
        self._filters = asked(job.parameters)
        self._names = frozenset(self._filters)
        self._digest = sha256()

    async def run(self, name: str) -> Mapping[str, Any]:
        if not self._job.state:
            await self._begin()
        async for piece in self._writer.written():
            self._digest.update(piece)
        while self._job.state["after"] < self._job.state["until"]:
            await self._step()
        return await self._finish(name)

    async def _begin(self) -> None:
        """Decides how much of the chain is exported, and writes what is above the rows."""
        ordered_at = datetime.fromisoformat(self._job.parameters["ordered_at"])
        async with self._job.look() as work:
            waiting = (await work.db.one(store.waiting, before=ordered_at))["events"]
            if waiting and rules.waits(ordered_at, now=work.now):
                raise Waits(_SECONDS_UNTIL_CHAINED)
            newest = await work.db.maybe(store.newest)
        part = Part()
        await self._write(HEADS[self._format], part)
        until = 0 if newest is None else newest["sequence"]
        ends = dict.fromkeys(("first_sequence", "last_sequence", "first_previous_hash", "last_hash", "first_missing"))
        await self._keep({"after": 0, "until": until, "waiting": waiting, "rows": 0, "missing": 0, **ends}, part)
        # As it is read back.
        self._digest = sha256()

    async def _step(self) -> None:
        state, part = dict(self._job.state), Part()
        while state["after"] < state["until"] and not part.is_full():
            until = min(state["after"] + _ENTRIES_AT_ONCE, state["until"])
            found = await self._rows(state["after"], until)
            rows = [row for row in found if row["id"] is not None]
            for row in rows:
                await self._write(LINES[self._format](row), part)
            if rows:
                first, last = rows[0], rows[-1]
                if not state["rows"]:
                    state |= {"first_sequence": first["sequence"], "first_previous_hash": first["previous_hash"]}
                state |= {"last_sequence": last["sequence"], "last_hash": last["hash"], "rows": state["rows"] + len(rows)}
                part.rows += len(rows)
            gone = [row["sequence"] for row in found if row["id"] is None]
            if gone:
                state |= {"missing": state["missing"] + len(gone), "first_missing": state["first_missing"] or gone[0]}
            state["after"] = found[-1]["sequence"] if len(found) == _ROWS_AT_ONCE else until
        await self._keep(state, part)

    async def _rows(self, after: int, until: int) -> list[Record]:
        async with self._job.look() as work:
            await work.db.execute(look_up_each)
            return await work.db.all(store.lines(self._names), after=after, until=until, limit=_ROWS_AT_ONCE, **self._filters)

    async def _write(self, data: bytes, part: Part) -> None:
        part.size += len(data)
        part.digest.update(data)
        self._digest.update(data)
        await self._writer.write(data)

    async def _keep(self, state: dict[str, Any], part: Part) -> None:
        await self._writer.flush()
        async with self._job.step() as work:
            self._job.done, self._job.total = state["after"], state["until"]
            self._job.state = {**state, "outcome": {"rows": state["rows"]}}
            await self._writer.keep(work, told=part.told())

    async def _finish(self, name: str) -> Mapping[str, Any]:
        file = {"name": name, "size": self._writer.size, "sha256": self._digest.hexdigest()}
        parts = [part async for part in told_by_steps(self._jobs, self._job)]
        async with self._job.look() as work:
            dropped = rules.dropped_ranges(await work.db.all(closed_runs.within, after=0, until=self._job.state["until"]))
        async with self._job.step() as work:
            named = {
                "export_id": str(self._job.id),
                "workspace_id": str(self._job.workspace_id),
                "exported_by": str(self._job.created_by),
                "exported_at": work.now.astimezone(UTC).isoformat(),
                "file": file,
            }
            await self._writer.finish(work)
        return {"rows": self._job.state["rows"], **signed(self._signer, named, self._job.parameters, self._job.state, parts, dropped)}


def asked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What was ordered, as parameters of the store's statement."""
    filters = {name: parameters[name] for name in ("user_id", "resource_type", "resource_id", "action", "outcome") if name in parameters}
    filters |= {name: datetime.fromisoformat(parameters[f"{name}_date"]) for name in ("start", "end") if f"{name}_date" in parameters}
    return filters | ({"excluded_types": TYPES_WITHOUT_PHI} if parameters.get("phi_only") else {})


def job_kind(jobs: JobStore, files: JobFiles, signer: Signer) -> JobKind:
    async def run(job: RunningJob) -> Mapping[str, Any]:
        name = f"caseload-audit-{job.id}.{job.parameters['format']}"
        writer = await files.writer(job, name=name, media_type=MEDIA_TYPES[job.parameters["format"]])
        return await Export(job, jobs, signer, writer).run(name)

    return JobKind(KIND, run, needs=SCOPE, resource=options_pb2.RESOURCE_AUDIT)
