"""Between rows and messages: one compiled copier per message type, so that no field is copied by hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from google.protobuf import struct_pb2, timestamp_pb2
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

from chassis.errors import Fault, Invalid

M = TypeVar("M", bound=Message)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN_AS_TEXT = (UUID, date)
# With the most entries on each, its offset still is an integer to PostgreSQL.
_LAST_PAGE = 10_000_000


def stamp(moment: datetime, into: timestamp_pb2.Timestamp | None = None) -> timestamp_pb2.Timestamp:
    """An aware datetime as a Timestamp, to the microsecond; written into one where one is given."""
    timestamp = timestamp_pb2.Timestamp() if into is None else into
    since = moment - _EPOCH
    timestamp.seconds = since.days * 86400 + since.seconds
    timestamp.nanos = since.microseconds * 1000
    return timestamp


def when(timestamp: timestamp_pb2.Timestamp) -> datetime:
    """A Timestamp as an aware UTC datetime; Invalid outside the years 1 to 9999."""
    try:
        return timestamp.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid("time_out_of_range", "A time lies outside the calendar.") from None


def fill(message: M, row: Mapping[str, Any]) -> M:
    """Copies the columns that bear a field's name; None leaves the field unset. Returns the message."""
    for name, put in _copiers(message.DESCRIPTOR):
        value = row.get(name)
        if value is not None:
            put(message, value)
    return message


def enum_text(enum: EnumTypeWrapper, value: int) -> str:
    """`APPOINTMENT_STATUS_NO_SHOW` as `no_show`; Invalid for the unspecified and the unknown."""
    texts = _enum_texts(enum.DESCRIPTOR)
    if value not in texts:
        raise Invalid("unknown_choice", f"{enum.DESCRIPTOR.name} has no such choice.")
    return texts[value]


def masked(request: Message, allowed: Iterable[str]) -> dict[str, Any]:
    """The fields that `request.mask` names, as Python values: None where a named field is to be cleared.

    Repeated fields become lists, Timestamps datetimes, enums their text, Structs dicts. Invalid for a name not allowed.
    """
    permitted = frozenset(allowed)
    values: dict[str, Any] = {}
    fields = request.DESCRIPTOR.fields_by_name
    for name in request.mask.paths:  # type: ignore[attr-defined]
        if name not in permitted or name not in fields:
            # What is no field's name may be anything, and is not repeated.
            where = name if name in fields else "mask"
            raise Invalid("unknown_field", "A field cannot be changed.", faults=[Fault(f"/{where}", "cannot be changed")])
        field: Any = fields[name]
        values[name] = _plain(request, field)
    return values


def given(request: Message) -> dict[str, Any]:
    """What a request says, as Python values: None where it may keep silent and does."""
    return {
        field.name: _plain(request, field) if field.is_repeated or field.has_presence else getattr(request, field.name)
        for field in cast("Iterable[Any]", request.DESCRIPTOR.fields)
    }


@dataclass(frozen=True, slots=True)
class Page:
    limit: int
    offset: int


def page(request: Any, *, default: int = 50, most: int = 100) -> Page:
    """The page a request asks for; 0 means the default. Invalid outside 1..most."""
    number, size = request.page or 1, request.page_size or default
    faults = []
    if not 1 <= number <= _LAST_PAGE:
        faults.append(Fault("/page", f"must be from 1 to {_LAST_PAGE}"))
    if not 1 <= size <= most:
        faults.append(Fault("/page_size", f"must be from 1 to {most}"))
    if faults:
        raise Invalid("page_out_of_range", "There is no such page.", faults=faults)
    return Page(limit=size, offset=(number - 1) * size)


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
            return lambda message, value: stamp(value, getattr(message, name))
        if field.message_type is struct_pb2.Struct.DESCRIPTOR:
            return lambda message, value: _merge(getattr(message, name), value)
        return lambda message, value: getattr(message, name).CopyFrom(value)
    if field.type == FieldDescriptor.TYPE_ENUM:
        numbers = {text: number for number, text in _enum_texts(field.enum_type).items()}
        return lambda message, value: setattr(message, name, numbers[value])
    if field.type == FieldDescriptor.TYPE_STRING:
        return lambda message, value: setattr(message, name, _text(value))
    return lambda message, value: setattr(message, name, value)


def _merge(part: struct_pb2.Struct, value: dict[str, Any]) -> None:
    # An empty object is not an absent one.
    part.SetInParent()
    part.update(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, _WRITTEN_AS_TEXT):
        return str(value)
    raise TypeError(f"a text field cannot hold a {type(value).__name__}")


@cache
def _enum_texts(enum: EnumDescriptor) -> dict[int, str]:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {v.number: v.name.removeprefix(prefix).lower() for v in enum.values if v.number != 0}


def _plain(message: Message, field: FieldDescriptor) -> Any:
    value = getattr(message, field.name)
    if field.is_repeated:
        return list(value)
    if not message.HasField(field.name):
        return None
    if field.type == FieldDescriptor.TYPE_ENUM:
        texts = _enum_texts(field.enum_type)
        if value not in texts:
            raise Invalid("unknown_choice", "There is no such choice.", faults=[Fault(f"/{field.name}", "is not a choice")])
        return texts[value]
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if field.message_type is timestamp_pb2.Timestamp.DESCRIPTOR:
            return when(value)
        if field.message_type is struct_pb2.Struct.DESCRIPTOR:
            return _struct(value)
    return value


def _struct(value: struct_pb2.Struct) -> dict[str, Any]:
    return {key: _value(item) for key, item in value.fields.items()}


def _value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _struct(value.struct_value)
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            # Beyond 2**53 a double is no longer a number that was counted, and becomes too long to be kept as one.
            return int(number) if number.is_integer() and abs(number) <= 2**53 else number
        case "null_value" | None:
            return None
        case kind:
            return getattr(value, kind)
