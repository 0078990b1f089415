"""Signing in, staying signed in, signing out."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from caseload.identity.v1 import sign_in_pb2 as pb
from caseload.identity.v1 import users_pb2
from chassis.errors import Unauthenticated
from gateway.api.fields import Message
from gateway.api.responses import nothing, reply
from gateway.api.sign_in import schemas as shapes
from gateway.api.users.schemas import User
from gateway.auth import cookies
from gateway.auth.authenticator import Keeper
from gateway.mapping import render, to_proto
from gateway.openapi.document import PUBLIC, noun
from gateway.request import Anyone, SignedIn, Visit

router = noun("/auth", "sign-in")


async def _keeper(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.keeper
    return keeper


TheKeeper = Annotated[Keeper, Depends(_keeper)]


@router.post("/magic-link", response_model=Message, openapi_extra=PUBLIC)
async def request_magic_link(body: shapes.MagicLinkRequest, at: Anyone) -> Response:
    """The same reply for a known and an unknown address."""
    request = to_proto(body, pb.RequestMagicLinkRequest, device_token=_device(at))
    await at.services.sign_in.RequestMagicLink(request, at.call)
    return reply({"message": "If this address is known here, a link to sign in is on its way to it."})


@router.post("/verify", response_model=shapes.SignedIn, openapi_extra=PUBLIC)
async def verify_magic_link(body: shapes.TokenProof, at: Anyone, keeper: TheKeeper) -> Response:
    signed_in = await at.services.sign_in.VerifyMagicLink(to_proto(body, pb.VerifyMagicLinkRequest), at.call)
    keeper.cookies.keep(at, signed_in)
    return _signed_in(signed_in)


@router.post("/login", response_model=shapes.SignedIn, openapi_extra=PUBLIC)
async def login(body: shapes.PasswordProof, at: Anyone, keeper: TheKeeper) -> Response:
    signed_in = await at.services.sign_in.Login(to_proto(body, pb.LoginRequest, device_token=_device(at)), at.call)
    keeper.cookies.keep(at, signed_in)
    return _signed_in(signed_in)


@router.post("/session/refresh", response_model=shapes.SignedIn, openapi_extra=PUBLIC)
async def refresh_sign_in(at: Anyone, keeper: TheKeeper) -> Response:
    """Rotates the refresh token, which only the cookie of that name holds."""
    jar = cookies.read(at)
    if not jar.refresh:
        raise Unauthenticated("refresh_token_missing", "Sign in first.")
    keeper.check_not_forged(at, jar)
    return _signed_in(await keeper.renew(at, jar))


@router.post("/logout", response_model=Message)
async def logout(at: SignedIn, keeper: TheKeeper) -> Response:
    await at.services.sign_in.Logout(pb.LogoutRequest(), at.call)
    if at.by_cookie:
        keeper.cookies.forget(at)
    return reply({"message": "Signed out."})


@router.get("/me", response_model=User)
async def get_me(at: SignedIn) -> Response:
    return reply(await at.services.users.GetMe(users_pb2.GetMeRequest(), at.call))


@router.put("/password", status_code=204)
async def change_password(body: shapes.PasswordChange, at: SignedIn) -> Response:
    await at.services.sign_in.ChangePassword(to_proto(body, pb.ChangePasswordRequest), at.call)
    return nothing()


def _device(at: Visit) -> str | None:
    return cookies.read(at).device or None


def _signed_in(signed_in: pb.SignedIn) -> Response:
    # The refresh token goes into its cookie alone.
    return reply(
        {
            "access_token": signed_in.access_token,
            "token_type": "bearer",
            "expires_in": signed_in.expires_in,
            "user": render(signed_in.user),
        }
    )
