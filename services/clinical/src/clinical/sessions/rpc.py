"""The Sessions service: each method is one use case and one transaction."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.clinical.v1.sessions_rpc import SessionsServicer
from caseload.identity.v1 import users_pb2, workspaces_pb2
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.db.errors import nothing_here
from chassis.db.transaction import Record
from chassis.encryption.key_store import Keys
from chassis.encryption.records import WorkspaceKeys
from chassis.errors import NotFound
from chassis.paging import page, part
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill, given, masked
from chassis.protobuf.timestamps import to_datetime
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_search import rules as search_rules
from clinical.note_templates import workflow as templates
from clinical.sessions import copies, deletion, drafts, events, mapping, pending, release, replies, rules, searching, signed, signing, store
from clinical.supervision import attested
from clinical.supervision import workflow as cosigning
from clinical.treated_clients import rules as client_rules
from clinical.treated_clients import store as client_store

SaveRequest = pb.SaveSessionRequest | pb.SaveDraftRequest


class Sessions(SessionsServicer[UnitOfWork]):
    """Keys are fetched and other services called before the first statement, so that no transaction is open meanwhile."""

    def __init__(
        self,
        keys: Keys,
        clients: ClientsStub,
        appointments: AppointmentsStub,
        workspaces: WorkspacesStub,
        users: UsersStub,
        signer: signing.VersionSigner,
        *,
        grace: timedelta,
    ) -> None:
        self._keys = keys
        self._clients = clients
        self._appointments = appointments
        self._workspaces = workspaces
        self._users = users
        self._signer = signer
        # How long a deleted note can be restored.
        self._grace = grace

    async def CreateSession(self, request: pb.CreateSessionRequest, work: UnitOfWork) -> pb.Session:
        content = {name: getattr(request, name) for name in (*rules.TEXTS, "duration_minutes") if request.HasField(name)}
        rules.check_content(content)
        rules.check_dated(has_appointment=request.HasField("appointment_id"), has_date=request.HasField("session_date"))
        note = pb.Session(id=str(uuid7()), client_id=request.client_id, **content)
        if request.HasField("session_date"):
            note.session_date.CopyFrom(request.session_date)
        keys, _, slot = await asyncio.gather(
            self._keys.of(work.workspace_id),
            self._clients.CheckClient(clients_pb2.CheckClientRequest(client_id=request.client_id), work.context),
            self._slot(request, work),
        )
        if slot is not None:
            rules.check_same_client(request.client_id, slot.client_id)
            note.appointment_id = request.appointment_id
            if not request.HasField("session_date"):
                note.session_date.CopyFrom(slot.starts_at)
        client_rules.check_open(await work.db.one(client_store.lock_client, client_id=note.client_id))
        if slot is not None:
            locked = await work.db.one(store.lock_appointment, appointment_id=note.appointment_id)
            rules.check_not_deleted(locked["deleted_at"])
        if request.HasField("template_id"):
            await templates.begin(note, request.template_id, keys, work)
        return mapping.from_row(await drafts.create(work, keys, note), keys)

    async def GetSession(self, request: pb.GetSessionRequest, work: UnitOfWork) -> pb.Session:
        keys = await self._keys.of(work.workspace_id)
        note = mapping.from_row(await work.db.one(store.get, id=request.session_id), keys)
        await replies.complete(work, keys, [note])
        return note

    async def ListSessions(self, request: pb.ListSessionsRequest, work: UnitOfWork) -> pb.SessionPage:
        window = page(request)
        search = search_rules.search(request.search) if request.HasField("search") else None
        status = enum_text(pb.SessionStatus, request.status) if request.HasField("status") else None
        statuses = rules.statuses(status, is_draft=request.is_draft if request.HasField("is_draft") else None)
        if not statuses:
            return pb.SessionPage()
        keys = await self._keys.of(work.workspace_id)
        values: dict[str, Any] = {name: getattr(request, name) for name in ("client_id", "appointment_id") if request.HasField(name)}
        filters: dict[str, Any] = {
            "of_client": "client_id" in values,
            "of_appointment": "appointment_id" in values,
            "statuses": {1: "one", 2: "signed", 3: "any"}[len(statuses)],
            "with_deleted": request.include_deleted,
        }
        if len(statuses) == 1:
            (values["status"],) = statuses
        now = {"now": work.now} if request.include_deleted else {}
        counted = filters["of_client"] or filters["of_appointment"]
        if search is not None:
            if counted:
                results = await searching.among(work, keys, search, window, store.page(**filters), {**values, **now})
            else:
                results = await searching.in_workspace(work, keys, search, window, statuses=statuses, with_deleted=request.include_deleted)
            await replies.complete(work, keys, results.notes)
            return pb.SessionPage(items=results.notes, total=results.total, incomplete=not results.is_complete)
        found = await work.db.all(store.page(**filters), limit=window.limit, offset=window.offset, **values, **now)
        total = await work.db.one(store.count(**filters), **values, **(now if counted else {}))
        notes = [mapping.from_row(row, keys) for row in found]
        await replies.complete(work, keys, notes)
        return pb.SessionPage(items=notes, total=int(total["total"]))

    async def CountSessions(self, request: pb.CountSessionsRequest, work: UnitOfWork) -> pb.SessionCountList:
        workspace_ids = rules.check_workspaces(list(dict.fromkeys(request.workspace_ids)))
        statement = store.count(of_client=False, of_appointment=False, statuses="any", with_deleted=False)
        items = []
        for workspace_id in workspace_ids:
            async with work.beside(UUID(workspace_id)) as tx:
                total = await tx.one(statement)
            items.append(pb.SessionCount(workspace_id=workspace_id, session_count=int(total["total"])))
        return pb.SessionCountList(items=items)

    async def SaveSession(self, request: pb.SaveSessionRequest, work: UnitOfWork) -> pb.SaveSessionResponse:
        if not await self._is_signed(request.session_id, work):
            # A note that is signed at this very moment is amended with a reason.
            return await self._save(request, work, needs_reason=True)
        needs_reason, supervision = await asyncio.gather(self._needs_reason(request, work), cosigning.of_caller(work, self._users))
        return await self._save(request, work, needs_reason=needs_reason, supervision=supervision)

    async def SaveDraft(self, request: pb.SaveDraftRequest, work: UnitOfWork) -> pb.SaveSessionResponse:
        return await self._save(request, work, needs_reason=False)

    async def FinalizeSession(self, request: pb.FinalizeSessionRequest, work: UnitOfWork) -> pb.Session:
        is_amendment = await self._is_signed(request.session_id, work)
        supervision = await cosigning.of_caller(work, self._users)
        # A note that is signed at this very moment is amended with a reason.
        needs_reason = await self._needs_reason(request, work) if is_amendment else True
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        note = mapping.from_row(row, keys)
        seen = _seen(request, row)
        held = None if note.is_draft else (await pending.of_caller(work, keys, [note.id])).get(note.id)
        if held is None:
            rules.check_draft(row["status"])
            rules.check_fresh(seen, row["version"])
            finalized = await signed.finalize(work, keys, self._signer, row, note, request.reason, supervision)
            return await replies.after_signing(work, keys, finalized)
        rules.check_fresh(seen, row["version"])
        rules.check_fresh(held.base_version, row["version"])
        mapping.apply(note, held.changes)
        amended = await signed.amend(work, keys, self._signer, row, note, request.reason, supervision, needs_reason=needs_reason)
        await pending.drop(work, note.id)
        return await replies.after_signing(work, keys, amended)

    async def UnfinalizeSession(self, request: pb.UnfinalizeSessionRequest, work: UnitOfWork) -> pb.Session:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        rules.check_fresh(_seen(request, row), row["version"])
        held = (await pending.of_caller(work, keys, [request.session_id])).get(request.session_id)
        draft = await signed.unfinalize(work, keys, row, request.reason)
        if held is not None and held.base_version == row["version"]:
            draft = await self._take_over(draft, held, work, keys)
        return mapping.from_row(draft, keys)

    async def DeleteSession(self, request: pb.DeleteSessionRequest, work: UnitOfWork) -> pb.DeleteSessionResponse:
        rules.check_deletion_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        rules.check_may_remove(row["status"], work.caller.scopes)
        await deletion.delete(work, keys, row, request.reason if request.HasField("reason") else None, self._grace)
        return pb.DeleteSessionResponse()

    async def RestoreSession(self, request: pb.RestoreSessionRequest, work: UnitOfWork) -> pb.Session:
        keys = await self._keys.of(work.workspace_id)
        note = mapping.from_row(await deletion.restore(work, keys, request.session_id), keys)
        await replies.complete(work, keys, [note])
        return note

    async def EraseSession(self, request: pb.EraseSessionRequest, work: UnitOfWork) -> pb.EraseSessionResponse:
        keys = await self._keys.of(work.workspace_id)
        await deletion.end_grace(work, keys, request.session_id)
        return pb.EraseSessionResponse()

    async def VerifySession(self, request: pb.VerifySessionRequest, work: UnitOfWork) -> pb.Verification:
        keys = await self._keys.of(work.workspace_id)
        rows = await work.db.all(store.with_versions, id=request.session_id)
        if not rows:
            raise nothing_here()
        versions = [_part(row, store.VERSION_COLUMNS) for row in rows if row["version_id"] is not None]
        cosignatures = [_part(row, store.COSIGNATURE_COLUMNS) for row in rows if row["cosignature_id"] is not None]
        waiting = _part(rows[0], store.REQUEST_COLUMNS) if rows[0]["request_id"] is not None else None
        cosigned = attested.Attested({each["version_number"]: each for each in cosignatures}, waiting)
        return signing.verify(rows[0], versions, keys, self._signer, cosigned)

    async def ListVersions(self, request: pb.ListVersionsRequest, work: UnitOfWork) -> pb.VersionList:
        window = part(request)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.get, id=request.session_id)
        note = mapping.from_row(row, keys)
        found = await work.db.all(store.versions, session_id=request.session_id, limit=window.limit, after=window.after)
        versions = [mapping.version_from_row(each, keys) for each in found]
        if any(not version.HasField("signature") for version in versions):
            hashed = {version.id: version for version in await signed.completed(work, keys, row, note)}
            versions = [hashed[version.id] for version in versions]
        await cosigning.show_versions(work, keys, note.id, versions)
        return pb.VersionList(versions=versions, more=len(found) == window.limit)

    async def GetLatestFinalized(self, request: pb.GetLatestFinalizedRequest, work: UnitOfWork) -> pb.Session:
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.maybe(store.latest_finalized, client_id=request.client_id)
        if row is None:
            raise NotFound("not_found", "This client has no signed note.")
        note = mapping.from_row(row, keys)
        await replies.complete(work, keys, [note])
        return note

    async def CheckNoNote(self, request: pb.CheckNoNoteRequest, work: UnitOfWork) -> pb.CheckNoNoteResponse:
        rules.check_no_note(await work.db.maybe(store.of_appointment, appointment_id=request.appointment_id))
        return pb.CheckNoNoteResponse()

    async def DetachNote(self, request: pb.DetachNoteRequest, work: UnitOfWork) -> pb.NoteOfAppointment:
        keys = await self._keys.of(work.workspace_id)
        return pb.NoteOfAppointment(session_id=await release.detach(work, keys, request.appointment_id))

    async def DeleteNote(self, request: pb.DeleteNoteRequest, work: UnitOfWork) -> pb.NoteOfAppointment:
        rules.check_deletion_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.maybe(store.lock_of_appointment, appointment_id=request.appointment_id)
        if row is not None:
            rules.check_may_remove(row["status"], work.caller.scopes)
        reason = request.reason if request.HasField("reason") else None
        return pb.NoteOfAppointment(session_id=await release.delete(work, keys, request.appointment_id, reason, self._grace))

    async def ListHistory(self, request: pb.ListHistoryRequest, work: UnitOfWork) -> pb.History:
        limit = rules.timeline_limit(request.limit)
        if request.HasField("before"):
            # Without an id, events at exactly that time are left out: no id is less than this one.
            before_id = UUID(request.before_id) if request.HasField("before_id") else UUID(int=0)
            found = await work.db.all(
                store.events_before, client_id=request.client_id, before=to_datetime(request.before), before_id=before_id, limit=limit
            )
        else:
            found = await work.db.all(store.newest_events, client_id=request.client_id, limit=limit)
        total = await work.db.one(store.count_events, client_id=request.client_id)
        return pb.History(items=[fill(pb.HistoryEntry(), row) for row in found], total=total["total"])

    async def _take_over(self, draft: Record, held: pending.Pending, work: UnitOfWork, keys: WorkspaceKeys) -> Record:
        """Makes what the caller has typed into the note while it was signed part of the draft.

        In a statement of its own: the one that makes a note a draft may change nothing that was signed.
        """
        note = mapping.from_row(draft, keys)
        saved = await drafts.save(work, keys, draft, note, held.changes)
        await pending.drop(work, note.id)
        return saved

    async def _slot(self, request: pb.CreateSessionRequest, work: UnitOfWork) -> appointments_pb2.Slot | None:
        if not request.HasField("appointment_id"):
            return None
        return await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=request.appointment_id), work.context)

    async def _is_signed(self, session_id: str, work: UnitOfWork) -> bool:
        """Whether the note is signed now: where it is, identity has to be asked. In a transaction of its own, so that none is open then."""
        async with work.beside(work.workspace_id) as tx:
            row = await tx.maybe(store.status_of, id=session_id)
        return row is not None and row["status"] != "draft"

    async def _needs_reason(self, request: pb.SaveSessionRequest | pb.FinalizeSessionRequest, work: UnitOfWork) -> bool:
        """Whether the workspace wants a reason for an amendment that the request does not give."""
        if request.reason.strip():
            return False
        workspace = await self._workspaces.GetWorkspace(workspaces_pb2.GetWorkspaceRequest(), work.context)
        values = given(workspace)
        return rules.is_reason_needed(enum_text(workspaces_pb2.WorkspaceKind, workspace.kind), values["settings"] or {})

    async def _save(
        self, request: SaveRequest, work: UnitOfWork, *, needs_reason: bool, supervision: users_pb2.Supervision | None = None
    ) -> pb.SaveSessionResponse:
        """Saves a draft or amends a signed note. A stale save becomes a draft of its own, so that no text is lost."""
        sent = masked(request, rules.EDITABLE)
        rules.check_changes(sent)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        current = mapping.from_row(row, keys)
        seen = _seen(request, row)
        if not current.is_draft and isinstance(request, pb.SaveDraftRequest):
            pending.set_on(current, await pending.keep(work, keys, current, sent, seen=seen))
            await cosigning.show(work, keys, [current])
            return pb.SaveSessionResponse(session=current)
        changes = rules.real_changes(sent, mapping.values(current))
        if seen is not None and rules.is_stale(seen, row["version"]):
            # A save that changes nothing is a repetition of one that succeeded, not a conflict.
            conflict_id = await copies.keep(work, keys, current, changes, seen) if changes else None
            if conflict_id is not None:
                work.note(conflict_session_id=conflict_id)
            await replies.complete(work, keys, [current])
            return pb.SaveSessionResponse(session=current, conflict_session_id=conflict_id)
        saved: Record | None = None
        if not current.is_draft:
            supervision = supervision or await cosigning.of_caller(work, self._users)
            saved = await self._amend_with_pending(row, current, sent, request, work, keys, supervision, needs_reason=needs_reason)
            if saved is not None and saved["session_date"] != row["session_date"]:
                await events.record(work, saved, "session", saved["session_date"])
        elif changes:
            saved = await drafts.save(work, keys, row, current, changes)
        reply = mapping.from_row(saved or row, keys)
        await replies.complete(work, keys, [reply])
        return pb.SaveSessionResponse(session=reply)

    async def _amend_with_pending(
        self,
        row: Record,
        note: pb.Session,
        changes: dict[str, Any],
        request: SaveRequest,
        work: UnitOfWork,
        keys: WorkspaceKeys,
        supervision: users_pb2.Supervision,
        *,
        needs_reason: bool,
    ) -> Record | None:
        """Amends a signed note by what its author has typed before and by the changes; None where the note says all that already.

        What was typed into an older version stays pending: it could undo what others have amended since. A save that names the
        newest version is made by somebody who has read that one, so it replaces what was typed into the same fields before.
        """
        present = mapping.values(note)
        held = (await pending.of_caller(work, keys, [note.id])).get(note.id)
        typed: dict[str, Any] = dict(changes)
        if held is not None and held.base_version == note.version:
            typed = {**held.changes, **changes}
            await pending.drop(work, note.id)
        elif held is not None and request.HasField("expected_version"):
            await pending.take_out(work, keys, note.id, held, changes)
        differing = rules.real_changes(typed, present)
        if not differing:
            return None
        mapping.apply(note, differing)
        reason = request.reason if isinstance(request, pb.SaveSessionRequest) else ""
        return await signed.amend(work, keys, self._signer, row, note, reason, supervision, needs_reason=needs_reason)


def _part(row: Record, columns: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a row of another table that is beside a note's, by its own names."""
    return {name: row[label] for label, name in columns.items()}


def _seen(request: SaveRequest | pb.FinalizeSessionRequest | pb.UnfinalizeSessionRequest, row: Record) -> int | None:
    """The version whose content the caller saw; None for any version."""
    if not request.HasField("expected_version"):
        return None
    return rules.seen_version(request.expected_version, row["version"], row["detached_version"])
