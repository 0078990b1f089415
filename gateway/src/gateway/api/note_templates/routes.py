"""Templates for notes: the workspace's, and each user's own."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.clinical.v1 import note_templates_pb2 as pb
from gateway.api.note_templates import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/note-templates", "sessions")


@router.post("", response_model=schemas.NoteTemplate, status_code=201)
async def create_note_template(body: schemas.NoteTemplateCreate, request: SignedInRequest) -> Response:
    """The workspace's own are made and changed by whoever may change what it offers (`catalogue:write`); personal ones by everybody who writes notes."""
    message = to_proto(body, pb.CreateNoteTemplateRequest)
    return json_response(render(await request.stubs.note_templates.CreateNoteTemplate(message, request.context)), 201)


@router.get("", response_model=schemas.NoteTemplatePage)
async def list_note_templates(query: Annotated[schemas.NoteTemplateQuery, Query()], request: SignedInRequest) -> Response:
    """The workspace's and the caller's own, in the order in which they were made."""
    message = to_proto(query, pb.ListNoteTemplatesRequest)
    return page_response(await request.stubs.note_templates.ListNoteTemplates(message, request.context), query)


@router.put("/{template_id}", response_model=schemas.NoteTemplate)
async def update_note_template(template_id: UUID, body: schemas.NoteTemplateUpdate, request: SignedInRequest) -> Response:
    message = to_proto(body, pb.UpdateNoteTemplateRequest, template_id=template_id)
    return json_response(render(await request.stubs.note_templates.UpdateNoteTemplate(message, request.context)))


@router.delete("/{template_id}", status_code=204)
async def delete_note_template(template_id: UUID, request: SignedInRequest) -> Response:
    """Notes that began with it stay as they are."""
    message = pb.DeleteNoteTemplateRequest(template_id=str(template_id))
    await request.stubs.note_templates.DeleteNoteTemplate(message, request.context)
    return no_content()
