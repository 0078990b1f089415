"""Turns whatever is raised further in into a problem, once."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import Refusal
from gateway.problems.responses import Problems
from gateway.request import KEY, Visit


class Refusals:
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
        except Refusal as refusal:
            if begun:
                raise
            await self._problems.refusal(refusal, visit)(scope, receive, send)
        except Exception as error:
            if begun:
                # Half a reply is on its way: the server has to cut it, or it would pass for a whole one.
                raise
            await self._problems.unexpected(error, visit)(scope, receive, send)
