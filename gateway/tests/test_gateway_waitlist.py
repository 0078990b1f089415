"""The waitlist over HTTP: a time that is given back is offered, accepted once, and shown as an appointment."""

import asyncio

from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from scheduling.waitlist.worker import Claim, WaitlistWorker

WAITLIST = "/api/v1/waitlist"
WINDOW = {"earliest": "2031-03-03T08:00:00Z", "latest": "2031-03-04T08:00:00+02:00"}


async def work(gateway, practice):
    """Does what is due on the waitlist."""
    runtime = gateway.environment.runtime("scheduling")
    async with gateway.environment.superuser() as connection:
        due = await connection.fetch("SELECT * FROM scheduling.waitlist_due WHERE workspace_id = $1", practice.person.workspace_id)
    for row in due:
        await WaitlistWorker(runtime).do(Claim(row["workspace_id"], row["kind"], row["item_id"]))


async def test_a_time_that_is_given_back_is_offered_and_accepted_once(gateway, practice, check_problem):
    appointment = await practice.booked(
        (await practice.add_client())["id"], scheduled_start="2031-03-03T09:00:00Z", scheduled_end="2031-03-03T10:00:00Z"
    )
    client, other = (await practice.add_client())["id"], (await practice.add_client())["id"]
    joined = await practice.http.post(WAITLIST, json={"client_id": client, **WINDOW})
    assert joined.status_code == 201, joined.text
    entry = joined.json()
    unset = ("practitioner_id", "service_id", "offered_until", "offered_start", "offered_end", "offered_practitioner_id", "appointment_id")
    assert entry.keys() == {"id", "client_id", "earliest", "latest", "status", "created_at", *unset}
    assert [entry[name] for name in unset] == [None] * len(unset)
    assert (entry["client_id"], entry["status"], entry["latest"]) == (client, "waiting", "2031-03-04T06:00:00Z")
    waiting = (await practice.http.post(WAITLIST, json={"client_id": other, **WINDOW})).json()
    check_problem(await practice.http.post(f"{WAITLIST}/{entry['id']}/accept"), 409, "waitlist_not_offered")

    assert (await practice.http.delete(f"/api/v1/appointments/{appointment['id']}")).status_code == 204
    await work(gateway, practice)
    page = (await practice.http.get(WAITLIST, params={"status": "offered"})).json()
    assert (page["total"], page["total_pages"], [item["id"] for item in page["items"]]) == (1, 1, [entry["id"]])
    assert (page["items"][0]["offered_start"], page["items"][0]["offered_end"]) == ("2031-03-03T09:00:00Z", "2031-03-03T10:00:00Z")

    replies = await asyncio.gather(*(practice.http.post(f"{WAITLIST}/{found['id']}/accept") for found in (entry, waiting) * 4))
    (accepted,) = [reply for reply in replies if reply.status_code == 200]
    for reply in replies:
        if reply is not accepted:
            check_problem(reply, 409, reply.json()["code"])
    assert {reply.json()["code"] for reply in replies if reply is not accepted} == {"waitlist_entry_over", "waitlist_not_offered"}
    assert accepted.json()["status"] == "booked"
    booked = (await practice.http.get(f"/api/v1/appointments/{accepted.json()['appointment_id']}")).json()
    assert (booked["client_id"], booked["scheduled_start"], booked["status"]) == (client, "2031-03-03T09:00:00Z", "scheduled")
    statuses = [(item["id"], item["status"]) for item in (await practice.http.get(WAITLIST)).json()["items"]]
    assert statuses == [(entry["id"], "booked"), (waiting["id"], "waiting")]

    token = OpaqueToken.generate(practice.person.workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "UPDATE scheduling.waitlist_offers SET id = $2, token_hash = $3 WHERE workspace_id = $1",
            token.workspace_id, token.row_id, token.hash,
        )  # fmt: skip
    async with gateway.anonymous(**{"Accept-Language": "de"}) as http:
        page = await http.get("/waitlist/offer", params={"token": str(token)})
        assert (page.status_code, "Danke." in page.text, "<script" in page.text) == (200, True, False)
        assert page.headers["cache-control"] == "no-store"
        assert "Danke." in (await http.post("/waitlist/offer", data={"token": str(token)})).text
        for unknown in ("", "nonsense"):
            page = await http.post("/waitlist/offer", data={"token": unknown})
            assert (page.status_code, "zu alt" in page.text) == (404, True)

    assert (await practice.http.delete(f"{WAITLIST}/{waiting['id']}")).status_code == 204
    check_problem(await practice.http.delete(f"{WAITLIST}/{waiting['id']}"), 409, "waitlist_entry_over")
    backwards = {"client_id": client, "earliest": WINDOW["latest"], "latest": WINDOW["earliest"]}
    refused = check_problem(await practice.http.post(WAITLIST, json=backwards), 422, "waitlist_window_invalid")
    assert [fault["pointer"] for fault in refused["errors"]] == ["/latest"]
