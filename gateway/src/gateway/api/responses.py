"""Responses as JSON. FastAPI only documents the response models; what services reply is not validated again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from google.protobuf.message import Message
from starlette.responses import Response, StreamingResponse

from chassis.context import RequestContext
from chassis.paging import BEGINNING
from gateway.api.fields import PageQuery
from gateway.mapping import dump, render, render_page

_JSON = "application/json"


class PageMessage(Protocol):
    @property
    def items(self) -> Any: ...
    @property
    def total(self) -> int: ...


def json_response(
    content: Message | Mapping[str, Any] | Sequence[Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(dump(render(content) if isinstance(content, Message) else content), status, headers, _JSON)


def page_response(page: PageMessage, query: PageQuery, items: Sequence[dict[str, Any]] | None = None) -> Response:
    """A page of a list; `items` instead of the message's own where the gateway has added to them."""
    rendered = [render(item) for item in page.items] if items is None else items
    return Response(dump(render_page(rendered, page.total, query.page, query.page_size)), media_type=_JSON)


async def list_response(
    name: str, ask: Callable[[Any, RequestContext], Awaitable[Any]], message: Any, context: RequestContext, *beside: str
) -> Response:
    """A list without pages as the member `name`, with the reply's fields that `beside` names.

    A long one is sent part by part, so that the gateway never holds it whole: each part has the time of a call of its own.
    """
    message.after = str(BEGINNING)
    reply = await ask(message, context)
    items = [render(item) for item in getattr(reply, name)]
    head = {field: getattr(reply, field) for field in beside} | {name: items}
    if not reply.more:
        return json_response(head)

    async def parts() -> AsyncIterator[bytes]:
        yield dump(head).removesuffix(b"]}")
        part = reply
        while part.more:
            message.after = getattr(part, name)[-1].id
            part = await ask(message, replace(context, deadline=None))
            for item in getattr(part, name):
                yield b"," + dump(render(item))
        yield b"]}"

    return StreamingResponse(parts(), media_type=_JSON)


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    return Response(status_code=204, headers=headers)
