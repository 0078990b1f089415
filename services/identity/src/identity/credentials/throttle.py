"""Limits how often passwords and links are tried for one e-mail address.

Attempts are counted in buckets. A known device has a bucket of its own. Any other attempt is counted in the bucket of its source network.
What all unknown devices fail together makes every source's limit stricter, and makes nobody wait by itself: strangers cannot keep the
owner out, neither on a known device nor on a new one. Only a workspace that asks for it has its accounts locked.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID
from weakref import WeakValueDictionary

from chassis.db.transaction import Transaction
from chassis.encryption.keyring import Keyring
from chassis.errors import TooMany
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import rules, store
from identity.credentials.device_tokens import DeviceTokens


@dataclass(frozen=True, slots=True)
class ThrottleBucket:
    key: bytes
    # Seconds to wait after the first, second … attempt.
    delays: Sequence[int]
    # Whether a success empties it. Shared buckets are only reduced by one.
    is_emptied_by_success: bool = True


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One attempt with an e-mail address, whether or not a user has it, and the buckets it is counted in."""

    email_index: bytes
    purpose: str
    buckets: tuple[ThrottleBucket, ...]
    # The nonce of the known device it is made on.
    device: bytes | None = None
    # Counts the failures of all unknown devices; the delays of the first bucket are these instead where somebody is guessing.
    guesses: ThrottleBucket | None = None
    strict_delays: Sequence[int] = ()
    # The account's lock.
    lock: ThrottleBucket | None = None
    # Whether where it comes from has used up its limit.
    is_crowded: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What an attempt was counted as."""

    # Failures of unknown devices so far, with this attempt; 0 for a known device.
    guesses: int = 0
    # Whether its source or device has failed before.
    is_repeated: bool = False
    # Whether the account is locked, for unknown devices.
    is_locked: bool = False
    # Whether it will be, if this attempt fails.
    locks: bool = False


class LoginThrottle:
    def __init__(self, keyring: Keyring, device_tokens: DeviceTokens) -> None:
        self._keyring = keyring
        self._device_tokens = device_tokens
        self._locks: WeakValueDictionary[tuple[bytes, bytes], asyncio.Lock] = WeakValueDictionary()

    def password_attempt(
        self, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork, *, crowded: bool = False
    ) -> LoginAttempt:
        """An attempt to sign in by password."""
        known = self._on_known_device("password", email_index, user_id, device_token, work, rules.PASSWORD_DELAYS)
        if known is not None:
            return known
        buckets = [self._source(work, rules.PASSWORD_DELAYS)]
        if wide := rules.wide_network(work.context.ip_address):
            buckets.append(ThrottleBucket(self._bucket_key("network", wide), rules.WIDE_PASSWORD_DELAYS))
        return LoginAttempt(
            email_index,
            "password",
            tuple(buckets),
            guesses=ThrottleBucket(self._bucket_key("anywhere", ""), rules.NO_DELAYS, is_emptied_by_success=False),
            strict_delays=rules.STRICT_PASSWORD_DELAYS,
            lock=ThrottleBucket(self._bucket_key("lock", ""), rules.NO_DELAYS),
            is_crowded=crowded,
        )

    def link_request(
        self, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork, *, purpose: str = "link"
    ) -> LoginAttempt:
        """A request for a magic link, or for one to reset a password."""
        known = self._on_known_device(purpose, email_index, user_id, device_token, work, rules.LINK_DELAYS)
        if known is not None:
            return known
        shared = ThrottleBucket(self._bucket_key("anywhere", ""), rules.SHARED_LINK_DELAYS, is_emptied_by_success=False)
        return LoginAttempt(email_index, purpose, (self._source(work, rules.LINK_DELAYS), shared))

    def second_step(self, email_index: bytes, user_id: UUID, device_token: str, work: UnitOfWork) -> LoginAttempt:
        """A code after a first step that was right. Who gets so far has the password: a code is six digits, so strangers wait together."""
        known = self._on_known_device("second_step", email_index, user_id, device_token, work, rules.PASSWORD_DELAYS)
        if known is not None:
            return known
        shared = ThrottleBucket(self._bucket_key("anywhere", ""), rules.WIDE_PASSWORD_DELAYS, is_emptied_by_success=False)
        return LoginAttempt(email_index, "second_step", (self._source(work, rules.PASSWORD_DELAYS), shared))

    def passkey_attempt(self, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork) -> LoginAttempt:
        """An attempt with a passkey. Nobody guesses a signature, so no source waits for what others did."""
        known = self._on_known_device("passkey", email_index, user_id, device_token, work, rules.PASSWORD_DELAYS)
        return known or LoginAttempt(email_index, "passkey", (self._source(work, rules.PASSWORD_DELAYS),))

    def reauthentication(self, email_index: bytes, session_id: UUID, *, purpose: str = "password") -> LoginAttempt:
        """A signed-in user enters the current password, or a code: the login session has a bucket of its own, and all sessions one more.

        A switch to another workspace begins a session, and must not begin to count anew.
        """
        own = ThrottleBucket(self._bucket_key("session", str(session_id)), rules.PASSWORD_DELAYS)
        shared = ThrottleBucket(self._bucket_key("sessions", ""), rules.WIDE_PASSWORD_DELAYS, is_emptied_by_success=False)
        # By key, as `forget` takes their rows.
        return LoginAttempt(email_index, purpose, tuple(sorted((own, shared), key=lambda bucket: bucket.key)))

    def _on_known_device(
        self, purpose: str, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork, delays: Sequence[int]
    ) -> LoginAttempt | None:
        device = self._device_tokens.verify(device_token, user_id, work.now)
        if device is None:
            return None
        return LoginAttempt(email_index, purpose, (ThrottleBucket(self._bucket_key("device", device.hex()), delays),), device)

    def _source(self, work: UnitOfWork, delays: Sequence[int]) -> ThrottleBucket:
        return ThrottleBucket(self._bucket_key("source", rules.source_network(work.context.ip_address)), delays)

    @asynccontextmanager
    async def serialize(self, attempt: LoginAttempt) -> AsyncIterator[None]:
        """Lets one attempt per bucket run at a time in this process.

        Correct passwords that arrive at the same moment would otherwise be counted as attempts against each other.
        """
        async with self._lock(attempt, attempt.buckets[0].key):
            yield

    @asynccontextmanager
    async def in_turn(self, attempt: LoginAttempt) -> AsyncIterator[None]:
        """Lets this process count one attempt at an account at a time, of those that share a row.

        They would otherwise wait for the row one by one, each with a connection that others need.
        """
        shared = attempt.guesses or attempt.buckets[-1]
        async with self._lock(attempt, b"counting " + shared.key):
            yield

    def _lock(self, attempt: LoginAttempt, name: bytes) -> asyncio.Lock:
        return self._locks.setdefault((attempt.email_index, name), asyncio.Lock())

    async def check(self, tx: Transaction, attempt: LoginAttempt) -> None:
        """Raises TooMany if the attempt has to wait. Decides nothing between attempts at the same moment: `count` does."""
        for bucket in attempt.buckets:
            await self._check(tx, attempt, bucket)

    async def count(self, tx: Transaction, attempt: LoginAttempt, *, lock_delays: Sequence[int] = rules.NO_DELAYS) -> Counted:
        """Counts the attempt in each of its buckets. Raises TooMany, which rolls back, if one of them must wait."""
        guesses = 0
        first, *others = attempt.buckets
        if attempt.guesses is not None:
            guesses = await self._count(tx, attempt, attempt.guesses) or 0
            if guesses > rules.GUESSED_AT:
                first = replace(first, delays=attempt.strict_delays)
        is_repeated = False
        for bucket in (first, *others):
            counted = await self._count(tx, attempt, bucket)
            is_repeated |= bucket is first and (counted or 0) > 1
            if counted is None:
                await self._check(tx, attempt, bucket)
                # Its wait has ended since.
                raise _too_many(1.0)
        if attempt.lock is None:
            return Counted(guesses, is_repeated)
        failures = await self._count(tx, attempt, replace(attempt.lock, delays=lock_delays))
        return Counted(guesses, is_repeated, is_locked=failures is None, locks=len(lock_delays) > 1 and (failures or 0) >= len(lock_delays))

    async def _check(self, tx: Transaction, attempt: LoginAttempt, bucket: ThrottleBucket) -> None:
        blocked = await tx.maybe(store.seconds_blocked, **_key(attempt, bucket))
        if blocked is not None and blocked["seconds"] > 0:
            raise _too_many(max(1.0, float(blocked["seconds"])))

    async def count_refusal(self, tx: Transaction, attempt: LoginAttempt) -> int:
        """Counts an attempt that had to wait. Returns how many there have been since one was let through a day ago or more."""
        refused = ThrottleBucket(self._bucket_key("refused", ""), rules.NO_DELAYS)
        return await self._count(tx, attempt, refused) or 0

    async def take_back(self, tx: Transaction, attempt: LoginAttempt, counted: Counted) -> None:
        """Reduces the buckets of an attempt that was counted and not made. One at a locked account was not counted in the lock."""
        for bucket in _in_order(attempt):
            if bucket is not attempt.lock or not counted.is_locked:
                await tx.run(store.decrement_bucket, **_key(attempt, bucket))

    async def undo_count(self, tx: Transaction, attempt: LoginAttempt) -> None:
        """Empties or reduces the buckets of an attempt that succeeded."""
        for bucket in _in_order(attempt):
            undo = store.delete_bucket if bucket.is_emptied_by_success else store.decrement_bucket
            await tx.run(undo, **_key(attempt, bucket))

    async def forget(self, tx: Transaction, email_index: bytes, *purposes: str) -> None:
        """Forgets the attempts at an account, for these purposes or for all."""
        keys = {"anywhere": self._bucket_key("anywhere", ""), "lock": self._bucket_key("lock", "")}
        await tx.run(store.delete_buckets_of, email_index=email_index, purposes=list(purposes or rules.FORGOTTEN_AFTER), **keys)

    async def _count(self, tx: Transaction, attempt: LoginAttempt, bucket: ThrottleBucket) -> int | None:
        """The attempts in this bucket, with this one; None if it has to wait."""
        forgotten_after = rules.FORGOTTEN_AFTER[attempt.purpose]
        counted = await tx.maybe(store.count_attempt, **_key(attempt, bucket), delays=list(bucket.delays), forgotten_after=forgotten_after)
        return None if counted is None else counted["count"]

    def _bucket_key(self, kind: str, value: str) -> bytes:
        # The text is part of stored keys: rewording it would empty every bucket.
        return self._keyring.deployment_index(f"lane of a {kind}", value)


def _too_many(seconds: float) -> TooMany:
    return TooMany("too_many_attempts", "Too many attempts; wait a little before the next.", retry_after=seconds)


def _in_order(attempt: LoginAttempt) -> list[ThrottleBucket]:
    """The buckets in the order in which an attempt is counted. In any other, two instances could wait for each other's rows."""
    return [bucket for bucket in (attempt.guesses, *attempt.buckets, attempt.lock) if bucket is not None]


def _key(attempt: LoginAttempt, bucket: ThrottleBucket) -> dict[str, bytes | str]:
    return {"email_index": attempt.email_index, "purpose": attempt.purpose, "bucket": bucket.key}
