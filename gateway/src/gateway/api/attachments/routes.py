"""Files of a session note."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from caseload.clinical.v1 import attachments_pb2 as pb
from chassis.errors import Fault, Invalid
from gateway.api.attachments import schemas as shapes
from gateway.api.responses import nothing, reply
from gateway.mapping import moment, render, to_proto
from gateway.middleware.body import too_large
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/sessions/{session_id}/attachments", "attachments")

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "A JPEG, PNG or PDF of up to 10 MB."}},
                }
            }
        },
    }
}


@router.post("", response_model=shapes.Attachment, status_code=201, openapi_extra=_FORM)
async def upload_attachment(session_id: UUID, request: Request, at: SignedIn) -> Response:
    name, content = await _file(request)
    upload = pb.UploadAttachmentRequest(session_id=str(session_id), file_name=name, content=content)
    return reply(await at.services.attachments.UploadAttachment(upload, at.call), 201)


@router.get("", response_model=shapes.AttachmentList)
async def list_attachments(session_id: UUID, at: SignedIn) -> Response:
    return reply(await at.services.attachments.ListAttachments(pb.ListAttachmentsRequest(session_id=str(session_id)), at.call))


@router.get("/{attachment_id}", response_model=shapes.AttachmentWithDownload)
async def get_attachment(session_id: UUID, attachment_id: UUID, at: SignedIn) -> Response:
    request = pb.GetAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    attachment = await at.services.attachments.GetAttachment(request, at.call)
    rendered = render(attachment) | {"download_url": None, "expires_at": None}
    if attachment.status == pb.ATTACHMENT_STATUS_READY:
        wanted = pb.GetDownloadRequest(session_id=str(session_id), attachment_id=str(attachment_id))
        download = await at.services.attachments.GetDownload(wanted, at.call)
        rendered |= {"download_url": download.download_url, "expires_at": moment(download.expires_at)}
    return reply(rendered)


@router.get("/{attachment_id}/download", response_model=shapes.Download)
async def get_download(session_id: UUID, attachment_id: UUID, query: Annotated[shapes.DownloadQuery, Query()], at: SignedIn) -> Response:
    """An address that serves the file to whoever holds it, until it expires."""
    request = to_proto(query, pb.GetDownloadRequest, session_id=session_id, attachment_id=attachment_id)
    return reply(await at.services.attachments.GetDownload(request, at.call))


@router.patch("/{attachment_id}", response_model=shapes.Attachment)
async def rename_attachment(session_id: UUID, attachment_id: UUID, body: shapes.AttachmentRename, at: SignedIn) -> Response:
    request = to_proto(body, pb.RenameAttachmentRequest, session_id=session_id, attachment_id=attachment_id)
    return reply(await at.services.attachments.RenameAttachment(request, at.call))


@router.delete("/{attachment_id}", status_code=204)
async def delete_attachment(session_id: UUID, attachment_id: UUID, at: SignedIn) -> Response:
    request = pb.DeleteAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    await at.services.attachments.DeleteAttachment(request, at.call)
    return nothing()


async def _file(request: Request) -> tuple[str, bytes]:
    """The name and the bytes of the form's `file`; Invalid when there is none, TooLarge over the limit."""
    limit: int = request.app.state.settings.upload_limit_bytes
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _no_file("Should be multipart/form-data with a part named file.")
    parser = MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=8)
    # What clients send is never written to a disk on the way.
    parser.spool_max_size = limit + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise _no_file("Should be multipart/form-data with one part named file.") from None
    try:
        upload = form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise _no_file("Should be a file.")
        name = base_name(upload.filename)
        if upload.size is not None and upload.size > limit:
            raise too_large(limit)
        return name, await upload.read()
    finally:
        await form.close()


def base_name(sent: str) -> str:
    """Some browsers send the whole path; Invalid for what cannot name a file."""
    name = sent.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not 1 <= len(name) <= 255 or not name.isprintable():
        raise _no_file("Should have a file name of 1 to 255 printable characters.")
    return name


def _no_file(detail: str) -> Invalid:
    return Invalid("validation_failed", "The request does not fit; `errors` says where.", faults=(Fault("/file", detail),))
