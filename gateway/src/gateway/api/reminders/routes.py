"""Reminder configurations, and the log of reminders."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import reminders_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.reminders import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.api.time_range import time_range
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders", "reminders")


@router.post("/configurations", response_model=schemas.ReminderConfiguration, status_code=201)
async def create_reminder_configuration(body: schemas.ReminderConfigurationCreate, request: SignedInRequest) -> Response:
    """Reminders of appointments that are booked already are planned within seconds where they are due in the future: nobody is mailed at once."""
    return json_response(
        await request.stubs.reminders.CreateConfiguration(to_proto(body, pb.CreateConfigurationRequest), request.context), 201
    )


@router.get("/configurations", response_model=schemas.ReminderConfigurationPage)
async def list_reminder_configurations(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    return page_response(
        await request.stubs.reminders.ListConfigurations(to_proto(query, pb.ListConfigurationsRequest), request.context), query
    )


@router.put("/configurations/{configuration_id}", response_model=schemas.ReminderConfiguration)
async def update_reminder_configuration(
    configuration_id: UUID, body: schemas.ReminderConfigurationUpdate, request: SignedInRequest
) -> Response:
    """Other hours, another channel or `is_active` plan what waits anew, as for a new one. Another template changes what is said from then on."""
    message = to_proto(body, pb.UpdateConfigurationRequest, configuration_id=configuration_id)
    return json_response(await request.stubs.reminders.UpdateConfiguration(message, request.context))


@router.delete("/configurations/{configuration_id}", status_code=204)
async def delete_reminder_configuration(configuration_id: UUID, request: SignedInRequest) -> Response:
    """Its reminders that still wait are `cancelled` with `rule_withdrawn`; the log keeps the others."""
    await request.stubs.reminders.DeleteConfiguration(
        pb.DeleteConfigurationRequest(configuration_id=str(configuration_id)), request.context
    )
    return no_content()


@router.get("/logs", response_model=schemas.ReminderLogPage)
async def list_reminder_logs(query: Annotated[schemas.ReminderLogQuery, Query()], request: SignedInRequest) -> Response:
    """Latest due first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await time_range(request, query.start_date, query.end_date)
    return page_response(await request.stubs.reminders.ListLogs(to_proto(query, pb.ListLogsRequest, **dates), request.context), query)
