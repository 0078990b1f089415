"""Single sign-on with an OpenID provider that lies, hangs, floods and points elsewhere: a workspace's administrator chooses it."""

import asyncio
import base64
import hashlib
import json
import time
import warnings
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2

CALLBACK = "/api/v1/auth/oidc/callback"
PATH = "/api/v1/workspaces/current/sso"
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}, private=True)
ANOTHER = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}, private=True)
EC = ECKey.generate_key("P-256", {"kid": "ec"}, private=True)
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"}, private=True)


_numbers = count(1)


def visit(gateway, **headers):
    """A browser at an address of its own: attempts to sign in are counted by address."""
    number = next(_numbers)
    return gateway.anonymous(address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", **headers)


@dataclass
class HostileProvider:
    """An OpenID provider over HTTP. It answers well but for what a test has it say."""

    issuer: str = ""
    # What differs: of the discovery document, the ID token's claims and header, the token endpoint's answer.
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "rsa"})
    answer: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    signs_with: Any = field(default_factory=lambda: RSA)
    keys: list[Any] = field(default_factory=lambda: [RSA])
    # Whole responses in place of its own, by path; None for none at all, until `let_go`.
    instead: dict[str, bytes | None] = field(default_factory=dict)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    asked: Counter[str] = field(default_factory=Counter)
    nonce: str = ""
    challenge: str = ""
    authorization: str = ""

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    def authorize(self, url: str) -> str:
        """What the person's browser brings; returns the state."""
        sent = parse_qs(urlsplit(url).query)
        self.nonce, self.challenge = sent["nonce"][0], sent["code_challenge"][0]
        return sent["state"][0]

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": "caseload", "sub": "nora", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": f"nora-{id(self)}@example.org", "email_verified": True, "name": "Nora Quist", "groups": ["clinicians"],
        }  # fmt: skip
        claims = {name: value for name, value in (claims | self.claims).items() if value is not ...}
        if self.header["alg"] == "none":
            return f"{encoded(self.header)}.{encoded(claims)}."
        registry = JWSRegistry(algorithms=[self.header["alg"]], strict_check_header=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(self.header, claims, self.signs_with, registry=registry)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
            body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
            self.asked[path] += 1
            response = self._response(path, headers, parse_qs(body))
            if response is None:
                await self.let_go.wait()
            else:
                writer.write(response)
                await writer.drain()
        writer.close()

    def _response(self, path: str, headers: dict[str, str], form: dict[str, list[str]]) -> bytes | None:
        if path in self.instead:
            return self.instead[path]
        if path == "/.well-known/openid-configuration":
            endpoints = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
            if self.userinfo is not None:
                endpoints["userinfo_endpoint"] = f"{self.issuer}/userinfo"
            return told({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"} | endpoints | self.metadata)
        if path == "/jwks":
            return told({"keys": [key if isinstance(key, dict) else key.as_dict(private=False) for key in self.keys]})
        if path == "/userinfo":
            return told(self.userinfo)
        assert path == "/token", path
        self.authorization = headers.get("authorization", "")
        verifier = form["code_verifier"][0].encode()
        if base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=") != self.challenge:
            return told({"error": "invalid_grant"}, status="400 Bad Request")
        token = {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token()} | self.answer
        return told({name: value for name, value in token.items() if value is not ...})


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def told(value, status="200 OK", further=""):
    return response(json.dumps(value).encode(), status, f"Content-Type: application/json\r\n{further}")


def response(body, status="200 OK", headers=""):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


@pytest.fixture
async def provider(servers):
    provider = HostileProvider()
    server = await provider.start()
    yield provider
    provider.let_go.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def slug(practice, provider):
    """The practice with the provider."""
    slug = f"hostile-{uuid7().hex[-12:]}"
    reply = await practice.http.put(PATH, json=configuration(slug, provider.issuer))
    assert reply.status_code == 200, reply.text
    return slug


def configuration(slug, issuer, **but):
    return {
        "slug": slug,
        "issuer": issuer,
        "client_id": "caseload",
        "client_secret": "secret-of-the-client",
        "enabled": True,
        "group_roles": [{"group": "clinicians", "role": "therapist"}],
    } | but


async def start(browser, slug):
    return await browser.get(f"/api/v1/auth/oidc/{slug}/start")


def servicer_of(gateway):
    """The servicer itself, to change its settings."""
    return gateway.environment.runtime("identity").server._methods["/caseload.identity.v1.SingleSignOn/BeginSingleSignOn"][1].__self__


async def sign_in(browser, provider, slug):
    begun = await start(browser, slug)
    assert begun.status_code == 303, begun.text
    return await browser.get(CALLBACK, params={"state": provider.authorize(begun.headers["location"]), "code": "any"})


async def test_it_signs_in_as_long_as_it_behaves(gateway, provider, slug, practice):
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303
        assert (await browser.get("/api/v1/auth/me")).json()["role"] == "therapist"
    assert base64.b64decode(provider.authorization.removeprefix("Basic ")) == b"caseload:secret-of-the-client"
    # What it publishes is remembered.
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303
    assert (provider.asked["/.well-known/openid-configuration"], provider.asked["/jwks"], provider.asked["/token"]) == (1, 1, 2)


NOW = int(time.time())
LIES = {
    "another nonce": {"claims": {"nonce": "of another sign-in"}},
    "no nonce": {"claims": {"nonce": ...}},
    "another audience": {"claims": {"aud": "another-client"}},
    "several audiences and nobody it was made for": {"claims": {"aud": ["caseload", "another-client"]}},
    "made for another client": {"claims": {"aud": ["caseload", "another-client"], "azp": "another-client"}},
    "no audience": {"claims": {"aud": ...}},
    "another issuer": {"claims": {"iss": "https://accounts.google.com"}},
    "no issuer": {"claims": {"iss": ...}},
    "expired": {"claims": {"exp": NOW - 120}},
    "no end": {"claims": {"exp": ...}},
    "an end that is no number": {"claims": {"exp": "tomorrow"}},
    "an end that never comes": {"claims": {"exp": float("nan")}},
    "made in the future": {"claims": {"iat": NOW + 10**6}},
    "made long ago": {"claims": {"iat": NOW - 3600}},
    "no time": {"claims": {"iat": ...}},
    "not valid yet": {"claims": {"nbf": NOW + 10**6}},
    "nobody": {"claims": {"sub": ...}},
    "an empty subject": {"claims": {"sub": ""}},
    "a subject that is no text": {"claims": {"sub": {"$ne": 1}}},
    "the digest of another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "no signature": {"header": {"alg": "none"}},
    "no signature, spelt otherwise": {"header": {"alg": "none", "kid": "rsa"}},
    "signed with the client's secret": {"header": {"alg": "HS256", "kid": "rsa"}, "signs_with": OctKey.import_key("secret-of-the-client" * 2)},
    "signed with the public key as a secret": {
        "header": {"alg": "HS256", "kid": "rsa"}, "signs_with": OctKey.import_key(base64.b64encode(RSA.as_der(private=False)).decode()),
    },
    "signed with another key of that name": {"signs_with": ANOTHER},
    "signed with a key that it does not publish": {"header": {"alg": "RS256", "kid": "secret"}, "signs_with": ANOTHER},
    "signed with a key in the token's own header": {
        "header": {"alg": "RS256", "jwk": ANOTHER.as_dict(private=False)}, "signs_with": ANOTHER,
    },
    "a key for another algorithm": {"header": {"alg": "ES256", "kid": "rsa"}, "signs_with": EC},
    "no token": {"answer": {"id_token": ...}},
    "a token that is no text": {"answer": {"id_token": {"sub": "nora"}}},
    "a token that is none": {"answer": {"id_token": "a.b.c"}},
    "an error": {"instead": {"/token": told({"error": "invalid_client", "error_description": "<script>"}, status="401 Unauthorized")}},
    "no JSON": {"instead": {"/token": response(b"<html>")}},
    "no object": {"instead": {"/token": told([1, 2])}},
    "userinfo about somebody else": {"claims": {"email": ...}, "userinfo": {"sub": "the director", "email": "director@example.org"}},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
async def test_what_cannot_be_believed_signs_nobody_in(gateway, provider, slug, practice, check_problem, lie):
    for name, value in LIES[lie].items():
        setattr(provider, name, value)

    async with visit(gateway) as browser:
        refused = check_problem(await sign_in(browser, provider, slug), 401, "sso_provider_wrong")
        assert "script" not in json.dumps(refused)
        assert not browser.cookies.keys() & {"access_token", "refresh_token", "csrf_token"}

    assert (await practice.http.get("/api/v1/users")).json()["total"] == 1
    recorded = await gateway.environment.emitted(audit_pb2.AuditRecorded, practice.person.workspace_id)
    (line,) = [line for line in recorded if line.event_type == "finish_single_sign_on"]
    assert (line.outcome, line.code) == (audit_pb2.OUTCOME_FAILURE, "sso_provider_wrong")


@pytest.mark.parametrize(
    "told",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": ...},
        {"email": ...},
        {"email": ["a@example.org"]},
        {"email": "not an address"},
    ],
)
async def test_an_address_that_is_not_verified_makes_no_user(gateway, provider, slug, practice, check_problem, told):
    provider.claims = told
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug), 403, "sso_email_needed")
    assert (await practice.http.get("/api/v1/users")).json()["total"] == 1


async def test_that_another_address_is_verified_says_nothing_of_this_one(gateway, provider, slug, practice, check_problem):
    provider.claims = {"email": practice.person.email, "email_verified": ..., "groups": ...}
    provider.userinfo = {"sub": "nora", "email": "nora@example.org", "email_verified": True, "groups": "clinicians"}
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug), 403, "sso_email_needed")
    assert (await practice.http.get("/api/v1/users")).json()["total"] == 1


