"""Which clients want no more reminders: they have said so by a link in one."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.notifications.v1 import reminder_answers_pb2 as pb
from gateway.api.fields import PageQuery
from gateway.api.reminder_opt_outs import schemas
from gateway.api.responses import no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/reminders/opt-outs", "reminders")


@router.get("", response_model=schemas.ReminderOptOutPage)
async def list_reminder_opt_outs(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """The newest first. Their reminders are `skipped` with `opted_out`."""
    return page_response(await request.stubs.reminder_answers.ListOptOuts(to_proto(query, pb.ListOptOutsRequest), request.context), query)


@router.delete("/{client_id}", status_code=204)
async def take_back_reminder_opt_out(
    client_id: UUID, query: Annotated[schemas.OptOutTakenBackQuery, Query()], request: SignedInRequest
) -> Response:
    """The client has said that they want reminders after all: the next ones go out, those of appointments that are booked already included."""
    message = to_proto(query, pb.TakeBackOptOutRequest, client_id=client_id)
    await request.stubs.reminder_answers.TakeBackOptOut(message, request.context)
    return no_content()
