"""The gateway's own pages in a real browser: without script, by keyboard alone, for everybody."""

import re
import time
from urllib.parse import urlsplit

import pyotp
import pytest
from attack.installation import PASSWORD, AttackedInstallation
from chromium import fresh_tab
from playwright.async_api import expect
from uuid_utils.compat import uuid7

from caseload.identity.v1.users_pb2 import User
from gateway.pages.languages import LANGUAGES, language
from gateway.pages.provider import leading_page
from gateway.pages.rendering import render

# Of a page with forms, exactly: the style's hash is the one thing in it that changes.
POLICY = r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
WITH_PASSKEYS = rf"{POLICY}; script-src 'sha256-[\w+/]{{43}}='; connect-src 'self'"
NEW_PASSWORD = "violet tractor under snow"
# Of all five, the one with the longest words and the one that is written from the right are looked at each time, and all in the drill;
# `test_gateway_sign_in_pages.py` reads all.
LOOKED_AT = [code if code in {"de", "he"} else pytest.param(code, marks=pytest.mark.drill) for code in LANGUAGES]
# Built in, finds its passkeys by itself and verifies its user.
TELEPHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def attacked_embedded(embedded):
    return AttackedInstallation(embedded)


@pytest.fixture
async def owner(attacked_embedded):
    """The owner of a new practice."""
    return await attacked_embedded.open_workspace("practice")


@pytest.fixture
def mailed(embedded, eventually):
    """The link in the newest mail to somebody with these words in its subject."""

    def link(email, subject):
        (mail, *_) = eventually(lambda: [each for each in embedded.mail() if each["to"] == [email] and subject in each["subject"]])
        return re.search(r"http\S+\?token=\S+", mail["text"])[0]

    return link


async def enter(page, url, person, password=PASSWORD):
    await page.goto(f"{url}/auth/sign-in")
    await page.get_by_label("E-mail address").fill(person.email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def sees(page, title):
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


async def is_signed_in_here_alone(page):
    """What signing in again has replaced is not listed any more."""
    await sees(page, "Your account")
    await expect(page.get_by_text("This browser")).to_have_count(1)
    await expect(page.get_by_role("button", name="End the sign-in at Chrome")).to_have_count(0)


async def enrol(page):
    """Switches the second factor on, from the account's page. Returns the secret and the backup codes."""
    await page.get_by_role("button", name="Set up").click()
    await sees(page, "Set up a second factor")
    secret = await page.locator(".secret").inner_text()
    codes = await page.locator("ol.codes li").all_inner_texts()
    await page.get_by_label("The code that your authenticator shows now").fill(pyotp.TOTP(secret).now())
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.get_by_role("status")).to_have_text("Your second factor is switched on.")
    return secret, codes


