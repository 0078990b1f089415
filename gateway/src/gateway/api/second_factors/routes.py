"""Second factors of the caller, and the second step of a sign-in."""

from starlette.responses import Response

from caseload.identity.v1 import second_factors_pb2 as pb
from gateway.api.responses import json_response
from gateway.api.second_factors import schemas
from gateway.api.sign_in.routes import TheAuthenticator, device_token, signed_in_response
from gateway.api.sign_in.schemas import SignedIn
from gateway.auth.dependencies import PublicRequest, SignedInRequest
from gateway.routing.nouns import PUBLIC, RECENT_SIGN_IN, noun_router

router = noun_router("/auth", "sign-in")


@router.post("/totp/enroll", response_model=schemas.TotpEnrollment, openapi_extra=RECENT_SIGN_IN)
async def enroll_totp(request: SignedInRequest) -> Response:
    """Nothing changes until POST /auth/totp/verify has confirmed a first code. The secret and the backup codes are shown this once."""
    made = await request.stubs.second_factors.EnrollTotp(pb.EnrollTotpRequest(), request.context)
    return json_response({"secret": made.secret, "qr_code": made.qr_code, "backup_codes": list(made.backup_codes)})


@router.post("/totp/verify", response_model=schemas.Done)
async def confirm_totp(body: schemas.TotpConfirmation, request: SignedInRequest) -> Response:
    """From now on a sign-in takes a second step. This one has made it."""
    await request.stubs.second_factors.ConfirmTotp(pb.ConfirmTotpRequest(code=body.code), request.context)
    return json_response({"success": True, "message": "Signing in takes a second factor from now on."})


@router.delete("/totp", response_model=schemas.Done)
async def remove_totp(body: schemas.TotpRemoval, request: SignedInRequest) -> Response:
    await request.stubs.second_factors.RemoveTotp(pb.RemoveTotpRequest(code=body.totp_code), request.context)
    return json_response({"success": True, "message": "Signing in takes no second factor any more."})


@router.post("/verify-2fa", response_model=SignedIn, openapi_extra=PUBLIC)
async def verify_second_step(body: schemas.SecondStep, request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    """The second step of a sign-in. A code is good once, and so is a backup code."""
    shown = pb.VerifySecondStepRequest(token=body.temp_token, code=body.totp_code, device_token=device_token(request))
    signed_in = await request.stubs.second_factors.VerifySecondStep(shown, request.context)
    authenticator.write_cookies(request, signed_in)
    return signed_in_response(signed_in)
