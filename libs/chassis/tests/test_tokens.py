"""Tokens and their verification: a changed token is refused, and so is every token when the revocation list is too old."""

import asyncio
import base64
import json
import random
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from caseload.identity.v1 import sign_in_pb2
from chassis.auth.tokens import (
    AccessSigner,
    ServiceSigner,
    generate_key,
    public_from_x,
    read_service_keys,
    verify_access,
    write_service_keys,
)
from chassis.auth.verifier import TokenVerifier
from chassis.errors import Unauthenticated, Unavailable

KEY = generate_key()
SIGNER = AccessSigner(KEY)
KEYS = {SIGNER.kid: public_from_x(SIGNER.public_x)}
MUTANTS = 10_000


def claims(**but: Any) -> dict[str, Any]:
    return {
        "sub": str(uuid4()),
        "ws": str(uuid4()),
        "sid": str(uuid4()),
        "role": "owner",
        "scope": "clients:read",
        "epoch": int(time.time() * 1000),
        **but,
    }


def test_a_signed_token_is_read_back() -> None:
    body = claims()
    assert verify_access(SIGNER.sign(body), KEYS).items() >= body.items()


def test_ten_thousand_mutations_of_a_token_are_all_refused() -> None:
    token = SIGNER.sign(claims())
    chance = random.Random(20261120)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    original = [base64.urlsafe_b64decode(part + "===") for part in token.split(".")]
    refused = tried = 0
    while tried < MUTANTS:
        mutant = _mutated(token, chance, alphabet)
        # Base64 has spare bits: text that decodes to the very same token is the same token.
        if mutant == token or _decoded(mutant) == original:
            continue
        tried += 1
        with pytest.raises(Unauthenticated):
            verify_access(mutant, KEYS)
        refused += 1
    assert refused == MUTANTS


def _mutated(token: str, chance: random.Random, alphabet: str) -> str:
    characters = list(token)
    for _ in range(chance.randint(1, 3)):
        match chance.randrange(4):
            case 0:
                characters[chance.randrange(len(characters))] = chance.choice(alphabet)
            case 1:
                characters.insert(chance.randrange(len(characters)), chance.choice(alphabet))
            case 2 if len(characters) > 1:
                del characters[chance.randrange(len(characters))]
            case _:
                at = chance.randrange(len(characters))
                characters[at:] = characters[at : at + chance.randrange(1, 40)]
    return "".join(characters)


def _decoded(token: str) -> list[bytes] | None:
    try:
        return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    except ValueError:
        return None


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"typ": "svc+jwt"}, {"typ": "JWT"}, {"kid": "another"}],
    ids=str,
)
def test_a_token_of_another_make_is_refused(header: dict[str, Any]) -> None:
    algorithm = header.get("alg", "EdDSA")
    now = int(time.time())
    body = {"iss": "caseload", "aud": "caseload", "iat": now, "exp": now + 60, "jti": "1", **claims()}
    if algorithm == "EdDSA":
        key: Any = serialization.load_pem_private_key(KEY, password=None)
        token = jwt.encode(body, key, "EdDSA", headers={"typ": "at+jwt", "kid": SIGNER.kid, **header})
    else:
        parts = [{"typ": "at+jwt", "kid": SIGNER.kid, "alg": algorithm}, body]
        token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
    with pytest.raises(Unauthenticated):
        verify_access(token, KEYS)


