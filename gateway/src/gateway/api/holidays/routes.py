"""Days on which nobody of a workspace works, unless they have said that they do."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from caseload.scheduling.v1 import holidays_pb2 as pb
from gateway.api.holidays import schemas
from gateway.api.responses import json_response, no_content, page_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/holidays", "holidays")


@router.post("", response_model=schemas.Holiday, status_code=201)
async def add_holiday(body: schemas.HolidayCreate, request: SignedInRequest) -> Response:
    """No slots are offered on it; what is booked stays."""
    return json_response(await request.stubs.holidays.AddHoliday(to_proto(body, pb.AddHolidayRequest), request.context), 201)


@router.get("", response_model=schemas.HolidayPage)
async def list_holidays(query: Annotated[schemas.HolidayQuery, Query()], request: SignedInRequest) -> Response:
    """By date."""
    return page_response(await request.stubs.holidays.ListHolidays(to_proto(query, pb.ListHolidaysRequest), request.context), query)


@router.post("/public", response_model=schemas.PublicHolidays)
async def add_public_holidays(body: schemas.PublicHolidaysCreate, request: SignedInRequest) -> Response:
    """Copies the public holidays of a country's year. Asked once more, it adds those that became known since."""
    message = to_proto(body, pb.AddPublicHolidaysRequest)
    return json_response(await request.stubs.holidays.AddPublicHolidays(message, request.context))


@router.delete("/{holiday_id}", status_code=204)
async def delete_holiday(holiday_id: UUID, request: SignedInRequest) -> Response:
    await request.stubs.holidays.DeleteHoliday(pb.DeleteHolidayRequest(holiday_id=str(holiday_id)), request.context)
    return no_content()
