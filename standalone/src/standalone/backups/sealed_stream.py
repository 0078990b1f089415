"""A sealed stream: `header | chunk | chunk | …`, each chunk up to 64 KiB, sealed with AES-256-GCM.

This is STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015), as age has it: the nonce is the chunk's number in 11 bytes and a byte that is 1
for the last chunk and 0 for the others, so a stream that was cut short, lengthened or put into another order does not open. The header is
the line `caseload sealed stream 1`, and is bound to every chunk. Each stream has a key of its own, derived from the backup's key and its name.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from standalone.backups.errors import BackupFailed

HEADER = b"caseload sealed stream 1\n"
CHUNK = 64 * 1024
KEY_BYTES = 32
_TAG = 16


def derived_key(backup_key: bytes, purpose: str) -> bytes:
    """A key for one stream of one backup, or for its manifest."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"caseload backup 1: {purpose}".encode()).derive(backup_key)


def seal(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The sealed stream of a content, of which a chunk at a time is in memory."""
    cipher, number, unsealed = AESGCM(key), 0, bytearray()
    yield HEADER
    for piece in pieces:
        unsealed += piece
        # What is left over becomes the last chunk, so it is empty only for an empty content.
        while len(unsealed) > CHUNK:
            yield cipher.encrypt(_nonce(number, last=False), bytes(unsealed[:CHUNK]), HEADER)
            del unsealed[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(unsealed), HEADER)


def unseal(pieces: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The content again. Raises BackupFailed at the first chunk that is not as it was sealed; those before it have been given out."""
    cipher, number, sealed, headed = AESGCM(key), 0, bytearray(), False
    for piece in pieces:
        sealed += piece
        if not headed and len(sealed) >= len(HEADER):
            if sealed[: len(HEADER)] != HEADER:
                raise BackupFailed("a part of the backup is no sealed stream that this release knows")
            del sealed[: len(HEADER)]
            headed = True
        while headed and len(sealed) > CHUNK + _TAG:
            yield _opened(cipher, number, bytes(sealed[: CHUNK + _TAG]), last=False)
            del sealed[: CHUNK + _TAG]
            number += 1
    if not headed:
        raise BackupFailed("a part of the backup was cut short")
    yield _opened(cipher, number, bytes(sealed), last=True)


def _opened(cipher: AESGCM, number: int, chunk: bytes, *, last: bool) -> bytes:
    try:
        return cipher.decrypt(_nonce(number, last=last), chunk, HEADER)
    except (InvalidTag, ValueError):
        raise BackupFailed("a part of the backup was changed or cut short: it does not open") from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
