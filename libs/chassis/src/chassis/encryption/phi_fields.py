"""The fields of a message that are declared PHI."""

from functools import cache
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from chassis.protobuf.field_options import is_phi

M = TypeVar("M", bound=Message)


def only_phi(message: M) -> M:
    """A message of the same type with nothing but the fields declared PHI."""
    part = type(message)()
    for field in _phi_fields(message.DESCRIPTOR):
        name = field.name
        if field.is_repeated or field.message_type is not None:
            if field.is_repeated or message.HasField(name):
                _copy_composite(field, getattr(message, name), getattr(part, name))
        elif not field.has_presence or message.HasField(name):
            setattr(part, name, getattr(message, name))
    return part


def _copy_composite(field: FieldDescriptor, source: Any, target: Any) -> None:
    if field.is_repeated and not hasattr(source, "MergeFrom"):
        target.extend(source)
    else:
        target.MergeFrom(source)


@cache
def _phi_fields(descriptor: Descriptor) -> tuple[FieldDescriptor, ...]:
    """Cached per message type. Raises TypeError if it has no PHI field, or if a field that is not PHI contains some."""
    phi = tuple(field for field in descriptor.fields if is_phi(field))
    if not phi:
        raise TypeError(f"{descriptor.full_name} declares no PHI field: there is nothing to seal")
    for field in descriptor.fields:
        if field not in phi and field.message_type is not None and any(map(is_phi, field.message_type.fields)):
            raise TypeError(f"{descriptor.full_name}.{field.name} holds PHI and is not declared so: it would be left out")
    return phi
