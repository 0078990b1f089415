"""Rules most wrong passwords out at the cost of a digest, so that a flood of guesses does not take the processor that Argon2id needs.

The last byte of a password's salt is five bits of a keyed digest of the password and the rest of the salt. One wrong password in 32 has
the same bits. Who has the hashes and not the keyring learns nothing from them; with both, guessing takes a 32nd of the time (decision 59).
"""

import os
from base64 import b64decode

from chassis.encryption.keyring import Keyring

_RANDOM_BYTES = 16
# Hashes made before there was this check have a salt of 16 bytes, and are replaced at the next sign-in.
SALT_BYTES = _RANDOM_BYTES + 1
# One wrong password in so many is not ruled out.
LET_THROUGH = 32


class QuickCheck:
    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def new_salt(self, password: str) -> bytes:
        """A salt for a hash of this password."""
        salt = os.urandom(_RANDOM_BYTES)
        return salt + self._bits(salt, password)

    def rules_out(self, password: str, stored_hash: str | None, account: bytes) -> bool:
        """Whether the password is certainly wrong. Without a hash, it is for as many passwords, and for the same ones of an account each time."""
        salt = self._decoy_salt(account) if stored_hash is None else _salt_of(stored_hash)
        return len(salt) == SALT_BYTES and self._bits(salt[:_RANDOM_BYTES], password) != salt[_RANDOM_BYTES:]

    def _decoy_salt(self, account: bytes) -> bytes:
        salt = self._keyring.deployment_index("salt of nobody", account.hex())
        return salt + self._bits(salt, "nobody has this password")

    def _bits(self, salt: bytes, password: str) -> bytes:
        # The text is part of stored hashes: with another one, nobody could sign in.
        digest = self._keyring.deployment_index("quick check of a password", f"{salt.hex()} {password}")
        return bytes([digest[0] % LET_THROUGH])


def _salt_of(stored_hash: str) -> bytes:
    """The salt of a hash in the PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$hash, in Base64 without padding."""
    salt = stored_hash.split("$")[4]
    return b64decode(salt + "=" * (-len(salt) % 4))
