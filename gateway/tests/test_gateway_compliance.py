"""The compliance report over HTTP: its numbers are those that somebody counts by hand in the trail."""

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from audit.trail.vocabulary import TYPES_WITHOUT_PHI

API = "/api/v1"
REPORT = f"{API}/audit/compliance-report"
ZONE = ZoneInfo("America/New_York")
SCOPES = [
    "sessions:write",
    "clients:read",
    "clients:write",
    "clients:export",
    "clients:restrict",
    "clients:break-glass",
    "break-glass:review",
    "users:write",
]


async def trail(gateway, workspace_id, start, end):
    """All events of the time, when all of the trail is in the chain."""
    await gateway.environment.settle()
    async with gateway.environment.superuser() as connection:
        while await connection.fetchval("SELECT count(*) FROM audit.unsealed WHERE workspace_id = $1", workspace_id):
            await connection.fetch("SELECT pg_sleep(0.05)")
        found = await connection.fetch(
            "SELECT * FROM audit.audit_events WHERE workspace_id = $1 AND created_at >= $2 AND created_at < $3", workspace_id, start, end
        )
    events = [dict(row) | {"metadata": json.loads(row["metadata"])} for row in found]
    return [event | {"user_id": None if event["user_id"] is None else str(event["user_id"])} for event in events]


def counted(events, roles):
    """By user, most first."""
    numbers = Counter(event["user_id"] for event in events)
    found = [{"user_id": user, "role": roles.get(user), "events": number} for user, number in numbers.items()]
    return sorted(found, key=lambda each: (-each["events"], str(each["user_id"])))


def named(name, values):
    found = [{name: value, "events": number} for value, number in Counter(values).items()]
    return sorted(found, key=lambda each: (-each["events"], each[name]))


def opened(event):
    """The clients whom an event was about, or whose things."""
    told = event["metadata"]
    about = (
        {event["resource_id"] and str(event["resource_id"]), *told.get("resource_ids", ())} if event["resource_type"] == "Client" else set()
    )
    return (about | set(told.get("client_ids", ()) if event["resource_type"] != "Audit" else ())) - {None}


async def busy_day(gateway, practice, therapist):
    """What a report tells of: accesses, denials, a failed sign-in, an export, broken glass and its review. Returns the ids of two clients."""
    client, restricted = [(await practice.add_client())["id"] for _ in range(2)]
    await practice.write_note(client)
    assert (await practice.http.get(f"{API}/clients")).status_code == 200
    team = {"restricted": True, "user_ids": [str(practice.person.user_id)]}
    assert (await practice.http.put(f"{API}/clients/{restricted}/care-team", json=team)).status_code == 200
    assert (await practice.http.get(f"{API}/clients/{client}/export")).status_code == 200
    async with gateway.colleague(practice.person, user_id=therapist, scopes=SCOPES) as http:
        assert (await http.get(f"{API}/clients/{restricted}")).status_code == 403
        assert (await http.delete(f"{API}/clients/{client}/permanent")).status_code == 403
        glass = await http.post(f"{API}/clients/{restricted}/break-glass", json={"reason": "Found unconscious."})
        assert glass.status_code == 201, glass.text
        assert (await http.get(f"{API}/clients/{restricted}")).status_code == 200
    review = {"review": "justified", "comment": "An emergency."}
    reply = await practice.http.post(f"{API}/audit/break-glass/{glass.json()['id']}/review", json=review)
    assert reply.status_code == 200, reply.text
    # As an API key is: nobody who has a role.
    async with gateway.colleague(practice.person, user_id=str(uuid4()), scopes=["clients:read"]) as http:
        assert (await http.get(f"{API}/clients/{client}")).status_code == 200
    async with gateway.anonymous() as http:
        wrong = {"email": practice.person.email, "password": "not the password"}
        assert (await http.post(f"{API}/auth/login", json=wrong)).status_code == 401
    await gateway.environment.settle()
    return client, restricted


