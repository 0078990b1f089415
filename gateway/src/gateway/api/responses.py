"""Responses as JSON. FastAPI only documents the response models; what services reply is not validated again."""

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


def json_response(
    content: Message | Mapping[str, Any] | Sequence[Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(dump(render(content) if isinstance(content, Message) else content), status, headers, _JSON)


def page_response(page: PageMessage, query: PageQuery, items: Sequence[dict[str, Any]] | None = None) -> Response:
    """A page of a list; `items` instead of the message's own where the gateway has added to them."""
    rendered = [render(item) for item in page.items] if items is None else items
    return Response(dump(render_page(rendered, page.total, query.page, query.page_size)), media_type=_JSON)


def no_content() -> Response:
    return Response(status_code=204)
