"""What a location may be."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Fault, Invalid

COLUMNS = ("name", "location_type", "address", "details", "is_active")
_OPTIONAL = {"address": None, "details": None}
_LONGEST_NAME = 255
_LONGEST_TEXT = 5_000


def check_location(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The whole location, its name trimmed; Invalid says all that is wrong with it."""
    location = {**_OPTIONAL, **wanted}
    location["name"] = (location.get("name") or "").strip()
    faults = []
    if not 1 <= len(location["name"]) <= _LONGEST_NAME:
        faults.append(Fault("/name", f"must have 1 to {_LONGEST_NAME} characters"))
    faults += [
        Fault(f"/{name}", f"must be {_LONGEST_TEXT} characters or fewer") for name in _OPTIONAL if len(location[name] or "") > _LONGEST_TEXT
    ]
    if location.get("location_type") is None:
        faults.append(Fault("/location_type", "is required"))
    if not isinstance(location.get("is_active"), bool):
        faults.append(Fault("/is_active", "cannot be cleared"))
    if faults:
        raise Invalid("location_invalid", "The location cannot be kept like this.", faults=faults)
    return location
