"""The operations of an OpenAPI document, each with requests made from its parameters and its body's schema."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

Schema = dict[str, Any]

# What a schema alone cannot tell.
SAMPLES: dict[str, Any] = {
    # Of an event further ahead than any checkpoint is.
    "sequence": 1_000_000_000,
    "scopes": ["clients:read"],
    "hours_before": 99,
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "payment_price": "80.00",
    "payment_status": "not_paid",
    "paid_at": None,
    "payment_mode": "smart_link",
    "payment_link_type": "custom",
    "payment_link_template": "https://pay.example.com/",
    "role": "therapist",
    "search": "Is",
    "quiet_start": "21:00",
    "quiet_end": "08:00",
    "digest_time": "07:00",
    "tomorrow_digest_time": "18:00",
    "notes_reminder_time": "17:00",
    "issuer": "https://login.example.org",
    "url": "https://hooks.invalid/caseload",
    "event_types": ["client.created"],
    "workspace_slug": "nowhere",
    "tag": "knee",
    "diagnosis_code": "F32.1",
    "levels": [{"after_seconds": 60, "notify_roles": ["owner"], "notify_on_call": True, "channels": ["email"]}],
    "country": "DE",
    "subdivision": "BY",
    "from": "2031-03-03",
    "to": "2031-03-09",
    "slot_step_minutes": 15,
    "rrule": "FREQ=DAILY;COUNT=1",
}


def operations(document: Schema) -> Iterator["Operation"]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            yield Operation(document, path, method.upper(), described)


def sparing(found: Iterable["Operation"]) -> list["Operation"]:
    """The operations, those last that use something up: parts before what they are in, clients last of all. So few lack what they name."""
    kept: list[Operation] = []
    using_up: list[Operation] = []
    for operation in found:
        (using_up if operation.uses_up else kept).append(operation)
    return kept + sorted(using_up, key=lambda operation: (operation.path_ids[-1:] == ["client_id"], -operation.path.count("/")))


class Operation:
    """One operation: what it is called, which of its fields are ids, and how it is asked."""

    def __init__(self, document: Schema, path: str, method: str, described: Schema) -> None:
        self.path, self.method = path, method
        self.is_public = described.get("security") == []
        parameters = [resolved(document, parameter) for parameter in described.get("parameters", ())]
        in_path = {p["name"]: resolved(document, p["schema"]) for p in parameters if p["in"] == "path"}
        self.path_ids = [meaning(path, name) for name, schema in in_path.items() if is_id(schema)]
        self._path_words = {name: schema for name, schema in in_path.items() if not is_id(schema)}
        self.query = {p["name"]: resolved(document, p["schema"]) for p in parameters if p["in"] == "query"}
        self._required_query = {p["name"] for p in parameters if p["in"] == "query" and p.get("required")}
        content = resolved(document, described.get("requestBody", {})).get("content", {})
        self._has_file = "multipart/form-data" in content
        self._has_lines = "text/csv" in content
        schema = content.get("application/json", {}).get("schema")
        self.body: dict[str, Schema] = {}
        self._required_body: set[str] = set()
        if schema:
            self.body, self._required_body = properties(document, schema)
        self.query_ids = [name for name, schema in self.query.items() if is_id(schema)]
        self.body_ids = [name for name, schema in self.body.items() if is_id(schema)]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        """The ids that are named in its address, its query or its body."""
        return [*self.path_ids, *self.body_ids, *self.query_ids]

    @property
    def uses_up(self) -> bool:
        """Whether a thing is not what it was after this, for the operations that follow. Of a workspace that is held nothing is erased."""
        return self.method == "DELETE" or self.path.endswith(("/finalize", "/deactivate", "/auth/switch", "/legal-holds", "/merge"))

    def send(self, api: Any, ids: dict[str, str], instead: Mapping[str, str] | None = None) -> Any:
        """Asks it with `ids`, but for those to be put `instead`; a field that is not required is sent when it is one of these."""
        instead = instead or {}
        given = ids | dict(instead)
        path = re.sub(r"\{(\w+)\}", lambda name: self._in_path(name[1], given), self.path)
        query = self._required_query | (instead.keys() & self.query.keys())
        if "practitioner_id" in query:
            query |= {"scheduled_start", "scheduled_end"} & self.query.keys()
        return api.request(
            self.method,
            f"{api.base_url.copy_with(path='')}{path}",
            params={name: value(name, self.query[name], given) for name in query},
            json=self.body_of(given, instead),
            **({"content": "first_name,last_name\nIda,Berg\n", "headers": {"Content-Type": "text/csv"}} if self._has_lines else {}),
            files={"file": ("picture.png", picture(), "image/png")} if self._has_file else None,
        )

    def _in_path(self, name: str, given: Mapping[str, str]) -> str:
        words = self._path_words.get(name)
        return given[meaning(self.path, name)] if words is None else str(value(name, words, given))

    def body_of(self, given: Mapping[str, str], instead: Mapping[str, str]) -> dict[str, Any] | None:
        if not self.body:
            return None
        sent = {name for name in self.body if name in self._required_body or name in instead}
        if not self._required_body and not sent:
            sent = {name for name, schema in self.body.items() if not is_id(schema) and name not in {"status", "achieved_at"}}
        body = {name: value(name, self.body[name], given) for name in sent}
        if {"locale", "subject"} <= body.keys():
            # The text of a reminder, which says when the appointment is.
            body |= {"locale": "de"} | {name: "{date}, {time}" for name in ("text", "html") if name in body}
        if "scheduled_start" in body:
            body |= times()
        if "first_start" in body:
            body["first_start"] = times()["scheduled_start"]
        if "session_date" in self.body and "appointment_id" not in body:
            body["session_date"] = text(now())
        return body


def meaning(path: str, name: str) -> str:
    """What an id is called among a workspace's things: the session of a sign-in is not that of a treatment."""
    if path.startswith("/api/v1/reminders/") and name == "template_id":
        return "reminder_template_id"
    if path.startswith("/api/v1/slots/") and name == "hold_id":
        return "slot_hold_id"
    return "sign_in_id" if path.startswith("/api/v1/auth/sessions/") and name == "session_id" else name


