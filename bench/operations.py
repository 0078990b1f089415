"""The operations that are measured."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.dataset import PAGE, WEEK, WEEK_LASTS, Dataset
from identity.demo import PASSWORD

NOTE = (
    "Reports less tension in the neck since the last session and slept through on five of seven nights. Work was busy; "
    "did the breathing exercises in the mornings, skipped them at the weekend. No new complaints. Save number %n. "
)
DRAFT = f'{{"subjective": "{NOTE}", "objective": "{NOTE}", "assessment": "{NOTE}", "plan": "{NOTE}", "duration_minutes": 50}}'

TIMELINE, LONG_TIMELINE = "timeline of 100", "timeline of 100 among 100,000"
SIGN_IN = f'{{"email": "%account", "password": "{PASSWORD}"}}'


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and the candidates that it is measured on beside the suite. `plain` is the chain without outbox and audit."""

    name: str
    method: str
    # Returns the paths for a dataset and a candidate's name.
    paths: Callable[[Dataset, str], list[str]]
    body: Callable[[Dataset], str] = lambda _dataset: ""
    apart: bool = False
    expect: int = 200
    against: tuple[str, ...] = ("loop", "bare", "monolith")
    # The body of a sign-in that each user begins with (see Plan).
    sign_in: str = ""
    # It is measured for so many times as long: too few would be counted otherwise.
    longer: int = 1


def _booking(dataset: Dataset) -> str:
    return f'{{"client_id": "{dataset.booked_client_id}", "scheduled_start": "%start", "scheduled_end": "%end", "location_type": "clinic"}}'


def _weekly_for_ten_years(dataset: Dataset) -> str:
    when = '"rrule": "FREQ=WEEKLY;COUNT=520", "first_start": "2031-03-03T09:00:00Z", "duration_minutes": 50, "time_zone": "Europe/Berlin"'
    return f'{{"client_id": "{dataset.booked_client_id}", "location_type": "clinic", {when}}}'


def _week(*_: object) -> list[str]:
    start, end = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (WEEK, WEEK + WEEK_LASTS))
    return [f"/api/v1/appointments?start_date={start}&end_date={end}&page_size={PAGE}&sort=scheduled_start"]


OPERATIONS = (
    Operation("get client", "GET", lambda dataset, _: [f"/api/v1/clients/{client_id}" for client_id in dataset.client_ids]),
    Operation("list 50 clients", "GET", lambda dataset, _: [f"/api/v1/clients?page={n}&page_size=50" for n, _ in dataset.pages]),
    Operation("book", "POST", lambda *_: ["/api/v1/appointments"], _booking, expect=201),
    # 50 appointments with their clients' names.
    Operation("week", "GET", _week, against=("bare",)),
    Operation("preview a series of 520", "POST", lambda *_: ["/api/v1/series/preview"], _weekly_for_ten_years, against=()),
    Operation(
        "autosave",
        "PATCH",
        lambda dataset, candidate: [f"/api/v1/sessions/{draft}/draft" for draft in dataset.drafts[candidate]],
        lambda _: DRAFT,
        apart=True,
        against=("loop", "bare", "monolith", "plain"),
    ),
    # Each note once. A commit has its version, signed, and its event.
    Operation(
        "finalize", "POST", lambda dataset, _: [f"/api/v1/sessions/{note_id}/finalize" for note_id in dataset.to_be_signed], against=()
    ),
    Operation(TIMELINE, "GET", lambda dataset, _: [f"/api/v1/clients/{dataset.timeline_client_id}/timeline?limit=100"]),
    # Beside the row above it: p95 is to be the same.
    Operation(
        LONG_TIMELINE, "GET", lambda dataset, _: [f"/api/v1/clients/{dataset.long_timeline_client_id}/timeline?limit=100"], against=()
    ),
    # What is written through the gateway fills these pages at any scale.
    Operation("list 50 notes", "GET", lambda *_: [f"/api/v1/sessions?page={n}&page_size=50" for n in range(1, 9)], against=()),
    # Every note of the dataset has the common word, one the rare word; what a workspace of 100,000 notes costs is measured by bench.search.
    Operation("search, common word", "GET", lambda *_: ["/api/v1/sessions?search=tens&page_size=50"], against=()),
    Operation("search, rare word", "GET", lambda *_: ["/api/v1/sessions?search=137&page_size=50"], against=()),
    Operation(
        "list 50 users",
        "GET",
        lambda dataset, _: [f"/api/v1/users?page={n}&page_size=50" for n, _ in dataset.user_pages],
        against=("bare",),
    ),
    # B1 is bare Argon2id here.
    Operation("sign in", "POST", lambda *_: ["/api/v1/auth/login"], lambda _: SIGN_IN, against=("loop",), longer=5),
    Operation("refresh", "POST", lambda *_: ["/api/v1/auth/session/refresh"], sign_in=SIGN_IN, against=()),
    Operation("request a link", "POST", lambda *_: ["/api/v1/auth/magic-link"], lambda _: '{"email": "%person"}', against=()),
)