@pytest.mark.parametrize("but", [{"iss": "else"}, {"aud": "else"}, {"exp": 1}, {"ws": "x"}, {"sid": None}, {"epoch": "x"}], ids=str)
def test_a_claim_that_is_off_is_refused(but: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        verify_access(SIGNER.sign(claims(**but)), KEYS)


class Identity:
    """What identity would tell, and whether it is there to tell it."""

    def __init__(self) -> None:
        self.told = sign_in_pb2.Trust(keys=[sign_in_pb2.PublicKey(kid=SIGNER.kid, x=SIGNER.public_x)])
        self.asked = 0
        self.away = False

    async def poll(self) -> sign_in_pb2.Trust:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("identity_unavailable")
        return self.told


@pytest.mark.parametrize("subject", ["sub", "sid", "ws"])
async def test_a_revocation_voids_what_was_issued_before_it_and_nothing_else(subject: str) -> None:
    identity = Identity()
    verifier = TokenVerifier(identity.poll, audience="clients", service_keys={})
    body = claims(epoch=1000)
    token = SIGNER.sign(body)
    assert (await verifier.caller(token)).workspace_id == UUID(body["ws"])
    identity.told.revocations.add(subject_id=body[subject], epoch=1001)
    await verifier.refresh()
    with pytest.raises(Unauthenticated) as refused:
        await verifier.caller(token)
    assert refused.value.code == "token_revoked"
    assert await verifier.caller(SIGNER.sign({**body, "epoch": 1001}))
    assert await verifier.caller(SIGNER.sign(claims()))


async def test_trust_that_has_gone_stale_is_unavailable_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    identity = Identity()
    verifier = TokenVerifier(identity.poll, audience="clients", service_keys={})
    token = SIGNER.sign(claims())
    await verifier.caller(token)
    identity.away = True
    later = time.monotonic() + 4.5
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(Unavailable):
        await verifier.caller(token)
    identity.away = False
    assert await verifier.caller(token)


async def test_many_callers_share_one_question() -> None:
    identity = Identity()
    verifier = TokenVerifier(identity.poll, audience="clients", service_keys={})
    await asyncio.gather(*(verifier.caller(SIGNER.sign(claims())) for _ in range(20)))
    assert identity.asked == 1


async def test_a_service_token_is_for_one_callee_and_of_one_caller(tmp_path: Any) -> None:
    write_service_keys(tmp_path, ["clinical", "scheduling"])
    keys = read_service_keys(tmp_path)
    verifier = TokenVerifier(Identity().poll, audience="clients", service_keys=keys)
    clinical = ServiceSigner("clinical", (tmp_path / "clinical.key").read_bytes())
    workspace = uuid4()
    caller = await verifier.caller(clinical.token("clients", workspace))
    assert (caller.service, caller.workspace_id, caller.scopes) == ("clinical", workspace, frozenset())
    liar = ServiceSigner("scheduling", (tmp_path / "clinical.key").read_bytes())
    for token in (clinical.token("audit", workspace), liar.token("clients", workspace)):
        with pytest.raises(Unauthenticated):
            await verifier.caller(token)


def test_keys_are_made_once_and_kept_private(tmp_path: Any) -> None:
    write_service_keys(tmp_path, ["clients"])
    first = (tmp_path / "clients.key").read_bytes()
    write_service_keys(tmp_path, ["clients", "audit"])
    assert (tmp_path / "clients.key").read_bytes() == first
    assert (tmp_path / "clients.key").stat().st_mode & 0o077 == 0
    assert set(read_service_keys(tmp_path)) == {"clients", "audit"}


@pytest.mark.parametrize(
    ("issued", "expires", "code"),
    [(4, 60, None), (6, 60, "token_invalid"), (-60, -4, None), (-60, -6, "token_expired")],
    ids=["a clock slightly ahead", "a clock far ahead", "just expired", "expired"],
)
def test_clocks_may_be_five_seconds_apart(issued, expires, code):
    signer = AccessSigner(generate_key())
    now = time.time()
    token = signer.sign({**claims(), "iat": int(now) + issued, "nbf": int(now) + issued, "exp": int(now) + expires})

    if code is None:
        verify_access(token, {signer.kid: public_from_x(signer.public_x)})
        return
    with pytest.raises(Unauthenticated) as refused:
        verify_access(token, {signer.kid: public_from_x(signer.public_x)})
    assert refused.value.code == code


async def test_a_token_with_an_unknown_key_is_worth_one_question_a_second():
    asked = 0

    async def poll() -> sign_in_pb2.Trust:
        nonlocal asked
        asked += 1
        return sign_in_pb2.Trust(keys=[sign_in_pb2.PublicKey(kid=SIGNER.kid, x=SIGNER.public_x)])

    verifier = TokenVerifier(poll, audience="clients", service_keys={})
    await verifier.refresh()
    strangers = [AccessSigner(generate_key()).sign(claims()) for _ in range(50)]

    refused = await asyncio.gather(*(verifier.caller(token) for token in strangers), return_exceptions=True)
    for token in strangers:
        with pytest.raises(Unauthenticated):
            await verifier.caller(token)

    assert {(type(each), getattr(each, "code", "")) for each in refused} == {(Unauthenticated, "token_invalid")}
    assert asked == 2
