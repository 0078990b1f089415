"""The server side of every question: verify, declare, one transaction, one line in the trail, one answer.

`Server.answer` is the whole path and knows no transport; gRPC and the in-process channel both come through it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message

from chassis import wire
from chassis.audit_lines import AuditBatcher, line
from chassis.call import Call, Caller, carried_through
from chassis.db import Database
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, Stale, Unauthenticated
from chassis.idempotency import IN_PROGRESS, Claim, Idempotency
from chassis.methods import PUBLIC, SIGNED_IN, Method, UndeclaredMethod, is_uuid, read
from chassis.trust import Trust

# What a call may take when its caller does not say.
DEFAULT_SECONDS = 10.0
_LONGEST_KEY = 255
# What somebody tried and was refused for more than its form.
_ON_RECORD = (Forbidden, NotFound, Unauthenticated, Conflict, Stale)

log = logging.getLogger(__name__)

Observe = Callable[[Method, str, float], None]


@dataclass(frozen=True, slots=True)
class Headers:
    """What came with a question besides the question."""

    authorization: str = ""
    request_id: str = ""
    idempotency_key: str = ""
    ip_address: str | None = None
    user_agent: str | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Headers":
        return cls(
            authorization=metadata.get("authorization", ""),
            request_id=metadata.get("x-request-id", ""),
            idempotency_key=metadata.get("idempotency-key", ""),
            ip_address=metadata.get("x-client-ip"),
            user_agent=metadata.get("x-client-agent"),
            traceparent=metadata.get("traceparent"),
        )


def bind(servicer: Any) -> list[tuple[Method, Callable[[Any, Call], Any]]]:
    """The servicer's methods beside what they declare; UndeclaredMethod when one declares too little or contradicts itself."""
    return [(read(descriptor), getattr(servicer, descriptor.name)) for descriptor in servicer.SERVICE.methods]


