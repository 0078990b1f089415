"""Between rows and messages: one compiled copier per message type, so that no field is copied by hand."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from google.protobuf import struct_pb2, timestamp_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from chassis.errors import Fault, Invalid
from chassis.protobuf.enums import _enum_texts
from chassis.protobuf.structs import _merge, _struct
from chassis.protobuf.timestamps import to_datetime, to_timestamp

M = TypeVar("M", bound=Message)
_WRITTEN_AS_TEXT = (UUID, date)


def fill(message: M, row: Mapping[str, Any]) -> M:
    """Copies the columns that bear a field's name; None leaves the field unset. Returns the message."""
    for name, put in _copiers(message.DESCRIPTOR):
        value = row.get(name)
        if value is not None:
            put(message, value)
    return message


def masked(request: Message, allowed: Iterable[str]) -> dict[str, Any]:
    """The fields that `request.mask` names, as Python values: None where a named field is to be cleared.

    Repeated fields become lists, Timestamps datetimes, enums their text, Structs dicts. Invalid for a name not allowed.
    """
    permitted = frozenset(allowed)
    values: dict[str, Any] = {}
    readers = _readers(request.DESCRIPTOR)
    for name in request.mask.paths:  # type: ignore[attr-defined]
        if name not in permitted or name not in readers:
            # What is no field's name may be anything, and is not repeated.
            where = name if name in readers else "mask"
            raise Invalid("unknown_field", "A field cannot be changed.", faults=[Fault(f"/{where}", "cannot be changed")])
        values[name] = readers[name](request)
    return values


def given(request: Message) -> dict[str, Any]:
    """What a request says, as Python values: None where it may keep silent and does."""
    return {name: read(request) for name, read in _readers(request.DESCRIPTOR).items()}


Read = Callable[[Any], Any]
Put = Callable[[Any, Any], object]


@cache
def _copiers(descriptor: Descriptor) -> tuple[tuple[str, Put], ...]:
    return tuple((field.name, _copier(field)) for field in descriptor.fields)


def _copier(field: FieldDescriptor) -> Put:
    name = field.name
    if field.is_repeated:
        return lambda message, value: getattr(message, name).extend(value)
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if field.message_type is timestamp_pb2.Timestamp.DESCRIPTOR:
            return lambda message, value: to_timestamp(value, getattr(message, name))
        if field.message_type is struct_pb2.Struct.DESCRIPTOR:
            return lambda message, value: _merge(getattr(message, name), value)
        return lambda message, value: getattr(message, name).CopyFrom(value)
    if field.type == FieldDescriptor.TYPE_ENUM:
        numbers = {text: number for number, text in _enum_texts(field.enum_type).items()}
        return lambda message, value: setattr(message, name, numbers[value])
    if field.type == FieldDescriptor.TYPE_STRING:
        return lambda message, value: setattr(message, name, _text(value))
    return lambda message, value: setattr(message, name, value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, _WRITTEN_AS_TEXT):
        return str(value)
    raise TypeError(f"a text field cannot hold a {type(value).__name__}")


@cache
def _readers(descriptor: Descriptor) -> dict[str, Read]:
    return {field.name: _reader(field) for field in cast("Iterable[Any]", descriptor.fields)}


def _reader(field: Any) -> Read:
    """Reads the field as a Python value: None where it may keep silent and does."""
    name, convert = field.name, _converter(field)
    if field.is_repeated:
        return lambda message: list(getattr(message, name))
    if not field.has_presence:
        return lambda message: getattr(message, name)
    if convert is None:
        return lambda message: getattr(message, name) if message.HasField(name) else None
    return lambda message: convert(getattr(message, name)) if message.HasField(name) else None


def _converter(field: FieldDescriptor) -> Read | None:
    """What makes a Python value of the field's own; None where it is one."""
    if field.type == FieldDescriptor.TYPE_ENUM:
        texts = _enum_texts(field.enum_type)

        def text_of(value: int) -> str:
            if value not in texts:
                raise Invalid("unknown_choice", "There is no such choice.", faults=[Fault(f"/{field.name}", "is not a choice")])
            return texts[value]

        return text_of
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if field.message_type is timestamp_pb2.Timestamp.DESCRIPTOR:
            return to_datetime
        if field.message_type is struct_pb2.Struct.DESCRIPTOR:
            return _struct
    return None
