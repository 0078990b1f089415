"""Alerts and who is on call, over HTTP."""

from datetime import UTC, datetime, timedelta

from identity.roles import SCOPES_BY_ROLE

LEVEL = {"after_seconds": 60, "notify_roles": ["nurse"], "notify_on_call": True, "channels": ["stream", "email"]}


async def staff(gateway, *roles):
    """A hospital's administrator, and a user of each role."""
    boss = await gateway.open_workspace("hospital")
    found = [gateway.colleague(boss, role="admin", scopes=SCOPES_BY_ROLE["admin"])]
    for role in roles:
        user_id = await gateway.add_user(boss.workspace_id, role)
        found.append(gateway.colleague(boss, role=role, user_id=user_id, scopes=SCOPES_BY_ROLE[role]))
    return found


async def test_an_alert_is_raised_answered_by_one_and_closed(gateway):
    admin, nurse, doctor = await staff(gateway, "nurse", "doctor")
    department = (await admin.post("/api/v1/departments", json={"name": "Ward 3", "code": "W3"})).json()["id"]
    raised = await nurse.post("/api/v1/alerts", json={"title": "Fall", "priority": "critical", "alert_type": "medical", "drill": True})
    assert raised.status_code == 201
    alert = raised.json()
    assert (alert["status"], alert["escalation_level"], alert["drill"], alert["department_id"]) == ("active", 0, True, None)
    assert (await doctor.get("/api/v1/alerts/active")).json() == [alert]
    of_ward = {"title": "Fire", "priority": "low", "alert_type": "fire", "department_id": department}
    hidden = (await admin.post("/api/v1/alerts", json=of_ward)).json()
    assert (await doctor.get(f"/api/v1/alerts/{hidden['id']}")).status_code == 404
    page = (await admin.get("/api/v1/alerts", params={"priority": "low", "status": "active", "department_id": department})).json()
    assert (page["items"], page["total"], page["total_pages"]) == ([hidden], 1, 1)

    path = f"/api/v1/alerts/{alert['id']}"
    assert (await nurse.post(f"{path}/escalate")).json()["escalation_level"] >= 1
    behind = await doctor.post(f"{path}/escalate", json={"seen_level": 0})
    assert (behind.status_code, behind.json()["code"]) == (409, "alert_already_escalated")
    assert behind.json()["escalated_by"] == (await nurse.get(f"{path}/escalations")).json()[0]["escalated_by"] is not None
    assert (await nurse.get(path)).json()["escalates_at"] is not None
    taken = (await doctor.post(f"{path}/acknowledge")).json()
    # By a policy that lets whoever sees to it take their time.
    assert taken["escalates_at"] is None
    late = await nurse.post(f"{path}/acknowledge")
    assert (late.status_code, late.json()["code"]) == (409, "alert_already_acknowledged")
    assert late.json()["acknowledged_by"] == taken["acknowledged_by"]
    refused = await nurse.post(f"{path}/acknowledge", json={"take_over": "yes"})
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, ["/take_over"])
    over = (await nurse.post(f"{path}/acknowledge", json={"take_over": True})).json()
    assert (over["status"], over["acknowledged_by"] == taken["acknowledged_by"]) == ("acknowledged", False)
    help_called_for = (await nurse.post(f"{path}/escalate")).json()
    assert (help_called_for["status"], help_called_for["acknowledged_by"], help_called_for["acknowledged_at"]) == ("active", None, None)
    taken = (await doctor.post(f"{path}/acknowledge", json={})).json()
    assert (await doctor.post(f"{path}/resolve")).json()["status"] == "resolved"
    assert (await doctor.post(f"{path}/cancel")).json()["code"] == "alert_closed"
    steps = (await nurse.get(f"{path}/escalations")).json()
    assert (steps[0]["from_level"], steps[0]["reason"], steps[0]["alert_id"]) == (0, "manual", alert["id"])
    report = (await admin.get("/api/v1/alerts/report")).json()
    assert (report["total"]["alerts"], report["by_department"][0]["department_id"]) == (1, department)