async def test_an_invitation_is_accepted_without_script(attacked_embedded, mailed, open_tab):
    email = f"nora-{uuid7().hex}@example.com"
    with attacked_embedded.api_as(await attacked_embedded.open_workspace("hospital")) as admin:
        made = admin.post("/users", json={"full_name": "Nora Quist", "role": "nurse", "email": email})
        assert made.status_code == 201, made.text
    page = (await open_tab()).page
    link = mailed(email, "You are invited")

    await page.goto(link)
    await page.get_by_role("button", name="Accept and sign in").click()

    await sees(page, "Your account")
    assert "You are signed in as Nora Quist." in await page.inner_text("main")
    assert "Lakeside" in await page.inner_text("main")
    await page.goto(link)
    await page.get_by_role("button", name="Accept and sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("This invitation was used")


async def test_a_password_signs_in_and_the_sign_ins_are_listed_and_ended(embedded, owner, open_tab):
    phone, desk = (await open_tab()).page, (await open_tab()).page
    await enter(phone, embedded.gateway_url, owner)
    await sees(phone, "Your account")

    await enter(desk, embedded.gateway_url, owner, "not this one")
    await expect(desk.get_by_role("alert")).to_contain_text("This e-mail address and password do not belong together")
    assert await desk.get_by_label("E-mail address").input_value() == owner.email
    await desk.get_by_label("Password").fill(PASSWORD)
    await desk.keyboard.press("Enter")
    await sees(desk, "Your account")
    assert await desk.get_by_text("This browser").count() == 1
    await desk.get_by_role("button", name="End the sign-in at Chrome").click()
    await expect(desk.get_by_role("status")).to_have_text("The sign-in has been ended.")
    await expect(desk.get_by_role("button", name="End the sign-in at Chrome")).to_have_count(0)

    await desk.get_by_role("button", name="Sign out", exact=True).click()
    await expect(desk.get_by_role("status")).to_have_text("You are signed out.")
    await desk.goto(f"{embedded.gateway_url}/auth/account")
    await sees(desk, "Sign in")


async def test_a_mailed_link_signs_in_once(embedded, owner, mailed, open_tab):
    page = (await open_tab()).page
    await page.goto(f"{embedded.gateway_url}/auth/sign-in")
    await page.get_by_label("E-mail address").fill(owner.email)
    await page.get_by_role("button", name="Mail me a link instead").click()
    await sees(page, "Look into your mailbox")
    link = mailed(owner.email, "sign-in link")

    for title in ("Your account", "This did not work"):
        await page.goto(link)
        await sees(page, "Sign in to Caseload")
        await page.get_by_role("button", name="Sign in").click()
        await sees(page, title)


@pytest.mark.parametrize("choice", ["Stay signed in as", "Go on as"])
async def test_somebody_elses_link_asks_before_it_replaces_who_is_signed_in(embedded, attacked_embedded, owner, mailed, open_tab, choice):
    """Followed from a page of webmail: a browser keeps some cookies back from who comes from another site."""
    stranger = await attacked_embedded.open_workspace("practice")
    tab = await open_tab()
    page = tab.page
    await enter(page, embedded.gateway_url, owner)
    await sees(page, "Your account")
    with attacked_embedded.api_as(stranger) as http:
        assert http.post("/auth/magic-link", json={"email": stranger.email}).status_code == 200
    mail = f'<a href="{mailed(stranger.email, "sign-in link")}">Sign in</a>'
    await page.route("https://mail.example/**", lambda route: route.fulfill(body=mail, content_type="text/html"))

    await page.goto("https://mail.example/")
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_role("button", name="Sign in").click()

    await sees(page, "Somebody else is signed in here")
    assert owner.email in await page.inner_text("main")
    assert stranger.email in await page.inner_text("main")
    assert await tab.barriers() == []
    await page.get_by_role("button", name=choice).click()
    await sees(page, "Your account")
    assert (owner if choice.startswith("Stay") else stranger).email in await page.inner_text("main")


async def test_a_second_factor_is_set_up_used_and_switched_off(embedded, owner, open_tab):
    page = (await open_tab()).page
    await enter(page, embedded.gateway_url, owner)
    secret, codes = await enrol(page)
    assert len(codes) == 10

    for code in (pyotp.TOTP(secret).at(int(time.time()) + 30), codes[0]):
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await enter(page, embedded.gateway_url, owner)
        await sees(page, "Second step")
        await expect(page.locator("main")).to_contain_text("If you have lost your authenticator and your backup codes")
        await page.get_by_label("Code").fill("00000000")
        await page.keyboard.press("Enter")
        await expect(page.locator(".error")).to_have_text("This code is not right, or was used already.")
        await page.get_by_label("Code").fill(code)
        await page.keyboard.press("Enter")
        await sees(page, "Your account")

    await page.get_by_label("A code of your authenticator").fill(codes[1])
    await page.get_by_role("button", name="Switch off").click()
    await expect(page.get_by_role("status")).to_have_text("Your second factor is switched off.")


async def test_whoever_has_to_have_a_second_factor_is_led_to_it_and_then_goes_on(embedded, attacked_embedded, owner, open_tab):
    with attacked_embedded.api_as(owner) as api:
        assert api.patch("/workspaces/current", json={"settings": {"second_factor_required": True}}).status_code == 200
    page = (await open_tab()).page

    await enter(page, embedded.gateway_url, owner)
    await sees(page, "Set up a second factor")
    assert "Your workspace requires a second factor." in await page.inner_text("main")
    await enrol(page)

    await sees(page, "Your account")
    assert "requires a second factor" not in await page.inner_text("main")


async def test_a_password_is_changed_and_forgotten_and_chosen_anew(embedded, owner, mailed, open_tab):
    page = (await open_tab()).page
    await enter(page, embedded.gateway_url, owner)
    for current, told in (("not this one", "The current password is not right."), (PASSWORD, "")):
        await page.get_by_label("Current password").fill(current)
        await page.get_by_label("New password").fill(NEW_PASSWORD)
        await page.get_by_role("button", name="Change the password").click()
        await expect(page.locator(".error:not(:empty)") if told else page.get_by_role("status")).to_contain_text(
            told or "Your password has been changed"
        )

    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_role("link", name="Forgotten your password?").click()
    await page.get_by_label("E-mail address").fill(owner.email)
    await page.keyboard.press("Enter")
    await sees(page, "Look into your mailbox")
    await page.goto(mailed(owner.email, "password"))
    await page.get_by_label("New password").fill("password1234")
    await page.keyboard.press("Enter")
    await expect(page.locator(".error")).to_contain_text("Choose another password.")
    await page.get_by_label("New password").fill(NEW_PASSWORD[::-1])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Your new password is set. Sign in with it.")
    await enter(page, embedded.gateway_url, owner, NEW_PASSWORD[::-1])
    await sees(page, "Your account")


@pytest.mark.parametrize("code", LOOKED_AT)
async def test_every_page_is_accessible_and_narrow(embedded, owner, open_tab, code):
    tab = await open_tab(locale=code, viewport={"width": 320, "height": 640})
    page, url = tab.page, embedded.gateway_url

    async def judge():
        html = page.locator("html")
        assert await html.get_attribute("lang") == code
        assert await html.get_attribute("dir") == ("rtl" if code == "he" else "ltr")
        assert await tab.barriers() == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320

    for path in (
        "/",
        "/auth/forgot-password",
        "/auth/link-sent",
        "/auth/verify?token=x",
        "/auth/reset-password?token=x",
        "/accept-invitation?token=x",
        "/auth/nowhere",
        "/auth/sign-in",
    ):
        await page.goto(url + path)
        await judge()
    await page.locator("#email").fill(owner.email)
    await page.locator("#password").fill("not this one")
    await page.keyboard.press("Enter")
    await page.get_by_role("alert").wait_for()
    await judge()
    await page.locator("#password").fill(PASSWORD)
    await page.get_by_role("button", name=language(code).texts["sign_in_button"], exact=True).click()
    await page.wait_for_url(f"{url}/auth/account")
    await judge()
    await page.goto(f"{url}/auth/second-factor")
    await judge()
    await page.locator("button").first.click()
    await page.locator("img").wait_for()
    await judge()
    secret = await page.locator(".secret").inner_text()
    await page.locator("#code").fill(pyotp.TOTP(secret).now())
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{url}/auth/account?*")
    await judge()
    await page.locator("button").first.click()
    await page.wait_for_url(f"{url}/auth/sign-in?*")
    await judge()
    await page.locator("#email").fill(owner.email)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{url}/auth/second-step")
    await judge()


async def test_the_language_can_be_chosen_and_stays(embedded, open_tab):
    page = (await open_tab(locale="fr-CA")).page
    await page.goto(f"{embedded.gateway_url}/auth/reset-password?token=kept")
    await sees(page, "Choisir un nouveau mot de passe")

    await page.get_by_role("link", name="עברית").click()

    await sees(page, "בחירת סיסמה חדשה")
    assert await page.locator("[name=token]").get_attribute("value") == "kept"
    await page.goto(f"{embedded.gateway_url}/auth/sign-in")
    await sees(page, "כניסה")


@pytest.mark.parametrize("colors", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
async def test_dark_and_forced_colors_are_readable(embedded, owner, open_tab, colors):
    tab = await open_tab(**colors)
    await enter(tab.page, embedded.gateway_url, owner, "not this one")
    await tab.page.get_by_role("alert").wait_for()
    assert await tab.barriers() == []
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.keyboard.press("Enter")
    await sees(tab.page, "Your account")
    assert await tab.barriers() == []
    # Where backgrounds are taken away, a border says that this is a button.
    assert await tab.page.evaluate("getComputedStyle(document.querySelector('button')).borderStyle") == "solid"


async def test_the_keyboard_is_enough(embedded, owner, open_tab):
    page = (await open_tab()).page
    press = page.keyboard.press
    await page.goto(f"{embedded.gateway_url}/auth/sign-in")

    # A browser focuses a field a moment after it shows the page.
    await expect(page.locator("#email")).to_be_focused()
    await page.keyboard.type(owner.email)
    await press("Tab")
    await page.keyboard.type("not this one")
    await press("Enter")
    await page.get_by_role("alert").wait_for()
    await expect(page.locator("#password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Sign in"
    assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    await press("Enter")
    await sees(page, "Your account")

    # The first thing after the way home.
    await press("Tab")
    await press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Sign out"
    await press("Enter")
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")


async def test_a_hostile_name_is_only_shown(embedded, attacked_embedded, open_tab):
    name = "<img src=x onerror=alert(1)><script>document.title='mine'</script>{{ 7*7 }}"
    person = await attacked_embedded.open_practice(full_name=name)
    page = (await open_tab(script=True)).page

    await enter(page, embedded.gateway_url, person)

    await sees(page, "Your account")
    assert f"You are signed in as {name}." in await page.inner_text("main")
    assert await page.locator("main img, main script").count() == 0


async def test_every_page_has_exactly_its_policy(embedded, owner, open_tab):
    page = (await open_tab()).page
    policies = {}

    def keep(reply):
        if reply.status == 200:
            policies[reply.url.partition("?")[0]] = reply.headers["content-security-policy"]

    page.on("response", keep)
    await enter(page, embedded.gateway_url, owner)
    await sees(page, "Your account")
    for path in ("/auth/forgot-password", "/auth/verify", "/auth/reset-password", "/accept-invitation", "/auth/second-factor"):
        await page.goto(embedded.gateway_url + path)

    assert len(policies) == 7
    for path in ("/auth/sign-in", "/auth/account"):
        assert re.fullmatch(WITH_PASSKEYS, policies.pop(embedded.gateway_url + path))
    assert [url for url, policy in policies.items() if not re.fullmatch(POLICY, policy)] == []
    await page.get_by_role("button", name="Set up").click()
    await page.locator("img").wait_for()
    assert re.fullmatch(
        POLICY.replace("; base-uri", "; img-src data:; base-uri"), policies[f"{embedded.gateway_url}/auth/second-factor/enrol"]
    )


async def test_a_violation_of_the_policy_would_be_noticed(embedded, browser):
    async with fresh_tab(browser, script=True) as tab:

        async def planted(route):
            reply = await route.fetch()
            await route.fulfill(
                response=reply, body=(await reply.text()).replace("</main>", "</main><script>document.title='mine'</script>")
            )

        await tab.page.route("**/auth/sign-in", planted)
        await tab.page.goto(f"{embedded.gateway_url}/auth/sign-in")

        assert await tab.page.title() == "Sign in · Caseload"
        assert "violates the following Content Security Policy directive" in tab.messages[0]


@pytest.mark.parametrize("code", LOOKED_AT)
async def test_the_pages_on_the_way_to_a_provider_are_accessible_and_lead_there(embedded, open_tab, code):
    """The provider is played by the browser: an installation asks none without TLS."""
    tab = await open_tab(viewport={"width": 320, "height": 640})
    reader, page = language(code), tab.page
    present, other = User(full_name="Henrietta Castellanos", email="h@example.org"), User(full_name="Nora Quist", email="n@example.org")
    pages = {
        "GET /auth/replace-sign-in": render("replace.html", reader, title="x", address="/", present=present, other=other, waiting="x"),
        "GET /auth/sso/lakeside": render(
            "single_sign_on.html", reader, title="x", address="/", text=reader.texts["sso_ask_text"], return_to="/clients", again=""
        ),
        "POST /auth/sso/lakeside": leading_page("https://provider.example/authorize?a=1&b=2", reader),
    }

    async def answer(route):
        told = pages[f"{route.request.method} {urlsplit(route.request.url).path}"]
        await route.fulfill(headers=dict(told.headers), body=told.body)

    await page.route("**/auth/*", answer)
    await page.route("**/auth/sso/*", answer)
    await page.route("https://provider.example/**", lambda route: route.fulfill(body="<title>The provider</title>"))
    for path in ("/auth/replace-sign-in", "/auth/sso/lakeside"):
        await page.goto(embedded.gateway_url + path)
        assert await tab.barriers() == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.locator("button").click()

    await page.wait_for_url("https://provider.example/authorize?a=1&b=2")


@pytest.mark.parametrize("alone", [True, False])
async def test_a_passkey_is_added_and_signs_in_at_the_pages(embedded, attacked_embedded, owner, open_tab, alone):
    tab = await open_tab(script=True)
    # An address is no domain that a passkey could be good for.
    page, url = tab.page, embedded.gateway_url.replace("127.0.0.1", "localhost")
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("WebAuthn.enable", {"enableUI": False})
    await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})
    await enter(page, url, owner)
    await sees(page, "Your account")
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status")).to_have_text("Your passkey has been added.")
    assert await page.get_by_role("textbox", name="Name", exact=True).input_value() == "Passkey"
    assert await tab.barriers() == []
    await page.get_by_role("button", name="Sign out", exact=True).click()

    if not alone:
        await enter(page, url, owner)
        await sees(page, "Second step")
        assert await page.get_by_text("Have a link mailed to you instead").count() == 0
    await page.get_by_role("button", name="Use a passkey").click()

    await sees(page, "Your account")
    assert await tab.barriers() == []


async def test_what_decides_who_gets_in_leads_to_signing_in_again_and_back(embedded, attacked_embedded, owner, mailed, open_tab):
    """A passkey is added and removed, and a second factor set up, 20 minutes after signing in: by password, passkey and mailed link."""
    tab = await open_tab(script=True)
    page, url = tab.page, embedded.gateway_url.replace("127.0.0.1", "localhost")
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("WebAuthn.enable", {"enableUI": False})
    await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": TELEPHONE})

    async def let_pass(minutes=20):
        async with attacked_embedded.superuser() as database:
            earlier = (
                "UPDATE identity.login_sessions SET created_at = created_at - make_interval(mins => $2) WHERE user_id = $1::text::uuid"
            )
            assert await database.execute(earlier, owner.user_id, minutes) != "UPDATE 0"
        await page.context.clear_cookies(name="access_token")

    async def is_told_to_sign_in_again():
        await sees(page, "Sign in")
        await expect(page.get_by_role("status")).to_contain_text("Sign in again to go on")
        # A screen reader begins at the field that has the focus.
        await expect(page.get_by_label("E-mail address")).to_be_focused()
        await expect(page.get_by_label("E-mail address")).to_have_accessible_description(re.compile("^Sign in again to go on"))

    async def enter_again():
        await page.get_by_label("E-mail address").fill(owner.email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()

    with attacked_embedded.api_as(owner) as administrator:
        sso = {"slug": f"lakeside-{uuid7().hex[-12:]}", "issuer": "https://id.example.org", "client_id": "caseload", "enabled": True}
        assert administrator.put("/workspaces/current/sso", json={**sso, "default_role": "therapist"}).status_code == 200
    await enter(page, url, owner)
    await sees(page, "Your account")
    await let_pass()
    await page.get_by_role("button", name="Add a passkey").click()
    await is_told_to_sign_in_again()
    await expect(page.get_by_role("button", name="Sign in with id.example.org")).to_be_visible()
    await expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    for code in (*LANGUAGES[1:], "en"):
        reader = language(code)
        await page.get_by_role("link", name=reader.name).click()
        await expect(page.get_by_role("status")).to_have_text(reader.texts["done_again"])
        assert await tab.barriers() == []
    again = page.url
    # Where a provider leads that has not asked them.
    await page.goto(f"{url}/auth/sign-in?done=not_asked&next=%2Fauth%2Fsecond-factor")
    await expect(page.get_by_role("button", name="Sign in with id.example.org")).to_have_count(0)
    assert await tab.barriers() == []
    await page.get_by_role("link", name="Go on without this change").click()
    await sees(page, "Set up a second factor")
    await page.goto(again)
    await enter_again()
    await is_signed_in_here_alone(page)
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("status")).to_have_text("Your passkey has been added.")

    await let_pass()
    await page.get_by_role("button", name="Remove the passkey Passkey").click()
    await is_told_to_sign_in_again()
    await page.get_by_role("button", name="Use a passkey").click()
    await is_signed_in_here_alone(page)
    await page.get_by_role("button", name="Remove the passkey Passkey").click()
    await expect(page.get_by_role("status")).to_contain_text("The passkey has been removed.")

    await let_pass()
    await page.get_by_role("button", name="Set up").click()
    await is_told_to_sign_in_again()
    await page.get_by_label("E-mail address").fill(owner.email)
    await page.get_by_role("button", name="Mail me a link instead").click()
    await sees(page, "Look into your mailbox")
    await page.goto(mailed(owner.email, "sign-in link").replace("127.0.0.1", "localhost"))
    await page.get_by_role("button", name="Sign in").click()
    # Where they were going, and not the account.
    await sees(page, "Set up a second factor")
    secret, _ = await enrol(page)
    await is_signed_in_here_alone(page)

    await page.goto(again)
    await enter_again()
    await sees(page, "Second step")
    await page.get_by_label("Code").fill(pyotp.TOTP(secret).at(int(time.time()) + 30))
    await page.keyboard.press("Enter")
    await is_signed_in_here_alone(page)


@pytest.mark.parametrize("code", LOOKED_AT)
async def test_whoever_signs_in_again_is_told_what_there_is_in_every_state(embedded, attacked_embedded, owner, open_tab, code):
    """What changes how one signs in takes a sign-in of one's own, which in the end this workspace does not allow them any more."""
    # With script, so that what uses passkeys is shown, too.
    tab = await open_tab(script=True, locale=code, viewport={"width": 320, "height": 640})
    page, url, texts = tab.page, embedded.gateway_url, language(code).texts
    therapist = await attacked_embedded.add_user(owner.workspace_id, "therapist")
    controls = page.locator("main input:not([type=hidden]), main button")

    async def state(reason, told, *, shows):
        await page.goto(f"{url}/auth/sign-in?done={reason}&next=/docs")
        await expect(page.get_by_role("status")).to_have_text(told)
        await expect(controls.locator("visible=true")).to_have_count(shows)
        assert await page.locator("html").get_attribute("lang") == code
        assert await tab.barriers() == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320

    # Address, password, their button, the link's and the passkey's.
    for reason in ("signed_out", "password_set", "again"):
        await state(reason, texts[f"done_{reason}"], shows=5)
    await page.goto(f"{url}/auth/sign-in")
    await page.locator("#email").fill(therapist.email)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await sees(page, texts["account_title"])
    await state("again", texts["done_again"], shows=4)
    own = texts["means_or"].format(others=texts["means_password"], last=texts["means_link"])
    await state("own", texts["done_own"].format(means=own), shows=4)
    await state("not_asked", texts["done_not_asked"], shows=4)

    with attacked_embedded.api_as(owner) as administrator:
        sso = {"slug": f"lakeside-{uuid7().hex[-12:]}", "issuer": "https://id.example.org", "client_id": "caseload", "enabled": True}
        required = {**sso, "default_role": "therapist", "required": True}
        assert administrator.put("/workspaces/current/sso", json=required).status_code == 200

    await state("again", texts["done_again"], shows=1)
    await expect(page.get_by_role("button", name=texts["sso_button"].format(provider="id.example.org"))).to_be_focused()
    await state("not_asked", texts["done_not_asked"], shows=0)
    await state("own", texts["done_nothing_left"], shows=0)
    await expect(page.locator("main form")).to_have_count(0)
    leave = page.get_by_role("link", name=texts["leave_unchanged"])
    assert await leave.get_attribute("href") == "/docs"
    await page.goto(f"{url}/auth/sign-in?done=own")
    await leave.click()
    await sees(page, texts["account_title"])
