"""The two kinds of token: a person's, signed by identity, and a service's own, signed by the service.

Both are JWTs signed with Ed25519 (RFC 8037) and typed (RFC 9068, RFC 8725 section 3.11), so that one never passes for the other.
"""

import re
import time
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from uuid_utils.compat import uuid7

from chassis import base64url, private_files
from chassis.errors import Unauthenticated

ISSUER = "caseload"
ACCESS_TYPE = "at+jwt"
SERVICE_TYPE = "svc+jwt"
ACCESS_SECONDS = 300
SERVICE_SECONDS = 60
# How far the clocks of two machines may be apart: a token is accepted so long before and after its time.
LEEWAY_SECONDS = 5
# The current one, the next and the previous.
MOST_ACCESS_KEYS = 3
_ALGORITHM = "EdDSA"
_PRIVATE_KEY = re.compile(rb"-----BEGIN PRIVATE KEY-----.+?-----END PRIVATE KEY-----\n?", re.DOTALL)
_REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]


class AccessSigner:
    """Signs people's access tokens; only identity has one."""

    def __init__(self, private_key_pem: bytes, kid: str | None = None) -> None:
        self._key = _private(private_key_pem)
        self.kid = kid or thumbprint(self._key.public_key())

    def sign(self, claims: Mapping[str, Any], *, now: float | None = None, seconds: int = ACCESS_SECONDS) -> str:
        """`claims` are sub, ws, sid, role, scope, amr, auth_time and epoch; the rest is added."""
        issued = int(time.time() if now is None else now)
        body = {"iss": ISSUER, "aud": ISSUER, "iat": issued, "exp": issued + seconds, "jti": str(uuid7()), **claims}
        return jwt.encode(body, self._key, _ALGORITHM, headers={"typ": ACCESS_TYPE, "kid": self.kid})

    @property
    def public_x(self) -> str:
        """The public key as a JWK's `x`."""
        return public_x(self._key.public_key())


class AccessKeys:
    """Identity's signing keys: one PEM file of up to three private keys. The first signs, and all are published.

    While keys are changed the others are the next key, which every instance publishes before one of them signs with it,
    and the previous one, until the last token that it signed has expired. Raises ValueError for a file without a key.
    """

    def __init__(self, pem: bytes) -> None:
        keys = split_keys(pem)
        if not 1 <= len(keys) <= MOST_ACCESS_KEYS:
            raise ValueError(f"a file of access keys holds 1 to {MOST_ACCESS_KEYS} private keys, not {len(keys)}")
        self.signer, *others = [AccessSigner(key) for key in keys]
        # By kid, as JWKs' `x`.
        self.published = {signer.kid: signer.public_x for signer in (self.signer, *others)}


class ServiceSigner:
    """Signs the tokens a service shows when it calls on its own behalf (60 seconds, one callee, one workspace), and its events."""

    def __init__(self, name: str, private_key_pem: bytes) -> None:
        self.name = name
        self._key = _private(private_key_pem)
        self.key_id = thumbprint(self._key.public_key())
        self._minted: dict[tuple[str, UUID | None], tuple[float, str]] = {}

    def token(self, audience: str, workspace_id: UUID | None) -> str:
        """A token for the callee; one is used again for half its life."""
        now = time.time()
        kept = self._minted.get((audience, workspace_id))
        if kept is not None and now < kept[0]:
            return kept[1]
        body: dict[str, Any] = {
            "iss": self.name,
            "sub": self.name,
            "aud": audience,
            "iat": int(now),
            "exp": int(now) + SERVICE_SECONDS,
            "jti": str(uuid7()),
        }
        if workspace_id is not None:
            body["ws"] = str(workspace_id)
        token = jwt.encode(body, self._key, _ALGORITHM, headers={"typ": SERVICE_TYPE, "kid": self.name})
        if len(self._minted) > 10_000:
            self._minted.clear()
        self._minted[(audience, workspace_id)] = (now + SERVICE_SECONDS / 2, token)
        return token

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature. The message begins with what it is for, so that none passes for a token."""
        return self._key.sign(message)

    def derive_key(self, purpose: bytes) -> bytes:
        """A secret of 32 bytes that the service has for this purpose alone, by HKDF (RFC 5869) from its private key."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(self._key.private_bytes_raw())


