"""The compliance report as a page that prints well: the numbers of the JSON, in words, tables and plots, in English as the codes in it are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from gateway.pages.languages import language
from gateway.pages.rendering import render

# As many rows as a page of paper takes; the JSON has all.
_ROWS = 25
_BARS = 12
_WIDTH, _ROW, _BAR = 420.0, 24, 14
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Services, and sign-ins with addresses that nobody here has.
_NOBODY = "no user"


@dataclass(frozen=True, slots=True)
class Part:
    """Of a bar: where it begins, and how long it is."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    events: int
    y: int
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Plot:
    """Horizontal bars, the longest first, drawn to one scale. `left_out` counts those that are not drawn."""

    label: str
    height: int
    bars: Sequence[Bar]
    left_out: int


def plot(label: str, rows: Sequence[Mapping[str, Any]], name: str, kinds: Sequence[str] = ("events",)) -> Plot:
    """A bar for each row, as long as its numbers of these kinds together."""
    shown = rows[:_BARS]
    most = max((sum(row[kind] for kind in kinds) for row in shown), default=0)
    bars = []
    for place, row in enumerate(shown):
        parts, x = [], 0.0
        for kind in kinds:
            width = round(_WIDTH * row[kind] / most, 1) if most else 0.0
            if width:
                parts.append(Part(kind, round(x, 1), width))
            x += width
        told = row[name] or (_NOBODY if name != "role" else "no role")
        bars.append(Bar(str(told), sum(row[kind] for kind in kinds), place * _ROW, parts))
    return Plot(label, max(len(shown) * _ROW, 1), bars, len(rows) - len(shown))


def compliance_page(report: Mapping[str, Any], *, workspace: str, made_at: datetime) -> Response:
    """The page of a report as `GET /audit/compliance-report` answers it, with what a printed one needs: whose it is, and when it was made."""
    zone = ZoneInfo(report["time_zone"])
    access, late = report["access"], report["after_hours"]
    office = late["office_hours"]
    return render(
        "compliance.html",
        language("en"),
        title="Compliance report",
        address="",
        languages=(),
        report=report,
        workspace=workspace,
        made=_moment(made_at, zone),
        begins=_moment(report["start_date"], zone),
        ends=_moment(report["end_date"], zone),
        oldest=_moment(report["retention"]["oldest_event_at"], zone),
        office=f"{office['start']} to {office['end']}, {_listed(_DAYS[day - 1] for day in sorted(set(office['weekdays'])))}",
        rows=_ROWS,
        bar=_BAR,
        nobody=_NOBODY,
        plots={
            "users": plot("Accesses by user", access["by_user"], "user_id", ("reads", "changes", "exports")),
            "roles": plot("Accesses by role", access["by_role"], "role", ("reads", "changes", "exports")),
            "denials": plot("Denials by code", report["denials"]["by_code"], "code"),
            "sign_ins": plot("Failed sign-ins by code", report["failed_sign_ins"]["by_code"], "code"),
            "late": plot("Accesses after hours by user", late["by_user"], "user_id"),
            "exports": plot("Exports by kind", report["exports"]["by_type"], "event_type"),
            "changes": plot("Changes of permissions by kind", report["permission_changes"]["by_type"], "event_type"),
        },
    )


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
