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
from caseload.identity.v1.users_rpc import UsersStub
from caseload.identity.v1.workspaces_rpc import WorkspacesStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.care_teams.access import CareTeams
from chassis.encryption.key_store import Keys
from chassis.errors import NotFound
from chassis.paging import page, part
from chassis.protobuf.enums import enum_text
from chassis.protobuf.fields import fill
from chassis.protobuf.timestamps import to_datetime
from chassis.rpc.client.legal_holds import LegalHolds
from chassis.work.unit_of_work import UnitOfWork
from clinical.note_search import rules as search_rules
from clinical.note_templates import workflow as templates
from clinical.sessions import (
    deletion,
    drafts,
    expected,
    lists,
    mapping,
    pending,
    preconditions,
    release,
    replies,
    rules,
    saving,
    searching,
    signed,
    signing,
    store,
    verifying,
)
from clinical.supervision import workflow as cosigning
from clinical.timeline import store as timeline
from clinical.treated_clients.workflow import lock_open


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
        care_teams: CareTeams,
        *,
        grace: timedelta,
        holds: LegalHolds,
    ) -> None:
        self._keys = keys
        self._clients = clients
        self._appointments = appointments
        self._workspaces = workspaces
        self._users = users
        self._signer = signer
        self._care_teams = care_teams
        # How long a deleted note can be restored.
        self._grace = grace
        self._holds = holds

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
        await lock_open(work, note.client_id)
        if slot is not None:
            locked = await work.db.one(store.lock_appointment, appointment_id=note.appointment_id)
            rules.check_not_deleted(locked["deleted_at"])
            rules.check_only_note(await work.db.maybe(store.of_appointment, appointment_id=note.appointment_id))
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
        cosign = rules.cosign_filter(enum_text(pb.CosignStatus, request.cosign_status)) if request.HasField("cosign_status") else None
        if not statuses:
            return pb.SessionPage()
        keys = await self._keys.of(work.workspace_id)
        values: dict[str, Any] = {
            name: getattr(request, name) for name in ("client_id", "appointment_id", "conflict_of") if request.HasField(name)
        }
        filters = lists.Filters(
            of_client="client_id" in values,
            of_appointment="appointment_id" in values,
            statuses={1: "one", 2: "signed", 3: "any"}[len(statuses)],
            with_deleted=request.include_deleted,
            cosign=cosign,
            copies="conflict_of" in values,
        )
        if len(statuses) == 1:
            (values["status"],) = statuses
        now = {"now": work.now} if request.include_deleted else {}
        if search is not None:
            if filters.is_short:
                results = await searching.among(work, keys, search, window, filters, {**values, **now})
            else:
                hidden_notes = await self._hidden_notes(work)
                if request.include_deleted:
                    # The index knows what is deleted, and not since when.
                    hidden_notes += [row["id"] for row in await work.db.all(lists.notes_over, **now)]
                results = await searching.in_workspace(
                    work, keys, search, window, statuses=statuses, with_deleted=request.include_deleted, hidden=hidden_notes
                )
            await replies.complete(work, keys, results.notes)
            return pb.SessionPage(items=results.notes, total=results.total, incomplete=not results.is_complete)
        hidden = 0 if filters.is_short else await self._count_hidden(work, filters, values)
        found = await work.db.all(lists.page(filters), limit=window.limit, offset=window.offset, **values, **now)
        total = await work.db.one(lists.count(filters), **values, **now)
        notes = [mapping.from_row(row, keys) for row in found]
        await replies.complete(work, keys, notes)
        return pb.SessionPage(items=notes, total=int(total["total"]) - hidden)

    async def _hidden_notes(self, work: UnitOfWork) -> list[UUID]:
        """The notes of clients whose record the caller may not open; their ids are told nobody."""
        async with self._care_teams.beyond(work) as tx:
            hidden = await self._care_teams.hidden(work, tx)
            return [row["id"] for row in await tx.all(lists.notes_of_clients, client_ids=list(hidden))] if hidden else []

    async def _count_hidden(self, work: UnitOfWork, filters: lists.Filters, values: Mapping[str, Any]) -> int:
        """How many notes the workspace's counters count that the caller may not see."""
        counted = lists.count_hidden(filters)
        async with self._care_teams.beyond(work) as tx:
            hidden = await self._care_teams.hidden(work, tx)
            return int((await tx.one(counted, client_ids=list(hidden), **values))["total"]) if hidden else 0

    async def CountSessions(self, request: pb.CountSessionsRequest, work: UnitOfWork) -> pb.SessionCountList:
        workspace_ids = rules.check_workspaces(list(dict.fromkeys(request.workspace_ids)))
        statement = lists.count(lists.Filters())
        items = []
        for workspace_id in workspace_ids:
            async with work.beside(UUID(workspace_id)) as tx:
                total = await tx.one(statement)
            items.append(pb.SessionCount(workspace_id=workspace_id, session_count=int(total["total"])))
        return pb.SessionCountList(items=items)

    async def CountDrafts(self, request: pb.CountDraftsRequest, work: UnitOfWork) -> pb.DraftCount:
        return pb.DraftCount(drafts=(await work.db.one(store.count_drafts, user_id=request.user_id))["drafts"])

    async def SaveSession(self, request: pb.SaveSessionRequest, work: UnitOfWork) -> pb.SaveSessionResponse:
        if not await preconditions.is_signed(work, request.session_id):
            # A note that is signed at this very moment is amended with a reason.
            return await self._save(request, work, needs_reason=True)
        needs_reason, supervision = await asyncio.gather(
            preconditions.needs_reason(work, self._workspaces, request.reason), cosigning.of_caller(work, self._users)
        )
        return await self._save(request, work, needs_reason=needs_reason, supervision=supervision)

    async def SaveDraft(self, request: pb.SaveDraftRequest, work: UnitOfWork) -> pb.SaveSessionResponse:
        return await self._save(request, work, needs_reason=False)

    async def FinalizeSession(self, request: pb.FinalizeSessionRequest, work: UnitOfWork) -> pb.Session:
        is_amendment = await preconditions.is_signed(work, request.session_id)
        supervision = await cosigning.of_caller(work, self._users)
        # A note that is signed at this very moment is amended with a reason.
        needs_reason = await preconditions.needs_reason(work, self._workspaces, request.reason) if is_amendment else True
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        note = mapping.from_row(row, keys)
        seen = expected.seen(request, row)
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
        if row["status"] != "draft":
            rules.check_own(row, work.user_id, work.caller.scopes)
        rules.check_fresh(expected.seen(request, row), row["version"])
        held = (await pending.of_caller(work, keys, [request.session_id])).get(request.session_id)
        draft = await signed.unfinalize(work, keys, row, request.reason)
        if held is not None and held.base_version == row["version"]:
            draft = await pending.take_over(work, keys, draft, held)
        note = mapping.from_row(draft, keys)
        await replies.complete(work, keys, [note])
        return note

    async def DeleteSession(self, request: pb.DeleteSessionRequest, work: UnitOfWork) -> pb.DeleteSessionResponse:
        rules.check_deletion_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.one(store.lock, id=request.session_id)
        deletion.check_may_delete(row, work)
        await deletion.delete(work, keys, row, request.reason if request.HasField("reason") else None, self._grace)
        return pb.DeleteSessionResponse()

    async def RestoreSession(self, request: pb.RestoreSessionRequest, work: UnitOfWork) -> pb.Session:
        keys = await self._keys.of(work.workspace_id)
        note = mapping.from_row(await deletion.restore(work, keys, request.session_id), keys)
        await replies.complete(work, keys, [note])
        return note

    async def EraseSession(self, request: pb.EraseSessionRequest, work: UnitOfWork) -> pb.EraseSessionResponse:
        keys = await self._keys.of(work.workspace_id)
        await deletion.end_grace(work, keys, self._holds, request.session_id)
        return pb.EraseSessionResponse()

    async def VerifySession(self, request: pb.VerifySessionRequest, work: UnitOfWork) -> pb.Verification:
        keys = await self._keys.of(work.workspace_id)
        return await verifying.verified(work, keys, self._signer, request.session_id)

    async def ListVersions(self, request: pb.ListVersionsRequest, work: UnitOfWork) -> pb.VersionList:
        window = part(request)
        keys = await self._keys.of(work.workspace_id)
        get = store.get_with_deleted if request.include_deleted else store.get
        row = await work.db.one(get, id=request.session_id)
        note = mapping.from_row(row, keys)
        found = await work.db.all(store.versions, session_id=request.session_id, limit=window.limit, after=window.after)
        versions = [mapping.version_from_row(each, keys) for each in found]
        if any(not version.HasField("signature") for version in versions):
            hashed = {version.id: version for version in await signed.completed(work, keys, row, note)}
            versions = [hashed[version.id] for version in versions]
        await cosigning.show_versions(work, keys, note.id, versions)
        return pb.VersionList(versions=versions, more=len(found) == window.limit)

    async def ListSigningKeys(self, _request: pb.ListSigningKeysRequest, _work: UnitOfWork) -> pb.SigningKeyList:
        keys = self._signer.public_keys().items()
        return pb.SigningKeyList(items=[pb.SigningKey(key_id=key_id, public_key=public) for key_id, public in sorted(keys)])

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

    async def CheckNoteDeletion(self, request: pb.CheckNoteDeletionRequest, work: UnitOfWork) -> pb.NoteOfAppointment:
        row = await work.db.maybe(store.of_appointment, appointment_id=request.appointment_id)
        if row is None:
            return pb.NoteOfAppointment()
        deletion.check_may_delete(row, work)
        return pb.NoteOfAppointment(session_id=str(row["id"]))

    async def DetachNote(self, request: pb.DetachNoteRequest, work: UnitOfWork) -> pb.NoteOfAppointment:
        keys = await self._keys.of(work.workspace_id)
        return pb.NoteOfAppointment(session_id=await release.detach(work, keys, request.appointment_id))

    async def DeleteNote(self, request: pb.DeleteNoteRequest, work: UnitOfWork) -> pb.NoteOfAppointment:
        rules.check_deletion_reason(request.reason)
        keys = await self._keys.of(work.workspace_id)
        row = await work.db.maybe(store.lock_of_appointment, appointment_id=request.appointment_id)
        if row is not None:
            deletion.check_may_delete(row, work)
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
        total = await work.db.one(timeline.count_events, client_id=request.client_id, source="notes")
        return pb.History(items=[fill(pb.HistoryEntry(), row) for row in found], total=total["total"])

    async def _save(self, request: saving.Request, work: UnitOfWork, **known: Any) -> pb.SaveSessionResponse:
        return await saving.save(work, self._keys, self._signer, self._users, request, grace=self._grace, **known)

    async def _slot(self, request: pb.CreateSessionRequest, work: UnitOfWork) -> appointments_pb2.Slot | None:
        if not request.HasField("appointment_id"):
            return None
        return await self._appointments.GetSlot(appointments_pb2.GetSlotRequest(appointment_id=request.appointment_id), work.context)