class Server:
    """Answers for the servicers of one service."""

    def __init__(
        self,
        name: str,
        servicers: Sequence[Any],
        *,
        database: Database,
        trust: Trust,
        idempotency: Idempotency,
        batcher: AuditBatcher,
        written: Callable[[], None],
        observe: Observe | None = None,
    ) -> None:
        self.name = name
        self._database = database
        self._trust = trust
        self._idempotency = idempotency
        self._batcher = batcher
        self._written = written
        self._observe = observe
        self._methods: dict[str, tuple[Method, Callable[[Any, Call], Any]]] = {}
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

    async def answer(self, path: str, raw: bytes, headers: Headers, seconds: float | None) -> bytes:
        """The serialised reply; a Refusal says why not. Anything else raised is a fault of ours."""
        if self.draining:
            raise wire.unavailable(self.name)
        method, servicer = self._methods[path]
        began = time.perf_counter()
        outcome = "ok"
        self._running += 1
        self._idle.clear()
        try:
            async with asyncio.timeout(DEFAULT_SECONDS if seconds is None else seconds) as clock:
                return await self._answer(method, servicer, raw, headers, clock.when() or 0.0)
        except TimeoutError:
            outcome = "deadline_exceeded"
            raise wire.too_late() from None
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
        return not self.draining and await self._database.ready()

    async def drain(self, seconds: float) -> None:
        """Takes nothing new and waits for what runs."""
        self.draining = True
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("calls were still running when the drain ended")

    async def _answer(self, method: Method, servicer: Callable[[Any, Call], Any], raw: bytes, headers: Headers, deadline: float) -> bytes:
        caller = await self._caller(method, headers)
        call = Call(
            caller,
            self._database,
            deadline=deadline,
            request_id=headers.request_id,
            ip_address=headers.ip_address,
            user_agent=headers.user_agent,
            traceparent=headers.traceparent,
        )
        request: Message | None = None
        try:
            request = self._parse(method, raw)
            self._check_may(method, caller)
            method.check(request)
            claim: Claim | None = None
            if method.writes and headers.idempotency_key and caller.user_id is not None:
                claimed = await self._claim(call, method, headers.idempotency_key, request)
                if isinstance(claimed, bytes):
                    await carried_through(call.rollback())
                    return claimed
                claim = claimed
            reply: Message = await servicer(request, call)
            body = reply.SerializeToString()
            ids = [*method.request_ids(request), *method.reply_ids(reply)]
            if claim is not None:
                await self._idempotency.keep(call, method, claim, reply)
            if method.writes and method.audited:
                call.emit(line(call, method, ids))
            if not call.let_go() and await carried_through(call.commit()):
                self._written()
            if method.audited and not method.writes:
                await self._batcher.record(call, line(call, method, ids))
        except BaseException as error:
            await carried_through(call.rollback())
            if isinstance(error, Refusal):
                await self._record_denial(call, method, request, error)
            await carried_through(call.run_afterwards())
            raise
        if call.has_more_to_do:
            await carried_through(call.run_afterwards())
        return body

    async def _caller(self, method: Method, headers: Headers) -> Caller:
        scheme, _, token = headers.authorization.partition(" ")
        if not token:
            if method.needs != PUBLIC:
                raise Unauthenticated("sign_in_required", "Sign in first.")
            return Caller()
        if method.needs == PUBLIC:
            return Caller()
        if scheme.lower() != "bearer":
            raise Unauthenticated("token_invalid", "The access token is not valid; sign in again.")
        return await self._trust.caller(token)

    def _check_may(self, method: Method, caller: Caller) -> None:
        if method.needs == PUBLIC:
            return
        if caller.service is not None:
            if caller.service not in method.callers and "*" not in method.callers:
                raise Forbidden("caller_not_allowed", "This service may not ask that.")
        elif method.needs not in caller.scopes and method.needs != SIGNED_IN:
            raise Forbidden("permission_denied", "Your role does not permit this.")
        elif not method.needs:
            raise Forbidden("caller_not_allowed", "Only services may ask that.")

    def _parse(self, method: Method, raw: bytes) -> Message:
        try:
            return method.request.FromString(raw)
        except DecodeError:
            raise Invalid("malformed_request", "The request cannot be read.") from None

    async def _claim(self, call: Call, method: Method, key: str, request: Message) -> Claim | bytes:
        if len(key) > _LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise Invalid("idempotency_key_malformed", "An Idempotency-Key is 1 to 255 printable ASCII characters.")
        return await self._idempotency.claim(call, method, key, request)

    async def _record_denial(self, call: Call, method: Method, request: Message | None, refusal: Refusal) -> None:
        """A refusal to show or do something is itself worth a line; where it cannot be written, nothing is answered but that."""
        if not (method.audited and call.placed and isinstance(refusal, _ON_RECORD)) or refusal.code == IN_PROGRESS:
            return
        ids = [] if request is None else method.request_ids(request)
        # Refused before its ids were looked at, a request may hold anything in their place.
        await self._batcher.record(call, line(call, method, ids if all(map(is_uuid, ids)) else [], refusal=refusal))


class GrpcHandler(grpc.GenericRpcHandler):  # type: ignore[type-arg] # generic in the stubs alone
    """Puts a Server behind grpc.aio."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._handlers = {
            method.path: grpc.unary_unary_rpc_method_handler(self._door(method.path))  # bytes in, bytes out
            for method in server.methods
        }

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(details.method)

    def _door(self, path: str) -> Callable[[bytes, Any], Any]:
        server = self._server

        async def answer(raw: bytes, context: Any) -> bytes:
            headers = Headers.of(dict(context.invocation_metadata() or ()))
            try:
                return await server.answer(path, raw, headers, context.time_remaining())
            except Refusal as refusal:
                context.set_trailing_metadata(wire.trailers(refusal))
                await context.abort(wire.status(refusal), refusal.code)
            except Exception:
                log.exception("a call failed", extra={"rpc": path, "request_id": headers.request_id})
                await context.abort(grpc.StatusCode.INTERNAL, "internal")
            raise AssertionError("abort does not return")

        return answer
