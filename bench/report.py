"""The figures as people read them: medians, their spread over the rounds, and the floors they are held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.contest import NAMES, Key, Turn, Turns


@dataclass(frozen=True, slots=True)
class Floor:
    """How much of another contender's requests per second the suite is to reach."""

    operation: str
    users: int
    against: str
    least: float


FLOORS = (
    Floor("get client", 16, "bare", 0.30),
    Floor("get client", 16, "monolith", 2.0),
    Floor("list 50 clients", 16, "bare", 0.5),
    Floor("autosave", 16, "plain", 0.5),
)


def ratios(turns: Turns, against: str) -> list[float]:
    """The suite's requests per second in another contender's, round by round."""
    pairs = zip(turns["suite"], turns[against], strict=True)
    return [ours.figures.per_second / theirs.figures.per_second for ours, theirs in pairs]


def spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def table(key: Key, turns: Turns) -> Iterable[str]:
    operation, users = key
    yield f"\n{operation}, {users} user{'s' if users > 1 else ''}"
    yield f"  {'':20} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'+ PG':>6} {'+ MQ':>6}   suite / this: median (least to most)"
    for name, of in turns.items():
        figures = [turn.figures for turn in of]
        rate, p50, p95, p99 = (median(getattr(f, n) for f in figures) for n in ("per_second", "p50", "p95", "p99"))
        own, postgres, broker = (median(turn.processor[n] for turn in of) for n in ("own", "postgres", "rabbitmq"))
        ratio = "" if name == "suite" else spread(ratios(turns, name))
        line = f"  {NAMES[name]:20} {rate:8.0f} {p50:8.2f} {p95:8.2f} {p99:8.2f} {own:8.3f} {postgres:6.3f} {broker:6.3f}   {ratio}"
        yield line.rstrip()
    if slowest := max(turn.seconds_to_drain for turn in turns["suite"]):
        yield f"  events and audit lines all carried, kept and sealed {median(_drains(turns['suite'])):.2f} s (at most {slowest:.2f} s) after the last answer"


def _drains(turns: Iterable[Turn]) -> list[float]:
    return [turn.seconds_to_drain for turn in turns]


def floors(told: dict[Key, Turns]) -> Iterable[str]:
    for floor in FLOORS:
        turns = told.get((floor.operation, floor.users))
        if turns is not None:
            reached = ratios(turns, floor.against)
            verdict = "reached" if median(reached) >= floor.least else "MISSED"
            what = f"{floor.operation}, {floor.users} users, of {NAMES[floor.against]}"
            yield f"  {what:54} {spread(reached):24} floor {floor.least:.2f}  {verdict}"


def limit(what: str, value: float, most: float, unit: str) -> str:
    return f"  {what:54} {f'{value:.1f} {unit}':24} limit {most:.0f} {unit}  {'kept' if value <= most else 'MISSED'}"
