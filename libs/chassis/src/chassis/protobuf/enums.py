"""Enum values and their lower-case texts."""

from functools import cache

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from chassis.errors import Invalid


def enum_text(enum: EnumTypeWrapper, value: int) -> str:
    """`APPOINTMENT_STATUS_NO_SHOW` as `no_show`; Invalid for the unspecified and the unknown."""
    texts = _enum_texts(enum.DESCRIPTOR)
    if value not in texts:
        raise Invalid("unknown_choice", f"{enum.DESCRIPTOR.name} has no such choice.")
    return texts[value]


@cache
def _enum_texts(enum: EnumDescriptor) -> dict[int, str]:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return {v.number: v.name.removeprefix(prefix).lower() for v in enum.values if v.number != 0}
