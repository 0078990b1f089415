"""Practitioners' calendars for other programs, each behind a secret address."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Request
from starlette.responses import Response

from caseload.scheduling.v1 import calendar_feeds_pb2 as pb
from gateway.api.calendar_feeds import schemas
from gateway.api.responses import json_response, no_content
from gateway.auth.dependencies import PublicRequest, SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import API, PUBLIC, noun_router

PREFIX = "/calendar-feeds"
router = noun_router(PREFIX, "calendar feeds")


@router.post("", response_model=schemas.CreatedCalendarFeed, status_code=201)
async def create_calendar_feed(request: SignedInRequest, http: Request, body: schemas.CalendarFeedCreate | None = None) -> Response:
    """Of the caller's own calendar; five at most. It is read without sign-in, and tells when there are appointments."""
    message = to_proto(body or schemas.CalendarFeedCreate(), pb.CreateFeedRequest)
    created = await request.stubs.calendar_feeds.CreateFeed(message, request.context)
    # A call that is repeated with its Idempotency-Key is answered without the secret.
    url = f"{http.app.state.settings.public_url}{API}{PREFIX}/{created.token}.ics" if created.token else ""
    return json_response(render(created.feed) | {"url": url}, 201)


@router.get("", response_model=list[schemas.CalendarFeed], responses={404: {}})
async def list_calendar_feeds(query: Annotated[schemas.CalendarFeedQuery, Query()], request: SignedInRequest) -> Response:
    """The caller's own; another practitioner's for whoever manages the workspace."""
    feeds = await request.stubs.calendar_feeds.ListFeeds(to_proto(query, pb.ListFeedsRequest), request.context)
    return json_response([render(feed) for feed in feeds.items])


@router.delete("/{feed_id}", status_code=204)
async def delete_calendar_feed(feed_id: UUID, request: SignedInRequest) -> Response:
    """Its address is void at once."""
    await request.stubs.calendar_feeds.DeleteFeed(pb.DeleteFeedRequest(feed_id=str(feed_id)), request.context)
    return no_content()


@router.get(
    "/{token}.ics",
    openapi_extra=PUBLIC,
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}, 304: {"description": "Nothing has changed."}},
)
async def read_calendar_feed(token: str, request: PublicRequest, if_none_match: Annotated[str, Header()] = "") -> Response:
    """As iCalendar (RFC 5545): an event for each appointment of the last month and of the next year, in UTC; cancelled ones for 30 days."""
    reply = await request.stubs.calendar_feeds.ReadFeed(pb.ReadFeedRequest(token=token), request.context)
    etag = f'"{hashlib.sha256(reply.calendar).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    if {etag, "*"} & set(known):
        return Response(status_code=304, headers=headers)
    return Response(reply.calendar, headers=headers, media_type="text/calendar")
