"""Exports all clients of a workspace into one archive, some of them in each step."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from caseload.clients.v1 import clients_pb2
from caseload.clinical.v1 import sessions_pb2
from caseload.options.v1 import options_pb2
from chassis.client_archive.contents import ClientContents
from chassis.client_archive.record import read_record
from chassis.errors import Forbidden, Gone, NotFound, Unauthenticated
from chassis.jobs.files import FileWriter, JobFiles
from chassis.jobs.running import JobKind, RunningJob, Waits
from chassis.jobs.store import JobStore
from chassis.jobs.zip_file import ZipEntry, ZipWriter, told_by_steps
from chassis.protobuf.rendering import render
from chassis.storage.archive import zipped
from clients.exports import store
from clients.exports.elsewhere import Everywhere, Reader

KIND = "export_clients"
SCOPE = "clients:export-all"
FORMAT, FORMAT_VERSION = "caseload workspace export", 1
# A step ends with the client with whom one of these is reached.
_CLIENTS_IN_A_STEP = 50
_BYTES_IN_A_STEP = 8 * 1024 * 1024
_SECONDS_IN_A_STEP = 10.0
_SECONDS_UNTIL_TRIED_AGAIN = 1.0
# What a step tells is kept beside what it has written. Where so many are left out that nothing is written, they become an entry of their own,
# so that the job's state stays small.
_MOST_UNTOLD = 500
_NONE = UUID(int=0)
_RESTRICTED = "client_restricted"


@dataclass(slots=True)
class Step:
    """What a step has written, for whoever makes the directory of the archive."""

    began: float = field(default_factory=time.monotonic)
    entries: list[ZipEntry] = field(default_factory=list)
    # Clients whose record whoever has ordered this may not open.
    left_out: list[str] = field(default_factory=list)
    looked_at: int = 0

    def is_full(self) -> bool:
        size = sum(entry.size for entry in self.entries)
        took = time.monotonic() - self.began
        return self.looked_at >= _CLIENTS_IN_A_STEP or size >= _BYTES_IN_A_STEP or took >= _SECONDS_IN_A_STEP

    def told(self) -> str:
        return json.dumps({"entries": [entry.as_json() for entry in self.entries], "left_out": self.left_out})


class ExportOfAll:
    """One job's work. Its state is the last client that was looked at, how many are in the archive and how many were left out, and who was left out since
    anything was written: what a step tells is kept beside what it has written.
    """

    def __init__(self, job: RunningJob, jobs: JobStore, everywhere: Everywhere, reader: Reader, writer: FileWriter) -> None:
        self._job = job
        self._jobs = jobs
        self._everywhere = everywhere
        self._reader = reader
        self._writer = writer
        self._zip = ZipWriter(writer)
        self._untold: list[str] = job.state.get("untold", [])

    async def run(self) -> Mapping[str, Any]:
        self._job.gives_way = True
        outcome = dict(self._job.state.get("outcome") or {"exported": 0, "left_out": 0})
        keys = await self._everywhere.sessions.ListSigningKeys(sessions_pb2.ListSigningKeysRequest(), self._reader.context)
        signing_keys = list(map(render, keys.items))
        after = UUID(self._job.state.get("after", str(_NONE)))
        while client_ids := await self._following(after):
            step = Step(left_out=self._untold.copy())
            told_before = len(step.left_out)
            for client_id in client_ids:
                await self._add(client_id, step, signing_keys)
                after, step.looked_at = client_id, step.looked_at + 1
                if step.is_full():
                    break
            outcome["exported"] += len(step.entries)
            outcome["left_out"] += len(step.left_out) - told_before
            if not step.entries and len(step.left_out) >= _MOST_UNTOLD:
                step.entries.append(await self._zip.add(f"left-out/{after}.json", datetime.now(UTC), _listed(step.left_out)))
            await self._writer.flush()
            self._untold = [] if step.entries else step.left_out
            async with self._job.step() as work:
                self._job.done += step.looked_at
                self._job.total = max(self._job.total or 0, self._job.done)
                self._job.state = {"after": str(after), "outcome": outcome, "untold": self._untold}
                await self._writer.keep(work, told=step.told())
        # Whoever went on after the last step would write the end once more.
        self._job.gives_way = False
        manifest = await self._zip.add("manifest.json", datetime.now(UTC), self._manifest(outcome))
        await self._zip.finish(self._entries(manifest))
        await self._writer.flush()
        async with self._job.step() as work:
            # Those who came or went meanwhile.
            self._job.total = self._job.done
            await self._writer.finish(work)
        return outcome

    async def _following(self, after: UUID) -> Sequence[UUID]:
        async with self._job.look() as work:
            return [row["id"] for row in await work.db.all(store.after, after=after, limit=_CLIENTS_IN_A_STEP)]

    async def _add(self, client_id: UUID, step: Step, signing_keys: Sequence[Mapping[str, Any]]) -> None:
        """Adds the archive of a client, unless they may not be opened, or are not there any more."""
        await self._renew_if_due()
        try:
            client = await read_record(self._everywhere, self._reader.context, str(client_id))
        except Forbidden as refusal:
            if refusal.code != _RESTRICTED:
                raise
            step.left_out.append(str(client_id))
            return
        except (NotFound, Gone):  # erased, or merged, a moment ago
            return
        contents = ClientContents(self._everywhere, self._reader.context, self._job.created_by, client, signing_keys)
        name, now = f"clients/{client_id}.zip", datetime.now(UTC)
        try:
            step.entries.append(await self._zip.add(name, now, self._archive(contents)))
        except (Forbidden, NotFound, Gone) as refusal:
            if refusal.code == _RESTRICTED or (not isinstance(refusal, Forbidden) and await self._is_gone(client_id)):
                # Since a moment ago. The step begins again, without what is written of them.
                raise Waits(_SECONDS_UNTIL_TRIED_AGAIN) from None
            raise

    async def _archive(self, contents: ClientContents) -> AsyncIterator[bytes]:
        """The archive of one client, which may take longer than a token lasts."""
        async for piece in zipped(contents.entries()):
            yield piece
            if await self._renew_if_due():
                contents.go_on_with(self._reader.context)

    async def _renew_if_due(self) -> bool:
        if not self._reader.is_due:
            return False
        await self._job.check_standing()
        await self._reader.renew()
        return True

    async def _is_gone(self, client_id: UUID) -> bool:
        try:
            await self._everywhere.clients.CheckClient(clients_pb2.CheckClientRequest(client_id=str(client_id)), self._reader.context)
        except (NotFound, Gone):
            return True
        return False

    async def _entries(self, *last: ZipEntry) -> AsyncIterator[ZipEntry]:
        async for told in told_by_steps(self._jobs, self._job):
            for entry in told["entries"]:
                yield ZipEntry.of_json(entry)
        for entry in last:
            yield entry

    async def _left_out(self) -> AsyncIterator[list[str]]:
        async for told in told_by_steps(self._jobs, self._job):
            yield told["left_out"]
        yield self._untold

    async def _manifest(self, outcome: Mapping[str, int]) -> AsyncIterator[bytes]:
        """Written as it is read: there may be any number of clients."""
        facts = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "workspace_id": str(self._job.workspace_id),
            "exported_at": datetime.now(UTC),
            "exported_by": str(self._job.created_by),
            **outcome,
        }
        yield orjson.dumps(facts, option=orjson.OPT_UTC_Z).removesuffix(b"}") + b',"clients_left_out":['
        separator = b"\n"
        async for left_out in self._left_out():
            for client_id in left_out:
                yield separator + orjson.dumps(client_id)
                separator = b",\n"
        yield b'],"entries":['
        separator = b"\n"
        async for entry in self._entries():
            yield separator + orjson.dumps({"name": entry.name, "size": entry.size, "sha256": entry.sha256})
            separator = b",\n"
        yield b"\n]}\n"


async def _listed(client_ids: Sequence[str]) -> AsyncIterator[bytes]:
    yield orjson.dumps({"clients_left_out": client_ids})


def job_kind(jobs: JobStore, files: JobFiles, everywhere: Everywhere) -> JobKind:
    async def run(job: RunningJob) -> Mapping[str, Any]:
        reader = await everywhere.reader(job.workspace_id, job.created_by, job.id, SCOPE)
        name = f"caseload-export-{datetime.now(UTC):%Y-%m-%d}.zip"
        # Another administrator may be kept out of records that are in it.
        writer = await files.writer(job, name=name, media_type="application/zip", is_personal=True)
        try:
            return await ExportOfAll(job, jobs, everywhere, reader, writer).run()
        except Unauthenticated:
            # What was lent is void: the next attempt asks whether the user may still read.
            raise Waits(_SECONDS_UNTIL_TRIED_AGAIN) from None

    return JobKind(KIND, run, needs=SCOPE, resource=options_pb2.RESOURCE_CLIENT)
