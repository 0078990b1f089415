"""The fields of a message that are declared PHI."""

from functools import cache
from typing import TypeVar

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.unknown_fields import UnknownFieldSet

from chassis.protobuf.field_options import is_phi

M = TypeVar("M", bound=Message)


def only_phi(message: M) -> M:
    """A message of the same type with nothing but the fields declared PHI."""
    left_out = _left_out(message.DESCRIPTOR)
    part = type(message)()
    # To copy all and take away what is open is much faster than to copy field by field.
    part.CopyFrom(message)
    for name in left_out:
        part.ClearField(name)
    # Unknown ones are declared by nobody.
    if len(UnknownFieldSet(part)):
        part.DiscardUnknownFields()
    return part


@cache
def _left_out(descriptor: Descriptor) -> tuple[str, ...]:
    """The names of the fields that are not PHI. Raises TypeError if no field is PHI, or if one that is not contains some."""
    phi = [field for field in descriptor.fields if is_phi(field)]
    if not phi:
        raise TypeError(f"{descriptor.full_name} declares no PHI field: there is nothing to seal")
    for field in descriptor.fields:
        if field not in phi and field.message_type is not None and any(map(is_phi, field.message_type.fields)):
            raise TypeError(f"{descriptor.full_name}.{field.name} holds PHI and is not declared so: it would be left out")
    return tuple(field.name for field in descriptor.fields if field not in phi)
