"""Replies as bytes: response models describe them, nothing validates them again."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from google.protobuf.message import Message
from starlette.responses import Response

from gateway.api.fields import PageQuery
from gateway.mapping import dump, render, render_page

_JSON = "application/json"


class PageMessage(Protocol):
    @property
    def items(self) -> Any: ...
    @property
    def total(self) -> int: ...


def reply(content: Message | Mapping[str, Any] | Sequence[Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dump(render(content) if isinstance(content, Message) else content), status, headers, _JSON)


def page_reply(page: PageMessage, query: PageQuery, items: Sequence[dict[str, Any]] | None = None) -> Response:
    """A page as the service told it; `items` where the gateway has added to them."""
    rendered = [render(item) for item in page.items] if items is None else items
    return Response(dump(render_page(rendered, page.total, query.page, query.page_size)), media_type=_JSON)


def nothing() -> Response:
    return Response(status_code=204)
