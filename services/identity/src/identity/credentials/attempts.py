"""Verifies a password as one attempt among those that are limited, and puts on record what was tried."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from caseload.identity.v1 import events_pb2
from caseload.options.v1 import options_pb2
from chassis.cancellation import finish_despite_cancellation
from chassis.errors import TooMany, Unauthenticated
from chassis.service.runtime import Runtime
from chassis.work.audit import audit_line, record_effect
from chassis.work.unit_of_work import UnitOfWork
from identity.credentials import rules
from identity.credentials import store as credentials
from identity.credentials.passwords import Verification, password_hasher
from identity.credentials.throttle import Counted, LoginAttempt, LoginThrottle
from identity.credentials.turns import Rank
from identity.people.notices import raise_notice
from identity.people.rules import Membership

_SECONDS_TO_TAKE_BACK = 5.0


class LimitedAttempts:
    """Attempts to sign in. Of a flood of them the trail has the 1st, 2nd, 5th, 10th, 20th … and not every one."""

    def __init__(self, runtime: Runtime, throttle: LoginThrottle) -> None:
        self._runtime = runtime
        self._throttle = throttle
        self._passwords = runtime.once(password_hasher)

    async def count(
        self, attempt: LoginAttempt, work: UnitOfWork, event_type: str, *, lock_delays: Sequence[int] = rules.NO_DELAYS
    ) -> Counted:
        """Counts the attempt. Raises TooMany, and puts it on record, if it has to wait."""
        try:
            async with work.beside(None) as tx:
                await self._throttle.check(tx, attempt)
            async with self._throttle.in_turn(attempt), work.beside(None) as tx:
                return await self._throttle.count(tx, attempt, lock_delays=lock_delays)
        except TooMany as refusal:
            await self._record_refusal(attempt, work, event_type, refusal)
            raise

    async def check_password(
        self, password: str, home: Membership, attempt: LoginAttempt, work: UnitOfWork, event_type: str
    ) -> tuple[str, str | None]:
        """Counts the attempt, then verifies the password of the person's home. Holds no connection while Argon2 runs.

        Returns the stored hash, and a new one to replace it if its parameters are outdated. Raises Unauthenticated
        if the password is wrong or the account locked, TooMany if the user must wait, Unavailable if the hasher's queue is full.
        """
        async with self._throttle.serialize(attempt):
            async with work.beside(home.workspace_id) as tx:
                row = await tx.maybe(credentials.password_of, user_id=home.user_id)
            lock_delays = rules.lock_delays(row and row["settings"])
            counted = await self.count(attempt, work, event_type, lock_delays=lock_delays)
            stored_hash: str | None = row and row["password_hash"]
            verification = await self._verify(password, stored_hash, attempt, counted, work)
            if stored_hash is None or not verification.matches or counted.is_locked:
                await self._fail(counted, work)
                raise wrong_credentials()
            async with work.beside(None) as tx:
                await self._throttle.undo_count(tx, attempt)
        return stored_hash, verification.new_hash

    async def _verify(
        self, password: str, stored_hash: str | None, attempt: LoginAttempt, counted: Counted, work: UnitOfWork
    ) -> Verification:
        known_device, rank = attempt.device is not None, _rank(attempt, counted)
        if not known_device and await self._passwords.rules_out(password, stored_hash, attempt.email_index, rank):
            return Verification(matches=False)
        async with AsyncExitStack() as turn:
            try:
                verify = await turn.enter_async_context(self._passwords.turn(attempt.email_index, rank, known_device=known_device))
            except BaseException:
                # Refused, or cut by its deadline or its caller: nothing was tried (decision 20).
                await finish_despite_cancellation(self._take_back(attempt, counted, work))
                raise
            return await verify(password, stored_hash)

    async def _take_back(self, attempt: LoginAttempt, counted: Counted, work: UnitOfWork) -> None:
        # The work's own deadline may have passed.
        async with work.database.transaction(None, seconds=_SECONDS_TO_TAKE_BACK) as tx:
            await self._throttle.take_back(tx, attempt, counted)

    async def _fail(self, counted: Counted, work: UnitOfWork) -> None:
        user_id = work.caller.user_id
        if counted.guesses:
            work.note(failures=str(counted.guesses))
        if counted.guesses > rules.GUESSED_AT and not rules.is_recorded(counted.guesses):
            work.on_refusal = None
        if counted.locks and user_id is not None:
            async with self._runtime.background(work.workspace_id) as locking:
                record_effect(locking, "lock_user", options_pb2.RESOURCE_USER, options_pb2.ACTION_UPDATE, [user_id])
                raise_notice(locking, user_id, events_pb2.SECURITY_NOTICE_ACCOUNT_LOCKED)

    async def _record_refusal(self, attempt: LoginAttempt, work: UnitOfWork, event_type: str, refusal: TooMany) -> None:
        async with work.beside(None) as tx:
            refused = await self._throttle.count_refusal(tx, attempt)
        if not rules.is_recorded(refused):
            return
        ids = [] if work.caller.user_id is None else [str(work.caller.user_id)]
        resource, action = options_pb2.RESOURCE_USER, options_pb2.ACTION_LOGIN
        async with self._runtime.background(work.workspace_id) as recording:
            recording.emit(audit_line(work, event_type, resource, action, ids, facts={"refused": str(refused)}, refusal=refusal))


def _rank(attempt: LoginAttempt, counted: Counted) -> Rank:
    # In a crowd somebody guesses, at whatever account: the many wrong passwords are to take no turns from the few right ones.
    if counted.guesses <= rules.GUESSED_AT and not attempt.is_crowded:
        return Rank.ORDINARY
    return Rank.FAILED_BEFORE if counted.is_repeated else Rank.GUESSED_AT


def wrong_credentials() -> Unauthenticated:
    return Unauthenticated("invalid_credentials", "This e-mail address and password do not belong together.")
