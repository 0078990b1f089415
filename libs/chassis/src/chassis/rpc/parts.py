"""Lists that are answered in parts, so that no reply grows with what it lists; and the limit that every reply keeps to.

A caller who sets `skip` gets as many items as fit into one part, and hears whether there are more. Peers do that for
their callers: a stub returns the whole list.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from google.protobuf.message import Message

from chassis.errors import Invalid
from chassis.rpc.method import Method
from chassis.rpc.transport import LARGEST_MESSAGE

# Beyond its first item, a part holds no more bytes than this.
LARGEST_PART = 4 * 1024 * 1024
# Of a list that a peer puts together: above a page of a hundred clients with the longest histories.
LARGEST_LIST = 24 * 1024 * 1024


def cut(method: Method, request: Message, reply: Message) -> None:
    """Leaves in the reply what fits into one part, if the caller asked for one, and says that there is more."""
    if method.items is None or not request.HasField("skip"):
        return
    items: Any = getattr(reply, method.items)
    size = 0
    for place, item in enumerate(items):
        size += item.ByteSize()
        if place and size > LARGEST_PART:
            del items[place:]
            reply.more = True  # type: ignore[attr-defined] # declared, and checked at boot
            return


def check_reply(raw: bytes) -> None:
    """Raises Invalid for a reply that no message can carry; the work it is the reply of is rolled back."""
    if len(raw) > LARGEST_MESSAGE:
        raise _too_large()


def check_request(raw: bytes) -> None:
    """Raises Invalid for a request that no message can carry."""
    if len(raw) > LARGEST_MESSAGE:
        raise Invalid("request_too_large", "The request is larger than can be passed on.")


async def collected(method: Method, ask: Callable[[Any], Awaitable[Any]], request: Any) -> Any:
    """The reply, put together of as many parts as there are; `ask` gets each. Invalid for a list that is too large to be put together."""
    if method.items is None or request.HasField("skip"):
        return await ask(request)
    wanted = type(request)()
    wanted.CopyFrom(request)
    wanted.skip = 0
    reply = await ask(wanted)
    size = reply.ByteSize() if reply.more else 0
    while reply.more:
        wanted.skip = len(getattr(reply, method.items))
        part = await ask(wanted)
        size += part.ByteSize()
        if size > LARGEST_LIST:
            raise _too_large()
        reply.more = False
        # Repeated fields are put together, others take the newer value.
        reply.MergeFrom(part)
    return reply


def _too_large() -> Invalid:
    return Invalid("reply_too_large", "The reply is larger than can be sent; ask for less at a time.")