@pytest.mark.parametrize(
    ("header", "key"), [({"alg": "ES256", "kid": "ec"}, EC), ({"alg": "EdDSA", "kid": "ed"}, ED), ({"alg": "PS256", "kid": "rsa"}, RSA)]
)
async def test_signatures_of_other_kinds_are_good(gateway, provider, slug, header, key):
    provider.header, provider.signs_with = header, key
    provider.keys = [{"kty": "oct", "k": "c2VjcmV0", "kid": "s"}, {"kty": "RSA"}, {"kty": "unknown"}, RSA, EC, ED]
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303


async def test_what_is_not_known_in_a_header_is_ignored(gateway, provider, slug):
    provider.header = {"alg": "RS256", "kid": "rsa", "unheard-of": True, "x5c": ["A" * 4000]}
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303


async def test_claims_that_the_token_lacks_come_from_userinfo(gateway, provider, slug):
    provider.claims = {"email": ..., "email_verified": ..., "groups": ..., "name": ...}
    provider.userinfo = {"sub": "nora", "email": "nora@example.org", "email_verified": True, "name": "Nora Quist", "groups": "clinicians"}
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303
        me = (await browser.get("/api/v1/auth/me")).json()
    assert (me["email"], me["full_name"], me["role"]) == ("nora@example.org", "Nora Quist", "therapist")