def read_header(token: str) -> dict[str, Any]:
    """The unverified header, for choosing a key; Unauthenticated when there is none to read."""
    try:
        return jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise invalid_token() from None


def verify_access(token: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The claims of a person's token whose signature, type, issuer, audience and time hold; else Unauthenticated."""
    header = read_header(token)
    key = keys.get(str(header.get("kid")))
    if header.get("typ") != ACCESS_TYPE or key is None:
        raise invalid_token()
    claims = _decode(token, key, audience=ISSUER, issuer=ISSUER)
    try:
        UUID(claims["sub"]), UUID(claims["ws"]), UUID(claims["sid"]), int(claims["epoch"])
    except (KeyError, TypeError, ValueError):
        raise invalid_token() from None
    return claims


def session_of(token: str) -> UUID:
    """The login session of an access token that comes from identity itself; nothing is verified."""
    return UUID(jwt.decode(token, options={"verify_signature": False})["sid"])


def verify_service(token: str, *, audience: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """The claims of a service's own token for this callee; else Unauthenticated."""
    header = read_header(token)
    name = str(header.get("kid"))
    key = keys.get(name)
    if header.get("typ") != SERVICE_TYPE or key is None:
        raise invalid_token()
    claims = _decode(token, key, audience=audience, issuer=name)
    if claims["sub"] != name:
        raise invalid_token()
    return claims


def invalid_token() -> Unauthenticated:
    return Unauthenticated("token_invalid", "The access token is not valid; sign in again.")


def generate_key() -> bytes:
    """A new Ed25519 private key, PKCS #8 PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def split_keys(pem: bytes) -> list[bytes]:
    """The private keys of a PEM file, in their order."""
    return _PRIVATE_KEY.findall(pem)


def write_service_keys(folder: Path, names: Iterable[str]) -> None:
    """Gives each named service a key pair in the folder, `<name>.key` and `<name>.pub`, unless it has one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in names:
        private = folder / f"{name}.key"
        key = private_files.write_once(private, generate_key)
        (folder / f"{name}.pub").write_bytes(public_pem(key))


def public_pem(key: bytes) -> bytes:
    """The public half of a private key, PEM like it."""
    return _private(key).public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def read_service_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Every service's public key, by its name."""
    return {path.stem: _public(path) for path in sorted(folder.glob("*.pub"))}


def read_past_keys(folder: Path, name: str) -> dict[str, Ed25519PublicKey]:
    """The public keys of a service that verify what it signed to last: its own, and its earlier ones, by thumbprint.

    Those are files like `clinical-2026.past` beside the others, and verify no token and no event.
    """
    paths = [folder / f"{name}.pub", *sorted(folder.glob(f"{name}-*.past"))]
    return {thumbprint(key): key for key in map(_public, paths)}


def _public(path: Path) -> Ed25519PublicKey:
    key = serialization.load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{path.name} is not an Ed25519 key")
    return key


def thumbprint(key: Ed25519PublicKey) -> str:
    """The key's JWK thumbprint (RFC 7638, RFC 8037 appendix A.3), which names it wherever it is used."""
    members = f'{{"crv":"Ed25519","kty":"OKP","x":"{public_x(key)}"}}'
    return base64url.encode(sha256(members.encode()).digest())


def public_x(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64url.encode(raw)


def public_from_x(x: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64url.decode(x))


def _private(pem: bytes) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("not an Ed25519 key")
    return key


def _decode(token: str, key: Ed25519PublicKey, *, audience: str, issuer: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": _REQUIRED},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("token_expired", "The access token has expired.") from None
    except jwt.InvalidTokenError:
        raise invalid_token() from None
    return claims
