"""Converts between the public schemas and the services' protobuf messages; a converter per field is made once for each type.

`to_proto` fills a message from a Pydantic model, field by field of the same name; `render` makes a dictionary for orjson from a message
(see chassis.protobuf.rendering).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from pydantic import BaseModel

from chassis.protobuf.rendering import dump, enum_names, render, struct_to_python, to_datetime
from chassis.protobuf.timestamps import to_timestamp

__all__ = ["dump", "render", "render_page", "struct_to_python", "to_datetime", "to_proto"]

MessageT = TypeVar("MessageT", bound=Message)
Filling = tuple[str, Callable[[Message, Any], None]]


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


def render_page(items: Sequence[dict[str, Any]], total: int, page: int, page_size: int) -> dict[str, Any]:
    return {"items": items, "total": total, "page": page, "page_size": page_size, "total_pages": -(-total // page_size)}


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
        numbers = {word: number for number, word in enum_names(field.enum_type).items() if word}

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
