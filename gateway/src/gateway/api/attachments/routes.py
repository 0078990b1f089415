"""Files of a session note."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import Response

from caseload.clinical.v1 import attachments_pb2 as pb
from chassis.errors import Fault, Invalid
from gateway.api.attachments import schemas
from gateway.api.responses import json_response, list_response, no_content
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_datetime, to_proto
from gateway.middleware.body import too_large
from gateway.routing.nouns import noun_router

router = noun_router("/sessions/{session_id}/attachments", "attachments")

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


@router.post("", response_model=schemas.Attachment, status_code=201, openapi_extra=_FORM)
async def upload_attachment(session_id: UUID, http: Request, request: SignedInRequest) -> Response:
    # Before any of the body is read.
    with http.app.state.uploads.admit(0):
        upload = await _upload(session_id, http)
        # How long the body may take is another limit (gateway.middleware.body).
        context = request.context.within(http.app.state.settings.call_seconds)
        return json_response(await request.stubs.attachments.UploadAttachment(upload, context), 201)


@router.get("", response_model=schemas.AttachmentList)
async def list_attachments(session_id: UUID, request: SignedInRequest) -> Response:
    message = pb.ListAttachmentsRequest(session_id=str(session_id))
    return await list_response("items", request.stubs.attachments.ListAttachments, message, request.context, "total")


@router.get("/{attachment_id}", response_model=schemas.AttachmentWithDownload)
async def get_attachment(session_id: UUID, attachment_id: UUID, request: SignedInRequest) -> Response:
    message = pb.GetAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    attachment = await request.stubs.attachments.GetAttachment(message, request.context)
    rendered = render(attachment) | {"download_url": None, "expires_at": None}
    if attachment.status == pb.ATTACHMENT_STATUS_READY:
        wanted = pb.GetDownloadRequest(session_id=str(session_id), attachment_id=str(attachment_id))
        download = await request.stubs.attachments.GetDownload(wanted, request.context)
        rendered |= {"download_url": download.download_url, "expires_at": to_datetime(download.expires_at)}
    return json_response(rendered)


@router.get("/{attachment_id}/download", response_model=schemas.Download)
async def get_download(
    session_id: UUID, attachment_id: UUID, query: Annotated[schemas.DownloadQuery, Query()], request: SignedInRequest
) -> Response:
    """A link to the file, which needs no sign-in until it expires."""
    message = to_proto(query, pb.GetDownloadRequest, session_id=session_id, attachment_id=attachment_id)
    return json_response(await request.stubs.attachments.GetDownload(message, request.context))


@router.patch("/{attachment_id}", response_model=schemas.Attachment)
async def rename_attachment(session_id: UUID, attachment_id: UUID, body: schemas.AttachmentRename, request: SignedInRequest) -> Response:
    message = to_proto(body, pb.RenameAttachmentRequest, session_id=session_id, attachment_id=attachment_id)
    return json_response(await request.stubs.attachments.RenameAttachment(message, request.context))


@router.delete("/{attachment_id}", status_code=204)
async def delete_attachment(session_id: UUID, attachment_id: UUID, request: SignedInRequest) -> Response:
    message = pb.DeleteAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    await request.stubs.attachments.DeleteAttachment(message, request.context)
    return no_content()


async def _upload(session_id: UUID, http: Request) -> pb.UploadAttachmentRequest:
    name, content = await _file(http)
    # Of the copies that were made until here, this one remains.
    return pb.UploadAttachmentRequest(session_id=str(session_id), file_name=name, content=content)


async def _file(http: Request) -> tuple[str, bytes]:
    """The name and the bytes of the form's `file`. Raises Invalid when there is none, ContentTooLarge when it is over the limit."""
    limit: int = http.app.state.settings.upload_limit_bytes
    if not http.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _no_file("Should be multipart/form-data with a part named file.")
    parser = MultiPartParser(http.headers, http.stream(), max_files=1, max_fields=8)
    # The file is kept in memory: unsealed PHI must not be written to disk.
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
    """The file's name without folders, which some browsers send. Raises Invalid unless it is 1 to 255 printable characters."""
    name = sent.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not 1 <= len(name) <= 255 or not name.isprintable():
        raise _no_file("Should have a file name of 1 to 255 printable characters.")
    return name


def _no_file(detail: str) -> Invalid:
    return Invalid("validation_failed", "The request does not fit; `errors` says where.", faults=(Fault("/file", detail),))
