"""How an audit event is stored, and which filters a list accepts."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha1
from typing import Any
from uuid import UUID

from chassis.errors import Fault, Invalid

BROKEN_GLASS = "break_glass_id"
# Under which events are found by the client whose record they were about. The client's own id finds those that are about the client.
_RECORDS = UUID("6f0c6a4e-5c0e-4a2e-9d5c-3f2f6d1b8a76").bytes
_LONGEST_TEXT = 512
# About 3 MB.
_MOST_RECORDS = 10_000
# RFC 9562, section 4.
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGITS = str.maketrans("0123456789abcdef", "0" * 16)
_SHAPE = "00000000-0000-0000-0000-000000000000"


def retention_until(created_at: datetime, years: int) -> date:
    """The day from which an event may be deleted: so many years later, in UTC. 29 February becomes 28 February where there is none."""
    day = created_at.astimezone(UTC).date()
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def storable_text(value: str) -> str | None:
    """The text without NUL, which PostgreSQL cannot store, and cut to 512 characters; None if nothing is left."""
    return value.replace("\0", "")[:_LONGEST_TEXT] or None


def identifier(value: str) -> str | None:
    """The id in lower case, or None if it is not a UUID: a refused call may have sent anything in its place."""
    lower = value.lower()
    return lower if _UUID.fullmatch(lower) else None


def identifiers(values: Sequence[str]) -> list[str]:
    """Those of the values that are UUIDs, in lower case. Usually all are, which is seen at one look: a list may name ten thousand."""
    joined = ",".join(values).lower()
    if joined.translate(_DIGITS) == ",".join([_SHAPE] * len(values)):
        return joined.split(",") if values else []
    return [each for each in map(identifier, values) if each is not None]


def metadata(
    *,
    code: str,
    request_id: str,
    service: str,
    resource_ids: Sequence[str],
    facts: Mapping[str, str],
    records: Sequence[Mapping[str, Any]] = (),
    client_ids: Sequence[str] = (),
) -> dict[str, Any]:
    """The event's metadata: ids, codes, facts and the digests of records. Empty values are left out.

    By which broken glass a record was opened is a member of its own.
    """
    storable_facts = {storable_text(name) or "": storable_text(fact) or "" for name, fact in facts.items()}
    broken_glass = storable_facts.pop(BROKEN_GLASS, None)
    values: dict[str, Any] = {"code": storable_text(code), "request_id": storable_text(request_id), "service": storable_text(service)}
    values |= {"resource_ids": list(resource_ids), "facts": storable_facts, "records": list(records)}
    values |= {"client_ids": list(client_ids), BROKEN_GLASS: broken_glass}
    return {name: value for name, value in values.items() if value}


def event_entities(resource_id: str | None, resource_ids: Sequence[str]) -> list[str]:
    """The ids of all entities the event was about, each once, so that "who read this client" finds lists as well."""
    ids = ([] if resource_id is None else [resource_id]) + list(resource_ids)
    return list(dict.fromkeys(ids))


@lru_cache(_MOST_RECORDS)
def record_of(client_id: str) -> str:
    """The id of a client's record as an entity: the same for the same client, and no id of anything else.

    A UUID of version 5, made by hand: a list may name ten thousand clients, and uuid.uuid5 takes three times as long. Kept, because
    people look at the same clients again and again.
    """
    name = bytearray(sha1(_RECORDS + client_id.lower().encode(), usedforsecurity=False).digest()[:16])
    name[6], name[8] = name[6] & 0x0F | 0x50, name[8] & 0x3F | 0x80
    text = name.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def check_choice(value: str, choices: Collection[str], field: str) -> str:
    """The value itself. Raises Invalid, which names the field, unless it is one of the choices."""
    if value not in choices:
        raise Invalid("unknown_choice", "There is no such choice.", faults=[Fault(f"/{field}", "is not a choice")])
    return value
