"""Passkeys of the caller, and signing in with them."""

from uuid import UUID

import orjson
from starlette.responses import Response

from caseload.identity.v1 import passkeys_pb2 as pb
from gateway.api.passkeys import schemas
from gateway.api.responses import json_response, no_content
from gateway.api.sign_in.routes import TheAuthenticator, browser_tokens, signed_in_response
from gateway.api.sign_in.schemas import SignedIn
from gateway.auth.dependencies import PublicRequest, SignedInRequest
from gateway.mapping import render
from gateway.routing.nouns import PUBLIC, RECENT_SIGN_IN, noun_router

router = noun_router("/auth/passkeys", "sign-in")


@router.get("", response_model=list[schemas.Passkey])
async def list_passkeys(request: SignedInRequest) -> Response:
    """Oldest first."""
    passkeys = await request.stubs.passkeys.ListPasskeys(pb.ListPasskeysRequest(), request.context)
    return json_response([render(passkey) for passkey in passkeys.items])


@router.post("", response_model=schemas.PasskeyCreationOptions, openapi_extra=RECENT_SIGN_IN)
async def begin_passkey_registration(request: SignedInRequest) -> Response:
    """Options that are good for five minutes, once. Nothing changes until POST /auth/passkeys/finish."""
    begun = await request.stubs.passkeys.BeginPasskeyRegistration(pb.BeginPasskeyRegistrationRequest(), request.context)
    return json_response(orjson.loads(begun.options))


@router.post("/finish", response_model=schemas.Passkey, status_code=201, openapi_extra=RECENT_SIGN_IN)
async def finish_passkey_registration(body: schemas.PasskeyRegistration, request: SignedInRequest) -> Response:
    finished = pb.FinishPasskeyRegistrationRequest(credential=written(body.credential), name=body.name)
    reply = await request.stubs.passkeys.FinishPasskeyRegistration(finished, request.context)
    return json_response(reply.passkey, 201)


@router.patch("/{passkey_id}", response_model=schemas.Passkey)
async def rename_passkey(passkey_id: UUID, body: schemas.PasskeyChange, request: SignedInRequest) -> Response:
    renaming = pb.RenamePasskeyRequest(passkey_id=str(passkey_id), name=body.name)
    return json_response((await request.stubs.passkeys.RenamePasskey(renaming, request.context)).passkey)


@router.delete("/{passkey_id}", status_code=204, openapi_extra=RECENT_SIGN_IN)
async def remove_passkey(passkey_id: UUID, request: SignedInRequest) -> Response:
    await request.stubs.passkeys.RemovePasskey(pb.RemovePasskeyRequest(passkey_id=str(passkey_id)), request.context)
    return no_content()


@router.post("/sign-in", response_model=schemas.PasskeyRequestOptions, openapi_extra=PUBLIC)
async def begin_passkey_sign_in(request: PublicRequest, body: schemas.PasskeySignInBegin | None = None) -> Response:
    """Options that are good for five minutes, once: for any passkey, or for those of whoever has made a first step."""
    begun = pb.BeginPasskeySignInRequest(token=body.temp_token if body else None)
    return json_response(orjson.loads((await request.stubs.passkeys.BeginPasskeySignIn(begun, request.context)).options))


@router.post("/sign-in/finish", response_model=SignedIn, openapi_extra=PUBLIC)
async def finish_passkey_sign_in(body: schemas.PasskeySignIn, request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    """A passkey that signs in by itself is both factors: the device has to verify its user. It leads to the same workspace as a password."""
    shown = pb.FinishPasskeySignInRequest(credential=written(body.credential), token=body.temp_token, **browser_tokens(request))
    signed_in = await request.stubs.passkeys.FinishPasskeySignIn(shown, request.context)
    authenticator.write_cookies(request, signed_in)
    return signed_in_response(signed_in)


def written(credential: schemas.CredentialReply) -> str:
    """The reply as JSON, without what is only a hint: browsers may learn new ones."""
    return credential.model_dump_json(by_alias=True, exclude_none=True, exclude={"authenticator_attachment", "client_extension_results"})
