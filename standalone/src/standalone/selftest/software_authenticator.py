"""An authenticator in software, with a browser around it: makes passkeys and signs with them, rightly or as an attacker would."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from chassis import base64url

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, WITH_CREDENTIAL = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass(frozen=True, slots=True)
class SoftPasskey:
    """A key pair. `counts` as a security key does; one that is synchronized between devices does not."""

    rp_id: str
    user_handle: bytes
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    flags: int = USER_PRESENT | USER_VERIFIED

    @classmethod
    def of(cls, options: Mapping[str, Any], **but: Any) -> Self:
        """The passkey that these creation options ask for."""
        return cls(options["rp"]["id"], base64url.decode(options["user"]["id"]), **but)

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def public_key(self) -> bytes:
        """As COSE: an ES256 key on P-256."""
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def attest(self, options: Mapping[str, Any], origin: str, *, count: int = 0, **client_data: Any) -> dict[str, Any]:
        """RegistrationResponseJSON."""
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key()
        data = self._authenticator_data(self.flags | WITH_CREDENTIAL, count) + credential
        response = {
            "clientDataJSON": client_data_of("webauthn.create", options, origin, **client_data),
            "attestationObject": base64url.encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            "transports": ["internal", "hybrid"],
        }
        return self._reply(response)

    def sign(self, options: Mapping[str, Any], origin: str, *, count: int = 0, handle: bool = True, **client_data: Any) -> dict[str, Any]:
        """AuthenticationResponseJSON."""
        collected = client_data_of("webauthn.get", options, origin, **client_data)
        data = self._authenticator_data(self.flags, count)
        signed = data + hashlib.sha256(base64url.decode(collected)).digest()
        response = {
            "clientDataJSON": collected,
            "authenticatorData": base64url.encode(data),
            "signature": base64url.encode(self.key.sign(signed, ECDSA(SHA256()))),
        }
        if handle:
            response["userHandle"] = base64url.encode(self.user_handle)
        return self._reply(response)

    def _authenticator_data(self, flags: int, count: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _reply(self, response: dict[str, Any]) -> dict[str, Any]:
        name = base64url.encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def client_data_of(kind: str, options: Mapping[str, Any], origin: str, **but: Any) -> str:
    """The client data as a browser collects them, in base64url."""
    return base64url.encode(
        json.dumps({"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": False, **but}).encode()
    )
