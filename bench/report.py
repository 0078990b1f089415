"""The report: medians, their spread over the rounds, and the floors that must be reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.comparison import NAMES, Key, Measurement, Measurements
from bench.operations import LONG_TIMELINE, TIMELINE


@dataclass(frozen=True, slots=True)
class Floor:
    """The least ratio of the suite's requests per second to another candidate's."""

    operation: str
    users: int
    against: str
    least: float


FLOORS = (
    Floor("get client", 16, "bare", 0.30),
    Floor("get client", 16, "monolith", 2.0),
    Floor("list 50 clients", 16, "bare", 0.5),
    Floor("book", 16, "bare", 0.3),
    Floor("week", 16, "bare", 0.5),
    Floor("autosave", 16, "plain", 0.5),
)


# How much longer a page may take of a timeline that is a thousand times as long.
FLAT = 1.15


def ratios(measurements: Measurements, against: str) -> list[float]:
    """The suite's requests per second divided by another candidate's, round by round."""
    pairs = zip(measurements["suite"], measurements[against], strict=True)
    return [ours.result.per_second / theirs.result.per_second for ours, theirs in pairs]


def spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def table(key: Key, measurements: Measurements) -> Iterable[str]:
    operation, users = key
    yield f"\n{operation}, {users} user{'s' if users > 1 else ''}"
    yield f"  {'':20} {'req/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'+ PG':>6} {'+ MQ':>6}   suite / this: median (least to most)"
    for name, of in measurements.items():
        results = [measurement.result for measurement in of]
        rate, p50, p95, p99 = (median(getattr(f, n) for f in results) for n in ("per_second", "p50", "p95", "p99"))
        own, postgres, broker = (median(measurement.processor[n] for measurement in of) for n in ("own", "postgres", "rabbitmq"))
        ratio = "" if name == "suite" else spread(ratios(measurements, name))
        line = f"  {NAMES[name]:20} {rate:8.0f} {p50:8.2f} {p95:8.2f} {p99:8.2f} {own:8.3f} {postgres:6.3f} {broker:6.3f}   {ratio}"
        yield line.rstrip()
    if slowest := max(measurement.seconds_to_drain for measurement in measurements["suite"]):
        yield f"  all events relayed, audit events stored and appended {median(_drains(measurements['suite'])):.2f} s (at most {slowest:.2f} s) after the last answer"


def _drains(measurements: Iterable[Measurement]) -> list[float]:
    return [measurement.seconds_to_drain for measurement in measurements]


def floors(results: dict[Key, Measurements]) -> Iterable[str]:
    for floor in FLOORS:
        measurements = results.get((floor.operation, floor.users))
        if measurements is not None:
            reached = ratios(measurements, floor.against)
            outcome = "reached" if median(reached) >= floor.least else "MISSED"
            what = f"{floor.operation}, {floor.users} users, of {NAMES[floor.against]}"
            yield f"  {what:54} {spread(reached):24} floor {floor.least:.2f}  {outcome}"


def flatness(results: dict[Key, Measurements]) -> Iterable[str]:
    """The 95th percentile of a timeline's page among 100,000 events, of that among 100, round by round."""
    for users in sorted({users for operation, users in results if operation == LONG_TIMELINE}):
        few, many = results.get((TIMELINE, users)), results[LONG_TIMELINE, users]
        if few is not None:
            pairs = zip(many["suite"], few["suite"], strict=True)
            reached = [long.result.p95 / short.result.p95 for long, short in pairs]
            outcome = "kept" if median(reached) <= FLAT else "MISSED"
            what = f"timeline among 100,000 events, {users} users, p95 of that among 100"
            yield f"  {what:54} {spread(reached):24} limit {FLAT:.2f}  {outcome}"


def limit(what: str, value: float, most: float, unit: str) -> str:
    return f"  {what:54} {f'{value:.1f} {unit}':24} limit {most:.0f} {unit}  {'kept' if value <= most else 'MISSED'}"
