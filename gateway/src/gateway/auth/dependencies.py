"""What a route depends on: a request of a signed-in user, or of anybody."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import State

from chassis.errors import Unauthenticated
from gateway.request import KEY, GatewayRequest


def require_user(request: GatewayRequest, state: State) -> GatewayRequest:
    """Attaches the stubs and the context to the request. Raises Unauthenticated if nobody is signed in."""
    if not request.caller.token:
        raise Unauthenticated("sign_in_required", "Sign in first.")
    request.stubs = state.stubs
    key = request.idempotency_key()
    request.context = request.new_context(state.settings.call_seconds, token=request.caller.token, idempotency_key=key)
    return request


async def signed_in(http: Request) -> GatewayRequest:
    return require_user(http.scope[KEY], http.app.state)


async def _anybody(http: Request) -> GatewayRequest:
    request: GatewayRequest = http.scope[KEY]
    # Checked and not used: an idempotency record belongs to a user.
    request.idempotency_key()
    state = http.app.state
    request.stubs = state.crowds.stubs(state.stubs, request)
    request.context = request.new_context(state.settings.call_seconds)
    return request


SignedInRequest = Annotated[GatewayRequest, Depends(signed_in)]
PublicRequest = Annotated[GatewayRequest, Depends(_anybody)]
