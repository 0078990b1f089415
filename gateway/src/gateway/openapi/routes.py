"""Serves the OpenAPI document."""

from fastapi import Request
from starlette.responses import Response

from gateway.mapping import dump
from gateway.openapi.document import document
from gateway.routing.nouns import noun_router

router = noun_router("", "pages")


@router.get("/openapi.json", include_in_schema=False)
async def get_openapi_document(request: Request) -> Response:
    return Response(dump(document(request.app)), headers={"Cache-Control": "public, max-age=300"}, media_type="application/json")
