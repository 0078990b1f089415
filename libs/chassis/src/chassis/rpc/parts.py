"""Lists that are answered in parts, so that no reply grows with what it lists; and the limit that every reply keeps to.

A caller who says what it has already gets as many items as fit into one part, and hears whether there are more. Peers do that
for their callers: a stub returns the whole list.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf.message import Message

from chassis.errors import Invalid, Unavailable
from chassis.paging import BEGINNING
from chassis.rpc.method import Method
from chassis.rpc.transport import LARGEST_MESSAGE

# Beyond its first item, a part holds no more bytes than this.
LARGEST_PART = 4 * 1024 * 1024
# Of a list that a peer puts together: above a page of a hundred clients with the longest histories.
LARGEST_LIST = 24 * 1024 * 1024
# How often a page is read that changes meanwhile.
_ATTEMPTS = 5


def part_of(method: Method, request: Message, reply: Message) -> bytes:
    """The reply as it is sent. Leaves in it what fits into one part, if the caller asked for one, and says that there is more."""
    answer = reply.SerializeToString()
    if method.items is None or not request.HasField(method.cursor) or len(answer) <= LARGEST_PART:
        return answer
    items: Any = getattr(reply, method.items)
    # The caller compares the first item of a page's further part with the one it has: a second one brings it on.
    least = 2 if method.paged else 1
    size = 0
    for place, item in enumerate(items):
        size += item.ByteSize()
        if place >= least and size > LARGEST_PART:
            del items[place:]
            reply.more = True  # type: ignore[attr-defined] # declared, and checked at boot
            return reply.SerializeToString()
    return answer


def check_reply(raw: bytes) -> None:
    """Raises Invalid for a reply that no message can carry; the work it is the reply of is rolled back."""
    if len(raw) > LARGEST_MESSAGE:
        raise _too_large()


def check_request(raw: bytes) -> None:
    """Raises Invalid for a request that no message can carry."""
    if len(raw) > LARGEST_MESSAGE:
        raise Invalid("request_too_large", "The request is larger than can be passed on.")


async def collected(method: Method, ask: Callable[[Any], Awaitable[Any]], request: Any) -> Any:
    """The reply, put together of as many parts as there are; `ask` gets each. No item is in it twice, and none that stays in its place is missing.

    Raises Invalid for a list that is too large to be put together, and Unavailable for a page that changes each time while it is read.
    """
    if method.items is None or request.HasField(method.cursor):
        return await ask(request)
    wanted = type(request)()
    wanted.CopyFrom(request)
    if not method.paged:
        return await _list(method, ask, wanted)
    for _ in range(_ATTEMPTS):
        reply = await _page(method, ask, wanted)
        if reply is not None:
            return reply
    raise Unavailable("list_changing", "The list changes while it is read; try again.", retry_after=1.0)


async def _list(method: Method, ask: Callable[[Any], Awaitable[Any]], wanted: Any) -> Any:
    wanted.after = str(BEGINNING)
    reply = await ask(wanted)
    size = reply.ByteSize() if reply.more else 0
    while reply.more:
        wanted.after = method.items_of(reply)[-1].id
        part = await ask(wanted)
        size = _merge(reply, part, size)
    return reply


async def _page(method: Method, ask: Callable[[Any], Awaitable[Any]], wanted: Any) -> Any | None:
    """The page; None if its items changed their places. Each part begins with the last item of the part before."""
    wanted.skip = 0
    reply = await ask(wanted)
    size = reply.ByteSize() if reply.more else 0
    while reply.more:
        items = method.items_of(reply)
        held = {item.id for item in items}
        wanted.skip = len(items) - 1
        part = await ask(wanted)
        further = method.items_of(part)
        if len(further) < 2 or further[0].id != items[-1].id or held.intersection(item.id for item in further[1:]):
            return None
        del further[0]
        size = _merge(reply, part, size)
    return reply


def _merge(reply: Any, part: Any, size: int) -> int:
    """Adds the part to the reply. Returns the size of both; raises Invalid above LARGEST_LIST."""
    size += part.ByteSize()
    if size > LARGEST_LIST:
        raise _too_large()
    reply.more = False
    # Repeated fields are put together, others take the newer value.
    reply.MergeFrom(part)
    return size


def _too_large() -> Invalid:
    return Invalid("reply_too_large", "The reply is larger than can be sent; ask for less at a time.")
