"""Makes of a protobuf message what the API shows of it; a converter per field is made once for each type.

Fields correspond by name. A Timestamp is RFC 3339 in UTC, an enum a lower-case word, a Struct a free object.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

Rendering = tuple[str, Callable[[Any], Any] | None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(message: Message) -> dict[str, Any]:
    """The message as a dictionary for `dump`, with every field; None for one that is not set."""
    unset, renderings = _renderings(message.DESCRIPTOR)
    out = unset.copy()
    # ListFields is one call for all fields that are set; asking for each would be one or two calls per field.
    for field, value in message.ListFields():
        name, convert = renderings[field]
        out[name] = value if convert is None else convert(value)
    return out


def dump(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


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
        return enum_names(field.enum_type).__getitem__
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


class EnumNames(dict[int, str | None]):
    """An enum's words by number; a number that a newer service sends and this process does not know is `unknown:<number>`."""

    def __missing__(self, number: int) -> str:
        return f"unknown:{number}"


@cache
def enum_names(enum: EnumDescriptor) -> EnumNames:
    """The lower-case name of each number without the enum's prefix; None for UNSPECIFIED."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return EnumNames({v.number: v.name.removeprefix(prefix).lower() if v.number else None for v in enum.values})
