"""Files of a session note."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response

from caseload.clinical.v1 import attachments_pb2 as pb
from chassis.errors import NotFound
from gateway.api.attachments import schemas
from gateway.api.attachments.form import FormFile
from gateway.api.responses import json_response, list_response, no_content
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_datetime, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/sessions/{session_id}/attachments", "attachments")

FORM = {
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


@router.post("", response_model=schemas.Attachment, status_code=201, openapi_extra=FORM)
async def upload_attachment(session_id: UUID, http: Request, request: SignedInRequest) -> Response:
    """Of a draft or a signed note, whose signature is not about its files. 409 `quota_exceeded` where the workspace has no room left."""
    settings = http.app.state.settings
    # Before any of the body is read.
    with http.app.state.uploads.admit(request.caller):
        file = await FormFile.begin(http)
        message = pb.UploadAttachmentRequest(session_id=str(session_id), file_name=file.name)
        # The file is passed on while it arrives; how long that may take is seen to elsewhere (gateway.middleware.body).
        context = request.context.within(settings.upload_seconds + settings.call_seconds)
        return json_response(await request.stubs.attachments.UploadAttachment(message, file.content(), context), 201)


@router.get("", response_model=schemas.AttachmentList)
async def list_attachments(session_id: UUID, request: SignedInRequest) -> Response:
    message = pb.ListAttachmentsRequest(session_id=str(session_id))
    return await list_response("items", request.stubs.attachments.ListAttachments, message, request.context, "total")


@router.get("/{attachment_id}", response_model=schemas.AttachmentWithDownload)
async def get_attachment(session_id: UUID, attachment_id: UUID, request: SignedInRequest) -> Response:
    """With a link that is good for fifteen minutes; null for a file that the file store has lost or cut off, which can still be deleted."""
    message = pb.GetAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    attachment = await request.stubs.attachments.GetAttachment(message, request.context)
    rendered = render(attachment) | {"download_url": None, "expires_at": None}
    if attachment.status == pb.ATTACHMENT_STATUS_READY:
        wanted = pb.GetDownloadRequest(session_id=str(session_id), attachment_id=str(attachment_id))
        try:
            download = await request.stubs.attachments.GetDownload(wanted, request.context)
        except NotFound as refused:
            if refused.code != "file_not_whole":
                raise
        else:
            rendered |= {"download_url": download.download_url, "expires_at": to_datetime(download.expires_at)}
    return json_response(rendered)


@router.get("/{attachment_id}/download", response_model=schemas.Download)
async def get_download(
    session_id: UUID, attachment_id: UUID, query: Annotated[schemas.DownloadQuery, Query()], request: SignedInRequest
) -> Response:
    """A link to the file, which needs no sign-in until it expires; 404 `file_not_whole` where the file store has lost the file or cut it off."""
    message = to_proto(query, pb.GetDownloadRequest, session_id=session_id, attachment_id=attachment_id)
    return json_response(await request.stubs.attachments.GetDownload(message, request.context))


@router.patch("/{attachment_id}", response_model=schemas.Attachment)
async def rename_attachment(session_id: UUID, attachment_id: UUID, body: schemas.AttachmentRename, request: SignedInRequest) -> Response:
    """A name without an extension keeps the file's own; another extension is 422 `file_extension_changed`, a name that is taken 409 `file_name_taken`."""
    message = to_proto(body, pb.RenameAttachmentRequest, session_id=session_id, attachment_id=attachment_id)
    return json_response(await request.stubs.attachments.RenameAttachment(message, request.context))


@router.delete("/{attachment_id}", status_code=204)
async def delete_attachment(session_id: UUID, attachment_id: UUID, request: SignedInRequest) -> Response:
    """At once and for good, unlike a note."""
    message = pb.DeleteAttachmentRequest(session_id=str(session_id), attachment_id=str(attachment_id))
    await request.stubs.attachments.DeleteAttachment(message, request.context)
    return no_content()
