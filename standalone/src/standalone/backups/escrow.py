"""The keys of a backup under a passphrase: a JSON document whose header says how the passphrase becomes a key.

    {"format": 1, "kdf": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": base64,
     "cipher": "AES-256-GCM", "nonce": base64, "sealed": base64}

scrypt is RFC 7914, with 128 MiB of memory for each guess. The header and the backup's name are bound to what is sealed: neither can be changed,
and the keys of one backup do not pass for another's.
"""

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from standalone.backups.errors import BackupFailed, WrongPassphrase
from standalone.backups.sealed_stream import KEY_BYTES

_N, _R, _P = 2**17, 8, 1
# Somebody else may have written what is read: what it asks for is bounded (1 GiB).
_MOST_N = 2**20
_SALT_BYTES, _NONCE_BYTES = 16, 12


@dataclass(frozen=True, slots=True)
class Escrow:
    """What opens a backup: its key, and the installation's secret files by their path below the home."""

    backup_key: bytes = field(repr=False)
    secrets: Mapping[str, bytes] = field(repr=False)

    def lock(self, passphrase: str, name: str) -> bytes:
        """The document for the backup of this name."""
        header = {"format": 1, "kdf": "scrypt", "n": _N, "r": _R, "p": _P, "salt": _text(os.urandom(_SALT_BYTES)), "cipher": "AES-256-GCM"}
        secrets = {path: _text(content) for path, content in self.secrets.items()}
        plain = json.dumps({"backup_key": _text(self.backup_key), "secrets": secrets}).encode()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(_key(passphrase, header)).encrypt(nonce, plain, _bound(header, name))
        return json.dumps({**header, "nonce": _text(nonce), "sealed": _text(sealed)}, indent=2).encode()

    @classmethod
    def unlock(cls, document: bytes, passphrase: str, name: str) -> "Escrow":
        """Raises WrongPassphrase, also for keys that were changed or are another backup's; BackupFailed for what is no such document."""
        try:
            parsed = json.loads(document)
            nonce, sealed = _bytes(parsed.pop("nonce")), _bytes(parsed.pop("sealed"))
            _check_header(parsed)
            key = _key(passphrase, parsed)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise BackupFailed("the backup's keys are damaged, or of a format that this release does not know") from error
        try:
            opened = json.loads(AESGCM(key).decrypt(nonce, sealed, _bound(parsed, name)))
        except (InvalidTag, ValueError):
            raise WrongPassphrase("the passphrase does not open the keys of this backup") from None
        return cls(_bytes(opened["backup_key"]), {path: _bytes(content) for path, content in opened["secrets"].items()})


def _check_header(header: Mapping[str, Any]) -> None:
    if header["format"] != 1 or header["kdf"] != "scrypt" or header["cipher"] != "AES-256-GCM":
        raise ValueError("an unknown format")
    if not 2**14 <= int(header["n"]) <= _MOST_N or header["r"] != _R or not 1 <= int(header["p"]) <= 4:
        raise ValueError("a cost that is not asked for by this release")


def _key(passphrase: str, header: Mapping[str, Any]) -> bytes:
    kdf = Scrypt(salt=_bytes(header["salt"]), length=KEY_BYTES, n=header["n"], r=header["r"], p=header["p"])
    return kdf.derive(passphrase.encode())


def _bound(header: Mapping[str, Any], name: str) -> bytes:
    return json.dumps([name, header], sort_keys=True).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
