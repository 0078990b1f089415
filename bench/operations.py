"""What is measured: five requests as people make them, and which contenders answer each."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.scene import Scene

NOTE = (
    "Reports less tension in the neck since the last session and slept through on five of seven nights. Work was busy; "
    "did the breathing exercises in the mornings, skipped them at the weekend. No new complaints. Save number %n. "
)
DRAFT = f'{{"subjective": "{NOTE}", "objective": "{NOTE}", "assessment": "{NOTE}", "plan": "{NOTE}", "duration_minutes": 50}}'


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request. `plain` tells that it is also measured on the chain without outbox and audit."""

    name: str
    method: str
    # The scene and the contender's name to the paths it is asked.
    paths: Callable[[Scene, str], list[str]]
    body: Callable[[Scene], str] = lambda _scene: ""
    apart: bool = False
    expect: int = 200
    plain: bool = False


def _booking(scene: Scene) -> str:
    return f'{{"client_id": "{scene.booked_client_id}", "scheduled_start": "%start", "scheduled_end": "%end", "location_type": "clinic"}}'


OPERATIONS = (
    Operation("get client", "GET", lambda scene, _: [f"/api/v1/clients/{client_id}" for client_id in scene.client_ids]),
    Operation("list 50 clients", "GET", lambda scene, _: [f"/api/v1/clients?page={n + 1}&page_size=50" for n in range(scene.pages)]),
    Operation("book", "POST", lambda *_: ["/api/v1/appointments"], _booking, expect=201),
    Operation(
        "autosave",
        "PATCH",
        lambda scene, contender: [f"/api/v1/sessions/{draft}/draft" for draft in scene.drafts[contender]],
        lambda _: DRAFT,
        apart=True,
        plain=True,
    ),
    Operation("timeline of 100", "GET", lambda scene, _: [f"/api/v1/clients/{scene.storied_client_id}/timeline?limit=100"]),
)
