"""Judges and hashes passwords, in a few threads and with a limited queue, so that guessing uses up neither processor nor memory.

Passwords are hashed with Argon2id. New ones are judged by zxcvbn: lists of common passwords, names and words, sequences, repetitions and
patterns of the keyboard, and what is expected of this person.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import argon2
from argon2.exceptions import VerifyMismatchError
from zxcvbn import zxcvbn

from chassis.bounded_threads import BoundedThreads
from chassis.errors import Unavailable
from chassis.service.runtime import Runtime
from identity.credentials.rules import (
    JUDGED_LENGTH,
    MAX_PASSWORD_LENGTH,
    check_is_not_expected,
    check_length,
    expected_words,
    normalize_password,
    password_too_weak,
)
from identity.credentials.turns import Turns
from identity.settings import IdentitySettings

_BUSY = "sign_in_busy"
_BUSY_MESSAGE = "Too many people are signing in at once; try again."
# Of zxcvbn's scores from 0 to 4: more than 10^8 guesses.
_STRONG_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password matches, and its new hash if the stored one was made with other parameters than today's."""

    matches: bool
    new_hash: str | None = None


class PasswordHasher:
    """Judges, hashes and verifies passwords. All raise Unavailable if the queue is full.

    Known devices have a thread of their own: however many strangers guess, people at their own devices sign in.
    """

    def __init__(self, settings: IdentitySettings) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
            type=argon2.Type.ID,
        )
        self._threads = _threads("password", settings.password_threads, settings.password_queue)
        self._turns = Turns(places=settings.password_threads, queue=settings.password_queue, busy=_busy)
        # One, because it is Python: several would keep the event loop waiting for each other.
        self._judging = _threads("password-judging", 1, settings.password_queue)
        self._known_devices = _threads("password-known", 1, settings.password_queue)

    @cached_property
    def _decoy_hash(self) -> str:
        """Compared with where there is no hash, so that unknown addresses take as long as known ones."""
        return self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._threads.run(partial(self._argon2.hash, normalize_password(password)))

    async def check(self, password: str, *, email: str, full_name: str, pointer: str = "/new_password") -> str:
        """The normalized password. Raises Invalid for a wrong length, and for a password that is easily guessed."""
        normalized = check_length(password, pointer=pointer)
        check_is_not_expected(normalized, email=email, full_name=full_name, pointer=pointer)
        judged = normalized[:JUDGED_LENGTH]
        if await self._judging.run(lambda: zxcvbn(judged, user_inputs=expected_words(email, full_name))["score"]) < _STRONG_ENOUGH:
            raise password_too_weak(pointer, "is common, or made of the name or the e-mail address, a sequence or repetitions")
        return normalized

    async def verify(
        self, password: str, stored_hash: str | None, *, known_device: bool = False, is_guessed: bool = False, is_repeated: bool = False
    ) -> Verification:
        """Compares the password with the hash. Takes equally long, and does not match, if there is no hash.

        `is_guessed` says that somebody is guessing at the account, `is_repeated` that this source has failed before (see Turns).
        """
        if known_device:
            return await self._verify_in(self._known_devices, password, stored_hash)
        async with self._turns.turn(is_guessed=is_guessed, is_repeated=is_repeated):
            return await self._verify_in(self._threads, password, stored_hash)

    async def _verify_in(self, threads: BoundedThreads, password: str, stored_hash: str | None) -> Verification:
        return await threads.run(partial(self._verify, normalize_password(password)[: MAX_PASSWORD_LENGTH + 1], stored_hash))

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


def password_hasher(runtime: Runtime) -> PasswordHasher:
    """The one hasher of this process, by `runtime.once`: its threads and queue bound the memory."""
    return PasswordHasher(runtime.settings)


def _threads(name: str, threads: int, queue: int) -> BoundedThreads:
    return BoundedThreads(name, threads=threads, queue=queue, code=_BUSY, message=_BUSY_MESSAGE)


def _busy() -> Unavailable:
    return Unavailable(_BUSY, _BUSY_MESSAGE, retry_after=1.0)
