"""Turns every exception that is raised further in into a problem, in one place."""

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import Refusal
from gateway.problems.responses import Problems
from gateway.request import KEY, Visit


class Errors:
    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self._app = app
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit: Visit = scope[KEY]
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun:
                # Half a reply has been sent. The server has to cut the connection, or it would pass for a whole one.
                raise
            await self._response(error, visit)(scope, receive, send)

    def _response(self, error: Exception, visit: Visit) -> Response:
        if isinstance(error, Refusal):
            return self._problems.refusal(error, visit)
        if isinstance(error, HTTPException):
            return self._problems.http(error, visit)
        if isinstance(error, RequestValidationError):
            return self._problems.invalid(error, visit)
        return self._problems.unexpected(error, visit)
