"""The gateway's own pages in a real browser: without script, by keyboard alone, for everybody."""

import re

from attack.installation import AttackedInstallation
from uuid_utils.compat import uuid7


async def invitation(embedded, eventually):
    """The link that a new user of a new hospital is mailed."""
    attacked = AttackedInstallation(embedded)
    email = f"nora-{uuid7().hex}@example.com"
    with attacked.api_as(await attacked.open_workspace("hospital")) as admin:
        made = admin.post("/users", json={"full_name": "Nora Quist", "role": "nurse", "email": email})
        assert made.status_code == 201, made.text
    (mail,) = eventually(lambda: [mail for mail in embedded.mail() if mail["to"] == [email]])
    return re.search(r"http\S+/accept-invitation\?token=\S+", mail["text"])[0]


async def test_an_invitation_is_accepted_in_a_browser_without_script(embedded, eventually, open_tab):
    tab = await open_tab()

    await tab.page.goto(await invitation(embedded, eventually))
    assert await tab.barriers() == []
    await tab.page.get_by_role("button", name="Accept and sign in").click()

    assert await tab.page.get_by_role("status").inner_text() == "You are signed in, Nora Quist."
    assert await tab.barriers() == []
