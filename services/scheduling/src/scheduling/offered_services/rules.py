"""Which values an offered service may have: its duration, its buffers and its price."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chassis.errors import Fault, Invalid
from scheduling.catalogue.rules import active_faults, text_faults, trimmed_name

_MAX_DURATION_MINUTES = 1440
_MAX_BUFFER_MINUTES = 240
_BUFFERS = ("buffer_before_minutes", "buffer_after_minutes")
_CURRENCY = re.compile(r"[A-Z]{3}")


def check_service(values: Mapping[str, Any]) -> dict[str, Any]:
    """The service with its name trimmed and unset buffers 0. Raises Invalid with a fault for every wrong field."""
    service = {**values, "name": trimmed_name(values), **{buffer: values[buffer] or 0 for buffer in _BUFFERS}}
    faults = [*text_faults(service, "description"), *_own_faults(service), *active_faults(service)]
    if faults:
        raise Invalid("service_invalid", "The service cannot be kept like this.", faults=faults)
    return service


def _own_faults(service: Mapping[str, Any]) -> Iterator[Fault]:
    if not 1 <= (service["default_duration_minutes"] or 0) <= _MAX_DURATION_MINUTES:
        yield Fault("/default_duration_minutes", f"must be from 1 to {_MAX_DURATION_MINUTES}")
    for buffer in _BUFFERS:
        if not 0 <= service[buffer] <= _MAX_BUFFER_MINUTES:
            yield Fault(f"/{buffer}", f"must be from 0 to {_MAX_BUFFER_MINUTES}")
    if service["price_minor_units"] is not None and service["price_minor_units"] < 0:
        yield Fault("/price_minor_units", "must not be negative")
    if service["currency"] is not None and not _CURRENCY.fullmatch(service["currency"]):
        yield Fault("/currency", "must be three capital letters, as in ISO 4217")
