"""Calendar feeds over HTTP, as a calendar program reads them."""

import logging

import pytest
from icalendar import Calendar
from prometheus_client import REGISTRY, generate_latest

FEEDS = "/api/v1/calendar-feeds"


@pytest.fixture
async def program(gateway):
    """Somebody who has not signed in."""
    async with gateway.anonymous() as http:
        yield http


def path(created):
    return created["url"][created["url"].index(FEEDS) :]


async def test_a_feed_is_read_without_sign_in_and_only_when_it_has_changed(practice, program):
    created = (await practice.http.post(FEEDS)).json()
    assert created["url"].endswith(".ics")
    assert (created["practitioner_id"], created["shows_initials"], created["last_read_at"]) == (str(practice.person.user_id), False, None)

    empty = await program.get(path(created))
    assert (empty.status_code, empty.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert empty.headers["cache-control"] == "private, no-cache"
    assert "last-modified" not in empty.headers
    unchanged = await program.get(path(created), headers={"If-None-Match": f'W/"other", {empty.headers["etag"]}'})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", empty.headers["etag"])

    appointment = await practice.booked((await practice.add_client())["id"])
    full = await program.get(path(created), headers={"If-None-Match": empty.headers["etag"]})
    (event,) = Calendar.from_ical(full.content).walk("VEVENT")
    assert (event["UID"].split("@")[0], event["SUMMARY"]) == (appointment["id"], "Appointment")
    listed = (await practice.http.get(FEEDS)).json()
    assert [(feed["id"], feed["last_read_at"] is None, "url" in feed) for feed in listed] == [(created["id"], False, False)]


async def test_an_address_is_void_once_its_feed_is_deleted(practice, program, check_problem):
    created = (await practice.http.post(FEEDS, json={"shows_initials": True})).json()
    assert (await program.get(path(created))).status_code == 200

    assert (await practice.http.delete(f"{FEEDS}/{created['id']}")).status_code == 204
    for address in (path(created), f"{FEEDS}/nonsense.ics", f"{FEEDS}/{created['id']}.ics"):
        check_problem(await program.get(address), 404, "calendar_feed_not_found")
    assert (await practice.http.get(FEEDS)).json() == []


async def test_the_secret_is_in_no_log_and_no_metric(practice, program, caplog):
    created = (await practice.http.post(FEEDS)).json()
    secret = path(created).removeprefix(f"{FEEDS}/").removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        assert (await program.get(path(created))).status_code == 200
        refused = await program.get(path(created).replace(secret, secret[:-4] + "AAAA"))

    assert refused.status_code == 404
    lines = [repr(record.__dict__) for record in caplog.records if record.name.startswith(("gateway", "chassis", "scheduling", "uvicorn"))]
    assert any("/calendar-feeds/{token}.ics" in line for line in lines)
    assert not any(secret[:40] in line for line in lines)
    assert secret[:40] not in generate_latest(REGISTRY).decode()
    assert secret[:40] not in refused.text
