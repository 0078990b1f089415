"""Where a process has its root keys from: a file, a variable, or either of them encrypted by a key management service (KMS).

An encrypted keyring is {"kms": key id or ARN, "keyring": base64 of what `Encrypt` answered}. The service's key never leaves it; a process needs
`kms:Decrypt` for this key, once at its start, and whoever writes the keyring `kms:Encrypt`. Both are bound to the purpose by an
encryption context, which a key policy can ask for.
"""

import base64
import binascii
import json
from pathlib import Path
from typing import TYPE_CHECKING

from chassis import private_files
from chassis.encryption.keyring import Keyring

if TYPE_CHECKING:
    from chassis.encryption.kms import KmsError


class RootKeysUnreadable(ValueError):
    """There are no root keys, there are two keyrings, or the KMS does not decrypt. The message holds nothing of a key."""


def load_keyring(file: Path | None, text: str) -> Keyring:
    """The keyring of a file, or of `text` where it is a variable's; decrypted by the KMS that it names. Raises RootKeysUnreadable."""
    if text and file is not None:
        raise RootKeysUnreadable("CASELOAD_KEYRING_FILE and CASELOAD_KEYRING are both set")
    if not text and file is None:
        raise RootKeysUnreadable("CASELOAD_KEYRING_FILE is not set")
    written = text if file is None else file.read_text()
    try:
        kms_key, encrypted = _encrypted(written)
        return Keyring.parse(_decrypt(kms_key, encrypted) if kms_key else written)
    except ValueError as error:
        raise RootKeysUnreadable(str(error)) from error


def save_keyring(file: Path, keyring: Keyring, *, kms_key: str | None = None) -> None:
    """Replaces the file by this keyring, encrypted under `kms_key`, or else as the file is now. Only its owner may read it."""
    owner = file.stat()
    if kms_key is None:
        kms_key, _ = _encrypted(file.read_text())
    content = encrypted_keyring(keyring, kms_key) if kms_key else keyring.dump()
    private_files.write(file, content, owner=(owner.st_uid, owner.st_gid))


def encrypted_keyring(keyring: Keyring, kms_key: str) -> bytes:
    """The keyring as a KMS has encrypted it. Raises RootKeysUnreadable."""
    from chassis.encryption import kms  # slow to load, and seldom needed

    try:
        encrypted = kms.encrypt(kms_key, keyring.dump())
    except kms.KmsError as error:
        raise RootKeysUnreadable(_refused("encrypt", error)) from error
    return json.dumps({"kms": kms_key, "keyring": base64.b64encode(encrypted).decode()}, indent=2).encode()


def is_kms_keyring(file: Path) -> bool:
    """Whether the keyring of this file is encrypted by a KMS. Raises ValueError for what is no keyring."""
    return bool(_encrypted(file.read_text())[0])


def _encrypted(written: str) -> tuple[str, bytes]:
    """The KMS's key and what it has encrypted; an empty key for a keyring that is not encrypted. Raises ValueError."""
    document = json.loads(written)
    if not isinstance(document, dict) or "kms" not in document:
        return "", b""
    try:
        return str(document["kms"]), base64.b64decode(document["keyring"], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise ValueError("this is not an encrypted keyring") from error


def _decrypt(kms_key: str, encrypted: bytes) -> str:
    from chassis.encryption import kms  # slow to load, and seldom needed

    try:
        return kms.decrypt(kms_key, encrypted).decode()
    except kms.KmsError as error:
        raise RootKeysUnreadable(_refused("decrypt", error)) from error


def _refused(what: str, error: "KmsError") -> str:
    """What the KMS did not do, and which permission is missing if it is that."""
    told = f"the KMS does not {what}: {error}"
    if error.is_denied:
        action = f"kms:{what.title()}"
        told += f"; this role needs {action} for the key of the keyring, as docs/operations/keys.md says"
    return told
