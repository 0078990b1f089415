"""Which access tokens the gateway accepts."""

import asyncio

from uuid_utils.compat import uuid7

from caseload.identity.v1 import sign_in_pb2
from chassis.auth.verifier import TokenVerifier
from chassis.context import RequestContext
from gateway.stubs import Stubs

_POLL_SECONDS = 2.0


def user_token_verifier(stubs: Stubs) -> TokenVerifier:
    """Verifies users' access tokens against what identity publishes; service tokens are not accepted."""

    async def poll() -> sign_in_pb2.Trust:
        deadline = asyncio.get_running_loop().time() + _POLL_SECONDS
        return await stubs.sign_in.GetTrust(sign_in_pb2.GetTrustRequest(), RequestContext(deadline=deadline, request_id=str(uuid7())))

    return TokenVerifier(poll, audience="gateway", service_keys={})
