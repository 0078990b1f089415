"""When clients are reminded, and of what they were."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import reminders_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.reminders import schemas as shapes
from gateway.api.responses import nothing, page_reply, reply
from gateway.api.time_range import window
from gateway.mapping import to_proto
from gateway.openapi.document import noun
from gateway.request import SignedIn

router = noun("/reminders", "reminders")


@router.post("/configurations", response_model=shapes.ReminderConfiguration, status_code=201)
async def create_reminder_configuration(body: shapes.ReminderConfigurationCreate, at: SignedIn) -> Response:
    return reply(await at.services.reminders.CreateConfiguration(to_proto(body, pb.CreateConfigurationRequest), at.call), 201)


@router.get("/configurations", response_model=shapes.ReminderConfigurationPage)
async def list_reminder_configurations(query: Annotated[PageQuery, Query()], at: SignedIn) -> Response:
    return page_reply(await at.services.reminders.ListConfigurations(to_proto(query, pb.ListConfigurationsRequest), at.call), query)


@router.put("/configurations/{configuration_id}", response_model=shapes.ReminderConfiguration)
async def update_reminder_configuration(configuration_id: UUID, body: shapes.ReminderConfigurationUpdate, at: SignedIn) -> Response:
    request = to_proto(body, pb.UpdateConfigurationRequest, configuration_id=configuration_id)
    return reply(await at.services.reminders.UpdateConfiguration(request, at.call))


@router.delete("/configurations/{configuration_id}", status_code=204)
async def delete_reminder_configuration(configuration_id: UUID, at: SignedIn) -> Response:
    await at.services.reminders.DeleteConfiguration(pb.DeleteConfigurationRequest(configuration_id=str(configuration_id)), at.call)
    return nothing()


@router.get("/logs", response_model=shapes.ReminderLogPage)
async def list_reminder_logs(query: Annotated[shapes.ReminderLogQuery, Query()], at: SignedIn) -> Response:
    """Latest due first. start_date and end_date are moments (the end exclusive) or whole days in the workspace's time zone."""
    dates = await window(at, query.start_date, query.end_date)
    return page_reply(await at.services.reminders.ListLogs(to_proto(query, pb.ListLogsRequest, **dates), at.call), query)
