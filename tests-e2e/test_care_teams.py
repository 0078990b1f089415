"""A restricted client, every operation there is, and a colleague outside the care team: refused everywhere, and open once the glass is broken.

Operations come from the OpenAPI document, so a new one that takes something of a client is tested the day it is served.
"""

import re
from functools import partial

import pytest
from attack.installation import AttackedInstallation

from standalone.selftest.operations import now, operations, sparing, text, times
from standalone.selftest.worlds import Worlds

# Ids of what is no client's record. A name that is not here is one of something of a client.
NOT_OF_A_CLIENT = {
    "alert_id", "api_key_id", "audit_event_id", "break_glass_id", "configuration_id", "delivery_id", "department_id", "export_id", "feed_id", "hold_id", "holiday_id", "job_id", "location_id",
    "override_id", "passkey_id", "practitioner_id", "reminder_template_id", "replaces_user_id", "resource_id", "service_id", "sign_in_id", "slot_hold_id",
    "supervisor_id", "template_id", "user_id", "webhook_id", "workspace_id",
}  # fmt: skip
# Decision 76: that somebody is busy stays in the calendar, and whoever manages the workspace sets care teams and legal holds of all clients.
ANSWERED = {
    "GET /api/v1/appointments/{appointment_id}",
    "GET /api/v1/appointments/{appointment_id}/history",
    "GET /api/v1/appointments/{appointment_id}/reminders",
    "GET /api/v1/appointments/conflicts",
    "GET /api/v1/reminders/logs",
    "GET /api/v1/clients/{client_id}/access-report",
    "GET /api/v1/clients/{client_id}/care-team",
    "PUT /api/v1/clients/{client_id}/care-team",
    "POST /api/v1/clients/{client_id}/break-glass",
    "POST /api/v1/audit/legal-holds",
}
# What `furnish` wrote into the record.
SECRETS = ("isa@example.com", "Worse.", "Better.", "Walks.", "Walk again", "Ten steps", "picture.png", "80.00")
OF_THE_RECORD = ("session_id", "attachment_id", "plan_id", "milestone_id", "measure_id")


@pytest.fixture
def open_restricted(embedded, open_furnished):
    """Opens a hospital with one of everything, whose client is restricted. Returns a client of somebody with every right outside the care team, and the ids."""
    attacked = AttackedInstallation(embedded)
    clients = []

    async def colleague(ids):
        """Another one outside the care team: a user has a hundred writes a minute."""
        clients.append(attacked.api_as(await attacked.add_user(ids["workspace_id"], "admin")))
        return clients[-1]

    async def opened(*, broken):
        admin, ids = await open_furnished("hospital")
        member = await attacked.add_user(ids["workspace_id"], "doctor")
        path, team = f"/clients/{ids['client_id']}", {"restricted": True, "user_ids": [member.user_id]}
        appointment = admin.put(f"/appointments/{ids['appointment_id']}", json={"notes": SECRETS[1]})
        assert appointment.status_code == 200, appointment.text
        closed = admin.put(f"{path}/care-team", json=team)
        assert closed.status_code == 200, closed.text
        outsider = await colleague(ids)
        if broken:
            reply = outsider.post(f"{path}/break-glass", json={"reason": "Found unconscious on the stairs."})
            assert reply.status_code == 201, reply.text
        return outsider, ids

    opened.colleague = colleague
    yield opened
    for client in clients:
        client.close()


def of_a_client(document):
    """The operations that name something of a client, each with every id that it may be named by."""
    for operation in sparing(operations(document)):
        named = set(operation.ids) - NOT_OF_A_CLIENT
        if named or operation.path.endswith("/sessions/sync"):
            yield operation, named


def refused(answer):
    """Whether nothing was told and nothing done."""
    if answer.status_code == 403:
        return answer.json()["code"] == "client_restricted"
    if answer.status_code != 200:
        return answer.status_code == 404
    told = answer.json()
    return told.get("items") == [] or [each["code"] for each in told.get("results", ())] == ["client_restricted"]


