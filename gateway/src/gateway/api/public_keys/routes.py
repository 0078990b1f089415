"""The public keys that access tokens are signed with (RFC 7517, RFC 8037)."""

from fastapi import Request
from starlette.responses import Response

from chassis.errors import Unavailable
from gateway.api.public_keys.schemas import PublicKeys
from gateway.api.responses import json_response
from gateway.routing.nouns import PUBLIC, noun_router

router = noun_router("", "sign-in", root="")


@router.get("/.well-known/jwks.json", response_model=PublicKeys, openapi_extra=PUBLIC)
async def get_public_keys(http: Request) -> Response:
    """From memory: identity is asked about once a second, however often this is read."""
    published = http.app.state.verifier.published
    if not published:
        raise Unavailable("sign_in_unavailable", "The keys are not known at the moment.", retry_after=1.0)
    keys = [{"kty": "OKP", "crv": "Ed25519", "kid": key.kid, "x": key.x, "use": "sig", "alg": "EdDSA"} for key in published]
    return json_response({"keys": keys}, headers={"Cache-Control": "public, max-age=60"})
