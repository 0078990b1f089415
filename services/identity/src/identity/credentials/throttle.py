"""Limits how often passwords and magic links are tried for one e-mail address.

Attempts are counted in buckets. A known device has a bucket of its own. Any other attempt is counted in the bucket
of its source network and in one that all sources share, so that many sources together are slowed down too. A known
device is not counted in the shared bucket: strangers cannot lock the user out.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
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
    # Whether a success empties it. The shared bucket is only reduced by one.
    is_emptied_by_success: bool = True


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """One attempt with an e-mail address, whether or not a user has it, and the buckets it is counted in."""

    email_index: bytes
    purpose: str
    buckets: tuple[ThrottleBucket, ...]
    # The nonce of the known device it is made on.
    device: bytes | None = None


class LoginThrottle:
    def __init__(self, keyring: Keyring, device_tokens: DeviceTokens) -> None:
        self._keyring = keyring
        self._device_tokens = device_tokens
        self._locks: WeakValueDictionary[tuple[bytes, bytes], asyncio.Lock] = WeakValueDictionary()

    def password_attempt(self, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork) -> LoginAttempt:
        """An attempt to sign in by password."""
        return self._attempt("password", email_index, user_id, device_token, work, rules.PASSWORD_DELAYS, rules.SHARED_PASSWORD_DELAYS)

    def link_request(self, email_index: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork) -> LoginAttempt:
        """A request for a magic link."""
        return self._attempt("link", email_index, user_id, device_token, work, rules.LINK_DELAYS, rules.SHARED_LINK_DELAYS)

    def reauthentication(self, email_index: bytes, session_id: UUID) -> LoginAttempt:
        """A signed-in user enters the current password again: the login session has a bucket of its own."""
        bucket = ThrottleBucket(self._bucket_key("session", str(session_id)), rules.PASSWORD_DELAYS)
        return LoginAttempt(email_index, "password", (bucket,))

    def _attempt(
        self,
        purpose: str,
        email_index: bytes,
        user_id: UUID | None,
        device_token: str,
        work: UnitOfWork,
        delays: Sequence[int],
        shared_delays: Sequence[int],
    ) -> LoginAttempt:
        device = self._device_tokens.verify(device_token, user_id, work.now)
        if device is not None:
            return LoginAttempt(email_index, purpose, (ThrottleBucket(self._bucket_key("device", device.hex()), delays),), device)
        source = ThrottleBucket(self._bucket_key("source", rules.source_network(work.context.ip_address)), delays)
        shared = ThrottleBucket(self._bucket_key("anywhere", ""), shared_delays, is_emptied_by_success=False)
        return LoginAttempt(email_index, purpose, (source, shared))

    @asynccontextmanager
    async def serialize(self, attempt: LoginAttempt) -> AsyncIterator[None]:
        """Lets one attempt per bucket run at a time in this process.

        Correct passwords that arrive at the same moment would otherwise be counted as attempts against each other.
        """
        lock = self._locks.setdefault((attempt.email_index, attempt.buckets[0].key), asyncio.Lock())
        async with lock:
            yield

    async def count(self, tx: Transaction, attempt: LoginAttempt) -> None:
        """Counts the attempt in each of its buckets. Raises TooMany, which rolls back, if one of them must wait."""
        for bucket in attempt.buckets:
            key = {"email_index": attempt.email_index, "purpose": attempt.purpose, "bucket": bucket.key}
            forgotten_after = rules.FORGOTTEN_AFTER[attempt.purpose]
            counted = await tx.maybe(store.count_attempt, **key, delays=list(bucket.delays), forgotten_after=forgotten_after)
            if counted is None:
                blocked = await tx.maybe(store.seconds_blocked, **key)
                seconds = 1.0 if blocked is None else max(1.0, float(blocked["seconds"]))
                raise TooMany("too_many_attempts", "Too many attempts; wait a little before the next.", retry_after=seconds)

    async def undo_count(self, tx: Transaction, attempt: LoginAttempt) -> None:
        """Empties or reduces the buckets of an attempt that succeeded."""
        for bucket in attempt.buckets:
            undo = store.delete_bucket if bucket.is_emptied_by_success else store.decrement_bucket
            await tx.run(undo, email_index=attempt.email_index, purpose=attempt.purpose, bucket=bucket.key)

    def _bucket_key(self, kind: str, value: str) -> bytes:
        # The text is part of stored keys: rewording it would empty every bucket.
        return self._keyring.deployment_index(f"lane of a {kind}", value)