def resolved(document: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        target = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def properties(document: Schema, schema: Schema) -> tuple[dict[str, Schema], set[str]]:
    """The fields of an object's schema, and those it requires; an object that may be null counts as an object."""
    schema = resolved(document, schema)
    for choice in schema.get("anyOf", ()):
        if (found := resolved(document, choice)).get("properties"):
            schema = found
    return {name: resolved(document, field) for name, field in schema.get("properties", {}).items()}, set(schema.get("required", ()))


def is_id(schema: Schema) -> bool:
    return any(choice.get("format") == "uuid" for choice in (schema, *schema.get("anyOf", ())))


EXAMPLES: dict[tuple[str, str | None], Callable[[str], Any]] = {
    ("string", "date-time"): lambda name: text(now() + timedelta(days=3, hours=1 if name.endswith(("end", "ends_at", "latest")) else 0)),
    ("string", "date"): lambda name: "1990-05-17",
    ("string", "idn-email"): lambda name: f"{uuid4().hex[:12]}@example.com",
    ("string", None): lambda name: f"sso-{uuid4().hex[:12]}" if name == "slug" else f"{uuid4().hex[:12]} {name}",
    ("boolean", None): lambda name: True,
    ("array", None): lambda name: [],
    ("object", None): lambda name: {},
}


def value(name: str, schema: Schema, ids: Mapping[str, str]) -> Any:
    """Something the schema allows, and the id where it asks for one."""
    if is_id(schema):
        return ids[name]
    if name in SAMPLES:
        return SAMPLES[name]
    if name == "sessions":
        return [{"client_session_id": uuid4().hex, "client_id": ids["client_id"], "created_at_client": text(now())}]
    if name.endswith("_ids") and name[:-1] in ids:
        return [ids[name[:-1]]]
    schema = next((choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"), schema)
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema["type"] in {"integer", "number"}:
        return int(schema.get("minimum", 1)) + 1
    made = EXAMPLES[schema["type"], schema.get("format")](name)
    return made[: schema.get("maxLength", 60)] if isinstance(made, str) else made


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


_booked = 0


def times() -> dict[str, str]:
    """A start and an end that nothing else booked here has."""
    global _booked  # noqa: PLW0603 - one calendar for all
    _booked += 1
    start = now() + timedelta(days=30, hours=_booked)
    return {"scheduled_start": text(start), "scheduled_end": text(start + timedelta(minutes=20))}


# Black, eight by eight pixels.
_PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAADElEQVR42mNgGB4AAADIAAGTvaWOAAAAAElFTkSuQmCC"


def picture() -> bytes:
    """A PNG."""
    return b64decode(_PICTURE)
