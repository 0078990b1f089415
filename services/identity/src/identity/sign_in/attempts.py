"""How often somebody may try: one line per account and source, one per known device, and one for all strangers together."""

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
from identity.sign_in import rules, store
from identity.sign_in.devices import Devices


@dataclass(frozen=True, slots=True)
class Lane:
    key: bytes
    delays: Sequence[int]
    # Whether success clears it; the strangers' common line only gets shorter by one.
    own: bool = True


@dataclass(frozen=True, slots=True)
class Try:
    """A try at an account (the digest of an address, whether or not anybody has it) in the lanes it is counted in."""

    account: bytes
    purpose: str
    lanes: tuple[Lane, ...]
    # The nonce of the known device it is made on.
    device: bytes | None = None


class Attempts:
    def __init__(self, keyring: Keyring, devices: Devices) -> None:
        self._keyring = keyring
        self._devices = devices
        self._turns: WeakValueDictionary[tuple[bytes, bytes], asyncio.Lock] = WeakValueDictionary()

    def account(self, email: str) -> bytes:
        return self._keyring.deployment_index("email", rules.normal_email(email))

    def password(self, account: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork) -> Try:
        return self._try("password", account, user_id, device_token, work, rules.PASSWORD_DELAYS, rules.PASSWORD_DELAYS_ANYWHERE)

    def link(self, account: bytes, user_id: UUID | None, device_token: str, work: UnitOfWork) -> Try:
        return self._try("link", account, user_id, device_token, work, rules.LINK_DELAYS, rules.LINK_DELAYS_ANYWHERE)

    def within_session(self, account: bytes, session_id: UUID) -> Try:
        """Somebody signed in who is asked for the password once more."""
        return Try(account, "password", (Lane(self._key("session", str(session_id)), rules.PASSWORD_DELAYS),))

    def _try(
        self,
        purpose: str,
        account: bytes,
        user_id: UUID | None,
        device_token: str,
        work: UnitOfWork,
        delays: Sequence[int],
        delays_anywhere: Sequence[int],
    ) -> Try:
        device = self._devices.known(device_token, user_id, work.now)
        if device is not None:
            return Try(account, purpose, (Lane(self._key("device", device.hex()), delays),), device)
        source = Lane(self._key("source", rules.source(work.context.ip_address)), delays)
        return Try(account, purpose, (source, Lane(self._key("anywhere", ""), delays_anywhere, own=False)))

    @asynccontextmanager
    async def in_turn(self, attempt: Try) -> AsyncIterator[None]:
        """One at a time per lane in this process, so that honest sign-ins at the same moment are not counted against each other."""
        turn = self._turns.setdefault((attempt.account, attempt.lanes[0].key), asyncio.Lock())
        async with turn:
            yield

    async def count(self, tx: Transaction, attempt: Try) -> None:
        """Counts the try in each of its lanes; TooMany, and the transaction undone, when one of them has to wait."""
        for lane in attempt.lanes:
            place = {"account": attempt.account, "purpose": attempt.purpose, "lane": lane.key}
            counted = await tx.maybe(store.count_try, **place, delays=list(lane.delays), quiet=rules.QUIET[attempt.purpose])
            if counted is None:
                waiting = await tx.maybe(store.seconds_blocked, **place)
                seconds = 1.0 if waiting is None else max(1.0, float(waiting["seconds"]))
                raise TooMany("too_many_attempts", "Too many attempts; wait a little before the next.", retry_after=seconds)

    async def forgive(self, tx: Transaction, attempt: Try) -> None:
        """What was counted against somebody who turned out to be right."""
        for lane in attempt.lanes:
            undo = store.forget_tries if lane.own else store.take_back_try
            await tx.run(undo, account=attempt.account, purpose=attempt.purpose, lane=lane.key)

    def _key(self, kind: str, value: str) -> bytes:
        return self._keyring.deployment_index(f"lane of a {kind}", value)