async def test_new_keys_are_asked_for_when_a_token_names_one_but_not_for_every_token(gateway, provider, slug, check_problem, monkeypatch):
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug)).status_code == 303
        new = RSAKey.generate_key(2048, {"kid": "new"}, private=True)
        provider.keys, provider.signs_with, provider.header = [new], new, {"alg": "RS256", "kid": "new"}
        # They were fetched a moment ago.
        check_problem(await sign_in(browser, provider, slug), 401, "sso_provider_wrong")
        assert provider.asked["/jwks"] == 1

        monkeypatch.setattr("identity.single_sign_on.provider._SECONDS_BETWEEN_KEYS", 0.0)
        assert (await sign_in(browser, provider, slug)).status_code == 303
        assert provider.asked["/jwks"] == 2
        # The old key is void.
        provider.signs_with, provider.header = RSA, {"alg": "RS256", "kid": "rsa"}
        check_problem(await sign_in(browser, provider, slug), 401, "sso_provider_wrong")


DISCOVERY = "/.well-known/openid-configuration"
BROKEN = {
    "another issuer": {"metadata": {"issuer": "https://accounts.google.com"}},
    "no issuer": {"metadata": {"issuer": None}},
    "an endpoint that is no address": {"metadata": {"token_endpoint": "file:///etc/passwd"}},
    "an endpoint without TLS": {"metadata": {"jwks_uri": "http://login.example.org/keys"}},
    "an endpoint that runs script": {"metadata": {"authorization_endpoint": "javascript:alert(1)"}},
    "no endpoint": {"metadata": {"authorization_endpoint": None}},
    "a document that is too large": {"instead": {DISCOVERY: response(b'{"issuer": "' + b"x" * 10**6 + b'"}')}},
    "a document that grows when it is unpacked": {"instead": {DISCOVERY: response(b"x", headers="Content-Encoding: gzip\r\n")}},
    "no JSON": {"instead": {DISCOVERY: response(b"<html>")}},
    "no object": {"instead": {DISCOVERY: told([])}},
    "deep JSON": {"instead": {DISCOVERY: response(b"[" * 100_000)}},
    "an error": {"instead": {DISCOVERY: response(b"", "500 Internal Server Error")}},
    "no HTTP": {"instead": {DISCOVERY: b"SSH-2.0-OpenSSH\r\n\r\n"}},
    "nothing": {"instead": {DISCOVERY: b""}},
    "a redirect inside": {"instead": {DISCOVERY: response(b"", "302 Found", "Location: http://169.254.169.254/latest/meta-data/\r\n")}},
    "a redirect to itself": {"instead": {DISCOVERY: response(b"", "307 Temporary Redirect", f"Location: {DISCOVERY}\r\n")}},
}


