"""Rules for the fields that all catalogue entries have."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Fault

MAX_NAME = 255
MAX_TEXT = 5_000


def trimmed_name(values: Mapping[str, Any]) -> str:
    """The name without surrounding white space. A missing name is empty, which `text_faults` reports."""
    return (values["name"] or "").strip()


def text_faults(entry: Mapping[str, Any], *optional: str) -> list[Fault]:
    """What is wrong with the name and with the optional texts."""
    faults = []
    if not 1 <= len(entry["name"]) <= MAX_NAME:
        faults.append(Fault("/name", f"must have 1 to {MAX_NAME} characters"))
    too_long = [name for name in optional if len(entry[name] or "") > MAX_TEXT]
    return faults + [Fault(f"/{name}", f"must be {MAX_TEXT} characters or fewer") for name in too_long]


def active_faults(entry: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with `is_active`."""
    return [] if isinstance(entry["is_active"], bool) else [Fault("/is_active", "cannot be cleared")]