async def test_bad_alerts_and_policies_are_refused_with_what_is_wrong(gateway):
    admin, nurse = await staff(gateway, "nurse")
    good = {"title": "Fall", "priority": "low", "alert_type": "medical"}
    for bad, pointer in (
        ({"priority": "urgent"}, "/priority"),
        ({"title": ""}, "/title"),
        ({"title": " "}, "/title"),
        ({"alert_type": "Mr. <b>"}, "/alert_type"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"drill": "yes"}, "/drill"),
    ):
        refused = await nurse.post("/api/v1/alerts", json=good | bad)
        assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer]), bad
    assert (await nurse.get("/api/v1/alerts")).json()["total"] == 0
    assert (await nurse.get("/api/v1/alerts", params={"status": "open"})).status_code == 422
    path = "/api/v1/alerts/escalation-policy"
    assert (await nurse.put(path, json={"levels": [LEVEL]})).status_code == 403
    for bad in (
        {"levels": []},
        {"levels": [LEVEL | {"after_seconds": 4}]},
        {"levels": [LEVEL], "acknowledged_again_after_seconds": 4},
        {"levels": [LEVEL | {"notify_roles": [], "notify_on_call": False}]},
    ):
        assert (await admin.put(path, json=bad)).status_code == 422
    assert (await nurse.get("/api/v1/alerts/report")).status_code == 403


async def test_policies_are_set_for_each_priority(gateway):
    admin, nurse = await staff(gateway, "nurse")
    path = "/api/v1/alerts/escalation-policy"
    built_in = (await nurse.get(path)).json()
    assert (built_in["priority"], len(built_in["levels"])) == ("default", 2)
    set_to = await admin.put(path, params={"priority": "high"}, json={"levels": [LEVEL], "repeat_last_every_seconds": 90})
    never = {"acknowledged_again_after_seconds": None}
    assert set_to.json() == {"priority": "high", "repeat_last_every_seconds": 90, "levels": [LEVEL], **never}
    again = {"levels": [LEVEL], "acknowledged_again_after_seconds": 900}
    assert (await admin.put(path, params={"priority": "low"}, json=again)).json()["acknowledged_again_after_seconds"] == 900
    assert (await nurse.get(path, params={"priority": "low"})).json()["acknowledged_again_after_seconds"] == 900
    assert (await nurse.get(path, params={"priority": "high"})).json() == set_to.json()
    assert (await nurse.get(path)).json() == built_in


async def test_who_is_on_call_and_who_stands_in(gateway):
    admin, nurse = await staff(gateway, "nurse")
    user_id = (await nurse.get("/api/v1/auth/me")).json()["id"]
    assert (await nurse.get("/api/v1/on-call")).json() == []
    now = datetime.now(UTC).replace(microsecond=0)
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=1)).isoformat()}
    refused = await admin.post("/api/v1/on-call/overrides", json={"user_id": user_id, **period, "ends_at": period["starts_at"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "on_call_override_invalid")
    made = await admin.post("/api/v1/on-call/overrides", json={"user_id": user_id, **period})
    assert (made.status_code, made.json()["department_id"], made.json()["replaces_user_id"]) == (201, None, None)

    at = (now + timedelta(minutes=5)).isoformat()
    (group,) = (await nurse.get("/api/v1/on-call", params={"at": at})).json()
    assert group == {"department_id": None, "user_ids": [user_id], "at": at.replace("+00:00", "Z")}
    assert (await nurse.get("/api/v1/on-call/overrides")).json()["items"] == [made.json()]
    override = f"/api/v1/on-call/overrides/{made.json()['id']}"
    assert (await nurse.delete(override)).status_code == 403
    assert (await admin.delete(override)).status_code == 204
    assert (await admin.delete(override)).status_code == 404


async def test_rules_of_what_happens_by_itself_are_shown_and_changed(gateway, check_problem):
    admin, nurse = await staff(gateway, "nurse")
    path = "/api/v1/alerts/rules"
    shipped = (await admin.get(path)).json()
    assert shipped[2] == {"happening": "audit_broken", "action": "alert", "priority": "high", "updated_at": None}
    changed = await admin.put(path, params={"happening": "audit_broken"}, json={"action": "mail", "priority": "low"})
    assert (changed.status_code, {**changed.json(), "updated_at": None}) == (200, {**shipped[2], "action": "mail", "priority": "low"})
    assert (await admin.get(path)).json()[2] == changed.json()
    refused = await admin.put(path, params={"happening": "audit_broken"}, json={"action": "automatic", "priority": "low"})
    assert (refused.status_code, refused.json()["code"]) == (422, "alert_rule_invalid")
    for bad in ({}, {"happening": "rain"}):
        assert (await admin.put(path, params=bad, json={"action": "mail", "priority": "low"})).status_code == 422
    check_problem(await nurse.get(path), 403, "permission_denied")
    check_problem(
        await nurse.put(path, params={"happening": "audit_broken"}, json={"action": "none", "priority": "low"}), 403, "permission_denied"
    )
