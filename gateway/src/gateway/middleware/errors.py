"""Turns every exception that is raised further in into a problem, in one place; on the pages for people, into a page."""

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import Refusal
from gateway.auth.cookies import CookieWriter
from gateway.pages.refusals import in_place_of, is_for_people
from gateway.problems.responses import ProblemResponses
from gateway.request import KEY, GatewayRequest


class Errors:
    def __init__(self, app: ASGIApp, problems: ProblemResponses, cookies: CookieWriter) -> None:
        self._app = app
        self._problems = problems
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request: GatewayRequest = scope[KEY]
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if started:
                # Part of the response has been sent. The server has to close the connection, or the part would pass for the whole.
                raise
            response = self._problem(error, request)
            if is_for_people(request):
                response = in_place_of(response, error, request, self._cookies)
            await response(scope, receive, send)

    def _problem(self, error: Exception, request: GatewayRequest) -> Response:
        if isinstance(error, Refusal):
            return self._problems.refusal(error, request)
        if isinstance(error, HTTPException):
            return self._problems.http(error, request)
        if isinstance(error, RequestValidationError):
            return self._problems.invalid(error, request)
        return self._problems.unexpected(error, request)
