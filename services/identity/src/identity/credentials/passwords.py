"""Judges and hashes passwords, in a few threads and with a limited queue, so that guessing uses up neither processor nor memory.

Passwords are hashed with Argon2id. New ones are judged by zxcvbn: lists of common passwords, names and words, sequences, repetitions and
patterns of the keyboard, and what is expected of this person.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial

import argon2
from argon2.exceptions import VerifyMismatchError
from zxcvbn import zxcvbn

from chassis.bounded_threads import BoundedThreads
from chassis.encryption.keyring import Keyring
from chassis.errors import Unavailable
from chassis.service.runtime import Runtime
from identity.credentials.quick_check import SALT_BYTES, QuickCheck
from identity.credentials.rules import (
    JUDGED_LENGTH,
    MAX_PASSWORD_LENGTH,
    check_is_not_expected,
    check_length,
    expected_words,
    normalize_password,
    password_too_weak,
)
from identity.credentials.turns import Rank, Turns
from identity.settings import IdentitySettings

_BUSY = "sign_in_busy"
_BUSY_MESSAGE = "Too many people are signing in at once; try again."
# Of zxcvbn's scores from 0 to 4: more than 10^8 guesses.
_STRONG_ENOUGH = 3
# Of the last verifications, while they are so young: how long one takes depends on how many wait.
_TIMES_KEPT = 32
_SECONDS_TIMES_ARE_KEPT = 10.0
# Passwords that are set wait for their turn as one account more.
_NEW_PASSWORDS = b"new passwords"


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password matches, and its new hash if the stored one was made with other parameters than today's."""

    matches: bool
    new_hash: str | None = None


Verify = Callable[[str, str | None], Awaitable[Verification]]


class PasswordHasher:
    """Judges, hashes and verifies passwords. All raise Unavailable if the queue is full.

    Known devices have a thread of their own: however many strangers guess, people at their own devices sign in.
    """

    def __init__(self, settings: IdentitySettings, keyring: Keyring) -> None:
        self._argon2 = argon2.PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
            salt_len=SALT_BYTES,
            type=argon2.Type.ID,
        )
        self._quick_check = QuickCheck(keyring)
        self._threads = _threads("password", settings.password_threads, settings.password_queue)
        self._turns = _turns(settings.password_threads, settings)
        # One, because it is Python: several would keep the event loop waiting for each other.
        self._judging = _threads("password-judging", 1, settings.password_queue)
        self._known_devices = _threads("password-known", 1, settings.password_queue)
        self._turns_of_known_devices = _turns(1, settings)
        # When the last verifications were done and how long they took, and how many wait for as long without one.
        self._taken: deque[tuple[float, float]] = deque(maxlen=_TIMES_KEPT)
        self._pretending = 0
        self._most_pretending = settings.password_queue

    @cached_property
    def _decoy_hash(self) -> str:
        """Compared with where there is no hash, so that unknown addresses take as long as known ones."""
        return self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        async with self._turns.turn(_NEW_PASSWORDS, Rank.ORDINARY):
            return await self._threads.run(partial(self._hash, normalize_password(password)))

    async def check(self, password: str, *, email: str, full_name: str, pointer: str = "/new_password") -> str:
        """The normalized password. Raises Invalid for a wrong length, and for a password that is easily guessed."""
        normalized = check_length(password, pointer=pointer)
        check_is_not_expected(normalized, email=email, full_name=full_name, pointer=pointer)
        judged = normalized[:JUDGED_LENGTH]
        if await self._judging.run(lambda: zxcvbn(judged, user_inputs=expected_words(email, full_name))["score"]) < _STRONG_ENOUGH:
            raise password_too_weak(pointer, "is common, or made of the name or the e-mail address, a sequence or repetitions")
        return normalized

    async def rules_out(self, password: str, stored_hash: str | None, account: bytes, rank: Rank) -> bool:
        """Whether a password tried on an unknown device is wrong without a verification. Returns after as long as one takes.

        Always False while nobody guesses and there are threads to spare: then every password is verified.
        """
        if rank is Rank.ORDINARY and not self._turns.are_taken:
            return False
        now = time.monotonic()
        recent = [seconds for done_at, seconds in self._taken if done_at > now - _SECONDS_TIMES_ARE_KEPT]
        if not recent or not self._quick_check.rules_out(_tried(password), stored_hash, account):
            return False
        if self._pretending < self._most_pretending:
            self._pretending += 1
            try:
                # Or a reply's time would tell whose hash is older than this check: addresses that somebody has.
                await asyncio.sleep(random.choice(recent))  # noqa: S311 - not a secret
            finally:
                self._pretending -= 1
        return True

    @asynccontextmanager
    async def turn(self, account: bytes, rank: Rank, *, known_device: bool = False) -> AsyncIterator[Verify]:
        """Waits for a turn (see Turns) and returns `verify`, which compares a password with a hash.

        It takes equally long, and does not match, if there is no hash.
        """
        if known_device:
            async with self._turns_of_known_devices.turn(account, rank):
                yield partial(self._verify_in, self._known_devices)
            return
        began = time.monotonic()
        async with self._turns.turn(account, rank):
            yield partial(self._verify_in, self._threads)
        done_at = time.monotonic()
        self._taken.append((done_at, done_at - began))

    async def _verify_in(self, threads: BoundedThreads, password: str, stored_hash: str | None) -> Verification:
        return await threads.run(partial(self._verify, _tried(password), stored_hash))

    def _hash(self, password: str) -> str:
        return self._argon2.hash(password, salt=self._quick_check.new_salt(password))

    def _verify(self, password: str, stored_hash: str | None) -> Verification:
        # Made at the first verification of any kind: otherwise the first unknown address would take twice as long.
        decoy_hash = self._decoy_hash
        try:
            self._argon2.verify(stored_hash or decoy_hash, password)
        except VerifyMismatchError:
            return Verification(matches=False)
        if stored_hash is None:
            return Verification(matches=False)
        return Verification(True, self._hash(password) if self._argon2.check_needs_rehash(stored_hash) else None)


def password_hasher(runtime: Runtime) -> PasswordHasher:
    """The one hasher of this process, by `runtime.once`: its threads and queue bound the memory."""
    return PasswordHasher(runtime.settings, runtime.keyring)


def _tried(password: str) -> str:
    """What is verified of a password somebody has sent."""
    return normalize_password(password)[: MAX_PASSWORD_LENGTH + 1]


def _threads(name: str, threads: int, queue: int) -> BoundedThreads:
    return BoundedThreads(name, threads=threads, queue=queue, code=_BUSY, message=_BUSY_MESSAGE)


def _turns(places: int, settings: IdentitySettings) -> Turns:
    return Turns(places=places, queue=settings.password_queue, seconds=settings.password_queue_seconds, busy=_busy)


def _busy() -> Unavailable:
    return Unavailable(_BUSY, _BUSY_MESSAGE, retry_after=1.0)
