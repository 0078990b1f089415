"""A mailed link lets in whoever it was mailed to. Opened where another person is signed in, it replaces nobody without a question."""

import re

import pytest
from uuid_utils.compat import uuid7

from gateway.pages.languages import language


def token_of(reply):
    return re.search(r'name="form_token" value="([^"]+)"', reply.text)[1]


def fields_of(page):
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))


async def send(http, path, page, **fields):
    """Sends a form of the page, as a browser does."""
    token = token_of(await http.get(page))
    return await http.post(path, data={"form_token": token, **fields})


@pytest.fixture
async def strangers_link(gateway, mailed_link):
    """Somebody who works elsewhere, and the token of a link to sign in that they have asked for."""
    stranger = await gateway.open_workspace()
    async with gateway.anonymous() as http:
        await http.post("/api/v1/auth/magic-link", json={"email": stranger.email})
    return stranger, await mailed_link(stranger)


async def open_link(http, token):
    """As from a mail: the page is asked for by another site's, and the form is sent by ours."""
    return await send(http, "/auth/verify", f"/auth/verify?token={token}", token=token)


async def who(http):
    return (await http.get("/api/v1/auth/me")).json()["email"]


@pytest.mark.parametrize("choice", ["stay", "replace"])
@pytest.mark.parametrize("is_idle", [False, True])
async def test_somebody_elses_link_replaces_nobody_unasked(gateway, browser, person, strangers_link, choice, is_idle):
    """Whoever sends their own link to others would have them write notes into a stranger's practice."""
    stranger, token = strangers_link
    if is_idle:
        browser.cookies.delete("access_token")
    asked = await open_link(browser, token)
    assert asked.status_code == 200
    assert person.email in asked.text
    assert stranger.email in asked.text
    assert await who(browser) == person.email
    before, waiting = browser.cookies["refresh_token"], browser.cookies["waiting_sign_in"]

    answer = fields_of(asked) | {"choice": choice}
    answered = await browser.post("/auth/replace-sign-in", data=answer)

    assert (answered.status_code, answered.headers["location"]) == (303, "/auth/account")
    await gateway.app.state.verifier.refresh()
    assert await who(browser) == (person.email if choice == "stay" else stranger.email)
    async with gateway.anonymous() as other:
        other.cookies.set("refresh_token", before if choice == "replace" else waiting)
        assert (await other.get("/api/v1/auth/me")).status_code == 401


async def test_somebody_elses_invitation_replaces_nobody_unasked(gateway, browser, person, login):
    elsewhere = await gateway.open_workspace()
    async with gateway.anonymous() as owner:
        await login(owner, elsewhere)
        nora = {"email": f"nora-{uuid7().hex}@example.com", "full_name": "Nora Quist", "role": "therapist"}
        added = await owner.post("/api/v1/users", json=nora)
        sent = await owner.post(f"/api/v1/invitations/{added.json()['id']}/resend")
    token = sent.json()["invitation_url"].partition("token=")[2]
    asked = await send(browser, "/accept-invitation", f"/accept-invitation?token={token}", token=token)
    assert (asked.status_code, "Nora Quist" in asked.text) == (200, True)
    assert await who(browser) == person.email


async def test_a_question_that_another_tab_has_overtaken_signs_nobody_else_in(gateway, browser, person, strangers_link, mailed_link):
    """The page says who somebody would be: of two that are open, the earlier one does not sign them in as the other person."""
    stranger, token = strangers_link
    asked = await open_link(browser, token)
    another = await gateway.open_workspace()
    async with gateway.anonymous() as http:
        await http.post("/api/v1/auth/magic-link", json={"email": another.email})
    asked_later = await open_link(browser, await mailed_link(another))
    assert (stranger.email in asked.text, another.email in asked_later.text) == (True, True)

    overtaken = await browser.post("/auth/replace-sign-in", data=fields_of(asked) | {"choice": "replace"})
    assert (overtaken.status_code, await who(browser)) == (401, person.email)
    assert language("en").texts["problem_sso_over"] in overtaken.text
    answered = await browser.post("/auth/replace-sign-in", data=fields_of(asked_later) | {"choice": "replace"})
    assert (answered.status_code, await who(browser)) == (303, another.email)


async def test_ones_own_link_replaces_ones_own_sign_in_without_a_question(browser, person, mailed_link):
    await browser.post("/api/v1/auth/magic-link", json={"email": person.email})
    opened = await open_link(browser, await mailed_link(person))
    assert (opened.status_code, opened.headers["location"]) == (303, "/auth/account")


async def test_where_a_second_factor_is_wanted_the_question_leads_there(gateway, browser, strangers_link):
    stranger, token = strangers_link
    async with gateway.environment.superuser() as database:
        required = """UPDATE identity.workspaces SET settings = settings || '{"second_factor_required": true}' WHERE workspace_id = $1"""
        assert await database.execute(required, stranger.workspace_id) == "UPDATE 1"
    asked = await open_link(browser, token)
    assert 'name="next" value="/auth/second-factor"' in asked.text
