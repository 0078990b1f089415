"""Structs as plain Python values."""

from typing import Any

from google.protobuf import struct_pb2


def _merge(part: struct_pb2.Struct, value: dict[str, Any]) -> None:
    # An empty object is not an absent one.
    part.SetInParent()
    part.update(value)


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
            # Above 2**53 doubles are no longer exact integers, so larger ones stay floats.
            return int(number) if number.is_integer() and abs(number) <= 2**53 else number
        case "null_value" | None:
            return None
        case kind:
            return getattr(value, kind)
