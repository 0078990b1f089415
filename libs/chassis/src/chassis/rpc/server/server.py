"""Answers the calls of one service, whatever transport they come by: one call is one unit of work and one line in the audit trail."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, Protocol, TypeAlias, cast
from uuid import UUID

from google.protobuf.message import Message

from chassis.auth.verifier import TokenVerifier
from chassis.context import ANONYMOUS, Caller, RequestContext, deadline_exceeded
from chassis.db.database import Database
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Stale, Unauthenticated, Unavailable
from chassis.rpc import status
from chassis.rpc.admission import Admissions
from chassis.rpc.method import PUBLIC, SIGNED_IN, Method, UndeclaredMethod, is_uuid_text, read
from chassis.rpc.parts import check_reply, part_of
from chassis.rpc.pieces import read_message, receive_body
from chassis.rpc.server.audit import AuditBatcher, line
from chassis.rpc.server.idempotency import IN_PROGRESS, AnsweredBefore, Claim, Idempotency
from chassis.storage.spool import Spool
from chassis.work.unit_of_work import OutboxWriter, UnitOfWork

# What a call may take when its caller does not say.
DEFAULT_SECONDS = 10.0
# What a call may take once the body of its request is there: however long that was on its way, its transaction is not open longer.
_SECONDS_WITH_BODY = 60.0
_LONGEST_KEY = 255
# Refusals that are audited, beside those that say so themselves: everything but malformed input, and what is refused for the server's own sake.
_AUDITED_REFUSALS = (Forbidden, NotFound, Unauthenticated, Conflict, Stale)
log = logging.getLogger(__name__)

# Gets the request and the unit of work; between them, of a request that comes in pieces, its body.
ServicerMethod: TypeAlias = Callable[..., Awaitable[Message]]
Observe: TypeAlias = Callable[[Method, str, float], None]


def bind(servicer: Any) -> list[tuple[Method, ServicerMethod]]:
    """The servicer's methods beside what they declare; UndeclaredMethod when one declares too little or contradicts itself."""
    return [(read(descriptor), getattr(servicer, descriptor.name)) for descriptor in servicer.SERVICE.methods]


class RestrictedClients(Protocol):
    """Whose record is opened by whom (see care_teams)."""

    async def check(self, work: UnitOfWork, client_ids: Collection[UUID]) -> None:
        """Raises Forbidden unless the caller may open the record of each of these clients."""

    async def check_answer(self, work: UnitOfWork, request: Message, reply: Message) -> None:
        """The same of every client of whose record an answer tells that is given once more."""

    async def mark(self, work: UnitOfWork, request: Message, clients: Sequence[str]) -> None:
        """Has the audit line tell whose record this was about, and if the caller is answered because they broke the glass."""


