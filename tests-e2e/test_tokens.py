"""Every RPC of every service, asked with tokens that must not hold. The list comes from the descriptors, so a new RPC is in it."""

import base64
import json
import time

import grpc
import jwt
import pytest
from attack import service_methods
from uuid_utils.compat import uuid7

from chassis.auth.tokens import AccessSigner, ServiceSigner, generate_key
from chassis.testing.environment import start_environment
from standalone.services import SERVICES

# What anybody may ask without a token: signing in, and what everyone needs to believe a token.
PUBLIC = {
    "/caseload.identity.v1.SignIn/RequestMagicLink",
    "/caseload.identity.v1.SignIn/VerifyMagicLink",
    "/caseload.identity.v1.SignIn/Login",
    "/caseload.identity.v1.SecondFactors/VerifySecondStep",
    "/caseload.identity.v1.Passkeys/BeginPasskeySignIn",
    "/caseload.identity.v1.Passkeys/FinishPasskeySignIn",
    "/caseload.identity.v1.SingleSignOn/DescribeSingleSignOn",
    "/caseload.identity.v1.SingleSignOn/BeginSingleSignOn",
    "/caseload.identity.v1.SingleSignOn/FinishSingleSignOn",
    "/caseload.identity.v1.SignIn/RequestPasswordReset",
    "/caseload.identity.v1.SignIn/ResetPassword",
    "/caseload.identity.v1.SignIn/Refresh",
    "/caseload.identity.v1.Invitations/AcceptInvitation",
    "/caseload.notifications.v1.OfferAnswers/AcceptOffer",
    "/caseload.notifications.v1.OfferAnswers/GetOfferLink",
    "/caseload.notifications.v1.ReminderAnswers/AnswerReminder",
    "/caseload.notifications.v1.ReminderAnswers/GetReminderLink",
    "/caseload.scheduling.v1.CalendarFeeds/ReadFeed",
    "/caseload.identity.v1.SignIn/GetTrust",
    "/caseload.identity.v1.ApiKeys/ExchangeApiKey",
}

LOGOUT = "/caseload.identity.v1.SignIn/Logout"


@pytest.fixture(scope="module")
async def everybody(postgres):
    async with start_environment(postgres, *SERVICES) as built:
        yield built


def claims(**but):
    return {
        "sub": str(uuid7()),
        "ws": str(uuid7()),
        "sid": str(uuid7()),
        "role": "owner",
        "amr": ["pwd"],
        "auth_time": int(time.time()),
        "epoch": int(time.time() * 1000),
        **but,
    }


def unsigned(token):
    """The same claims under "alg": "none"."""
    header, body, _ = token.split(".")
    plain = json.loads(base64.urlsafe_b64decode(header + "=="))
    return f"{base64.urlsafe_b64encode(json.dumps(plain | {'alg': 'none'}).encode()).decode().rstrip('=')}.{body}."


def methods(built):
    return [(runtime.name, method) for runtime in built.runtimes.values() for method in runtime.server.methods]


