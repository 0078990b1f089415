"""The pages of the links in a reminder, over HTTP and without a sign-in."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken

API = "/api/v1"


@pytest.fixture
async def link(gateway, practice):
    """An appointment in two days, and the token that a mail about it would have: the appointment's id, the client's, and the token."""
    client = await practice.add_client()
    start = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    times = {"scheduled_start": start.isoformat(), "scheduled_end": (start + timedelta(hours=1)).isoformat()}
    booked = await practice.booked(client["id"], **times)
    token = OpaqueToken.generate(practice.person.workspace_id, uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO notifications.reminder_links (workspace_id, id, token_hash, appointment_id, client_id, channel, starts_at, time_zone, created_at)"
            " VALUES ($1, $2, $3, $4::text::uuid, $5::text::uuid, 'email', $6, 'Europe/Berlin', now())",
            token.workspace_id, token.row_id, token.hash, booked["id"], client["id"], start,
        )  # fmt: skip
    return booked["id"], client["id"], str(token)


async def test_a_click_confirms_and_opening_the_link_does_not(gateway, practice, link):
    appointment_id, _, token = link
    path = f"{API}/appointments/{appointment_id}"
    async with gateway.anonymous(**{"Accept-Language": "de"}) as http:
        for _ in range(2):
            page = await http.get("/reminder/confirm", params={"token": token})
            assert page.status_code == 200
            assert "Kommen Sie?" in page.text
            assert "<script" not in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"
        await gateway.environment.settle()
        assert (await practice.http.get(path)).json()["confirmed_at"] is None

        done = await http.post("/reminder/confirm", data={"token": token})
        assert (done.status_code, "Danke." in done.text) == (200, True)
        await gateway.environment.settle()
        confirmed = (await practice.http.get(path)).json()
        assert confirmed["confirmed_at"] is not None
        assert "Danke." in (await http.get("/reminder/confirm", params={"token": token})).text
    history = await practice.http.get(f"{API}/clients/{confirmed['client_id']}/timeline")
    assert [event["event_type"] for event in history.json()["events"]] == ["appointment_scheduled"]


async def test_a_client_cancels_as_the_practice_lets_them(gateway, practice, link):
    appointment_id, _, token = link
    assert (await practice.http.put(f"{API}/reminders/policy", json={"cancel_link": "cancel"})).status_code == 200
    async with gateway.anonymous() as http:
        assert "Can you not come?" in (await http.get("/reminder/cancel", params={"token": token})).text
        assert "is cancelled" in (await http.post("/reminder/cancel", data={"token": token})).text
        await gateway.environment.settle()
        assert (await practice.http.get(f"{API}/appointments/{appointment_id}")).json()["status"] == "cancelled"
        # Nothing is left to confirm.
        assert "is cancelled" in (await http.post("/reminder/confirm", data={"token": token})).text


@pytest.mark.parametrize("kind", ["form", "parts"])
async def test_a_mail_programs_own_button_opts_out_without_cookie_or_page(gateway, practice, link, kind):
    _, client_id, token = link
    said = {"List-Unsubscribe": "One-Click"}
    body = {"data": said} if kind == "form" else {"files": {name: (None, value) for name, value in said.items()}}
    async with gateway.anonymous() as http:
        # Who only opens the address is asked.
        assert "Do you want no more reminders" in (await http.get("/reminder/unsubscribe", params={"token": token})).text
    assert (await practice.http.get(f"{API}/reminders/opt-outs")).json()["total"] == 0
    for _ in range(2):
        async with gateway.anonymous() as http:
            reply = await http.post(f"/reminder/unsubscribe?token={token}", **body)
            assert (reply.status_code, reply.history) == (200, []), reply.text
    listed = (await practice.http.get(f"{API}/reminders/opt-outs")).json()
    assert ([each["client_id"] for each in listed["items"]], listed["total"]) == ([client_id], 1)
    one = f"{API}/reminders/opt-outs/{client_id}"
    assert (await practice.http.delete(one, params={"channel": "sms"})).status_code == 204
    assert (await practice.http.get(f"{API}/reminders/opt-outs")).json()["total"] == 1
    assert (await practice.http.delete(one, params={"channel": "fax"})).status_code == 422
    assert (await practice.http.delete(one)).status_code == 204
    assert (await practice.http.get(f"{API}/reminders/opt-outs")).json()["total"] == 0


async def test_a_link_that_is_none_is_a_page_that_says_so(gateway, link):
    async with gateway.anonymous() as http:
        for page in ("confirm", "cancel", "unsubscribe"):
            for token in ("", "x", "a" * 600):
                reply = await http.get(f"/reminder/{page}", params={"token": token})
                assert (reply.status_code, "This link is not known" in reply.text) == (404, True), reply.text
        cross_site = await http.post("/reminder/cancel", data={"token": link[2]}, headers={"Sec-Fetch-Site": "cross-site"})
        assert cross_site.status_code == 403
