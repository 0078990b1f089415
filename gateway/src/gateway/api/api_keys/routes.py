"""API keys, by which programs use this API."""

from uuid import UUID

from starlette.responses import Response

from caseload.identity.v1 import api_keys_pb2 as pb
from gateway.api.api_keys import schemas
from gateway.api.responses import json_response, no_content
from gateway.auth.dependencies import SignedInRequest
from gateway.mapping import render, to_proto
from gateway.routing.nouns import RECENT_SIGN_IN, noun_router

router = noun_router("/api-keys", "api-keys")


@router.post("", response_model=schemas.CreatedApiKey, status_code=201, openapi_extra=RECENT_SIGN_IN)
async def create_api_key(body: schemas.ApiKeyCreate, request: SignedInRequest) -> Response:
    """A key may do what its scopes say, which are among those of whoever makes it."""
    created = await request.stubs.api_keys.CreateApiKey(to_proto(body, pb.CreateApiKeyRequest), request.context)
    return json_response(render(created.key) | {"secret": created.secret}, 201)


@router.get("", response_model=list[schemas.ApiKey])
async def list_api_keys(request: SignedInRequest) -> Response:
    """Newest first."""
    keys = await request.stubs.api_keys.ListApiKeys(pb.ListApiKeysRequest(), request.context)
    return json_response([render(key) for key in keys.items])


@router.delete("/{api_key_id}", status_code=204)
async def delete_api_key(api_key_id: UUID, request: SignedInRequest) -> Response:
    """Within five seconds it is refused everywhere."""
    await request.stubs.api_keys.DeleteApiKey(pb.DeleteApiKeyRequest(api_key_id=str(api_key_id)), request.context)
    return no_content()
