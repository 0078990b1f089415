"""What reminders say: the workspace's own texts."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import reminder_templates_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.reminder_templates import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders/templates", "reminders")


@router.post("", response_model=schemas.ReminderTemplate, status_code=201)
async def create_reminder_template(body: schemas.ReminderTemplateCreate, request: SignedInRequest) -> Response:
    """A rule uses it by its template_id. A placeholder that does not exist is refused, and so is a text that does not say when the appointment is."""
    message = to_proto(body, pb.CreateReminderTemplateRequest)
    return json_response(await request.stubs.reminder_templates.CreateReminderTemplate(message, request.context), 201)


@router.get("", response_model=schemas.ReminderTemplatePage)
async def list_reminder_templates(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """In the order in which they were made."""
    message = to_proto(query, pb.ListReminderTemplatesRequest)
    return page_response(await request.stubs.reminder_templates.ListReminderTemplates(message, request.context), query)


@router.put("/{template_id}", response_model=schemas.ReminderTemplate)
async def update_reminder_template(template_id: UUID, body: schemas.ReminderTemplateUpdate, request: SignedInRequest) -> Response:
    """Reminders that are still to be sent say what it says then."""
    message = to_proto(body, pb.UpdateReminderTemplateRequest, template_id=template_id)
    return json_response(await request.stubs.reminder_templates.UpdateReminderTemplate(message, request.context))


@router.delete("/{template_id}", status_code=204)
async def delete_reminder_template(template_id: UUID, request: SignedInRequest) -> Response:
    """Refused while a rule uses it."""
    message = pb.DeleteReminderTemplateRequest(template_id=str(template_id))
    await request.stubs.reminder_templates.DeleteReminderTemplate(message, request.context)
    return no_content()


@router.post("/{template_id}/preview", response_model=schemas.ReminderPreview)
async def preview_reminder_template(template_id: UUID, request: SignedInRequest) -> Response:
    """The mail that it makes for somebody who does not exist, tomorrow, with the links that follow the text: here they lead nowhere. Nothing is sent."""
    message = pb.PreviewReminderTemplateRequest(template_id=str(template_id))
    return json_response(await request.stubs.reminder_templates.PreviewReminderTemplate(message, request.context))
