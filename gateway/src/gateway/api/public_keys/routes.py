"""The public keys that access tokens are signed with (RFC 7517, RFC 8037)."""

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from gateway.api.public_keys.schemas import PublicKeys
from gateway.api.responses import json_response
from gateway.auth.dependencies import PublicRequest
from gateway.routing.nouns import PUBLIC, noun_router

router = noun_router("", "sign-in", root="")


@router.get("/.well-known/jwks.json", response_model=PublicKeys, openapi_extra=PUBLIC)
async def get_public_keys(request: PublicRequest) -> Response:
    trust = await request.stubs.sign_in.GetTrust(pb.GetTrustRequest(), request.context)
    keys = [{"kty": "OKP", "crv": "Ed25519", "kid": key.kid, "x": key.x, "use": "sig", "alg": "EdDSA"} for key in trust.keys]
    return json_response({"keys": keys}, headers={"Cache-Control": "public, max-age=60"})
