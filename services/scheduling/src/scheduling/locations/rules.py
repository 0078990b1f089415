"""Which values a location may have."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Fault, Invalid
from scheduling.catalogue.rules import active_faults, text_faults, trimmed_name


def check_location(values: Mapping[str, Any]) -> dict[str, Any]:
    """The location with its name trimmed. Raises Invalid with a fault for every wrong field."""
    location = {**values, "name": trimmed_name(values)}
    faults = text_faults(location, "address", "details")
    if location["location_type"] is None:
        faults.append(Fault("/location_type", "is required"))
    faults += active_faults(location) + _room_faults(location)
    if faults:
        raise Invalid("location_invalid", "The location cannot be kept like this.", faults=faults)
    return location


def _room_faults(location: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with `is_room`."""
    if not isinstance(location["is_room"], bool):
        return [Fault("/is_room", "cannot be cleared")]
    if location["is_room"] and location["location_type"] not in (None, "clinic"):
        return [Fault("/is_room", "goes together with location_type clinic")]
    return []
