"""One of everything that a workspace can have, by the names the OpenAPI document uses for their ids."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from standalone.selftest.operations import Operation, now, picture, text, times
from standalone.selftest.software_authenticator import SoftPasskey

# Of the hundred writes that a user has in a minute, what is left when everything is made.
WRITES_LEFT = 60


Maker = Callable[..., str]

# What operations use up most, each made of what is there already; in an order in which nothing comes before what it is of.
MAKERS: dict[str, Callable[[Maker, dict[str, str]], str]] = {
    "appointment_id": lambda made, ids: made("/appointments", json={"client_id": ids["client_id"], "location_type": "clinic", **times()}),
    "session_id": lambda made, ids: made(
        "/sessions", json={"client_id": ids["client_id"], "session_date": text(now()), "subjective": "Worse."}
    ),
    "attachment_id": lambda made, ids: made(
        f"/sessions/{ids['session_id']}/attachments", files={"file": ("picture.png", picture(), "image/png")}
    ),
    "plan_id": lambda made, ids: made("/plans", json={"client_id": ids["client_id"], "title": "Walk again"}),
    "milestone_id": lambda made, ids: made(f"/plans/{ids['plan_id']}/milestones", json={"title": "Ten steps"}),
    "measure_id": lambda made, ids: made(
        f"/plans/{ids['plan_id']}/measures", json={"name": "Pain", "value": 7, "session_id": ids["session_id"]}
    ),
    "consent_id": lambda made, ids: made(f"/clients/{ids['client_id']}/consents", json={"purpose": "reminders", "text_version": "2026-03"}),
}
# What is of something is gone with it.
OF: dict[str, set[str]] = {"session_id": {"attachment_id", "measure_id"}, "plan_id": {"milestone_id", "measure_id"}}


class NotMadeError(Exception):
    """Something that a workspace was to have was not made."""


def maker(api: Any) -> Maker:
    """Makes a thing by a POST to a path; its id."""

    def made(path: str, **request: Any) -> str:
        return str(expect(api.post(path, **request), 201)["id"])

    return made


class Worlds:
    """Workspaces with one of everything, one after the other, each used for as long as it has what is asked for."""

    def __init__(self, open_one: Callable[[], Awaitable[tuple[Any, dict[str, str]]]]) -> None:
        self._open_one = open_one
        self._api: Any = None
        self._ids: dict[str, str] = {}
        self._gone: set[str] = set()
        self._writes = 0

    async def for_operation(self, operation: Operation, *, requests: int = 1) -> tuple[Any, dict[str, str]]:
        """A client of a workspace's first user, and the ids of what is there, for so many requests to the operation."""
        writes = 0 if operation.method == "GET" else requests
        lacking = self._gone.intersection(operation.ids)
        if not self._ids or lacking - MAKERS.keys() or self._writes + writes + len(MAKERS) > WRITES_LEFT:
            self._api, self._ids = await self._open_one()
            self._gone, self._writes = set(), 0
        elif lacking:
            self._make_again(lacking)
        self._writes += writes
        return self._api, self._ids

    def _make_again(self, lacking: set[str]) -> None:
        again = lacking.union(*(OF.get(name, ()) for name in lacking))
        again.update(whole for whole, parts in OF.items() if whole in self._gone and parts & again)
        again = again.union(*(OF.get(name, ()) for name in again))
        self._ids = dict(self._ids)
        for name in (name for name in MAKERS if name in again):
            self._ids[name] = MAKERS[name](maker(self._api), self._ids)
            self._writes += 1
        if "appointment_id" in again:
            self._ids["exclude_appointment_id"] = self._ids["appointment_id"]
        if "session_id" in again:
            self._ids["conflict_of"] = self._ids["session_id"]
        self._gone -= again

    def answered(self, operation: Operation, answer: Any) -> None:
        """Notes what is no more what it was."""
        if operation.uses_up and answer.is_success:
            self._gone.update(operation.path_ids or self._ids)


