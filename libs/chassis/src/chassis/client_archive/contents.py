"""What is in the archive of a client, entry by entry, read from the services while it is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

import orjson

from caseload.clients.v1 import consents_pb2, patients_pb2
from caseload.clients.v1.consents_rpc import ConsentsStub
from caseload.clients.v1.patients_rpc import PatientsStub
from caseload.clinical.v1 import attachments_pb2, client_attachments_pb2, measures_pb2, milestones_pb2, plans_pb2, sessions_pb2
from caseload.clinical.v1.client_attachments_rpc import ClientAttachmentsStub
from caseload.clinical.v1.measures_rpc import MeasuresStub
from caseload.clinical.v1.milestones_rpc import MilestonesStub
from caseload.notifications.v1 import reminders_pb2
from caseload.notifications.v1.reminders_rpc import RemindersStub
from caseload.scheduling.v1 import appointments_pb2, waitlist_pb2
from caseload.scheduling.v1.waitlist_rpc import WaitlistStub
from chassis.client_archive import timeline
from chassis.client_archive.note_text import Block, blocks, plain
from chassis.context import RequestContext
from chassis.errors import NotFound
from chassis.paging import BEGINNING
from chassis.protobuf.rendering import dump, render
from chassis.storage.archive import Entry, left_out, unique_names, whole_or_none

FORMAT, FORMAT_VERSION = "caseload client export", 1
_PAGE_SIZE = 50
# Of a list whose items change their places while it is read.
_MOST_PASSES = 3
_EVENTS_AT_ONCE = 500
# Below what clinical lets be chosen at once.
_FILES_AT_ONCE = 50
_BYTES_AT_ONCE = 50 * 1024 * 1024
_PIECE = 64 * 1024
# One for all exports: however many there are, others' requests have the processors.
_PDF_THREAD = ThreadPoolExecutor(1, thread_name_prefix="note-pdf")

Items = AsyncIterator[dict[str, Any]]


class Stubs(timeline.Stubs, Protocol):
    """Of the services that hold something on clients."""

    @property
    def consents(self) -> ConsentsStub: ...
    @property
    def patients(self) -> PatientsStub: ...
    @property
    def milestones(self) -> MilestonesStub: ...
    @property
    def measures(self) -> MeasuresStub: ...
    @property
    def client_attachments(self) -> ClientAttachmentsStub: ...
    @property
    def waitlist(self) -> WaitlistStub: ...
    @property
    def reminders(self) -> RemindersStub: ...


# What the contents of an archive are read with. Who lacks one of them gets none.
NEEDED = ("clients:export", "clients:read", "clients:phi", "appointments:read", "sessions:read", "plans:read", "reminders:read")


class ClientContents:
    """Read by `context`, for the user `exported_by`. `client` is the record, `keys` are those that notes were signed with."""

    def __init__(
        self, stubs: Stubs, context: RequestContext, exported_by: UUID | None, client: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]
    ) -> None:
        self._stubs = stubs
        self._context = context
        self._exported_by = exported_by
        self._client = client
        self._id: str = client["id"]
        self._keys = keys
        self._now = datetime.now(UTC)
        self._digests: list[dict[str, Any]] = []
        # By id, those of the appointments that were read.
        self._series: dict[str, dict[str, Any]] = {}

    def go_on_with(self, context: RequestContext) -> None:
        """What is not read yet is read by this context, of the same user."""
        self._context = context

    async def entries(self) -> AsyncIterator[Entry]:
        """All entries. The last one tells the digests of the others, so an archive that has it is whole."""
        async for entry in self._contents():
            yield Entry(entry.name, entry.at, self._digested(entry), entry.is_compressed)
        yield self._json("manifest.json", self._manifest())

    async def _contents(self) -> AsyncIterator[Entry]:
        yield self._json("client.json", self._client)
        asked = patients_pb2.ExportPatientsRequest(client_id=self._id)
        registered = await self._stubs.patients.ExportPatients(asked, self._context)
        if registered.records:
            yield self._json("patients.json", {"patients": list(map(orjson.loads, registered.records))})
        yield self._json("signing-keys.json", {"algorithm": "Ed25519", "keys": self._keys})
        yield self._list("consents.json", "consents", self._consents())
        yield self._list("appointments.json", "appointments", self._appointments())
        # Known by then: an entry is read when the one before it is over.
        yield self._json("series.json", {"series": list(self._series.values())})
        yield self._list("waitlist.json", "entries", self._waitlist())
        yield self._list("reminders.json", "reminders", self._reminders())
        yield self._list("timeline.json", "events", self._timeline())
        yield self._list("plans.json", "plans", self._plans())
        async for entry in self._notes():
            yield entry
        async for entry in self._files():
            yield entry

    def _manifest(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "workspace_id": self._client["workspace_id"],
            "client_id": self._id,
            "exported_at": self._now,
            "exported_by": str(self._exported_by),
            "entries": self._digests,
        }

    async def _digested(self, entry: Entry) -> AsyncIterator[bytes]:
        digest, size = sha256(), 0
        async for piece in entry.content:
            digest.update(piece)
            size += len(piece)
            yield piece
        self._digests.append({"name": entry.name, "size": size, "sha256": digest.hexdigest()})

    # --- entries of text

    def _json(self, name: str, content: Mapping[str, Any]) -> Entry:
        return self._text(name, orjson.dumps(content, option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2))

    def _text(self, name: str, written: bytes) -> Entry:
        async def content() -> AsyncIterator[bytes]:
            for piece in _pieces(written):
                yield piece

        return Entry(name, self._now, content(), is_compressed=True)

    def _list(self, name: str, member: str, items: Items) -> Entry:
        """A list as the only member of an object, an item to a line."""

        async def content() -> AsyncIterator[bytes]:
            yield b'{"%s":[' % member.encode()
            separator = b"\n"
            async for item in items:
                for piece in _pieces(separator + dump(item)):
                    yield piece
                separator = b",\n"
            yield b"\n]}\n"

        return Entry(name, self._now, content(), is_compressed=True)

    # --- lists

    async def _consents(self) -> Items:
        async for consent in self._paged(self._stubs.consents.ListConsents, consents_pb2.ListConsentsRequest(client_id=self._id)):
            yield render(consent)

    async def _appointments(self) -> Items:
        async def ask(message: appointments_pb2.ListAppointmentsRequest, context: RequestContext) -> appointments_pb2.AppointmentPage:
            found = await self._stubs.appointments.ListAppointments(message, context)
            self._series |= {series.id: render(series) for series in found.series.items}
            return found

        asked = appointments_pb2.ListAppointmentsRequest(client_id=self._id, with_series=True)
        async for appointment in self._paged(ask, asked):
            yield render(appointment)

    async def _waitlist(self) -> Items:
        async for entry in self._paged(self._stubs.waitlist.ListWaitlist, waitlist_pb2.ListWaitlistRequest(client_id=self._id)):
            yield render(entry)

    async def _reminders(self) -> Items:
        async for reminder in self._paged(self._stubs.reminders.ListLogs, reminders_pb2.ListLogsRequest(client_id=self._id)):
            yield render(reminder)

    async def _timeline(self) -> Items:
        cursor: str | None = None
        while True:
            page = await timeline.read_timeline(self._stubs, self._context, NEEDED, UUID(self._id), cursor=cursor, limit=_EVENTS_AT_ONCE)
            for event in page["events"]:
                yield event
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def _plans(self) -> Items:
        async for plan in self._paged(self._stubs.plans.ListPlans, plans_pb2.ListPlansRequest(client_id=self._id)):
            with suppress(NotFound):  # deleted a moment ago
                yield await self._plan(plan)

    async def _plan(self, plan: plans_pb2.Plan) -> dict[str, Any]:
        versions = await self._whole("versions", self._stubs.plans.ListPlanVersions, plans_pb2.ListPlanVersionsRequest(plan_id=plan.id))
        milestones = self._paged(self._stubs.milestones.ListMilestones, milestones_pb2.ListMilestonesRequest(plan_id=plan.id))
        measures = self._paged(self._stubs.measures.ListMeasures, measures_pb2.ListMeasuresRequest(plan_id=plan.id))
        return {
            "plan": render(plan),
            "versions": list(map(render, reversed(versions))),
            "milestones": [render(milestone) async for milestone in milestones],
            "measures": [render(measure) async for measure in measures],
        }

    async def _paged(self, ask: Callable[[Any, RequestContext], Awaitable[Any]], message: Any) -> AsyncIterator[Any]:
        """The items of a list in pages, each once. One whose items changed their places meanwhile is read again for those that were passed over."""
        seen: set[str] = set()
        message.page_size = _PAGE_SIZE
        for _ in range(_MOST_PASSES):
            message.page, total = 0, 1
            while message.page * _PAGE_SIZE < total:
                message.page += 1
                page = await ask(message, self._context)
                total = page.total
                for item in page.items:
                    if item.id not in seen:
                        seen.add(item.id)
                        yield item
            if len(seen) >= total:
                return

    async def _whole(self, name: str, ask: Callable[[Any, RequestContext], Awaitable[Any]], message: Any) -> list[Any]:
        """A list that comes in parts."""
        items: list[Any] = []
        message.after, more = str(BEGINNING), True
        while more:
            part = await ask(message, self._context)
            items += getattr(part, name)
            more = part.more
            if items:
                message.after = items[-1].id
        return items

    # --- notes

    async def _notes(self) -> AsyncIterator[Entry]:
        """Each note as JSON and as text, and every fifty of them as a PDF document."""
        asked = sessions_pb2.ListSessionsRequest(client_id=self._id, include_deleted=True)
        document, written = 1, list[list[Block]]()
        async for session in self._paged(self._stubs.sessions.ListSessions, asked):
            message = sessions_pb2.ListVersionsRequest(session_id=session.id, include_deleted=True)
            try:
                signed = await self._whole("versions", self._stubs.sessions.ListVersions, message)
            except NotFound:  # erased a moment ago
                continue
            note, versions = render(session), list(map(render, reversed(signed)))
            text = blocks(note, versions)
            yield self._json(f"notes/{session.id}.json", {"note": note, "versions": versions})
            yield self._text(f"notes/{session.id}.txt", plain(text).encode())
            written.append(text)
            if len(written) == _PAGE_SIZE:
                yield await self._pdf(document, written)
                document, written = document + 1, []
        if written:
            yield await self._pdf(document, written)

    async def _pdf(self, number: int, notes: Sequence[Sequence[Block]]) -> Entry:
        made = await asyncio.get_running_loop().run_in_executor(_PDF_THREAD, partial(_rendered, notes))
        return self._text(f"notes/notes-{number}.pdf", made)

    # --- files

    async def _files(self) -> AsyncIterator[Entry]:
        asked = client_attachments_pb2.ListClientAttachmentsRequest(client_id=self._id)
        listed = await self._whole("items", self._stubs.client_attachments.ListClientAttachments, asked)
        named = list(zip(listed, unique_names(file.file_name for file in listed), strict=True))
        told = [{"entry": f"files/{name}" if _is_ready(file) else None, **render(file)} for file, name in named]
        yield self._json("files.json", {"files": told})
        names = {file.id: f"files/{name}" for file, name in named}
        missing: list[str] = []
        for batch in _batches([file for file, _ in named if _is_ready(file)]):
            async for file, ticket in self._chosen(batch):
                if ticket is None:
                    missing.append(names[file.id])
                    continue
                at = file.created_at.ToDatetime(UTC)
                # Deleted a moment ago, or lost or cut off by the file store: then clinical has logged it.
                entry = await whole_or_none(names[file.id], at, self._content(file, ticket), missing)
                if entry is not None:
                    yield entry
        if missing:
            yield left_out(missing)

    async def _chosen(self, files: Sequence[attachments_pb2.Attachment]) -> AsyncIterator[tuple[attachments_pb2.Attachment, bytes | None]]:
        """The files with what they are read with; None for one that was deleted meanwhile."""
        ids = [file.id for file in files]
        asked = client_attachments_pb2.ChooseClientAttachmentsRequest(client_id=self._id, attachment_ids=ids)
        try:
            chosen = await self._stubs.client_attachments.ChooseClientAttachments(asked, self._context)
        except NotFound:
            half = len(files) // 2
            if not half:
                yield files[0], None
                return
            for some in (files[:half], files[half:]):
                async for each in self._chosen(some):
                    yield each
            return
        for file, ticket in zip(chosen.items, chosen.tickets, strict=True):
            yield file, ticket

    async def _content(self, file: attachments_pb2.Attachment, ticket: bytes) -> AsyncIterator[bytes]:
        """Raises NotFound where the file, or the rest of it, is not there."""
        offset = 0
        while offset < file.file_size_bytes:
            asked = client_attachments_pb2.ReadClientAttachmentRequest(
                client_id=self._id, attachment_id=file.id, offset=offset, ticket=ticket
            )
            content = (await self._stubs.client_attachments.ReadClientAttachment(asked, self._context)).content
            if not content:
                # As clinical of 0.2.0 tells it.
                raise NotFound("file_not_whole", "A stored file is shorter than its row says.")
            offset += len(content)
            yield content


def _rendered(notes: Sequence[Sequence[Block]]) -> bytes:
    # Loading it takes a second and 40 MB, which a process that exports nothing does without.
    from chassis.client_archive.note_pdf import render_pdf

    return render_pdf(notes)


def _is_ready(file: attachments_pb2.Attachment) -> bool:
    return file.status == attachments_pb2.ATTACHMENT_STATUS_READY


def _batches(files: Sequence[attachments_pb2.Attachment]) -> list[list[attachments_pb2.Attachment]]:
    """The files in their order, as many together as may be chosen at once."""
    batches: list[list[attachments_pb2.Attachment]] = []
    size = 0
    for file in files:
        if not batches or len(batches[-1]) == _FILES_AT_ONCE or size + file.file_size_bytes > _BYTES_AT_ONCE:
            batches.append([])
            size = 0
        batches[-1].append(file)
        size += file.file_size_bytes
    return batches


def _pieces(content: bytes) -> list[bytes]:
    return [content[start : start + _PIECE] for start in range(0, len(content), _PIECE)]
