"""Signing in at a page with a passkey, alone or as the second step. The page's script has the browser use one, and sends its reply by a form."""

from typing import Any

import orjson
from starlette.responses import Response

from caseload.identity.v1 import passkeys_pb2 as pb
from chassis.errors import TooMany, Unauthenticated, Unavailable
from gateway.api.passkeys import schemas
from gateway.api.passkeys.routes import written
from gateway.api.sign_in.routes import browser_tokens
from gateway.pages.sign_in import enter_or_ask, second_step_page, sign_in_page, sorry_page
from gateway.pages.visit import AnyVisit, Visit
from gateway.routing.nouns import noun_router

router = noun_router("", "pages", root="")


@router.post("/auth/passkey", include_in_schema=False)
async def sign_in_by_passkey(visit: AnyVisit) -> Response:
    """Shows the page it was sent from again where the passkey is not accepted."""
    step = visit.form.get("step", "")
    try:
        shown = {"credential": orjson.loads(visit.form.get("credential", "")), "temp_token": step or None}
        body = schemas.PasskeySignIn.model_validate(shown)
    except ValueError:
        return await _page_again(visit, status=422, problem=visit.t["problem_passkey"])
    message = pb.FinishPasskeySignInRequest(credential=written(body.credential), token=body.temp_token, **browser_tokens(visit.request))
    try:
        signed_in = await visit.request.stubs.passkeys.FinishPasskeySignIn(message, visit.request.context)
    except Unauthenticated as refusal:
        if refusal.code == "second_step_over":
            visit.cookies.forget_second_step()
            return sorry_page(visit, refusal)
        return await _page_again(visit, **visit.refused(refusal))
    except (TooMany, Unavailable) as refusal:
        return await _page_again(visit, **visit.refused(refusal))
    visit.cookies.forget_second_step()
    return await enter_or_ask(visit, signed_in)


async def _page_again(visit: Visit, **told: Any) -> Response:
    return second_step_page(visit, **told) if visit.form.get("step") else await sign_in_page(visit, **told)