async def test_whoever_is_outside_the_care_team_is_refused_every_operation_on_a_restricted_client(open_restricted):
    colleague, ids = await open_restricted(broken=False)
    document = colleague.get("/openapi.json").json()
    faults, tried = [], set()
    for operation, named in of_a_client(document):
        if len(tried) % 40 == 39:
            colleague = await open_restricted.colleague(ids)
        for name in {None} if named <= set(operation.path_ids) else named:
            answer = operation.send(colleague, ids, {} if name is None else {name: ids[name]})
            tried.add(str(operation))
            if str(operation) in ANSWERED:
                assert answer.status_code in {200, 201, 409}, (str(operation), answer.text)
                if str(operation).endswith("/break-glass"):
                    colleague = await open_restricted.colleague(ids)
            elif not refused(answer):
                faults.append(f"{operation} with {name or named}: {answer.status_code} {answer.text[:300]}")
            faults += [f"{operation} tells {secret}" for secret in SECRETS if secret in answer.text]

    assert not faults, "\n".join(faults)
    assert tried >= ANSWERED


async def test_no_list_tells_anything_of_a_restricted_client_but_the_name_and_that_somebody_is_busy(open_restricted):
    colleague, ids = await open_restricted(broken=False)
    document = colleague.get("/openapi.json").json()
    for operation in operations(document):
        if operation.method == "GET" and not operation.path_ids and not operation.is_public and "/audit-events" not in operation.path:
            answer = operation.send(colleague, ids)
            told = [secret for secret in (*SECRETS, *(ids[name] for name in OF_THE_RECORD)) if secret in answer.text]
            assert not told, (str(operation), told)

    (client,) = colleague.get("/clients", params={"search": "isa la"}).json()["items"]
    assert client["id"] == ids["client_id"]
    assert client["restricted"] is True
    assert (client["full_name"], client["email"], client["appointment_count"]) == ("Isa Lated", None, None)
    assert colleague.get("/clients", params={"search": "isa@example.com"}).json()["items"] == []
    (busy, *_) = colleague.get("/appointments").json()["items"]
    assert (busy["client"]["full_name"], busy["notes"], busy["payment_price"]) == ("Isa Lated", None, None)
    for path, query in (("/sessions", {}), ("/sessions", {"search": "worse"}), ("/plans", {}), ("/sessions/cosign-queue", {})):
        page = colleague.get(path, params=query).json()
        assert (page["items"], page["total"]) == ([], 0), path
    taken = colleague.post("/appointments", json={"client_id": ids["resource_id"], "location_type": "clinic", **same_time(busy)})
    assert taken.status_code == 409, "the calendar books nobody twice"


def same_time(busy):
    return {name: busy[name] for name in ("practitioner_id", "scheduled_start", "scheduled_end")}


async def test_whoever_broke_the_glass_may_do_what_their_role_may(open_restricted):
    worlds = Worlds(partial(open_restricted, broken=True))
    document = None
    faults = []
    first, ids = await open_restricted(broken=True)
    document = first.get("/openapi.json").json()
    for operation, named in of_a_client(document):
        # Both need somebody else: a care team of one's own needs no broken glass.
        if re.search(r"/(care-team|break-glass)$", operation.path):
            continue
        colleague, ids = await worlds.for_operation(operation, requests=2)
        answer = operation.send(colleague, ids)
        if answer.status_code in {401, 403, 404, 422} or (answer.status_code == 200 and "client_restricted" in answer.text):
            faults.append(f"{operation} with {named}: {answer.status_code} {answer.text[:300]}")
        worlds.answered(operation, answer)

    assert not faults, "\n".join(faults)