async def ask(channels, service, method, authorization):
    """The status and the refusal's code."""
    metadata = [("authorization", authorization)] if authorization is not None else []
    call = channels[service].unary_unary(method.path)
    try:
        await call(method.request().SerializeToString(), timeout=10, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        return error.code(), next((value for name, value in error.trailing_metadata() or () if name == "code"), None)
    return grpc.StatusCode.OK, None


@pytest.fixture(scope="module")
async def channels(everybody):
    opened = {name: grpc.aio.insecure_channel(runtime.settings.listen) for name, runtime in everybody.runtimes.items()}
    yield opened
    for channel in opened.values():
        await channel.close()


async def test_what_is_public_is_known_by_name(everybody):
    assert {method.path for _, method in methods(everybody) if method.needs == "public"} == PUBLIC


async def test_every_rpc_refuses_a_token_that_does_not_hold(everybody, channels):
    declared = [method for _, method in methods(everybody)]
    scopes = " ".join(
        sorted({method.needs for method in declared}.union(*(method.more_with for method in declared)) - {"", "public", "signed-in"})
    )
    ours, foreign = AccessSigner(everybody.access_key), AccessSigner(generate_key())
    good = ours.sign(claims(scope=scopes))
    header, body, signature = good.split(".")
    bad = {
        "missing": None,
        "empty": "Bearer ",
        "not a token": "Bearer nonsense",
        "another scheme": f"Basic {good}",
        "foreign": f"Bearer {foreign.sign(claims(scope=scopes))}",
        "foreign under our key's name": f"Bearer {jwt.encode(jwt.decode(good, options={'verify_signature': False}), foreign._key, 'EdDSA', headers={'typ': 'at+jwt', 'kid': ours.kid})}",
        "expired": f"Bearer {ours.sign(claims(scope=scopes), now=time.time() - 3600)}",
        "wrong audience": f"Bearer {ours.sign(claims(scope=scopes, aud='somebody-else'))}",
        "wrong issuer": f"Bearer {ours.sign(claims(scope=scopes, iss='somebody-else'))}",
        "wrong type": f"Bearer {jwt.encode(jwt.decode(good, options={'verify_signature': False}), ours._key, 'EdDSA', headers={'typ': 'JWT', 'kid': ours.kid})}",
        "unsigned": f"Bearer {unsigned(good)}",
        "tampered": f"Bearer {header}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{signature}",
    }
    asked = 0
    for service, method in methods(everybody):
        if method.path in PUBLIC:
            continue
        for name, authorization in bad.items():
            status, code = await ask(channels, service, method, authorization)
            assert status is grpc.StatusCode.UNAUTHENTICATED, (method.path, name, status, code)
            asked += 1
        if method.needs:
            status, code = await ask(channels, service, method, f"Bearer {good}")
            if method.path == LOGOUT:
                # The token holds; the login session that it names, which is made up, is none that could be ended.
                assert (status, code) == (grpc.StatusCode.UNAUTHENTICATED, "session_ended")
                continue
            assert status not in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}, (method.path, status, code)
    # The descriptors are counted once more, by themselves: an RPC that no service answered for would be missing above.
    known = {method.path for method in service_methods.methods()}
    assert {method.path for _, method in methods(everybody)} == known
    assert asked == len(bad) * sum(method.path not in PUBLIC for _, method in methods(everybody))


async def test_every_rpc_refuses_a_person_without_the_scope_it_needs(everybody, channels):
    signer = AccessSigner(everybody.access_key)
    scopes = {method.needs for _, method in methods(everybody)} - {"", "public", "signed-in"}
    for service, method in methods(everybody):
        if method.needs in {"public", "signed-in"}:
            continue
        others = " ".join(sorted(scopes - {method.needs}))
        status, code = await ask(channels, service, method, f"Bearer {signer.sign(claims(scope=others))}")
        assert status is grpc.StatusCode.PERMISSION_DENIED, (method.path, status, code)


async def test_every_rpc_refuses_a_service_it_did_not_name_or_that_meant_another(everybody, channels):
    folder = everybody.folder / "service-keys"
    signers = {name: ServiceSigner(name, (folder / f"{name}.key").read_bytes()) for name in (*everybody.runtimes, "gateway")}
    impostor = ServiceSigner("gateway", generate_key())
    workspace = uuid7()
    for service, method in methods(everybody):
        if method.path in PUBLIC:
            continue
        for name, signer in signers.items():
            status, code = await ask(channels, service, method, f"Bearer {signer.token(service, workspace)}")
            if name in method.callers or "*" in method.callers:
                assert status not in {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}, (method.path, name, code)
            else:
                assert (status, code) == (grpc.StatusCode.PERMISSION_DENIED, "caller_not_allowed"), (method.path, name, status, code)
            astray = next(other for other in everybody.runtimes if other != service)
            status, code = await ask(channels, service, method, f"Bearer {signer.token(astray, workspace)}")
            assert status is grpc.StatusCode.UNAUTHENTICATED, (method.path, name, status, code)
        status, code = await ask(channels, service, method, f"Bearer {impostor.token(service, workspace)}")
        assert status is grpc.StatusCode.UNAUTHENTICATED, (method.path, status, code)
