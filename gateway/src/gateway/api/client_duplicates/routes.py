"""Clients who may be one person."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from caseload.clients.v1 import duplicates_pb2 as pb
from gateway.api.client_duplicates import schemas
from gateway.api.fields import PageQuery
from gateway.api.responses import json_response
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, render_page, to_proto
from gateway.routing.nouns import noun_router

router = noun_router("/clients/duplicates", "clients")


@router.get("", response_model=schemas.DuplicateGroups)
async def find_duplicates(query: Annotated[PageQuery, Query()], request: SignedInRequest) -> Response:
    """Likeliest first, by name, birth date, e-mail address and phone. A suggestion: nothing is merged by it. A value that many clients share says little, and one that is missing is no difference."""
    found = await request.stubs.client_duplicates.FindDuplicates(to_proto(query, pb.FindDuplicatesRequest), request.context)
    page = render_page([render(group) for group in found.items], found.total, query.page, query.page_size)
    return json_response({"groups": page.pop("items"), **page})
