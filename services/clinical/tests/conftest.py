"""The real clinical service with the services it calls, and a new workspace for each test."""

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pikepdf
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from PIL import Image
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb
from caseload.clients.v1 import clients_pb2
from caseload.clients.v1.clients_rpc import ClientsStub
from caseload.clinical.v1 import attachments_pb2
from caseload.clinical.v1 import sessions_pb2 as pb
from caseload.clinical.v1.attachments_rpc import AttachmentsStub
from caseload.clinical.v1.sessions_rpc import SessionsStub
from caseload.scheduling.v1 import appointments_pb2
from caseload.scheduling.v1.appointments_rpc import AppointmentsStub
from chassis.context import RequestContext
from chassis.protobuf.timestamps import to_timestamp
from chassis.testing.environment import Environment, pieces, start_environment
from chassis.work.retention import Pruner
from clients.__main__ import SERVICE as CLIENTS
from clinical.__main__ import SERVICE as CLINICAL
from clinical.tables import RETENTIONS
from identity.__main__ import SERVICE as IDENTITY
from identity.workspaces.workflow import open_workspace
from scheduling.__main__ import SERVICE as SCHEDULING

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUOTA = 200_000


@dataclass(frozen=True)
class Practice:
    """The clinical service as a member of a workspace calls it, for one client."""

    environment: Environment
    workspace_id: UUID
    user_id: UUID
    client_id: str = ""
    scopes: frozenset[str] | None = None
    # Another one in each call, unless it is set.
    sign_in: UUID | None = None

    @property
    def call(self) -> RequestContext:
        return self.environment.caller(workspace_id=self.workspace_id, user_id=self.user_id, scopes=self.scopes, session_id=self.sign_in)

    @property
    def sessions(self) -> SessionsStub:
        return self.environment.stub(SessionsStub)

    @property
    def attachments(self) -> AttachmentsStub:
        return self.environment.stub(AttachmentsStub)

    def colleague(self) -> "Practice":
        return replace(self, user_id=uuid7())

    def only(self, *scopes: str) -> "Practice":
        return replace(self, scopes=frozenset(scopes))

    # --- clients and appointments

    async def new_client(self) -> str:
        request = clients_pb2.CreateClientRequest(first_name="Ada", last_name="Lovelace")
        return (await self.environment.stub(ClientsStub).CreateClient(request, self.call)).id

    async def erase(self, client_id: str) -> None:
        await self.environment.stub(ClientsStub).EraseClient(clients_pb2.EraseClientRequest(client_id=client_id), self.call)

    async def book(self, start: datetime = MONDAY, *, client_id: str | None = None) -> str:
        request = appointments_pb2.BookAppointmentRequest(
            client_id=client_id or self.client_id,
            scheduled_start=to_timestamp(start),
            scheduled_end=to_timestamp(start + timedelta(hours=1)),
            location_type=appointments_pb2.LOCATION_TYPE_CLINIC,
        )
        return (await self.environment.stub(AppointmentsStub).BookAppointment(request, self.call)).id

    # --- notes

    async def write(self, **but: Any) -> pb.Session:
        """Creates a valid note, except for the fields that the test sets. None leaves a field out."""
        given = {"client_id": self.client_id, "session_date": MONDAY, "subjective": "sleeps badly", **but}
        return await self.sessions.CreateSession(pb.CreateSessionRequest(**without_none(given)), self.call)

    async def get(self, session_id: str) -> pb.Session:
        return await self.sessions.GetSession(pb.GetSessionRequest(session_id=session_id), self.call)

    async def page(self, **filters: Any) -> pb.SessionPage:
        return await self.sessions.ListSessions(pb.ListSessionsRequest(**filters), self.call)

    async def ids(self, **filters: Any) -> list[str]:
        return [note.id for note in (await self.page(**filters)).items]

    async def autosave(self, note: pb.Session, *, seen: int | None = None, **changes: Any) -> pb.SaveSessionResponse:
        """Saves the given fields; None clears one. `seen` is the expected version, None any version."""
        request = pb.SaveDraftRequest(
            session_id=note.id, mask=FieldMask(paths=list(changes)), expected_version=seen, **without_none(changes)
        )
        return await self.sessions.SaveDraft(request, self.call)

    async def save(self, note: pb.Session, *, seen: int | None = None, reason: str | None = None, **changes: Any) -> pb.SaveSessionResponse:
        request = pb.SaveSessionRequest(
            session_id=note.id, mask=FieldMask(paths=list(changes)), expected_version=seen, reason=reason, **without_none(changes)
        )
        return await self.sessions.SaveSession(request, self.call)

    async def finalize(self, note: pb.Session, *, seen: int | None = None, reason: str | None = None) -> pb.Session:
        request = pb.FinalizeSessionRequest(session_id=note.id, expected_version=seen, reason=reason)
        return await self.sessions.FinalizeSession(request, self.call)

    async def unfinalize(self, note: pb.Session, *, seen: int | None = None, reason: str | None = None) -> pb.Session:
        request = pb.UnfinalizeSessionRequest(session_id=note.id, expected_version=seen, reason=reason)
        return await self.sessions.UnfinalizeSession(request, self.call)

    async def delete(self, note: pb.Session, reason: str | None = None) -> None:
        await self.sessions.DeleteSession(pb.DeleteSessionRequest(session_id=note.id, reason=reason), self.call)

    async def restore(self, note: pb.Session) -> pb.Session:
        return await self.sessions.RestoreSession(pb.RestoreSessionRequest(session_id=note.id), self.call)

    async def erase_note(self, note: pb.Session) -> None:
        await self.sessions.EraseSession(pb.EraseSessionRequest(session_id=note.id), self.call)

    async def verify(self, note: pb.Session) -> pb.Verification:
        return await self.sessions.VerifySession(pb.VerifySessionRequest(session_id=note.id), self.call)

    async def versions(self, note: pb.Session) -> list[pb.SessionVersion]:
        return list((await self.sessions.ListVersions(pb.ListVersionsRequest(session_id=note.id), self.call)).versions)

    async def timeline(self, **place: Any) -> pb.History:
        return await self.sessions.ListHistory(pb.ListHistoryRequest(**{"client_id": self.client_id, **place}), self.call)

    async def latest_finalized(self) -> pb.Session:
        return await self.sessions.GetLatestFinalized(pb.GetLatestFinalizedRequest(client_id=self.client_id), self.call)

    # --- files

    async def attach(self, note: pb.Session, content: bytes, name: str = "scan.png") -> attachments_pb2.Attachment:
        request = attachments_pb2.UploadAttachmentRequest(session_id=note.id, file_name=name)
        return await self.attachments.UploadAttachment(request, pieces(content), self.call)

    async def files(self, note: pb.Session) -> list[attachments_pb2.Attachment]:
        return list((await self.attachments.ListAttachments(attachments_pb2.ListAttachmentsRequest(session_id=note.id), self.call)).items)

    async def download(self, file: attachments_pb2.Attachment, minutes: int | None = None) -> attachments_pb2.Download:
        request = attachments_pb2.GetDownloadRequest(session_id=file.session_id, attachment_id=file.id, expires_in_minutes=minutes)
        return await self.attachments.GetDownload(request, self.call)

    async def rename(self, file: attachments_pb2.Attachment, name: str) -> attachments_pb2.Attachment:
        request = attachments_pb2.RenameAttachmentRequest(session_id=file.session_id, attachment_id=file.id, file_name=name)
        return await self.attachments.RenameAttachment(request, self.call)

    async def detach(self, file: attachments_pb2.Attachment) -> None:
        request = attachments_pb2.DeleteAttachmentRequest(session_id=file.session_id, attachment_id=file.id)
        await self.attachments.DeleteAttachment(request, self.call)

    def stored(self) -> list[Path]:
        """The workspace's files in the file store."""
        folder = self.environment.folder / "blobs" / str(self.workspace_id)
        return sorted(folder.iterdir()) if folder.exists() else []

    # --- audit events and stored rows

    async def audited(self, event_type: str) -> list[audit_pb.AuditRecorded]:
        return [line for line in await self.environment.emitted(audit_pb.AuditRecorded, self.workspace_id) if line.event_type == event_type]

    async def count(self, table: str) -> int:
        async with self.environment.superuser() as connection:
            return await connection.fetchval(f"SELECT count(*) FROM clinical.{table} WHERE workspace_id = $1", self.workspace_id)

    async def used_bytes(self) -> int | None:
        async with self.environment.superuser() as connection:
            return await connection.fetchval(
                "SELECT sum(used_bytes)::bigint FROM (SELECT workspace_id, used_bytes FROM clinical.storage"
                " UNION ALL SELECT workspace_id, used_bytes FROM clinical.storage_counter_changes) AS totals WHERE workspace_id = $1",
                self.workspace_id,
            )


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: to_timestamp(value) if isinstance(value, datetime) else value for name, value in values.items() if value is not None}


