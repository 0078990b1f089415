"""The pages of the links in a reminder, over HTTP and without a sign-in."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

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
    return booked["id"], client["id"], await add_link(gateway, booked)


async def add_link(gateway, booked):
    """The token that another mail about the appointment would have."""
    token = OpaqueToken.generate(UUID(booked["workspace_id"]), uuid7())
    async with gateway.environment.superuser() as connection:
        await connection.execute(
            "INSERT INTO notifications.reminder_links (workspace_id, id, token_hash, appointment_id, client_id, channel, starts_at, time_zone, created_at)"
            " VALUES ($1, $2, $3, $4::text::uuid, $5::text::uuid, 'email', $6, 'Europe/Berlin', now())",
            token.workspace_id, token.row_id, token.hash, booked["id"], booked["client_id"], datetime.fromisoformat(booked["scheduled_start"]),
        )  # fmt: skip
    return str(token)


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


async def test_a_client_who_has_confirmed_is_not_expected_at_a_time_that_was_given_up(gateway, practice, link):
    appointment_id, _, token = link
    path = f"{API}/appointments/{appointment_id}"
    async with gateway.anonymous() as http:
        assert "expects you" in (await http.post("/reminder/confirm", data={"token": token})).text
        await gateway.environment.settle()
        booked = (await practice.http.get(path)).json()
        for change in ({name: _later(booked[name]) for name in ("scheduled_start", "scheduled_end")}, {"status": "cancelled"}):
            assert (await practice.http.put(path, json=change)).status_code == 200
            # Also before anybody but the calendar knows of it.
            assert "moved or cancelled" in (await http.get("/reminder/confirm", params={"token": token})).text
            await gateway.environment.settle()
            assert "moved or cancelled" in (await http.get("/reminder/confirm", params={"token": token})).text


@pytest.mark.parametrize(("before", "after"), [("ask", "cancel"), ("cancel", "ask")])
async def test_a_link_says_what_became_of_it_whatever_the_practice_has_chosen_since(gateway, practice, link, before, after):
    _, _, token = link
    told = {"ask": "has been told that you cannot come", "cancel": "is cancelled"}[before]
    async with gateway.anonymous() as http:
        assert (await practice.http.put(f"{API}/reminders/policy", json={"cancel_link": before})).status_code == 200
        assert told in (await http.post("/reminder/cancel", data={"token": token})).text
        await gateway.environment.settle()
        assert (await practice.http.put(f"{API}/reminders/policy", json={"cancel_link": after})).status_code == 200
        assert told in (await http.get("/reminder/cancel", params={"token": token})).text


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


@pytest.mark.parametrize("cancel_link", ["ask", "cancel"])
async def test_a_link_says_nothing_of_an_appointment_that_is_somebody_elses_by_now(gateway, practice, link, cancel_link):
    appointment_id, client_id, token = link
    path = f"{API}/appointments/{appointment_id}"
    assert (await practice.http.put(f"{API}/reminders/policy", json={"cancel_link": cancel_link})).status_code == 200
    other = await practice.add_client()
    given = (await practice.http.put(path, json={"client_id": other["id"]})).json()
    assert given["client_id"] == other["id"] != client_id

    async with gateway.anonymous() as http:
        for answer in ("confirm", "cancel"):
            reply = await http.post(f"/reminder/{answer}", data={"token": token})
            await gateway.environment.settle()
            assert "moved or cancelled" in reply.text
    assert (await practice.http.get(path)).json() == given
    # The link still ends reminders: those are its client's own.
    async with gateway.anonymous() as http:
        assert (await http.post("/reminder/unsubscribe", data={"token": token})).status_code == 200


@pytest.mark.parametrize(
    "answered_by", ["accepting", "declining", "another time", "the client, who comes after all", "the client, whom the practice lets"]
)
async def test_an_appointment_shows_that_its_client_asks_to_cancel_until_somebody_has_seen_to_it(gateway, practice, link, answered_by):
    appointment_id, _, token = link
    path = f"{API}/appointments/{appointment_id}"
    async with gateway.anonymous() as http:

        async def clicked(answer, token=token):
            assert (await http.post(f"/reminder/{answer}", data={"token": token})).status_code == 200
            await gateway.environment.settle()
            return (await practice.http.get(path)).json()

        assert (await clicked("confirm"))["cancellation_asked_at"] is None
        asked = await clicked("cancel")
        assert (asked["status"], asked["confirmed_at"]) == ("scheduled", None)
        assert datetime.now(UTC) - timedelta(minutes=1) < datetime.fromisoformat(asked["cancellation_asked_at"]) <= datetime.now(UTC)
        (listed,) = (await practice.http.get(f"{API}/appointments")).json()["items"]
        assert listed["cancellation_asked_at"] == asked["cancellation_asked_at"]
        # What does not answer it leaves it.
        noted = (await practice.http.put(path, json={"notes": "Rang her."})).json()
        assert noted["cancellation_asked_at"] == asked["cancellation_asked_at"]

        # Of the next reminder: a link that was answered is used up.
        another = await add_link(gateway, noted)
        match answered_by:
            case "accepting":
                after = (await practice.http.put(path, json={"status": "cancelled"})).json()
                assert after["status"] == "cancelled"
            case "declining":
                reply = await practice.http.post(f"{path}/decline-cancellation", headers={"If-Match": f'"{noted["version"]}"'})
                after = reply.json()
                assert (reply.headers["ETag"], after["status"]) == (f'"{noted["version"] + 1}"', "scheduled")
            case "another time":
                later = {name: _later(noted[name]) for name in ("scheduled_start", "scheduled_end")}
                after = (await practice.http.put(path, json=later)).json()
                assert after["scheduled_start"] != noted["scheduled_start"]
            case "the client, who comes after all":
                after = await clicked("confirm", another)
                assert after["confirmed_at"] is not None
            case "the client, whom the practice lets":
                assert (await practice.http.put(f"{API}/reminders/policy", json={"cancel_link": "cancel"})).status_code == 200
                after = await clicked("cancel", another)
                assert after["status"] == "cancelled"
    assert after["cancellation_asked_at"] is None
    assert (await practice.http.get(path)).json()["cancellation_asked_at"] is None


async def test_what_was_declined_is_said_by_the_link_and_may_be_asked_again(gateway, practice, link, check_problem):
    appointment_id, _, token = link
    path = f"{API}/appointments/{appointment_id}"
    decline = f"{path}/decline-cancellation"
    waiting = {"cancellation_asked": "true", "page_size": 1}

    async def waits():
        found = (await practice.http.get(f"{API}/appointments", params=waiting)).json()
        return found["total"], [item["id"] for item in found["items"]]

    async with gateway.anonymous() as http:

        async def clicked(answer, told):
            page = await http.post(f"/reminder/{answer}", data={"token": token})
            assert (page.status_code, told in page.text) == (200, True)
            await gateway.environment.settle()
            return (await practice.http.get(path)).json()

        # Nobody has asked.
        check_problem(await practice.http.post(decline), 409, "cancellation_not_asked")
        assert (await clicked("confirm", "expects you"))["confirmed_at"] is not None
        assert await waits() == (0, [])
        for _ in range(2):
            asked = await clicked("cancel", "has been told that you cannot come")
            assert (asked["confirmed_at"], await waits()) == (None, (1, [appointment_id]))
            stale = await practice.http.post(decline, headers={"If-Match": f'"{asked["version"] - 1}"'})
            check_problem(stale, 412, "stale_version")
            declined = await practice.http.post(decline, json={"tell_client": False})
            assert (declined.status_code, declined.json()["cancellation_asked_at"]) == (200, None)
            assert declined.json() == {
                **asked, **{name: declined.json()[name] for name in ("version", "updated_at")}, "cancellation_asked_at": None
            }  # fmt: skip
            check_problem(await practice.http.post(decline), 409, "cancellation_not_asked")
            assert await waits() == (0, [])
            await gateway.environment.settle()
            for page in ("confirm", "cancel"):
                shown = (await http.get(f"/reminder/{page}", params={"token": token})).text
                assert ("has answered that your appointment stays" in shown) == (page == "cancel")
                assert "has been told that you cannot come" not in shown
        (change, *_) = (await practice.http.get(f"{path}/history")).json()
        assert change["changed_by"] == str(practice.person.user_id)
        before = change["changes"].pop("cancellation_asked_at")
        assert (before, change["changes"]) == ({"before": asked["cancellation_asked_at"], "after": None}, {})
        # Who was declined may also say that they come.
        assert (await clicked("confirm", "expects you"))["confirmed_at"] is not None


async def test_of_those_who_decline_at_the_same_time_one_does_and_a_stranger_finds_nothing(
    gateway, practice, link, elsewhere, check_problem
):
    appointment_id, _, token = link
    decline = f"{API}/appointments/{appointment_id}/decline-cancellation"
    async with gateway.anonymous() as http:
        assert (await http.post("/reminder/cancel", data={"token": token})).status_code == 200
    await gateway.environment.settle()
    check_problem(await elsewhere.http.post(decline), 404, "not_found")
    replies = await asyncio.gather(*(practice.http.post(decline) for _ in range(3)))
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
    assert len((await practice.http.get(f"{API}/appointments/{appointment_id}/history")).json()) == 2


def _later(moment):
    return (datetime.fromisoformat(moment) + timedelta(hours=3)).isoformat()


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
