"""Signs with the service's key of today, and verifies what was signed with that or an earlier one."""

from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chassis import base64url
from chassis.auth.tokens import ServiceSigner


class Signer:
    """What is signed begins with its purpose, so that no signature passes for one of something else. `keys` are by thumbprint."""

    def __init__(self, signer: ServiceSigner, keys: Mapping[str, Ed25519PublicKey]) -> None:
        self._signer = signer
        self._keys = keys

    @property
    def key_id(self) -> str:
        """The thumbprint of the key of today."""
        return self._signer.key_id

    def public_keys(self) -> dict[str, str]:
        """The public keys of today and of before, as base64url, by thumbprint."""
        return {key_id: base64url.encode(key.public_bytes_raw()) for key_id, key in self._keys.items()}

    def signature(self, message: bytes) -> str:
        """Ed25519, base64url."""
        return base64url.encode(self._signer.sign(message))

    def is_signature(self, signature: str, key_id: str, message: bytes) -> bool:
        """Whether the signature is one of ours, over this message."""
        key = self._keys.get(key_id)
        if key is None:
            return False
        try:
            key.verify(base64url.decode(signature), message)
        except (InvalidSignature, ValueError):
            return False
        return True
