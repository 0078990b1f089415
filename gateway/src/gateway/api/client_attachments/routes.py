"""All files of a client: their own, and those of their notes."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from starlette.responses import Response, StreamingResponse

from caseload.clinical.v1 import client_attachments_pb2 as pb
from chassis.errors import Invalid, NotFound
from chassis.storage.archive import archive, unique_names
from gateway.api.attachments.form import FormFile
from gateway.api.attachments.routes import FORM
from gateway.api.attachments.schemas import Attachment, AttachmentList, AttachmentRename, Download, DownloadQuery
from gateway.api.client_attachments.archive_response import ARCHIVE, ArchiveResponse
from gateway.api.client_attachments.schemas import AttachmentChoice
from gateway.api.responses import json_response, list_response, no_content
from gateway.auth.cookies import read_cookies
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_datetime, to_proto
from gateway.problems.responses import ContentTooLarge
from gateway.routing.nouns import noun_router

router = noun_router("/clients/{client_id}/attachments", "attachments")


@router.post("", response_model=Attachment, status_code=201, openapi_extra=FORM)
async def upload_client_attachment(client_id: UUID, http: Request, request: SignedInRequest) -> Response:
    """A file of the client's own, of no note."""
    settings = http.app.state.settings
    # Before any of the body is read.
    with http.app.state.uploads.admit(request.caller):
        file = await FormFile.begin(http)
        message = pb.UploadClientAttachmentRequest(client_id=str(client_id), file_name=file.name)
        # The file is passed on while it arrives; how long that may take is seen to elsewhere (gateway.middleware.body).
        context = request.context.within(settings.upload_seconds + settings.call_seconds)
        return json_response(await request.stubs.client_attachments.UploadClientAttachment(message, file.content(), context), 201)


@router.get("", response_model=AttachmentList)
async def list_client_attachments(client_id: UUID, request: SignedInRequest) -> Response:
    """The client's own files and those of their notes, in the order in which they came."""
    message = pb.ListClientAttachmentsRequest(client_id=str(client_id))
    return await list_response("items", request.stubs.client_attachments.ListClientAttachments, message, request.context, "total")


@router.get("/{attachment_id}/download", response_model=Download)
async def get_client_download(
    client_id: UUID, attachment_id: UUID, query: Annotated[DownloadQuery, Query()], request: SignedInRequest
) -> Response:
    """A link to the file, which needs no sign-in until it expires; 404 `file_not_whole` where the file store has lost the file or cut it off."""
    message = to_proto(query, pb.GetClientDownloadRequest, client_id=client_id, attachment_id=attachment_id)
    return json_response(await request.stubs.client_attachments.GetClientDownload(message, request.context))


@router.patch("/{attachment_id}", response_model=Attachment)
async def rename_client_attachment(client_id: UUID, attachment_id: UUID, body: AttachmentRename, request: SignedInRequest) -> Response:
    message = to_proto(body, pb.RenameClientAttachmentRequest, client_id=client_id, attachment_id=attachment_id)
    return json_response(await request.stubs.client_attachments.RenameClientAttachment(message, request.context))


@router.delete("/{attachment_id}", status_code=204)
async def delete_client_attachment(client_id: UUID, attachment_id: UUID, request: SignedInRequest) -> Response:
    """At once and for good, also a file of one of the client's notes."""
    message = pb.DeleteClientAttachmentRequest(client_id=str(client_id), attachment_id=str(attachment_id))
    await request.stubs.client_attachments.DeleteClientAttachment(message, request.context)
    return no_content()


@router.post("/download-multiple", response_class=StreamingResponse, openapi_extra=ARCHIVE)
async def download_multiple(client_id: UUID, body: AttachmentChoice, http: Request, request: SignedInRequest) -> Response:
    """Up to a hundred files as one ZIP archive; above 100 MB together 413 `files_too_large`.

    A file that the file store has lost or cut off, or that is deleted meanwhile, is left out, and named in the archive's last entry, `missing-files.txt`.
    """
    with ExitStack() as admitted:
        admitted.enter_context(http.app.state.archives.admit(request.caller))
        if request.by_cookie:
            # So that it lasts as long as one can: nobody can renew it while the archive is on its way.
            token = await http.app.state.authenticator.renewed_token(request, read_cookies(request))
            request.context = replace(request.context, token=token)
        message = to_proto(body, pb.ChooseClientAttachmentsRequest, client_id=client_id)
        try:
            chosen = await request.stubs.client_attachments.ChooseClientAttachments(message, request.context)
        except Invalid as refusal:
            if refusal.code == "files_too_large":
                raise ContentTooLarge("files_too_large", refusal.message, facts=refusal.facts) from None
            raise
        files = chosen.items
        # Each piece of a file has the time of a call of its own.
        context = replace(request.context, deadline=None)

        async def read(place: int) -> AsyncIterator[bytes]:
            file, ticket, offset = files[place], chosen.tickets[place], 0
            while offset < file.file_size_bytes:
                asked = pb.ReadClientAttachmentRequest(client_id=str(client_id), attachment_id=file.id, offset=offset, ticket=ticket)
                content = (await request.stubs.client_attachments.ReadClientAttachment(asked, context)).content
                if not content:
                    # As clinical of 0.2.0 tells it.
                    raise NotFound("file_not_whole", "A stored file is shorter than its row says.")
                offset += len(content)
                yield content

        named = list(zip(unique_names(file.file_name for file in files), (to_datetime(file.created_at) for file in files), strict=True))
        return ArchiveResponse(archive(named, read), "files.zip", admitted.pop_all())