def check_access(access, done, roles):
    touched = [event for event in done if event["resource_type"] not in TYPES_WITHOUT_PHI]
    assert access["events"] == len(touched)
    assert [{name: user[name] for name in ("user_id", "role", "events")} for user in access["by_user"]] == counted(touched, roles)
    for user in access["by_user"]:
        of_user = Counter(event["action"] for event in touched if event["user_id"] == user["user_id"])
        changes = of_user.total() - of_user["READ"] - of_user["EXPORT"]
        assert (user["reads"], user["exports"], user["changes"]) == (of_user["READ"], of_user["EXPORT"], changes)
    for role in access["by_role"]:
        of_role = [user for user in access["by_user"] if user["role"] == role["role"]]
        assert role["users"] == sum(user["user_id"] is not None for user in of_role)
        assert all(role[name] == sum(user[name] for user in of_role) for name in ("events", "reads", "changes", "exports"))
    assert {role["role"] for role in access["by_role"]} >= {"owner", "therapist", None}
    users = defaultdict(list)
    for event in done:
        for client_id in opened(event):
            users[client_id].append(event["user_id"])
    assert {each["client_id"]: (each["events"], each["users"]) for each in access["by_client"]} == {
        client_id: (len(found), len({*found} - {None})) for client_id, found in users.items()
    }


async def test_the_numbers_are_those_that_are_counted_by_hand(gateway, practice):
    start, workspace_id = datetime.now(UTC), practice.person.workspace_id
    therapist = await gateway.add_user(workspace_id, "therapist")
    roles = {str(practice.person.user_id): "owner", therapist: "therapist"}
    clients = await busy_day(gateway, practice, therapist)
    assert (await practice.http.put(f"{API}/audit/retention", json={"years": 9})).status_code == 200
    await gateway.environment.settle()
    end = datetime.now(UTC)
    events = await trail(gateway, workspace_id, start, end)
    done, failed = ([event for event in events if event["outcome"] == outcome] for outcome in ("success", "failure"))

    reply = await practice.http.get(REPORT, params={"start_date": start.isoformat(), "end_date": end.isoformat()})
    assert reply.status_code == 200, reply.text
    report = reply.json()

    assert report["events"] == len(events)
    check_access(report["access"], done, roles)
    assert {*clients} <= {each["client_id"] for each in report["access"]["by_client"]}
    denied = [event for event in failed if event["metadata"]["code"] in {"permission_denied", "client_restricted"}]
    refused = {
        "events": len(denied),
        "by_code": named("code", [event["metadata"]["code"] for event in denied]),
        "by_user": counted(denied, roles),
    }
    assert report["denials"] == refused
    assert {each["code"] for each in refused["by_code"]} == {"permission_denied", "client_restricted"}
    sign_ins = [event for event in failed if event["action"] == "LOGIN"]
    assert report["failed_sign_ins"]["events"] == len(sign_ins) == 1
    assert report["failed_sign_ins"]["by_user"] == counted(sign_ins, roles)
    exports = [event for event in done if event["action"] == "EXPORT"]
    assert report["exports"] == {
        "events": len(exports), "by_type": named("event_type", [event["event_type"] for event in exports]), "by_user": counted(exports, roles),
    }  # fmt: skip
    assert exports
    assert report["permission_changes"]["by_type"] == [{"event_type": "set_care_team", "events": 1}]
    assert report["break_glass"] == {
        "uses": 1, "by_user": [{"user_id": therapist, "role": "therapist", "events": 1}], "justified": 1, "unjustified": 0,
    }  # fmt: skip
    unusual = report["unusual"]
    assert (unusual["past_days"], unusual["percentile"], unusual["bulk_access"]) == (
        90, 99, {"threshold": 100, "is_learnt": False, "days_seen": 0, "days": []},
    )  # fmt: skip
    verified = (await practice.http.get(f"{API}/audit/verify")).json()
    assert report["chain"]["intact"] is verified["intact"] is True
    assert len(events) <= report["chain"]["events"] <= verified["events"]
    oldest = min(event["created_at"] for event in await trail(gateway, workspace_id, start - timedelta(days=1), end))
    assert report["retention"]["years"] == 9
    assert datetime.fromisoformat(report["retention"]["oldest_event_at"]) == oldest

    range_ = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    page = await practice.http.get(REPORT, params=range_, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"], page.headers["vary"].split(", ")[0]) == (
        200,
        "text/html; charset=utf-8",
        "Accept",
    )
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page.text)) == {
        "Events on record": str(report["events"]), "Accesses to records": str(report["access"]["events"]), "Denials": str(len(denied)),
        "Failed sign-ins": "1", "Accesses after hours": str(report["after_hours"]["events"]), "Break-glass accesses": "1",
        "Exports": str(len(exports)), "Changes of permissions": "1",
    }  # fmt: skip
    for user in report["access"]["by_user"]:
        told = "".join(f'<td class="number">{user[name]}</td>' for name in ("reads", "changes", "exports"))
        assert f"<code>{user['user_id'] or 'no user'}</code></td><td>{user['role'] or chr(0x2013)}</td>{told}" in page.text
    json_again = await practice.http.get(REPORT, params=range_, headers={"Accept": "application/json, text/html;q=0.5"})
    assert json_again.json()["access"] == report["access"]


