"""What a service may be: how long it takes and what it costs."""

import re
from collections.abc import Mapping
from typing import Any

from chassis.errors import Fault, Invalid

COLUMNS = (
    "name",
    "description",
    "default_duration_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "price_minor_units",
    "currency",
    "is_active",
)
_DEFAULTS = {"description": None, "buffer_before_minutes": 0, "buffer_after_minutes": 0, "price_minor_units": None, "currency": None}
_LONGEST_NAME = 255
_LONGEST_TEXT = 5_000
_LONGEST_MINUTES = 1440
_LONGEST_BUFFER_MINUTES = 240
_CURRENCY = re.compile(r"[A-Z]{3}")


def check_service(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The whole service, names trimmed and what may be left out filled in; Invalid says all that is wrong with it."""
    service = {**_DEFAULTS, **{name: value for name, value in wanted.items() if value is not None or name not in _DEFAULTS}}
    service["name"] = (service.get("name") or "").strip()
    faults = [Fault(f"/{name}", detail) for name, detail in _wrong(service)]
    if faults:
        raise Invalid("service_invalid", "The service cannot be kept like this.", faults=faults)
    return service


def _wrong(service: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    if not 1 <= len(service["name"]) <= _LONGEST_NAME:
        found.append(("name", f"must have 1 to {_LONGEST_NAME} characters"))
    if len(service["description"] or "") > _LONGEST_TEXT:
        found.append(("description", f"must be {_LONGEST_TEXT} characters or fewer"))
    if not 1 <= (service.get("default_duration_minutes") or 0) <= _LONGEST_MINUTES:
        found.append(("default_duration_minutes", f"must be from 1 to {_LONGEST_MINUTES}"))
    found += [
        (buffer, f"must be from 0 to {_LONGEST_BUFFER_MINUTES}")
        for buffer in ("buffer_before_minutes", "buffer_after_minutes")
        if not 0 <= service[buffer] <= _LONGEST_BUFFER_MINUTES
    ]
    if service["price_minor_units"] is not None and service["price_minor_units"] < 0:
        found.append(("price_minor_units", "must not be negative"))
    if service["currency"] is not None and not _CURRENCY.fullmatch(service["currency"]):
        found.append(("currency", "must be three capital letters, as in ISO 4217"))
    if not isinstance(service.get("is_active"), bool):
        found.append(("is_active", "cannot be cleared"))
    return found