class Server:
    """Answers for the servicers of one service.

    `can_answer` says whether what it needs is there. Vital methods have room of their own, and connections in `vital_database`.
    `observe` is told of every call its outcome (a code) and its seconds. `restricted` refuses those who may not open the record of a
    client that their request names.
    """

    def __init__(
        self,
        name: str,
        servicers: Sequence[Any],
        *,
        database: Database,
        verifier: TokenVerifier,
        idempotency: Idempotency,
        outbox: OutboxWriter,
        can_answer: Callable[[], Awaitable[bool]],
        observe: Observe | None = None,
        admissions: Admissions | None = None,
        vital_database: Database | None = None,
        restricted: RestrictedClients | None = None,
    ) -> None:
        self.name = name
        self._restricted = restricted
        self._database = database
        self._verifier = verifier
        self._idempotency = idempotency
        self._outbox = outbox
        self._can_answer = can_answer
        self._audit = AuditBatcher(outbox)
        self._observe = observe
        self._admissions = admissions or Admissions()
        self._vital_database = vital_database or database
        self._methods: dict[str, tuple[Method, ServicerMethod]] = {}
        for servicer in servicers:
            for method, answer in bind(servicer):
                if method.path in self._methods:
                    raise UndeclaredMethod(f"{method.path} is served twice")
                self._methods[method.path] = (method, answer)
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.draining = False

    @property
    def methods(self) -> list[Method]:
        return [method for method, _ in self._methods.values()]

    async def answer(self, path: str, raw: bytes, context: RequestContext, seconds: float | None) -> bytes:
        """The serialised reply, within `seconds`. Raises a Refusal; anything else raised is a fault of ours."""
        if self._methods[path][0].body is not None:
            return await self.receive(path, _alone(raw), context, seconds)
        return await self._take(path, raw, context, seconds)

    async def receive(self, path: str, messages: AsyncIterator[bytes], context: RequestContext, seconds: float | None) -> bytes:
        """As `answer`, for a request that comes in pieces. Its body is read once the caller is known and may ask for this."""
        return await self._take(path, messages, context, seconds)

    async def _take(self, path: str, raw: bytes | AsyncIterator[bytes], context: RequestContext, seconds: float | None) -> bytes:
        if self.draining:
            raise status.not_taken()
        method, servicer = self._methods[path]
        began = time.perf_counter()
        outcome = "ok"
        self._running += 1
        self._idle.clear()
        try:
            with self._admissions.admit(raw, vital=method.vital):
                async with asyncio.timeout(DEFAULT_SECONDS if seconds is None else seconds) as clock:
                    return await self._answer(method, servicer, raw, context, clock.when())
        except TimeoutError:
            outcome = "deadline_exceeded"
            raise deadline_exceeded() from None
        except Refusal as refusal:
            outcome = refusal.code
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        except Exception:
            outcome = "internal"
            raise
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
            if self._observe is not None:
                self._observe(method, outcome, time.perf_counter() - began)

    async def ready(self) -> bool:
        """Whether calls can be answered now."""
        return not self.draining and await self._can_answer()

    async def drain(self, seconds: float) -> None:
        """Takes nothing new and waits for what runs."""
        self.draining = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("calls were still running when the drain ended")

    async def _answer(
        self, method: Method, servicer: ServicerMethod, raw: bytes | AsyncIterator[bytes], context: RequestContext, deadline: float | None
    ) -> bytes:
        key = context.idempotency_key
        database = self._vital_database if method.vital else self._database
        work = UnitOfWork(await self._authenticate(method, context, deadline), database, self._outbox)
        request: Message | None = None

        async def record_denial(refusal: Refusal) -> None:
            await self._record_denial(work, method, request, refusal)

        work.on_refusal = record_denial
        try:
            async with work:
                request = read_message(method, raw if isinstance(raw, bytes) else await anext(raw, b""))
                self._authorize(method, work.caller)
                method.check(request)
                if self._restricted is not None:
                    await self._restricted.check(work, [UUID(client_id) for client_id in method.opened_ids(request)])
                with nullcontext() if isinstance(raw, bytes) else self._body_of(work) as body:
                    if body is not None:
                        await receive_body(method, request, cast("AsyncIterator[bytes]", raw), body)
                    claim = await self._claim(work, method, key, request, body)
                    try:
                        reply = await (servicer(request, work) if body is None else _answer_with(body, servicer, request, work))
                    except Refusal as refusal:
                        if claim is not None and not isinstance(refusal, Unavailable):
                            # Perhaps refused for what an earlier call with this key has just done; then the answer is that one's.
                            await work.db.connection()
                        raise
                if self._restricted is not None and method.audited:
                    await self._restricted.mark(work, request, _clients(method, request, reply))
                answer = part_of(method, request, reply)
                check_reply(answer)
                if claim is not None:
                    await self._idempotency.keep(work, claim, request, reply)
                ids = _ids(method, request, reply)
                if method.writes and method.audited:
                    work.emit(line(work, method, ids, clients=_clients(method, request, reply)))
        except AnsweredBefore as answered:
            await self._record_replay(work, method, request, answered.body)
            return answered.body
        # The connection is released by now: reads wait for the commit of their lines without one.
        if method.audited and not method.writes:
            await self._audit.record(work, line(work, method, ids, clients=_clients(method, request, reply)))
        return answer

    @contextmanager
    def _body_of(self, work: UnitOfWork) -> Iterator[Spool]:
        with self._admissions.admit_body_of(work.context.workspace_id), Spool() as body:
            yield body

    async def _authenticate(self, method: Method, context: RequestContext, deadline: float | None) -> RequestContext:
        """The context with its deadline and its verified caller; a service's token is not forwarded, and neither is the idempotency key."""
        if method.needs == PUBLIC:
            return replace(context, deadline=deadline, caller=ANONYMOUS, workspace_id=None, token="", idempotency_key=None)
        if not context.token:
            raise Unauthenticated("sign_in_required", "Sign in first.")
        caller = await self._verifier.caller(context.token)
        return replace(
            context, deadline=deadline, caller=caller, workspace_id=caller.workspace_id, token=caller.token, idempotency_key=None
        )

    def _authorize(self, method: Method, caller: Caller) -> None:
        if method.needs == PUBLIC:
            return
        if caller.service is not None:
            if caller.service not in method.callers and "*" not in method.callers:
                raise Forbidden("caller_not_allowed", "This service may not ask that.")
        elif not method.needs:
            raise Forbidden("caller_not_allowed", "Only services may ask that.")
        elif method.needs not in caller.scopes and method.needs != SIGNED_IN:
            raise Forbidden("permission_denied", "Your role does not permit this.")

    async def _claim(self, work: UnitOfWork, method: Method, key: str | None, request: Message, body: Spool | None) -> Claim | None:
        """The right to be the one effect of this key, None for what needs none. AnsweredBefore as in `Idempotency.claim`."""
        if not (method.writes and key and work.caller.user_id is not None):
            return None
        if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise Invalid("idempotency_key_malformed", "An Idempotency-Key is 1 to 255 printable ASCII characters.")
        return await self._idempotency.claim(work, method, key, request, b"" if body is None else body.sha256)

    async def _record_replay(self, work: UnitOfWork, method: Method, request: Message | None, stored: bytes) -> None:
        """Audits an answer that is given again: it has no further effect, but what it says leaves once more."""
        reply = method.reply.FromString(stored)
        if method.audited and request is not None:
            work.facts = {"replay": "true"}
            if self._restricted is not None:
                await self._restricted.check_answer(work, request, reply)
            await self._audit.record(work, line(work, method, _ids(method, request, reply), clients=_clients(method, request, reply)))

    async def _record_denial(self, work: UnitOfWork, method: Method, request: Message | None, refusal: Refusal) -> None:
        """Audits a refusal to show or do something. Unavailable where its line cannot be written, and that is then the answer."""
        denied = (refusal.audited or isinstance(refusal, _AUDITED_REFUSALS)) and refusal.code != IN_PROGRESS
        if not (denied and method.audited and work.context.workspace_id is not None):
            return
        ids = [] if request is None else method.request_ids(request)
        # Refused before its ids were checked, a request may hold anything in their place.
        clients = [] if request is None else method.request_clients(request)
        well_formed = all(map(is_uuid_text, (*ids, *clients)))
        told = line(work, method, ids if well_formed else [], clients=clients if well_formed else [], refusal=refusal)
        await self._audit.record(work, told)


def _ids(method: Method, request: Message, reply: Message) -> list[str]:
    """The ids that the call's audit line names."""
    return [*method.request_ids(request), *method.reply_ids(reply)]


def _clients(method: Method, request: Message, reply: Message) -> list[str]:
    """The clients whose records the call was about."""
    return [*method.request_clients(request), *method.reply_clients(reply)]


async def _answer_with(body: Spool, servicer: ServicerMethod, request: Message, work: UnitOfWork) -> Message:
    work.context = work.context.within(min(_SECONDS_WITH_BODY, work.context.remaining() or _SECONDS_WITH_BODY))
    async with asyncio.timeout_at(work.context.deadline):
        return await servicer(request, body, work)


async def _alone(raw: bytes) -> AsyncIterator[bytes]:
    yield raw