@pytest.mark.parametrize("how", BROKEN)
async def test_a_provider_that_does_not_answer_as_one_is_unavailable(gateway, provider, slug, check_problem, how):
    for name, value in BROKEN[how].items():
        setattr(provider, name, value)

    async with visit(gateway) as browser:
        refused = await start(browser, slug)
        check_problem(refused, 503, "sso_provider_unavailable")
        assert not refused.headers.get_list("set-cookie")
    # It is told no more of what went wrong than that, and it was asked once.
    assert provider.asked.total() == 1
    # What was wrong is not remembered.
    provider.metadata, provider.instead = {}, {}
    async with visit(gateway) as browser:
        assert (await start(browser, slug)).status_code == 303


@pytest.mark.parametrize("path", ["/token", "/jwks"])
async def test_so_is_one_that_fails_later(gateway, provider, slug, check_problem, path):
    provider.instead = {path: response(b"", "503 Service Unavailable")}
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug), 503, "sso_provider_unavailable")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://169.254.169.254/latest",
        "https://10.0.0.1",
        "https://192.168.1.1:8443/realm",
        "https://[fd00:ec2::254]",
        "https://[::ffff:10.0.0.1]",
        "https://[64:ff9b::a9fe:a9fe]",
        "https://0.0.0.0",
        "https://no-such-host.invalid",
    ],
)
async def test_nothing_inside_is_asked(gateway, practice, check_problem, issuer):
    slug = f"inside-{uuid7().hex[-12:]}"
    assert (await practice.http.put(PATH, json=configuration(slug, issuer))).status_code == 200
    async with visit(gateway) as browser:
        refused = check_problem(await start(browser, slug), 503, "sso_provider_unavailable")
    assert issuer not in json.dumps(refused)


async def test_an_endpoint_inside_is_not_asked_either(gateway, provider, slug, check_problem):
    provider.metadata = {"token_endpoint": "https://169.254.169.254/latest/meta-data"}
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug), 503, "sso_provider_unavailable")


async def test_a_name_that_leads_inside_is_not_asked_even_if_it_also_leads_outside(gateway, practice, check_problem, monkeypatch):
    looked_up = []

    def resolve(host, port, **kind):
        looked_up.append(host)
        return [(2, 1, 6, "", (address, port)) for address in ("203.0.114.7", "10.0.0.7")]

    monkeypatch.setattr("chassis.outgoing.transport.socket.getaddrinfo", resolve)
    slug = f"rebound-{uuid7().hex[-12:]}"
    await practice.http.put(PATH, json=configuration(slug, "https://rebound.example"))
    async with visit(gateway) as browser:
        check_problem(await start(browser, slug), 503, "sso_provider_unavailable")
    assert looked_up == ["rebound.example"]


async def test_one_that_hangs_holds_nothing_and_not_everybody(gateway, provider, slug, practice, elsewhere, check_problem):
    provider.instead = {DISCOVERY: None}
    database = gateway.environment.runtime("identity").database
    browsers = [visit(gateway) for _ in range(12)]
    waiting = [asyncio.create_task(start(browser, slug)) for browser in browsers]
    async with asyncio.timeout(30):
        # Eight of a workspace wait for it; the others are told at once.
        while sum(task.done() for task in waiting) < 4 or not provider.asked[DISCOVERY]:
            await asyncio.sleep(0.01)
    for task in waiting:
        if task.done():
            check_problem(task.result(), 503, "sso_provider_unavailable")
    # They share one request, and hold neither a connection of the database nor the loop.
    assert provider.asked[DISCOVERY] == 1
    async with asyncio.timeout(3):
        while database.in_use:
            await asyncio.sleep(0.01)
    assert (await practice.http.get("/api/v1/workspaces/current")).status_code == 200
    good = HostileProvider()
    server = await good.start()
    await elsewhere.http.put(PATH, json=configuration(f"good-{slug}", good.issuer))
    async with visit(gateway) as browser:
        assert (await sign_in(browser, good, f"good-{slug}")).status_code == 303

    provider.let_go.set()
    for reply in await asyncio.gather(*waiting):
        check_problem(reply, 503, "sso_provider_unavailable")
    for browser in browsers:
        await browser.aclose()
    server.close()
    await server.wait_closed()


async def test_one_that_never_ends_is_given_up_in_time(gateway, provider, slug, check_problem, monkeypatch):
    servicer = servicer_of(gateway)
    monkeypatch.setattr(servicer, "_seconds", 0.2)
    provider.instead = {DISCOVERY: None}
    async with visit(gateway) as browser:
        check_problem(await start(browser, slug), 503, "sso_provider_unavailable")


async def test_plain_http_is_refused_outside_development(gateway, practice, provider, check_problem, monkeypatch):
    servicer = servicer_of(gateway)
    monkeypatch.setattr(servicer, "_with_loopback", False)
    refused = check_problem(await practice.http.put(PATH, json=configuration("plain-http", provider.issuer)), 422, "sso_invalid")
    assert refused["errors"][0]["pointer"] == "/issuer"