def furnish(api: Any, sign_in_again: Callable[[], object]) -> dict[str, str]:
    """Makes one of everything through the API; the ids by name."""
    made = maker(api)
    client = made("/clients", json={"first_name": "Isa", "last_name": "Lated", "email": "isa@example.com"})
    role = {"practice": "therapist", "hospital": "nurse"}[api.get("/workspaces/current").json()["kind"]]
    colleague = made("/users", json={"email": f"{uuid4().hex}@example.com", "full_name": "Nora Quist", "role": role})
    guarded = made("/clients", json={"first_name": "Vera", "last_name": "Closed"})
    expect(api.put(f"/clients/{guarded}/care-team", json={"restricted": True, "user_ids": [colleague]}), 200)
    broken_glass = made(f"/clients/{guarded}/break-glass", json={"reason": "Found unconscious on the stairs."})
    department = made("/departments", json={"name": "Ward", "code": uuid4().hex[:12]})
    api_key = made("/api-keys", json={"name": "Import", "scopes": ["clients:read"]})
    location = made("/locations", json={"name": f"Room {uuid4()}", "location_type": "clinic"})
    holiday = made("/holidays", json={"date": "2031-12-24", "name": f"Holiday {uuid4()}"})
    service = made("/services", json={"name": f"Talk {uuid4()}", "default_duration_minutes": 20})
    ids = {"client_id": client}
    for name in ("appointment_id", "session_id", "attachment_id", "plan_id", "milestone_id", "measure_id", "consent_id"):
        ids[name] = MAKERS[name](made, ids)
    appointment = ids["appointment_id"]
    weekly = {"rrule": "FREQ=WEEKLY;COUNT=2", "first_start": times()["scheduled_start"], "duration_minutes": 20}
    series = made("/series", json={"client_id": client, "location_type": "clinic", **weekly})
    slot_hold = api.post("/slots/hold", json={"service_id": service, "start": "2031-03-03T09:00:00Z"}).raise_for_status().json()["hold_id"]
    by_link = {"payment_mode": "smart_link", "payment_link_type": "custom", "payment_link_template": "https://pay.example.com/"}
    for path, body in (("/payments/config", by_link), (f"/appointments/{appointment}", {"payment_price": "80.00"})):
        expect(api.put(path, json=body), 200)
    signed = made("/sessions", json={"client_id": client, "session_date": text(now()), "subjective": "Better."})
    expect(api.post(f"/sessions/{signed}/finalize"), 200)
    expect(api.patch(f"/sessions/{signed}/draft", json={"plan": "Walks."}), 200)
    job = api.post("/clients/import", json=[]).raise_for_status().json()["job_id"]
    export = ready_export(api)
    held = made("/clients", json={"first_name": "Hella", "last_name": "Held"})
    hold = made("/audit/legal-holds", json={"client_id": held, "reason": "A court has asked for it."})
    template = made("/note-templates", json={"name": f"First visit {uuid4()}", "plan": "Rest."})
    # A workspace that was stored with a release has what was made in it then.
    taken = {rule["hours_before"] for rule in api.get("/reminders/configurations").raise_for_status().json()["items"]}
    hours = next(hours for hours in count(100) if hours not in taken)
    configuration = made("/reminders/configurations", json={"hours_before": hours, "channel": "email"})
    alert = made("/alerts", json={"title": "Fall", "priority": "low", "alert_type": "medical", "department_id": department})
    period = {"starts_at": text(now()), "ends_at": text(now() + timedelta(hours=8))}
    override = made("/on-call/overrides", json={"user_id": colleague, "department_id": department, **period})
    reminder_template = made("/reminders/templates", json={"name": "Short", "locale": "en", "subject": "Soon", "text": "{date}, {time}"})
    for older in api.get("/webhooks").raise_for_status().json()["items"][2:]:
        # A workspace has ten at most.
        api.delete(f"/webhooks/{older['id']}").raise_for_status()
    webhook = made("/webhooks", json={"url": "https://hooks.invalid/caseload", "event_types": ["client.created"]})
    made("/clients", json={"first_name": "Wanda", "last_name": "Hooked"})
    sign_in_again()
    (other, *_) = [found["id"] for found in api.get("/auth/sessions").json() if not found["current"]]
    return ids | {
        "user_id": api.user["id"],
        "practitioner_id": api.user["id"],
        "supervisor_id": api.user["id"],
        "workspace_id": api.user["workspace_id"],
        "department_id": department,
        "api_key_id": api_key,
        "duplicate_id": made("/clients", json={"first_name": "Isa", "last_name": "Twice"}),
        "location_id": location,
        "service_id": service,
        "holiday_id": holiday,
        "entry_id": made("/waitlist", json={"client_id": client, "earliest": text(now()), "latest": text(now() + timedelta(days=30))}),
        "feed_id": made("/calendar-feeds", json={}),
        "exclude_appointment_id": appointment,
        "conflict_of": ids["session_id"],
        "series_id": series,
        "hold_id": hold,
        "slot_hold_id": slot_hold,
        "template_id": template,
        "job_id": job,
        "export_id": export,
        "alert_id": alert,
        "override_id": override,
        "replaces_user_id": colleague,
        "configuration_id": configuration,
        "reminder_template_id": reminder_template,
        "break_glass_id": broken_glass,
        "webhook_id": webhook,
        "delivery_id": first_delivery(api, webhook),
        "sign_in_id": other,
        # Whatever was asked for in vain is on the asker's own record; this one nobody asks for in any other way.
        "resource_id": made("/clients", json={"first_name": "Seldom", "last_name": "Seen"}),
    }


def expect(reply: Any, status: int) -> dict[str, Any]:
    """The reply's body. Raises NotMadeError for another status, with the problem's code and nothing else of the answer."""
    if reply.status_code != status:
        kind = reply.headers.get("content-type", "")
        code = reply.json().get("code", "") if kind.endswith("json") else ""
        raise NotMadeError(f"{reply.request.method} {reply.request.url.path}: {reply.status_code} {code}")
    body: dict[str, Any] = reply.json()
    return body


def ready_export(api: Any) -> str:
    """The id of an export of the trail, which is ready."""
    export = api.post("/audit/exports", json={"format": "jsonl", "end_date": text(now())}).raise_for_status().json()["id"]
    for _ in range(2_400):
        if api.get(f"/audit/exports/{export}").raise_for_status().json()["status"] == "ready":
            return str(export)
        time.sleep(0.05)
    raise NotMadeError("the export is not ready")


def first_delivery(api: Any, webhook: str) -> str:
    """The id of what a webhook is told first, which an event has to arrive for: after a very first start all queues are made before."""
    for _ in range(2_400):
        if found := api.get(f"/webhooks/{webhook}/deliveries").raise_for_status().json()["items"]:
            return str(found[0]["id"])
        time.sleep(0.05)
    raise NotMadeError("nothing was to be delivered")


def register_passkey(api: Any) -> str:
    """Gives the caller a passkey; its id. From then on a sign-in by password takes it as a second step."""
    return add_passkey(api, f"http://localhost:{api.base_url.port}")[0]


def add_passkey(api: Any, origin: str) -> tuple[str, SoftPasskey]:
    """The id of a new passkey of the caller, and the passkey."""
    options = api.post("/auth/passkeys").raise_for_status().json()
    passkey = SoftPasskey.of(options)
    credential = passkey.attest(options, origin)
    return str(api.post("/auth/passkeys/finish", json={"credential": credential}).raise_for_status().json()["id"]), passkey