async def test_after_hours_are_those_of_the_workspace(gateway, practice, check_problem):
    start = datetime.now(UTC)
    await practice.add_client()
    await gateway.environment.settle()
    end = datetime.now(UTC)
    range_ = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    unset = (await practice.http.get(REPORT, params=range_)).json()["after_hours"]
    assert unset["office_hours"] == {"start": "07:00", "end": "20:00", "weekdays": [1, 2, 3, 4, 5]}
    today = start.astimezone(ZONE).isoweekday()
    for weekdays in ([today], [(today + 2) % 7 + 1]):
        hours = {"start": "00:00", "end": "23:59", "weekdays": weekdays}
        reply = await practice.http.patch(f"{API}/workspaces/current", json={"settings": {"office_hours": hours}})
        assert reply.status_code == 200, reply.text
        found = (await practice.http.get(REPORT, params=range_)).json()["after_hours"]
        touched = [
            event
            for event in await trail(gateway, practice.person.workspace_id, start, end)
            if event["outcome"] == "success" and event["resource_type"] not in TYPES_WITHOUT_PHI and event["user_id"] is not None
        ]
        late = [
            event
            for event in touched
            if (local := event["created_at"].astimezone(ZONE)).isoweekday() not in weekdays or f"{local:%H:%M}" >= "23:59"
        ]
        roles = {str(practice.person.user_id): "owner"}
        assert found == {"office_hours": hours, "events": len(late), "by_user": counted(late, roles)}
    assert found["events"] == len(touched) > 0
    wrong = {"settings": {"office_hours": {"start": "20:00", "end": "07:00", "weekdays": [1]}}}
    check_problem(await practice.http.patch(f"{API}/workspaces/current", json=wrong), 422, "workspace_invalid")


async def test_a_report_is_of_a_time_of_a_year_at_most_for_those_who_read_the_trail(gateway, practice, elsewhere, check_problem):
    client = await practice.add_client()
    await gateway.environment.settle()
    days = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    assert (await practice.http.get(REPORT, params=days)).status_code == 200
    for wrong in (days | {"end_date": "2027-01-03"}, days | {"end_date": "2025-12-31"}):
        check_problem(await practice.http.get(REPORT, params=wrong), 422, "report_range_invalid")
    for wrong in ({"start_date": "x"}, {"end_date": "2026-13-01"}):
        check_problem(await practice.http.get(REPORT, params=wrong), 422, "validation_failed")
    others = await elsewhere.http.get(REPORT)
    assert (others.status_code, client["id"] in others.text) == (200, False)
    async with gateway.colleague(practice.person, scopes=["clients:read", "audit:hold"]) as http:
        check_problem(await http.get(REPORT), 403, "permission_denied")
