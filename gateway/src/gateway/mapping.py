"""Converts between the public schemas and the services' protobuf messages; a converter per field is made once for each type.

`to_proto` fills a message from a Pydantic model; `render` makes a dictionary for orjson from a message. Fields correspond by
name. A Timestamp is RFC 3339 in UTC, an enum a lower-case word, a Struct a free object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel

from chassis.protobuf.timestamps import to_timestamp

MessageT = TypeVar("MessageT", bound=Message)
Rendering = tuple[str, Callable[[Any], Any] | None]
Filling = tuple[str, Callable[[Message, Any], None]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_proto(model: BaseModel, message_type: type[MessageT], **extra: Any) -> MessageT:
    """A message with the model's fields of the same names; `extra` adds fields that the model does not have.

    None leaves a field unset. The field mask of a message, if it has one, lists every field that the model was given,
    so that null (clear it) and absent (leave it) stay distinct.
    """
    message = message_type()
    fillings, masked = _fillings(message_type.DESCRIPTOR)
    values = model.__dict__
    given = model.model_fields_set
    for name, fill in fillings:
        value = extra[name] if name in extra else values.get(name)
        if value is not None:
            fill(message, value)
    if masked:
        paths = getattr(message, "mask").paths  # noqa: B009 - Message itself has no mask
        paths.extend(name for name, _ in fillings if name in given and name not in extra)
    return message


def render(message: Message) -> dict[str, Any]:
    """The message as a dictionary for `dump`, with every field; None for one that is not set."""
    unset, renderings = _renderings(message.DESCRIPTOR)
    out = unset.copy()
    # ListFields is one call for all fields that are set; asking for each would be one or two calls per field.
    for field, value in message.ListFields():
        name, convert = renderings[field]
        out[name] = value if convert is None else convert(value)
    return out


def render_page(items: Sequence[dict[str, Any]], total: int, page: int, page_size: int) -> dict[str, Any]:
    return {"items": items, "total": total, "page": page, "page_size": page_size, "total_pages": -(-total // page_size)}


def dump(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


# ---- responses


@cache
def _renderings(descriptor: Descriptor) -> tuple[dict[str, Any], dict[FieldDescriptor, Rendering]]:
    """The dictionary of a message without any field set, and the rendering of each field that is set."""
    fields: Sequence[FieldDescriptor] = descriptor.fields
    return {field.name: _unset_value(field) for field in fields}, {field: (field.name, _rendering(field)) for field in fields}


def _unset_value(field: FieldDescriptor) -> Any:
    if field.is_repeated:
        return ()
    if field.has_presence:
        return None
    convert = _converter(field)
    return field.default_value if convert is None else convert(field.default_value)


def _rendering(field: FieldDescriptor) -> Callable[[Any], Any] | None:
    convert = _converter(field)
    if not field.is_repeated:
        return convert
    return (lambda values: [convert(v) for v in values]) if convert else list


def _converter(field: FieldDescriptor) -> Callable[[Any], Any] | None:
    if field.message_type is not None:
        return {"google.protobuf.Timestamp": to_datetime, "google.protobuf.Struct": struct_to_python}.get(
            field.message_type.full_name, render
        )
    if field.enum_type is not None:
        return _enum_names(field.enum_type).__getitem__
    return None


def to_datetime(value: Timestamp) -> datetime:
    """The time in UTC; `dump` writes it with Z."""
    return _EPOCH + timedelta(0, value.seconds, value.nanos // 1000)


def struct_to_python(value: Any) -> Any:
    """A Struct, or a part of one, as a Python value; whole numbers become int."""
    if isinstance(value, Struct):
        return {name: struct_to_python(part) for name, part in value.fields.items()}
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return struct_to_python(value.struct_value)
    if kind == "list_value":
        return [struct_to_python(part) for part in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) <= 2**53 else number
    return None if kind in {None, "null_value"} else getattr(value, kind)


class _EnumNames(dict[int, str | None]):
    """An enum's words by number; a number that a newer service sends and this gateway does not know is `unknown:<number>`."""

    def __missing__(self, number: int) -> str:
        return f"unknown:{number}"


@cache
def _enum_names(enum: EnumDescriptor) -> _EnumNames:
    """The lower-case name of each number without the enum's prefix; None for UNSPECIFIED."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return _EnumNames({v.number: v.name.removeprefix(prefix).lower() if v.number else None for v in enum.values})


# ---- requests


@cache
def _fillings(descriptor: Descriptor) -> tuple[tuple[Filling, ...], bool]:
    """How each field is set, and whether the message has a field mask."""
    masks = {f.name for f in descriptor.fields if f.message_type is not None and f.message_type.full_name == "google.protobuf.FieldMask"}
    return tuple((f.name, _filling(f)) for f in descriptor.fields if f.name not in masks), bool(masks)


def _filling(field: FieldDescriptor) -> Callable[[Message, Any], None]:
    name = field.name
    if field.is_repeated:

        def extend(message: Message, values: Iterable[Any]) -> None:
            getattr(message, name).extend(str(v) if isinstance(v, UUID) else v for v in values)

        return extend
    if field.message_type is not None:
        kind = field.message_type.full_name

        def merge(message: Message, value: Any) -> None:
            part = getattr(message, name)
            part.SetInParent()
            if kind == "google.protobuf.Timestamp":
                part.CopyFrom(to_timestamp(value))
            elif isinstance(value, Message):
                part.CopyFrom(value)
            else:
                part.update(value)

        return merge
    if field.enum_type is not None:
        numbers = {word: number for number, word in _enum_names(field.enum_type).items() if word}

        def choose(message: Message, word: str) -> None:
            setattr(message, name, numbers[word])

        return choose

    def put(message: Message, value: Any) -> None:
        if isinstance(value, UUID):
            value = str(value)
        elif isinstance(value, date):
            value = value.isoformat()
        setattr(message, name, value)

    return put
