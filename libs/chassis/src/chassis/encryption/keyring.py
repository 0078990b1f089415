"""The root keys of a deployment."""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis import private_files
from chassis.encryption.blind_index import BlindIndex

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value cannot be opened: wrong key, changed bytes, or another place than it was sealed for. The message names the place, never the value."""


class Keyring:
    """The root keys of a deployment. One is active and wraps; the others still unwrap. Losing them is losing the data."""

    def __init__(self, active: str, keys: Mapping[str, bytes], index: bytes) -> None:
        if active not in keys:
            raise ValueError("the keyring's active key is not among its keys")
        if any(len(key) != KEY_BYTES for key in (*keys.values(), index)):
            raise ValueError(f"a root key has {KEY_BYTES} bytes")
        if any(not 0 < len(name.encode()) < 256 for name in keys):
            raise ValueError("a root key's id has 1 to 255 bytes")
        self.active = active
        self._keys = dict(keys)
        self.names = tuple(keys)
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index_key = index
        self._index = BlindIndex(index)

    @classmethod
    def generate(cls) -> "Keyring":
        return cls("1", {"1": os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))

    def with_new_key(self) -> "Keyring":
        """The same with one more key, which wraps nothing yet; unchanged where there is a second one already."""
        if len(self._keys) > 1:
            return self
        number = int(self.active) + 1 if self.active.isdecimal() else 1
        return Keyring(self.active, {**self._keys, str(number): os.urandom(KEY_BYTES)}, self._index_key)

    def with_newest_active(self) -> "Keyring":
        """The same with the key active that was added last."""
        return Keyring(self.names[-1], self._keys, self._index_key)

    def without_others(self) -> "Keyring":
        """The same with the active key alone."""
        return Keyring(self.active, {self.active: self._keys[self.active]}, self._index_key)

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Reads {"active": id, "keys": {id: base64}, "index": base64}; ValueError for anything else."""
        try:
            document = json.loads(text)
            keys = {str(name): base64.b64decode(key, validate=True) for name, key in document["keys"].items()}
            return cls(str(document["active"]), keys, base64.b64decode(document["index"], validate=True))
        except (KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise ValueError("this is not a keyring") from error

    @classmethod
    def load(cls, path: Path | str) -> "Keyring":
        return cls.parse(Path(path).read_text())

    def save(self, path: Path | str) -> None:
        """Writes a new file that its owner alone may read; an existing keyring is never written over."""
        private_files.create(Path(path), self.dump())

    def dump(self) -> bytes:
        """The text that `parse` reads."""
        keys = {name: base64.b64encode(key).decode() for name, key in self._keys.items()}
        document = {"active": self.active, "keys": keys, "index": base64.b64encode(self._index_key).decode()}
        return json.dumps(document, indent=2).encode()

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """`version byte | length of id | id | nonce | ciphertext and tag`, opened only with the same context."""
        nonce = os.urandom(NONCE_BYTES)
        name = self.active.encode()
        return bytes((FORMAT, len(name))) + name + nonce + self._ciphers[self.active].encrypt(nonce, key, context)

    @staticmethod
    def root_of(wrapped: bytes) -> str:
        """The id of the root key that a key is wrapped with. SealBroken for what is no wrapped key."""
        if len(wrapped) < 2 or wrapped[0] != FORMAT:
            raise SealBroken("not a wrapped key")
        return wrapped[2 : 2 + wrapped[1]].decode(errors="replace")

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """The key again; SealBroken when the ring, the bytes or the context are not those it was wrapped with."""
        cipher = self._ciphers.get(self.root_of(wrapped))
        if cipher is None:
            raise SealBroken("wrapped with a root key this keyring does not hold")
        end = 2 + wrapped[1]
        try:
            return cipher.decrypt(wrapped[end : end + NONCE_BYTES], wrapped[end + NONCE_BYTES :], context)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("a wrapped key does not open") from error

    def deployment_index(self, kind: str, value: str) -> bytes:
        """A 16-byte blind index that is equal throughout the deployment; for what must be found before a workspace is known."""
        return self._index.exact(kind, value)
