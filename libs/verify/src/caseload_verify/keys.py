"""Public keys, by their thumbprint: those that somebody trusts, or those that came with a file."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from caseload_verify.report import Report, Unreadable


def unpadded(text: str) -> bytes:
    """base64url without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


class Keys:
    """`trusted` are keys that came by another way. Without any, those of the file are used, and the report says so."""

    def __init__(self, trusted: Mapping[str, bytes] | None = None) -> None:
        self._trusted = trusted
        self._known: dict[str, Ed25519PublicKey] = {}
        for key_id, key in (trusted or {}).items():
            self._known[key_id] = Ed25519PublicKey.from_public_bytes(key)

    def offered(self, keys: Iterable[Mapping[str, str]], report: Report) -> None:
        """Keys that came with the file. A key that has the name of another one is a finding: a name is a key's thumbprint."""
        for key in keys:
            try:
                key_id, raw = key["key_id"], unpadded(key["public_key"])
                public = Ed25519PublicKey.from_public_bytes(raw)
            except (KeyError, TypeError, ValueError) as error:
                raise Unreadable("a public key cannot be read") from error
            if key_id != thumbprint(raw):
                report.findings.append(f"key {key_id}: is not the key that has this name")
            elif self._trusted is None:
                self._known[key_id] = public
                report.own_keys.add(key_id)

    def fault(self, key_id: str | None, signature: bytes, message: bytes) -> str | None:
        """Why the signature does not hold; None where it does."""
        key = self._known.get(key_id or "")
        if key is None:
            return "was signed with a key that is not known" if self._trusted is None else "was signed with a key that is not trusted"
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return "has a signature that does not hold"
        return None


def thumbprint(raw: bytes) -> str:
    """RFC 7638, of an Ed25519 key (RFC 8037)."""
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    written = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(sha256(written.encode()).digest()).rstrip(b"=").decode()


def read_trusted(text: str) -> dict[str, bytes]:
    """The keys of a file `{"keys": [{"key_id", "public_key"}]}`, as `signing-keys.json` of an archive is. Raises Unreadable."""
    try:
        found: list[Any] = json.loads(text)["keys"]
        keys = {each["key_id"]: unpadded(each["public_key"]) for each in found}
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise Unreadable("the file of trusted keys cannot be read") from error
    if wrong := [key_id for key_id, raw in keys.items() if len(raw) != 32 or thumbprint(raw) != key_id]:
        raise Unreadable(f"of the trusted keys, {wrong[0]} is not the key that has this name")
    return keys
