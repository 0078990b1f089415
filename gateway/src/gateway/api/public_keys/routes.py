"""The public keys that access tokens are signed with (RFC 7517, RFC 8037)."""

from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from gateway.api.public_keys.schemas import PublicKeys
from gateway.api.responses import reply
from gateway.openapi.document import PUBLIC, noun
from gateway.request import Anyone

router = noun("", "sign-in", root="")


@router.get("/.well-known/jwks.json", response_model=PublicKeys, openapi_extra=PUBLIC)
async def get_public_keys(at: Anyone) -> Response:
    trust = await at.services.sign_in.GetTrust(pb.GetTrustRequest(), at.call)
    keys = [{"kty": "OKP", "crv": "Ed25519", "kid": key.kid, "x": key.x, "use": "sig", "alg": "EdDSA"} for key in trust.keys]
    return reply({"keys": keys}, headers={"Cache-Control": "public, max-age=60"})
