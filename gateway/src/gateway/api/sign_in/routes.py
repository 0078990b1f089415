"""Signing in, refreshing a login session, signing out."""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1 import users_pb2
from chassis.errors import Unauthenticated
from gateway.api.fields import Message
from gateway.api.responses import json_response, no_content
from gateway.api.sign_in import schemas
from gateway.api.users.schemas import User
from gateway.auth.authenticator import Authenticator
from gateway.auth.cookies import read_cookies
from gateway.auth.dependencies import PublicRequest, SignedInRequest, require_user
from gateway.mapping import render, to_proto
from gateway.request import GatewayRequest
from gateway.routing.nouns import PUBLIC, RECENT_SIGN_IN, noun_router

router = noun_router("/auth", "sign-in")

# How it is said that a caller is not signed in, or no longer. A token that was never ours is another matter.
SIGNED_OUT = frozenset({"sign_in_required", "token_expired", "token_revoked", "session_ended"})


async def _authenticator(http: Request) -> Authenticator:
    authenticator: Authenticator = http.app.state.authenticator
    return authenticator


TheAuthenticator = Annotated[Authenticator, Depends(_authenticator)]


@router.post("/magic-link", response_model=Message, openapi_extra=PUBLIC)
async def request_magic_link(body: schemas.MagicLinkRequest, request: PublicRequest) -> Response:
    """The same reply for a known and an unknown address."""
    message = to_proto(body, pb.RequestMagicLinkRequest, **browser_tokens(request))
    await request.stubs.sign_in.RequestMagicLink(message, request.context)
    return json_response({"message": "If this address is known here, a link to sign in is on its way to it."})


@router.post("/verify", response_model=schemas.SignedIn | schemas.TwoFactorNeeded, openapi_extra=PUBLIC)
async def verify_magic_link(body: schemas.VerifyMagicLinkRequest, request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    reply = await request.stubs.sign_in.VerifyMagicLink(to_proto(body, pb.VerifyMagicLinkRequest), request.context)
    return _first_step(reply, request, authenticator)


@router.post("/login", response_model=schemas.SignedIn | schemas.TwoFactorNeeded, openapi_extra=PUBLIC)
async def login(body: schemas.LoginRequest, request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    """Whoever is signed in in this browser, in whichever of their workspaces, stays in it."""
    reply = await request.stubs.sign_in.Login(to_proto(body, pb.LoginRequest, **browser_tokens(request)), request.context)
    return _first_step(reply, request, authenticator)


@router.post("/session/refresh", response_model=schemas.SignedIn, openapi_extra=PUBLIC)
async def refresh_sign_in(request: PublicRequest, authenticator: TheAuthenticator) -> Response:
    """Rotates the refresh token, which only the cookie of that name holds."""
    cookies = read_cookies(request)
    if not cookies.refresh:
        raise Unauthenticated("refresh_token_missing", "Sign in first.")
    authenticator.csrf.check(request, cookies.refreshed_session)
    return signed_in_response(await authenticator.refresh(request, cookies))


@router.post("/logout", response_model=Message, openapi_extra=PUBLIC)
async def logout(request: PublicRequest, http: Request, authenticator: TheAuthenticator) -> Response:
    """The same reply for a caller who is signed out already."""
    try:
        await authenticator.authenticate(request)
        require_user(request, http.app.state)
        await request.stubs.sign_in.Logout(pb.LogoutRequest(), request.context)
    except Unauthenticated as refusal:
        if refusal.code not in SIGNED_OUT:
            raise
    if request.by_cookie:
        authenticator.cookies.clear(request)
    return json_response({"message": "Signed out."})


@router.get("/me", response_model=User)
async def get_me(request: SignedInRequest) -> Response:
    return json_response(await request.stubs.users.GetMe(users_pb2.GetMeRequest(), request.context))


@router.put("/password", status_code=204, openapi_extra=RECENT_SIGN_IN)
async def change_password(body: schemas.PasswordChange, request: SignedInRequest) -> Response:
    await request.stubs.sign_in.ChangePassword(to_proto(body, pb.ChangePasswordRequest), request.context)
    return no_content()


@router.post("/password/forgot", response_model=Message, openapi_extra=PUBLIC)
async def forgot_password(body: schemas.ForgottenPassword, request: PublicRequest) -> Response:
    """The same reply for a known and an unknown address."""
    message = to_proto(body, pb.RequestPasswordResetRequest, device_token=device_token(request))
    await request.stubs.sign_in.RequestPasswordReset(message, request.context)
    return json_response({"message": "If this address is known here, a link to choose a new password is on its way to it."})


@router.post("/password/reset", status_code=204, openapi_extra=PUBLIC)
async def reset_password(body: schemas.PasswordReset, request: PublicRequest) -> Response:
    """Ends every login session of the person, and signs nobody in."""
    await request.stubs.sign_in.ResetPassword(to_proto(body, pb.ResetPasswordRequest), request.context)
    return no_content()


def device_token(request: GatewayRequest) -> str | None:
    return read_cookies(request).device or None


def browser_tokens(request: GatewayRequest) -> dict[str, str | None]:
    """What a browser shows of earlier sign-ins: that the device is known, and in which workspace somebody is signed in."""
    return {"device_token": device_token(request), "present_token": read_cookies(request).refresh or None}


def _first_step(reply: pb.SignInReply, request: GatewayRequest, authenticator: Authenticator) -> Response:
    if reply.HasField("second_step"):
        step = reply.second_step
        return json_response({"requires_2fa": True, "temp_token": step.token, "methods": list(step.methods)})
    authenticator.write_cookies(request, reply.signed_in)
    return signed_in_response(reply.signed_in)


def signed_in_response(signed_in: pb.SignedIn) -> Response:
    return json_response(signed_in_members(signed_in))


def signed_in_members(signed_in: pb.SignedIn) -> dict[str, Any]:
    """The members of a sign-in's reply: without the refresh token, which only its cookie holds."""
    return {
        "access_token": signed_in.access_token,
        "token_type": "bearer",
        "expires_in": signed_in.expires_in,
        "user": render(signed_in.user),
    }
