"""A user is added, mailed an invitation, and gets in by it: by the gateway's own page, and by the API."""

import re

import httpx
import pytest
from attack.installation import AttackedInstallation
from uuid_utils.compat import uuid7

NEW = {"full_name": "Nora Quist", "role": "nurse", "shift_schedule": {"sun": [{"start": "22:00", "end": "06:00"}]}}


@pytest.fixture
async def admin(embedded):
    """An administrator's API."""
    attacked = AttackedInstallation(embedded)
    with attacked.api_as(await attacked.open_workspace("hospital")) as api:
        yield api


def added(admin, embedded, eventually):
    """A user whom the administrator has added, and the link in the mail."""
    email = f"nora-{uuid7().hex}@example.com"
    made = admin.post("/users", json=NEW | {"email": email})
    assert made.status_code == 201, made.text
    (mail,) = eventually(lambda: [mail for mail in embedded.mail() if mail["to"] == [email]])
    assert mail["subject"] == "You are invited to Lakeside"
    return made.json(), re.search(r"http\S+/accept-invitation\?token=\S+", mail["text"])[0]


def test_an_invited_user_gets_in_by_the_page_without_a_script(admin, embedded, eventually):
    user, link = added(admin, embedded, eventually)
    with httpx.Client() as browser:
        page = browser.get(link)
        assert (page.status_code, "<script" in page.text) == (200, False)
        assert "form-action 'self'" in page.headers["content-security-policy"]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        assert browser.get(f"{embedded.gateway_url}/api/v1/auth/me").status_code == 401

        welcome = browser.post(f"{embedded.gateway_url}/accept-invitation", data=fields, follow_redirects=True)
        assert (welcome.status_code, "You are signed in as Nora Quist." in welcome.text) == (200, True)
        me = browser.get(f"{embedded.gateway_url}/api/v1/auth/me").json()
        assert (me["id"], me["role"], me["shift_schedule"]) == (user["id"], "nurse", NEW["shift_schedule"])

        again = browser.post(f"{embedded.gateway_url}/accept-invitation", data=fields)
        assert (again.status_code, "used, replaced or is too old" in again.text) == (410, True)
        unknown = browser.post(f"{embedded.gateway_url}/accept-invitation", data=fields | {"token": "<b>"})
        assert (unknown.status_code, "<b>" in unknown.text) == (404, False)


def test_a_newer_invitation_is_accepted_over_the_api_and_the_older_one_is_gone(admin, embedded, eventually):
    user, link = added(admin, embedded, eventually)
    with httpx.Client(base_url=f"{embedded.gateway_url}/api/v1") as browser:
        shown = admin.post(f"/invitations/{user['id']}/resend").json()["invitation_url"]
        tokens = [httpx.URL(url).params["token"] for url in (link, shown)]

        old = browser.get("/auth/accept-invite", params={"token": tokens[0]})
        assert (old.status_code, old.json()["code"]) == (410, "invitation_over")
        unknown = browser.get("/auth/accept-invite", params={"token": "nobody"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "invitation_unknown")
        accepted = browser.get("/auth/accept-invite", params={"token": tokens[1]}).json()
        assert (accepted["success"], accepted["token_type"], accepted["user"]["id"]) == (True, "bearer", user["id"])
        assert browser.get("/auth/me").json()["id"] == user["id"]

        again = admin.post(f"/invitations/{user['id']}/resend")
        assert (again.status_code, again.json()["code"]) == (409, "invitation_accepted")
        assert [found["email"] for found in admin.get("/users", params={"search": "quist"}).json()["items"]] == [user["email"]]
