"""Which values the fields of a workspace accept. Pure functions."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard
from zoneinfo import available_timezones

from chassis.errors import Fault, Forbidden, Invalid
from identity.credentials.rules import is_lock_after
from identity.roles import SCOPES_BY_ROLE

CHANGEABLE = ("name", "time_zone", "locale", "address", "phone", "license_number", "settings")

# What we know of the settings; the others are those of front ends.
TOLD_SETTINGS = (
    "amendment_reason_required",
    "cosign_hours",
    "lock_after_failures",
    "office_hours",
    "offline_days",
    "reply_to",
    "second_factor_required",
)

# By which everybody signs in.
_SIGN_IN_SETTINGS = ("lock_after_failures", "second_factor_required")

_MAX_LENGTH = {"name": 255, "address": 1000, "phone": 50, "license_number": 100}
# Language, script and region of BCP 47. Variants and extensions are not accepted.
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
# How long ago a device may have been without a network that its notes are not flagged. Clinical keeps receipts for longer than that.
MOST_OFFLINE_DAYS = 90

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_PARTS_OF_OFFICE_HOURS = {"start", "end", "weekdays"}
# One address as it is written in a header: ASCII, without a name, quotes or comments.
_REPLY_TO = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_ADDRESS = 254
# Three days, for workspaces that have set nothing; at most ninety.
_COSIGN_HOURS = 72
_MOST_COSIGN_HOURS = 24 * 90


def check_workspace(values: Mapping[str, Any]) -> None:
    """Raise Invalid, with all faults, for values a workspace cannot have. None clears a field."""
    faults = [
        Fault(f"/{name}", "cannot be cleared") for name in ("name", "time_zone", "locale", "settings") if values.get(name, "") is None
    ]
    faults += [
        Fault(f"/{name}", f"must have at most {limit} characters")
        for name, limit in _MAX_LENGTH.items()
        if len(values.get(name) or "") > limit
    ]
    if "name" in values and values["name"] is not None and not values["name"].strip():
        faults.append(Fault("/name", "must not be empty"))
    if values.get("time_zone") is not None and values["time_zone"] not in available_timezones():
        faults.append(Fault("/time_zone", "is not an IANA time zone"))
    if values.get("locale") is not None and not _LOCALE.fullmatch(values["locale"]):
        faults.append(Fault("/locale", "is not a language tag such as en or de-AT"))
    faults += _settings_faults(values.get("settings") or {})
    if faults:
        raise Invalid("workspace_invalid", "Some details of the workspace are not valid.", faults=faults)


def check_may_change(was: Mapping[str, Any], now: Mapping[str, Any], role: str | None) -> None:
    """Raise Forbidden for API keys that change how people sign in: a key that leaked would open all accounts."""
    before, after = was["settings"] or {}, now["settings"] or {}
    if role not in SCOPES_BY_ROLE and any(before.get(name) != after.get(name) for name in _SIGN_IN_SETTINGS):
        raise Forbidden("permission_denied", "Your role does not permit this.")


def _settings_faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(settings.get("amendment_reason_required", True), bool):
        yield Fault("/settings/amendment_reason_required", "must be true or false")
    required = settings.get("second_factor_required", False)
    if not isinstance(required, bool) and not (isinstance(required, list) and set(map(str, required)) <= SCOPES_BY_ROLE.keys()):
        yield Fault("/settings/second_factor_required", "must be true, false or a list of roles")
    lock_after = settings.get("lock_after_failures")
    if lock_after is not None and not is_lock_after(lock_after):
        yield Fault("/settings/lock_after_failures", "must be null or a whole number from 3 to 100")
    if not is_cosign_hours(settings.get("cosign_hours", _COSIGN_HOURS)):
        yield Fault("/settings/cosign_hours", f"must be a whole number from 1 to {_MOST_COSIGN_HOURS}")
    offline_days = settings.get("offline_days", 1)
    if not isinstance(offline_days, int) or isinstance(offline_days, bool) or not 1 <= offline_days <= MOST_OFFLINE_DAYS:
        yield Fault("/settings/offline_days", f"must be a whole number from 1 to {MOST_OFFLINE_DAYS}")
    reply_to = settings.get("reply_to")
    if reply_to is not None and not is_reply_to(reply_to):
        yield Fault("/settings/reply_to", "must be null or an e-mail address")
    if "office_hours" in settings and not is_office_hours(settings["office_hours"]):
        yield Fault("/settings/office_hours", "must have a start, a later end (HH:MM), and weekdays (1 is Monday)")


def told_of_change(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, str]:
    """What the audit trail says of a change: which fields are others than before, and what the settings that we know are now (JSON)."""
    fields = [name for name in CHANGEABLE if was[name] != now[name]]
    before, after = was["settings"] or {}, now["settings"] or {}
    settings = {name: json.dumps(after.get(name)) for name in TOLD_SETTINGS if before.get(name) != after.get(name)}
    return {"changed": " ".join(fields) or "nothing", **settings}


def is_office_hours(value: Any) -> bool:
    """Whether it says when a workspace is open, outside of which the compliance report counts accesses apart: like {"start": "07:00", "end": "20:00", "weekdays": [1, 2, 3, 4, 5]}."""
    if not isinstance(value, Mapping) or value.keys() != _PARTS_OF_OFFICE_HOURS:
        return False
    start, end, weekdays = value["start"], value["end"], value["weekdays"]
    are_times = all(isinstance(time, str) and _CLOCK.fullmatch(time) for time in (start, end))
    return are_times and start < end and isinstance(weekdays, list) and _are_weekdays(weekdays)


def _are_weekdays(days: list[Any]) -> bool:
    """Each of them once at most."""
    return all(type(day) is int and 1 <= day <= 7 for day in days) and len(set(days)) == len(days) > 0


def is_reply_to(value: Any) -> bool:
    """Whether it is one plain e-mail address, to which clients can answer."""
    return isinstance(value, str) and len(value) <= _LONGEST_ADDRESS and _REPLY_TO.fullmatch(value) is not None


def is_cosign_hours(value: Any) -> TypeGuard[int]:
    """Whether a workspace may give so many hours for a co-signature: one hour to ninety days."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_COSIGN_HOURS


def cosign_hours(settings: Mapping[str, Any] | None) -> int:
    """How many hours a workspace with these settings gives for a co-signature."""
    hours = (settings or {}).get("cosign_hours")
    return hours if is_cosign_hours(hours) else _COSIGN_HOURS
