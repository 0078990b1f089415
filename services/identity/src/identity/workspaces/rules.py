"""What a workspace may be called, and where and how it keeps time."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from chassis.errors import Fault, Invalid

CHANGEABLE = ("name", "time_zone", "locale", "address", "phone", "license_number", "settings")

_LONGEST = {"name": 255, "address": 1000, "phone": 50, "license_number": 100}
# Language, script and region of BCP 47; nobody's front end needs more of it.
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")


def check_workspace(values: Mapping[str, Any]) -> None:
    """Refuses values a workspace cannot have; None means that a value is cleared."""
    faults = [
        Fault(f"/{name}", "cannot be cleared") for name in ("name", "time_zone", "locale", "settings") if values.get(name, "") is None
    ]
    faults += [
        Fault(f"/{name}", f"must have at most {longest} characters")
        for name, longest in _LONGEST.items()
        if len(values.get(name) or "") > longest
    ]
    if "name" in values and values["name"] is not None and not values["name"].strip():
        faults.append(Fault("/name", "must not be empty"))
    if values.get("time_zone") is not None and values["time_zone"] not in available_timezones():
        faults.append(Fault("/time_zone", "is not an IANA time zone"))
    if values.get("locale") is not None and not _LOCALE.fullmatch(values["locale"]):
        faults.append(Fault("/locale", "is not a language tag such as en or de-AT"))
    if faults:
        raise Invalid("workspace_invalid", "A workspace cannot be so.", faults=faults)
