"""An event as a line of a file: JSON as the API answers it, or cells of a spreadsheet. Each has the hash of the event before it, too."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from audit.exports.rules import cell

COLUMNS = (
    "id", "workspace_id", "user_id", "event_type", "resource_type", "resource_id", "action", "outcome", "ip_address", "user_agent",
    "session_id", "metadata", "retention_until", "sequence", "hash", "created_at", "previous_hash",
)  # fmt: skip
HEADS = {"jsonl": b"", "csv": (",".join(COLUMNS) + "\r\n").encode()}
MEDIA_TYPES = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}


def as_json(row: Mapping[str, Any]) -> bytes:
    # The driver's UUIDs are of a class of its own, which orjson leaves to `default`.
    return orjson.dumps({name: row[name] for name in COLUMNS}, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def as_cells(row: Mapping[str, Any]) -> bytes:
    """RFC 4180. Every cell is quoted."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow([_cell(row[name]) for name in COLUMNS])
    return written.getvalue().encode()


LINES: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {"jsonl": as_json, "csv": as_cells}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return cell(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID | date | int):
        return str(value)
    return cell(orjson.dumps(value).decode())
