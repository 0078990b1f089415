"""A job while a worker has it."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from caseload.options.v1 import options_pb2
from chassis.db.transaction import Record
from chassis.encryption.records import WorkspaceKeys
from chassis.jobs.ordering import read_input, read_parameters
from chassis.jobs.rules import Ended
from chassis.jobs.standing import CheckStanding
from chassis.jobs.store import JobStore
from chassis.work.unit_of_work import UnitOfWork

# After so long a job that gives way leaves its place to those that are due.
SECONDS_OF_A_TURN = 20.0


class Cancelled(Ended):
    """Somebody has cancelled it."""


class Lost(Ended):
    """Another worker has it now, or it is over."""


class Waits(Ended):
    """It has nothing to do for so many seconds, unless somebody makes it due before."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Interrupted(Ended):
    """The process is about to stop; another one goes on."""


class MakeWork(Protocol):
    def __call__(self, workspace_id: UUID | None, *, on_behalf_of: UUID | None) -> UnitOfWork: ...


KeysOf: TypeAlias = Callable[[UUID], Awaitable[WorkspaceKeys]]
# Whether jobs are due that nobody has.
OthersWait: TypeAlias = Callable[[], Awaitable[bool]]


class RunningJob:
    """What the work of a job is given: what was asked for, where to go on, and steps that are kept one by one.

    `parameters` are what was ordered, `state` what the last kept step left there, `done` and `total` what people see. A step is
    a transaction: its effect and what is known of the job's progress are kept together or not at all, so whoever goes on after
    a process has ended neither repeats nor leaves out anything.
    """

    keys: WorkspaceKeys
    parameters: Mapping[str, Any]

    def __init__(
        self,
        row: Record,
        kind: "JobKind",
        store: JobStore,
        make_work: MakeWork,
        check_standing: CheckStanding,
        keys_of: KeysOf,
        others_wait: OthersWait,
    ) -> None:
        self.id: UUID = row["id"]
        self.workspace_id: UUID = row["workspace_id"]
        self.created_by: UUID = row["created_by"]
        self.attempt: int = row["attempt"]
        self.failures: int = row["failures"]
        self.kind = kind
        self.done: int = row["done"]
        self.total: int | None = row["total"]
        self.state: dict[str, Any] = json.loads(row["state"]) if row["state"] else {}
        self.interrupted = False
        # Set by work that may be long, and that is nearly as quick in several turns as in one.
        self.gives_way = False
        self._turn_began = time.monotonic()
        self._others_wait = others_wait
        self._row = row
        self._store = store
        self._make_work = make_work
        self._check_standing = check_standing
        self._keys_of = keys_of

    def open(self, keys: WorkspaceKeys) -> None:
        """Reads what was ordered. Raises SealBroken unless it is as it was ordered."""
        self.parameters = read_parameters(self._row, keys)
        self.keys = keys

    @property
    def outcome(self) -> Mapping[str, Any] | None:
        """What came of the steps so far, if `state` has it: the result of a job that goes no further."""
        return self.state.get("outcome")

    @asynccontextmanager
    async def step(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work on behalf of who asked. Sets `done`, `total` and `state` inside: they are kept when it ends well.

        `keys` are those of today: while a job goes on, its workspace may get others.
        Raises Cancelled, Lost, Interrupted or Suspended before anything is done, and Forbidden where whoever asked may not have it done any more;
        after all is kept Waits, where the job has had its turn and others are due.
        """
        if self.interrupted:
            raise Interrupted
        await self.check_standing()
        self.keys = await self._keys_of(self.workspace_id)
        async with self._make_work(self.workspace_id, on_behalf_of=self.created_by) as work:
            await self._hold(work)
            yield work
            state = json.dumps(self.state)
            await work.db.run(self._store.advance, id=self.id, attempt=self.attempt, done=self.done, total=self.total, state=state)
        self.failures = 0
        if self.gives_way and time.monotonic() - self._turn_began >= SECONDS_OF_A_TURN:
            if await self._others_wait():
                raise Waits(0.0)
            self._turn_began = time.monotonic()

    async def check_standing(self) -> None:
        """Raises Suspended, or Forbidden, where the work may not go on now, or at all, for whoever asked for it."""
        if self.kind.needs is not None:
            await self._check_standing(self.workspace_id, self.created_by, self.kind.needs)

    def look(self) -> UnitOfWork:
        """`async with job.look() as work:` is for what is only read between steps."""
        return self._make_work(self.workspace_id, on_behalf_of=self.created_by)

    async def input(self) -> AsyncIterator[bytes]:
        """What it was given to read, piece by piece, from the beginning."""
        async with self.look() as work:
            async for piece in read_input(self._store, work.db, self.keys, self.id, self.parameters["pieces"]):
                yield piece

    async def _hold(self, work: UnitOfWork) -> None:
        """Locks the job's row until the end of the work."""
        row = await work.db.maybe(self._store.hold, id=self.id, attempt=self.attempt)
        if row is None:
            raise Lost
        if row["cancel_requested_at"] is not None:
            raise Cancelled


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work by the name that the API shows. `run` does it and returns what came of it, as JSON without PHI.

    `needs` is the scope without which nobody orders it, and without which it does not go on; None for what was decided when it was ordered, and
    is carried out whatever becomes of who did. `resource` is what it works on, under which its end is in the audit trail.
    It is called again after a failure, in this process or another, and goes on where the last kept step ended. A Refusal ends the
    job as failed, with its facts as the result; after Unavailable it is tried again until what was away is back.
    """

    name: str
    run: Callable[[RunningJob], Awaitable[Mapping[str, Any]]]
    needs: str | None
    resource: options_pb2.Resource
