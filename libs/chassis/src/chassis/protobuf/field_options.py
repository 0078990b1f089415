"""What a field declares about itself in its proto: whether it is PHI, a secret, a UUID, a hint."""

from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from caseload.options.v1 import options_pb2

M = TypeVar("M", bound=Message)


def is_phi(field: FieldDescriptor) -> bool:
    options: Any = field.GetOptions()
    return bool(options.Extensions[options_pb2.phi])


def is_secret(field: FieldDescriptor) -> bool:
    options: Any = field.GetOptions()
    return bool(options.Extensions[options_pb2.secret])


def is_hint(field: FieldDescriptor) -> bool:
    options: Any = field.GetOptions()
    return bool(options.Extensions[options_pb2.hint])


def is_uuid_field(field: FieldDescriptor) -> bool:
    options: Any = field.GetOptions()
    return bool(options.Extensions[options_pb2.uuid])


def misdeclared(descriptor: Descriptor) -> list[str]:
    """Full names of the fields, in the message and the messages within it, that contradict themselves.

    `debug_redact` stands on PHI and on secrets and on nothing else; neither PHI nor a secret is an id.
    """
    return [field.full_name for message in _within(descriptor) for field in message.fields if not _is_sound(field)]


@cache
def holds_secrets(descriptor: Descriptor) -> bool:
    """Whether a field of the message, or of a message within it, is a secret."""
    return any(is_secret(field) for message in _within(descriptor) for field in message.fields)


def without_secrets(message: M) -> M:
    """The message itself if its type has no secrets; otherwise a copy in which every secret is unset."""
    if not holds_secrets(message.DESCRIPTOR):
        return message
    copy = type(message)()
    copy.CopyFrom(message)
    _clear_secrets(copy)
    return copy


def without_hints(message: M) -> M:
    """The request itself if its type has no hints; otherwise a copy in which every hint is unset."""
    names = _hints(message.DESCRIPTOR)
    if not names:
        return message
    copy = type(message)()
    copy.CopyFrom(message)
    for name in names:
        copy.ClearField(name)
    return copy


def uuids(message: Message) -> set[UUID]:
    """Every id in the message's fields, and in the messages within it, that are marked as UUIDs; what is malformed there is left out."""
    found: set[UUID] = set()
    for field, value in message.ListFields():
        if is_uuid_field(field):
            for text in value if field.is_repeated else (value,):
                with suppress(ValueError):
                    found.add(UUID(text))
        elif field.message_type is not None:
            for part in _parts(field, value):
                found |= uuids(part)
    return found


@cache
def _hints(descriptor: Descriptor) -> tuple[str, ...]:
    return tuple(field.name for field in descriptor.fields if is_hint(field))


def _parts(field: FieldDescriptor, value: Any) -> Iterable[Message]:
    """The messages that a field of messages holds."""
    if not field.is_repeated:
        return (value,)
    if field.message_type is None or not field.message_type.GetOptions().map_entry:
        return value  # type: ignore[no-any-return]
    return [part for part in value.values() if isinstance(part, Message)]


def _clear_secrets(message: Message) -> None:
    for field, value in message.ListFields():
        held = field.message_type
        if is_secret(field):
            message.ClearField(field.name)
        elif held is not None and holds_secrets(held):
            for part in _parts(field, value):
                _clear_secrets(part)


def _is_sound(field: FieldDescriptor) -> bool:
    hidden = is_phi(field) or is_secret(field)
    return field.GetOptions().debug_redact == hidden and not (hidden and is_uuid_field(field))


def _within(descriptor: Descriptor) -> list[Descriptor]:
    """The message type and every message type reachable from it, each once."""
    found = [descriptor]
    for message in found:
        found += [t for field in message.fields if (t := field.message_type) is not None and t not in found]
    return found
