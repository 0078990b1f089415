"""What the trail keeps of a line that a service left, and what it may be asked."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from chassis.errors import Fault, Invalid

# 45 CFR 164.316(b)(2)(i) asks for six years; several states for seven.
YEARS_KEPT = 7

_LONGEST_TEXT = 512
# RFC 9562, section 4.
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def retention_until(created_at: datetime) -> date:
    """The day from which an event may be let go: seven years on, in UTC; 29 February becomes the 28th."""
    day = created_at.astimezone(UTC).date()
    try:
        return day.replace(year=day.year + YEARS_KEPT)
    except ValueError:
        return day.replace(year=day.year + YEARS_KEPT, day=28)


def text(value: str) -> str | None:
    """A text as the trail can keep it: no NUL, which PostgreSQL refuses, and no end that a stranger chooses."""
    return value.replace("\0", "")[:_LONGEST_TEXT] or None


def identifier(value: str) -> str | None:
    """The id as the trail writes it, or None: a refused call may have named anything, and what is no id names nothing."""
    return value.lower() if _UUID.fullmatch(value) else None


def metadata(*, code: str, request_id: str, service: str, resource_ids: Sequence[str], facts: Mapping[str, str]) -> dict[str, Any]:
    """The open part of an event: ids and codes, and nothing where there is nothing to say."""
    open_facts = {text(name) or "": text(fact) or "" for name, fact in facts.items()}
    said: dict[str, Any] = {"code": text(code), "request_id": text(request_id), "service": text(service)}
    said |= {"resource_ids": list(resource_ids), "facts": open_facts}
    return {name: value for name, value in said.items() if value}


def touched(resource_id: str | None, resource_ids: Sequence[str]) -> list[str]:
    """Everything the event was about, each once, so that "who read this client" finds lists as well."""
    ids = ([] if resource_id is None else [resource_id]) + list(resource_ids)
    return list(dict.fromkeys(ids))


def check_choice(value: str, choices: Collection[str], field: str) -> str:
    """The value itself; Invalid, which names the field, unless it is one of the choices."""
    if value not in choices:
        raise Invalid("unknown_choice", "There is no such choice.", faults=[Fault(f"/{field}", "is not a choice")])
    return value
