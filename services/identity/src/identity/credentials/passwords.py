"""Hashes passwords with Argon2id, in a few threads and with a limited queue, so that guessing cannot use up the processor."""

from dataclasses import dataclass
from functools import cached_property, partial

import argon2
from argon2.exceptions import VerifyMismatchError

from chassis.bounded_threads import BoundedThreads
from identity.credentials.rules import MAX_PASSWORD_LENGTH, normalize_password
from identity.settings import IdentitySettings


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password matches, and its new hash if the stored one was made with other parameters than today's."""

    matches: bool
    new_hash: str | None = None


class PasswordHasher:
    """Hashes and verifies passwords. Both raise Unavailable if the queue is full."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
            type=argon2.Type.ID,
        )
        self._threads = BoundedThreads(
            "password",
            threads=settings.password_threads,
            queue=settings.password_queue,
            code="sign_in_busy",
            message="Too many people are signing in at once; try again.",
        )

    @cached_property
    def _decoy_hash(self) -> str:
        """Compared with where there is no hash, so that unknown addresses take as long as known ones."""
        return self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._threads.run(partial(self._argon2.hash, normalize_password(password)))

    async def verify(self, password: str, stored_hash: str | None) -> Verification:
        """Compares the password with the hash. Takes equally long, and does not match, if there is no hash."""
        return await self._threads.run(partial(self._verify, normalize_password(password)[: MAX_PASSWORD_LENGTH + 1], stored_hash))

    def _verify(self, password: str, stored_hash: str | None) -> Verification:
        # Made at the first verification of any kind: otherwise the first unknown address would take twice as long.
        decoy_hash = self._decoy_hash
        try:
            self._argon2.verify(stored_hash or decoy_hash, password)
        except VerifyMismatchError:
            return Verification(matches=False)
        if stored_hash is None:
            return Verification(matches=False)
        return Verification(True, self._argon2.hash(password) if self._argon2.check_needs_rehash(stored_hash) else None)
