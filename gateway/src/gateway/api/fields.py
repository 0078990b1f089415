"""The types of fields with the contract's bounds, and the schemas that all nouns share."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*")
_DEEPEST_NESTING = 12


class Schema(BaseModel):
    """The base of all schemas. Unknown members are ignored and named (`routing/unknown.py`), so that a newer front end can use an older gateway."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def absent() -> Any:
    """The default of a member that may be left out but must not be null; `to_proto` leaves its field unset."""
    return None


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("Should not contain the character NUL")
    return text


def _instant(value: Any) -> datetime:
    if isinstance(value, str) and _RFC3339.fullmatch(value):
        try:
            parsed = datetime.fromisoformat(value.upper().replace(",", "."))
        except ValueError:
            parsed = None
        # Within these years a conversion to another time zone cannot overflow.
        if parsed is not None and 1900 <= parsed.year <= 2200:
            return parsed
    raise ValueError("Should be a time with its offset, like 2026-03-01T09:00:00Z")


def _day(value: Any) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            parsed = date.fromisoformat(value)
        except ValueError:
            parsed = None
        if parsed is not None and 1800 <= parsed.year <= 2200:
            return parsed
    raise ValueError("Should be a date, like 2026-03-01")


def _instant_in_query(value: Any) -> datetime:
    # In a query string a bare + is a space.
    return _instant(re.sub(r" (\d\d:\d\d)$", r"+\1", value) if isinstance(value, str) else value)


def _instant_or_day(value: Any) -> datetime | date:
    return _day(value) if isinstance(value, str) and _DATE.fullmatch(value) else _instant_in_query(value)


def _email(value: str) -> str:
    if len(value) > 254 or not _EMAIL.fullmatch(value.strip()) or "\x00" in value:
        raise ValueError("Should be an e-mail address")
    return value.strip()


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("Should be the IANA name of a time zone, like Europe/Berlin")
    return value


def _sendable(value: Any, depth: int = 0) -> Any:
    """Raises ValueError for a free object that cannot be sent as a Struct, whose numbers are doubles and whose nesting is limited."""
    if depth > _DEEPEST_NESTING:
        raise ValueError("Is nested too deeply")
    if isinstance(value, dict):
        for name, part in value.items():
            _printable(name)
            _sendable(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _sendable(part, depth + 1)
    elif isinstance(value, str):
        _encodable(_printable(value))
    elif isinstance(value, int | float) and not -1e308 < value < 1e308:
        raise ValueError("Holds a number that is too large")
    return value


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("Should be valid Unicode") from None
    return text


def _none_if_empty(value: Any) -> Any:
    """None for an empty filter."""
    return None if value == "" else value


_time_schema = WithJsonSchema({"type": "string", "format": "date-time"})
_date_schema = WithJsonSchema({"type": "string", "format": "date"})

Text = Annotated[str, AfterValidator(_printable)]
Text50 = Annotated[str, Field(max_length=50), AfterValidator(_printable)]
Text100 = Annotated[str, Field(max_length=100), AfterValidator(_printable)]
Text255 = Annotated[str, Field(max_length=255), AfterValidator(_printable)]
Text5000 = Annotated[str, Field(max_length=5000), AfterValidator(_printable)]
Name255 = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_printable)]
Email = Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "idn-email"})]
TimeZone = Annotated[str, AfterValidator(_zone)]
JsonObject = Annotated[dict[str, Any], AfterValidator(_sendable)]
Time = Annotated[datetime, PlainValidator(_instant), _time_schema]
Day = Annotated[date, PlainValidator(_day), _date_schema]

# In query strings.
Search = Annotated[Annotated[str, Field(max_length=200), AfterValidator(_printable)] | None, BeforeValidator(_none_if_empty)]
QueryTime = Annotated[datetime, PlainValidator(_instant_in_query), _time_schema]
# A date is the whole day in the workspace's time zone.
TimeOrDay = Annotated[
    datetime | date,
    PlainValidator(_instant_or_day),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}),
]
# The offset of the last page still fits PostgreSQL's bigint.
PageNumber = Annotated[int, Field(ge=1, le=10_000_000)]
PageSize = Annotated[int, Field(ge=1, le=100)]

LocationType = Literal["clinic", "home", "online"]


class PageQuery(Schema):
    page: PageNumber = 1
    page_size: PageSize = 50


class Page(Schema):
    total: int
    page: int
    page_size: int
    total_pages: int


class Message(Schema):
    message: str


class Fault(Schema):
    pointer: str
    detail: str


class Problem(Schema):
    """RFC 9457. Problems of some codes have further members, which their page names."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    code: str
    errors: list[Fault] = Field(default_factory=list, description="Always there on 422; empty where the fault belongs to no field.")