@pytest.fixture(scope="session")
async def clinical_environment(postgres: str) -> AsyncIterator[Environment]:
    async with start_environment(
        postgres, CLINICAL, CLIENTS, SCHEDULING, IDENTITY, settings={"clinical": {"storage_quota_bytes": QUOTA}}
    ) as environment:
        yield environment


async def open_workspace_of(environment: Environment, kind: str) -> Practice:
    workspace_id, _ = await open_workspace(
        environment.runtime("identity"),
        name="Lakeside",
        kind=kind,
        time_zone="Europe/London",
        locale="en-GB",
        owner_email=f"{uuid7().hex}@example.com",
        owner_full_name="Henrietta Castellanos",
        role="owner" if kind == "practice" else "admin",
    )
    practice = Practice(environment, workspace_id, uuid7())
    return replace(practice, client_id=await practice.new_client())


@pytest.fixture(scope="session")
def open_practice(clinical_environment: Environment) -> Callable[[], Any]:
    async def open_one() -> Practice:
        return await open_workspace_of(clinical_environment, "hospital")

    return open_one


@pytest.fixture
async def practice(open_practice: Callable[[], Any]) -> Practice:
    return await open_practice()


@pytest.fixture
async def neighbour(open_practice: Callable[[], Any]) -> Practice:
    """Another workspace on the same services."""
    return await open_practice()


@pytest.fixture
async def prune(practice):
    """A round of the worker that finds what is over."""
    clinical = practice.environment.runtime("clinical")
    dsn = clinical.settings.relay_database_url.get_secret_value()
    connection = await asyncpg.connect(dsn)

    async def one_round() -> None:
        await Pruner(dsn, "clinical", [(rule, rule.days_in(clinical.settings)) for rule in RETENTIONS], clinical.background).prune(
            connection
        )
        await practice.environment.settle()

    yield one_round
    await connection.close()


def photo(kind: str = "JPEG", size: tuple[int, int] = (32, 16), mode: str = "RGB", **options: Any) -> bytes:
    """A real image. Its top left quarter is red, so that a rotation is visible."""
    image = Image.new(mode, size, "white" if mode in {"RGB", "L"} else 0)
    if mode == "RGB":
        image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def document(change: Callable[[pikepdf.Pdf], None] | None = None, **options: Any) -> bytes:
    """A real PDF with one page."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()