async def test_who_sets_a_care_team_and_who_is_of_one(embedded, open_restricted):
    admin, ids = await open_restricted(broken=False)
    attacked = AttackedInstallation(embedded)
    path = f"/clients/{ids['client_id']}"
    doctor, nurse, clerk = [await attacked.add_user(ids["workspace_id"], role) for role in ("doctor", "nurse", "operator")]

    def set_team(*members, restricted=True, by=admin):
        return by.put(f"{path}/care-team", json={"restricted": restricted, "user_ids": [member.user_id for member in members]})

    assert set_team(clerk).json()["code"] == "member_cannot_treat"
    assert set_team().json()["code"] == "care_team_empty"
    assert set_team(doctor, nurse).json()["user_ids"] == sorted([doctor.user_id, nurse.user_id])
    with attacked.api_as(doctor) as member, attacked.api_as(nurse) as other, attacked.api_as(clerk) as desk:
        assert set_team(doctor, by=member).json()["code"] == "permission_denied"
        for each in (member, other):
            record = each.get(path).json()
            assert (record["email"], record["restricted"]) == ("isa@example.com", True)
        assert member.post(f"{path}/break-glass", json={"reason": "Not needed at all."}).json()["code"] == "glass_not_needed"
        assert desk.post(f"{path}/break-glass", json={"reason": "Would like to look."}).json()["code"] == "permission_denied"
        assert desk.get(path).json()["code"] == "client_restricted"
        # At once, in every service.
        assert set_team(doctor).status_code == 200
        assert other.get(path).json()["code"] == "client_restricted"
        assert other.get("/sessions", params={"client_id": ids["client_id"]}).json()["code"] == "client_restricted"
        assert other.get(f"/sessions/{ids['session_id']}").status_code == 404
        assert member.get(f"/sessions/{ids['session_id']}").status_code == 200
        note = member.post("/sessions", json={"client_id": ids["client_id"], "session_date": text(now())})
        assert note.status_code == 201, note.text
        assert admin.post(f"/users/{doctor.user_id}/deactivate").status_code == 200
        assert set_team(doctor, nurse).json()["code"] == "member_cannot_treat"
        assert set_team(restricted=False).status_code == 200
        assert other.get(f"/sessions/{ids['session_id']}").status_code == 200
        booked = desk.post(
            "/appointments", json={"client_id": ids["client_id"], "location_type": "clinic", "practitioner_id": nurse.user_id, **times()}
        )
        assert booked.status_code == 201, booked.text


async def test_the_access_report_tells_who_opened_anything_of_the_record_and_by_which_broken_glass(open_restricted, eventually):
    breaker, ids = await open_restricted(broken=True)
    path, note, plan = f"/clients/{ids['client_id']}", ids["session_id"], ids["plan_id"]
    (broken,) = [each for each in breaker.get("/audit/break-glass").json()["items"] if each["client_id"] == ids["client_id"]]
    for opened in (
        path,
        f"{path}/attachments",
        f"/sessions/{note}",
        f"/sessions/{note}/versions",
        f"/plans/{plan}/milestones",
        "/sessions",
    ):
        assert breaker.get(opened).status_code == 200, opened
    assert breaker.get(f"/sessions/{note}/attachments/{ids['attachment_id']}/download").status_code == 200
    stranger = await open_restricted.colleague(ids)
    assert stranger.get(path).status_code == 403
    expected = {"get_client", "list_client_attachments", "get_session", "list_versions", "list_milestones", "list_sessions", "get_download"}

    def reported(user, **query):
        events = breaker.get(f"{path}/access-report", params={"page_size": 100} | query).json()["items"]
        return {event["event_type"]: event for event in events if event["user_id"] == user}

    found = eventually(lambda: (by := reported(broken["user_id"])) and expected <= by.keys() and by)
    assert {found[name]["metadata"].get("break_glass_id") for name in expected} == {broken["id"]}
    others = reported(ids["user_id"])
    assert {"create_client", "create_session", "create_plan", "book_appointment", "upload_attachment"} <= others.keys()
    assert all("break_glass_id" not in event["metadata"] for event in others.values())
    refused = eventually(lambda: [e for e in breaker.get(f"{path}/access-report").json()["items"] if e["outcome"] == "failure"])
    assert {event["metadata"]["code"] for event in refused} == {"client_restricted"}
    asked = eventually(
        lambda: breaker.get("/audit-events", params={"resource_id": ids["client_id"], "resource_type": "Audit"}).json()["items"]
    )
    assert {event["event_type"] for event in asked} == {"report_access"}
    first = breaker.get(f"{path}/access-report", params={"page_size": 1}).json()
    assert (len(first["items"]), first["total_pages"]) == (1, first["total"])
    assert stranger.get(f"/clients/{ids['plan_id']}/access-report").status_code == 404
