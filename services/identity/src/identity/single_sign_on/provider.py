"""What is asked of an OpenID provider, and what of its answers is believed (OpenID Connect Core 1.0, Discovery 1.0; RFC 9700).

authlib speaks the protocol and checks claims, joserfc verifies signatures. What a provider publishes is remembered for some minutes.
"""

import asyncio
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError, SecurityWarning
from joserfc.jwk import KeySet, import_key
from joserfc.jws import JWSRegistry

from chassis.outgoing.transport import NotAllowedError
from identity.settings import IdentitySettings
from identity.single_sign_on import rules
from identity.single_sign_on.outgoing import guarded_transport, timeouts
from identity.single_sign_on.remembered import Remembered

# Signatures by the provider's private key. None by the client's secret: whoever has a public key could make those.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class _Signatures(JWSRegistry):
    """Takes tokens whose header holds certificates, or what is unknown, which RFC 7515 (section 4) has ignored unless it is critical."""

    max_header_length = 16 * 1024


_SIGNATURES = _Signatures(algorithms=_ALGORITHMS, strict_check_header=False)
_KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
_MOST_KEYS = 50
_SECONDS_REMEMBERED = 600.0
# How soon keys are asked for again, where a token names one that is not known.
_SECONDS_BETWEEN_KEYS = 30.0


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to a provider, and at which address of ours."""

    slug: str
    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    groups_claim: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    token_endpoint_auth_methods: tuple[str, ...]
    scopes: frozenset[str]
    # Whether the `iss` of its answers is never missing (RFC 9207).
    tells_issuer: bool


class Providers:
    """Speaks with providers; raises NotAllowedError and httpx2's errors where one does not answer as it should."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._with_loopback = settings.environment == "development"
        self._seconds = settings.sso_seconds
        self._transport = guarded_transport(settings)
        self._metadata: Remembered[Metadata] = Remembered(_SECONDS_REMEMBERED)
        self._keys: Remembered[KeySet] = Remembered(_SECONDS_REMEMBERED)

    async def metadata(self, issuer: str) -> Metadata:
        return await self._metadata.get(issuer, lambda: self._discover(issuer))

    async def authorization_url(self, client: Client, *, state: str, nonce: str, verifier: str, again: bool = False) -> str:
        """Where the person signs in; where they are to be asked `again`, the provider is told so, and has to say when it asked."""
        found = await self.metadata(client.issuer)
        asking = {"prompt": "login", "max_age": str(rules.SECONDS_SINCE_ASKED)} if again else {}
        url, _ = self._client(client, found).create_authorization_url(
            found.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier, **asking
        )
        return str(url)

    async def claims(self, client: Client, *, code: str, nonce: str, verifier: str) -> dict[str, Any]:
        """The claims about the person who came back with this code. Raises Unauthenticated where they cannot be believed."""
        found = await self.metadata(client.issuer)
        session = self._client(client, found)
        try:
            token = await session.fetch_token(found.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier)
        except (AuthlibBaseError, ValueError, TypeError) as error:
            raise rules.provider_wrong() from error
        claims = await self._verified(token.get("id_token"), token.get("access_token"), client, found, nonce=nonce)
        if found.userinfo_endpoint and token.get("access_token") and {"email", client.groups_claim} - claims.keys():
            told = await self._json(found.userinfo_endpoint, headers={"Authorization": f"Bearer {token['access_token']}"})
            # OpenID Connect Core 1.0, 5.3.2: or it would be about somebody else.
            if told.get("sub") != claims["sub"]:
                raise rules.provider_wrong()
            if "email" in claims and told.get("email") != claims["email"]:
                # What it says of another address, for one that it is verified, says nothing of this one.
                told = {name: value for name, value in told.items() if name not in {"email", "email_verified"}}
            # The signed token alone says when the person was asked.
            told.pop("auth_time", None)
            claims = {**told, **claims}
        return claims

    async def _discover(self, issuer: str) -> Metadata:
        told = await self._json(issuer.rstrip("/") + "/.well-known/openid-configuration")
        # Discovery 1.0, 4.3: or one provider could speak for another.
        if told.get("issuer") != issuer:
            raise NotAllowedError("another issuer")
        endpoints = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")}
        if endpoints["userinfo_endpoint"] is None:
            del endpoints["userinfo_endpoint"]
        for url in endpoints.values():
            if not isinstance(url, str) or not rules.is_address_of_a_provider(url, with_loopback=self._with_loopback):
                raise NotAllowedError("an endpoint that is no address")
        return Metadata(
            authorization_endpoint=str(endpoints["authorization_endpoint"]),
            token_endpoint=str(endpoints["token_endpoint"]),
            jwks_uri=str(endpoints["jwks_uri"]),
            userinfo_endpoint=endpoints.get("userinfo_endpoint"),
            token_endpoint_auth_methods=_texts(told.get("token_endpoint_auth_methods_supported")),
            scopes=frozenset(_texts(told.get("scopes_supported"))),
            tells_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        )

    async def _verified(self, id_token: Any, access_token: Any, client: Client, found: Metadata, *, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7)."""
        if not isinstance(id_token, str):
            raise rules.provider_wrong()
        now = int(time.time())
        try:
            verified = await self._signed(id_token, found.jwks_uri)
            options: dict[str, Any] = {
                "iss": {"essential": True, "value": client.issuer},
                "aud": {"essential": True, "value": client.client_id},
            }
            params = {"client_id": client.client_id, "nonce": nonce, "access_token": access_token}
            claims = CodeIDToken(verified.claims, verified.header, options, params)
            claims.validate(now=now, leeway=rules.LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError, OverflowError) as error:
            raise rules.provider_wrong() from error
        if claims["iat"] < now - rules.SECONDS_AT_THE_PROVIDER - rules.LEEWAY_SECONDS:
            raise rules.provider_wrong()
        return dict(claims)

    async def _signed(self, id_token: str, jwks_uri: str) -> jwt.Token:
        keys = await self._keys.get(jwks_uri, lambda: self._fetch_keys(jwks_uri))
        try:
            return _verify(id_token, keys)
        except InvalidKeyIdError:
            # The provider has new keys, or the token is none of its.
            if self._keys.age(jwks_uri) < _SECONDS_BETWEEN_KEYS:
                raise
            self._keys.forget(jwks_uri)
            keys = await self._keys.get(jwks_uri, lambda: self._fetch_keys(jwks_uri))
            return _verify(id_token, keys)

    async def _fetch_keys(self, jwks_uri: str) -> KeySet:
        told = await self._json(jwks_uri)
        listed = told.get("keys")
        keys = []
        for each in listed[:_MOST_KEYS] if isinstance(listed, list) else []:
            if not isinstance(each, dict) or each.get("kty") not in _KEY_TYPES or each.get("use", "sig") != "sig":
                continue
            try:
                with warnings.catch_warnings():
                    # RSA keys of less than 2048 bits.
                    warnings.simplefilter("error", SecurityWarning)
                    keys.append(import_key(each))
            except (JoseError, SecurityWarning, ValueError, TypeError, OverflowError):
                continue
        if not keys:
            raise NotAllowedError("no keys")
        return KeySet(keys)

    async def _json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        client = httpx2.AsyncClient(transport=self._transport, timeout=timeouts, trust_env=False)
        # Several may wait for the answer; each of them has a limit of their own as well.
        async with asyncio.timeout(self._seconds):
            response = await client.get(url, headers=headers)
        if response.status_code != 200:
            raise NotAllowedError("not the answer of a provider")
        try:
            told = orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            raise NotAllowedError("not JSON") from error
        if not isinstance(told, dict):
            raise NotAllowedError("no object")
        return told

    def _client(self, client: Client, found: Metadata) -> AsyncOAuth2Client:
        scopes = ["openid", "email", "profile"]
        if client.groups_claim in found.scopes:
            scopes.append(client.groups_claim)
        return AsyncOAuth2Client(
            client_id=client.client_id,
            client_secret=client.client_secret,
            token_endpoint_auth_method=_authentication(client, found),
            redirect_uri=client.redirect_uri,
            scope=" ".join(scopes),
            code_challenge_method="S256",
            transport=self._transport,
            timeout=timeouts,
            trust_env=False,
        )


def _verify(id_token: str, keys: KeySet) -> jwt.Token:
    with warnings.catch_warnings():
        # EdDSA is a name that RFC 9864 replaces, and that providers use.
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.decode(id_token, keys, registry=_SIGNATURES)


def _authentication(client: Client, found: Metadata) -> str:
    """How the client proves who it is; `client_secret_basic` is what a provider has that says nothing (Discovery 1.0, section 3)."""
    if client.client_secret is None:
        return "none"
    methods = found.token_endpoint_auth_methods
    return "client_secret_post" if "client_secret_post" in methods and "client_secret_basic" not in methods else "client_secret_basic"


def _texts(told: Any) -> tuple[str, ...]:
    return tuple(each for each in told if isinstance(each, str)) if isinstance(told, list) else ()
