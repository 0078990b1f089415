"""Argon2id in a few threads, with a bounded line before them, so that guessing cannot starve everything else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from chassis.errors import Unavailable
from identity.credentials.rules import LONGEST_PASSWORD, normal_password
from identity.settings import IdentitySettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password is right, and its hash anew when it was made with other parameters than today's."""

    right: bool
    rehashed: str | None = None


class Passwords:
    def __init__(self, settings: IdentitySettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_passes,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_lanes,
            type=Type.ID,
        )
        self._threads = ThreadPoolExecutor(settings.password_threads, thread_name_prefix="password")
        # A place is given back when the work is done, not when somebody stops waiting for it.
        self._places = BoundedSemaphore(settings.password_queue)

    @cached_property
    def _nobodys(self) -> str:
        """What passwords of unknown addresses are held against, so that they take as long as any other."""
        return self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._run(partial(self._hasher.hash, normal_password(password)))

    async def verify(self, password: str, known_hash: str | None) -> Verdict:
        """Takes equally long whether or not there is a hash to hold the password against."""
        return await self._run(partial(self._verify, normal_password(password)[: LONGEST_PASSWORD + 1], known_hash))

    def _verify(self, password: str, known_hash: str | None) -> Verdict:
        # Made by whoever comes first, or only unknown addresses would ever wait for it.
        nobodys = self._nobodys
        try:
            self._hasher.verify(known_hash or nobodys, password)
        except VerifyMismatchError:
            return Verdict(right=False)
        if known_hash is None:
            return Verdict(right=False)
        return Verdict(True, self._hasher.hash(password) if self._hasher.check_needs_rehash(known_hash) else None)

    async def _run(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable("sign_in_busy", "Too many people are signing in at once; try again.", retry_after=1.0)
        done = self._threads.submit(work)
        done.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(done)
