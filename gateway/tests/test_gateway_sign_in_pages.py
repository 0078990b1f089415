"""The pages for people without a front end, over HTTP: forged forms, foreign cookies, redirects and hostile input change nothing."""

import html
import re

import pytest
from uuid_utils.compat import uuid7

from gateway.pages.languages import LANGUAGES, language
from standalone.selftest.software_authenticator import SoftPasskey

PASSWORD = "correct horse battery"
FORMS = {
    "/auth/sign-in": {"email": "nobody@example.com", "password": PASSWORD},
    "/auth/sign-in-link": {"email": "nobody@example.com"},
    "/auth/verify": {"token": "x"},
    "/auth/second-step": {"totp_code": "123456"},
    "/auth/passkey": {"credential": "{}"},
    "/auth/forgot-password": {"email": "nobody@example.com"},
    "/auth/reset-password": {"token": "x", "new_password": "violet tractor under snow"},
    "/accept-invitation": {"token": "x"},
}
OWN_FORMS = {
    "/auth/account/password": {"current_password": PASSWORD, "new_password": "violet tractor under snow"},
    "/auth/account/end-sign-in": {"session_id": str(uuid7())},
    "/auth/account/end-all": {},
    "/auth/second-factor/enrol": {},
    "/auth/second-factor/confirm": {"code": "123456"},
    "/auth/second-factor/remove": {"totp_code": "123456"},
    "/auth/account/passkeys/rename": {"passkey_id": str(uuid7()), "name": "x"},
    "/auth/account/passkeys/remove": {"passkey_id": str(uuid7())},
    "/auth/account/switch": {"workspace_id": str(uuid7())},
    "/auth/sign-out": {},
}


def nobody():
    """An address that nobody has, and that nobody has tried to sign in with."""
    return f"nobody-{uuid7().hex}@example.com"


def token_of(reply):
    return re.search(r'name="form_token" value="([^"]+)"', reply.text)[1]


def texts_of(reply, role):
    return [html.unescape(text) for text in re.findall(rf'role="{role}">([^<]+)<', reply.text)]


@pytest.fixture
async def visitor(gateway):
    async with gateway.anonymous() as http:
        yield http


async def send(http, path, page="/auth/sign-in", headers=None, **fields):
    """Sends a form of the page, as a browser does."""
    token = token_of(await http.get(page))
    return await http.post(path, data={"form_token": token, **fields}, headers=headers)


@pytest.fixture
async def signed_in(visitor, person):
    """A browser in which the person has signed in at the page."""
    reply = await send(visitor, "/auth/sign-in", email=person.email, password=PASSWORD)
    assert (reply.status_code, reply.headers["location"]) == (303, "/auth/account"), reply.text
    return visitor


async def test_signing_in_sets_the_cookies_of_the_api(signed_in, person):
    assert (await signed_in.get("/api/v1/auth/me")).json()["id"] == str(person.user_id)
    page = await signed_in.get("/auth/account")
    assert (page.status_code, page.headers["cache-control"], page.headers["referrer-policy"]) == (200, "no-store", "no-referrer")
    assert "Henrietta Castellanos" in page.text


async def test_an_expired_access_cookie_is_renewed_by_a_page_and_by_its_forms(signed_in):
    token = token_of(await signed_in.get("/auth/account"))
    signed_in.cookies.delete("access_token")
    assert (await signed_in.get("/auth/account")).status_code == 200
    signed_in.cookies.delete("access_token")
    assert (await signed_in.post("/auth/account/end-all", data={"form_token": token})).status_code == 303
    assert (await signed_in.get("/auth/account")).headers["location"] == "/auth/sign-in"


@pytest.mark.parametrize("code", LANGUAGES)
async def test_every_page_is_in_the_readers_language_alone(signed_in, code):
    reader, english = language(code), language("en").texts
    foreign = [text for key, text in english.items() if len(text) > 12 and text != reader.texts[key]]
    signed_in.headers["Accept-Language"] = code
    titles = {
        "/": "home_lead",
        "/auth/forgot-password": "forgot_title",
        "/auth/link-sent": "link_sent_title",
        "/auth/password-link-sent": "link_sent_title",
        "/auth/verify?token=x": "link_title",
        "/auth/reset-password?token=x": "reset_title",
        "/accept-invitation?token=x": "invitation_title",
        "/auth/nowhere": "problem_not_found",
        "/auth/sso/nowhere": "problem_sso_unknown",
        "/auth/account": "account_title",
        "/auth/second-factor": "enrol_title",
        "/auth/sign-in": "sign_in_title",
    }
    replies = {path: await signed_in.get(path) for path in titles}
    replies["wrong"] = await send(signed_in, "/auth/sign-in", email=nobody(), password="wrong")
    replies["enrolment"] = await send(signed_in, "/auth/second-factor/enrol", "/auth/account")
    titles |= {"wrong": "problem_invalid_credentials", "enrolment": "backup_title"}

    for path, reply in replies.items():
        body = html.unescape(reply.text.partition("</style>")[2].partition("<footer>")[0])
        assert f'<html lang="{code}" dir="{reader.direction}">' in reply.text, path
        assert reader.texts[titles[path]] in body, path
        assert not re.search(r"\{\w+\}", body.partition("<script>")[0]), path
        assert [text for text in foreign if text in body] == [], path


async def test_wrong_credentials_are_the_same_page_for_known_and_unknown_addresses(visitor, person):
    replies = [await send(visitor, "/auth/sign-in", email=email, password="wrong") for email in (person.email, nobody())]

    told = {(reply.status_code, *texts_of(reply, "alert")) for reply in replies}
    assert told == {(401, language("en").texts["problem_invalid_credentials"])}
    without_address = [re.sub(r"(head|nobody)-\w+@example.com", "", reply.text) for reply in replies]
    assert without_address[0] == without_address[1]
    assert not any("access_token" in line for reply in replies for line in reply.headers.get_list("set-cookie"))


@pytest.mark.parametrize("path", ["/auth/sign-in-link", "/auth/forgot-password"])
async def test_a_mail_is_asked_for_with_the_same_reply_for_every_address(visitor, person, path):
    replies = [await send(visitor, path, email=email) for email in (person.email, nobody())]

    assert [reply.status_code for reply in replies] == [303, 303]
    assert replies[0].headers["location"] == replies[1].headers["location"]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_its_token_is_refused(visitor, path):
    page = await visitor.get("/auth/sign-in")
    for token in ({}, {"form_token": "guess"}, {"form_token": "\u00e9"}):
        reply = await visitor.post(path, data=FORMS[path] | token)
        assert (reply.status_code, *texts_of(reply, "alert")) == (
            403,
            "This page was open for too long, or your browser keeps no cookies. Open it again.",
        )
    cross_site = await visitor.post(path, data=FORMS[path] | {"form_token": token_of(page)}, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross_site.status_code == 403
    visitor.cookies.clear()
    assert (await visitor.post(path, data=FORMS[path] | {"form_token": token_of(page)})).status_code == 403


@pytest.mark.parametrize("path", OWN_FORMS)
async def test_a_form_of_another_visitor_or_another_sign_in_is_refused(gateway, signed_in, path):
    other = await gateway.open_workspace()
    async with gateway.anonymous() as http:
        await send(http, "/auth/sign-in", email=other.email, password=PASSWORD)
        theirs = token_of(await http.get("/auth/account"))
        visitors = token_of(await http.get("/auth/sign-in"))
    for token in ("", "guess", theirs, visitors):
        reply = await signed_in.post(path, data=OWN_FORMS[path] | {"form_token": token})
        assert reply.status_code == 403, reply.text
    own = token_of(await signed_in.get("/auth/account"))
    for site in ("cross-site", "same-site"):
        assert (await signed_in.post(path, data=OWN_FORMS[path] | {"form_token": own}, headers={"Sec-Fetch-Site": site})).status_code == 403
    assert (await signed_in.get("/auth/account")).status_code == 200


@pytest.mark.parametrize("path", [path for path in OWN_FORMS if path != "/auth/sign-out"])
async def test_a_form_of_somebody_who_is_signed_out_is_401(visitor, path):
    reply = await visitor.post(path, data={"form_token": "x", **OWN_FORMS[path]})

    assert (reply.status_code, texts_of(reply, "alert")) == (401, ["You are no longer signed in."])


async def test_nobody_sees_an_account_without_signing_in(visitor):
    for path in ("/auth/account", "/auth/second-factor"):
        for cookies in ({}, {"access_token": "made.up.token"}, {"refresh_token": "made-up"}):
            visitor.cookies.clear()
            visitor.cookies.update(cookies)
            reply = await visitor.get(path)
            assert (reply.status_code, reply.headers["location"].partition("?")[0]) == (303, "/auth/sign-in")


async def test_another_persons_sign_in_is_not_ended(gateway, signed_in):
    other = await gateway.open_workspace()
    async with gateway.anonymous() as http:
        await send(http, "/auth/sign-in", email=other.email, password=PASSWORD)
        theirs = (await http.get("/api/v1/auth/sessions")).json()[0]["id"]
        for session_id in (theirs, str(uuid7()), "x", ""):
            reply = await send(signed_in, "/auth/account/end-sign-in", "/auth/account", session_id=session_id)
            assert reply.status_code == 404
        assert (await http.get("/auth/account")).status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX-Evil: 1"])
async def test_a_sign_in_leads_to_no_other_site(visitor, person, wanted):
    page = await visitor.get("/auth/sign-in", params={"next": wanted})
    assert 'name="next"' not in page.text
    assert "evil" not in page.text
    reply = await send(visitor, "/auth/sign-in", email=person.email, password=PASSWORD, next=wanted)

    assert reply.headers["location"] == "/auth/account"
    assert "x-evil" not in reply.headers


async def test_a_sign_in_leads_on_to_the_front_end_that_the_installation_has(gateway, person):
    async with gateway.reconfigured(app_url="https://app.example.com").anonymous() as http:
        address = "https://app.example.com/clients?x=1"
        page = await http.get("/auth/sign-in", params={"next": address})
        assert "form-action 'self' https://app.example.com;" in page.headers["content-security-policy"]
        assert "form-action 'self';" in (await http.get("/auth/sign-in")).headers["content-security-policy"]

        reply = await send(http, "/auth/sign-in", email=person.email, password=PASSWORD, next=address)

        assert reply.headers["location"] == address
        assert 'href="https://app.example.com"' in (await http.get("/auth/account")).text


async def test_what_is_typed_is_shown_as_text_and_passwords_and_codes_not_at_all(visitor, person):
    evil = '"><script>alert(1)</script>@example.com'
    for path in ("/auth/sign-in", "/auth/sign-in-link", "/auth/forgot-password"):
        reply = await send(visitor, path, email=evil, password="a secret nobody shows")
        assert "<script>alert" not in reply.text
        assert "a secret nobody shows" not in reply.text
    for page in ("/auth/verify", "/auth/reset-password", "/accept-invitation"):
        reply = await visitor.get(page, params={"token": evil})
        assert (reply.status_code, "<script>alert" in reply.text) == (200, False)
        assert f'value="{html.escape(evil, quote=True).replace("&quot;", "&#34;")}"' in reply.text
    for name, value in (("next", evil), ("lang", evil), ("done", evil)):
        assert "<script>alert" not in (await visitor.get("/auth/sign-in", params={name: value})).text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"&".join(b"a%d=1" % number for number in range(30)), "application/x-www-form-urlencoded"),
        (b"email=\xff\xfe", "application/x-www-form-urlencoded"),
        (b'{"email": "a@example.com"}', "application/json"),
        (b"form_token=x", "text/plain"),
        (b"", ""),
    ],
)
async def test_what_is_no_form_of_ours_is_a_400(visitor, body, kind):
    reply = await visitor.post("/auth/sign-in", content=body, headers={"Content-Type": kind} if kind else {})

    assert (reply.status_code, texts_of(reply, "alert")) == (400, ["Your browser sent something that cannot be read."])


@pytest.mark.parametrize("fields", [{"email": ""}, {"email": "x"}, {"email": "a@example.com\x00"}, {"email": "a" * 5000 + "@example.com"}])
async def test_an_address_that_is_none_is_told_beside_its_field(visitor, fields):
    reply = await send(visitor, "/auth/sign-in", password="x", **fields)

    assert reply.status_code == 422
    assert 'aria-describedby="email-error' in reply.text
    assert 'aria-invalid="true" autofocus' in reply.text
    assert "Enter an e-mail address, like name@example.com." in reply.text


async def test_after_too_many_attempts_the_page_says_how_long_to_wait(gateway):
    async with gateway.anonymous(address="203.0.113.77") as http:
        for _ in range(20):
            reply = await send(http, "/auth/sign-in", email="somebody@example.com", password="wrong")
            if reply.status_code == 429:
                break

        assert reply.status_code == 429
        assert int(reply.headers["retry-after"]) >= 1
        assert re.fullmatch(
            r"Too many attempts\. Try again in \d+ seconds\. You can have a link mailed to you meanwhile\.", texts_of(reply, "alert")[0]
        )


async def test_more_requests_than_an_address_may_send_are_a_page_too(gateway):
    async with gateway.reconfigured(anonymous_per_minute=1).anonymous(address="203.0.113.78") as http:
        replies = [await http.get("/auth/sign-in", headers={"Accept-Language": "de"}) for _ in range(11)]

    assert [reply.status_code for reply in replies] == [200] * 10 + [429]
    assert int(replies[-1].headers["retry-after"]) >= 1
    assert texts_of(replies[-1], "alert")[0].startswith("Zu viele Versuche.")


async def test_no_page_may_be_framed_or_kept(visitor):
    for path in (
        "/",
        "/auth/sign-in",
        "/auth/verify?token=x",
        "/auth/reset-password?token=x",
        "/accept-invitation?token=x",
        "/auth/nowhere",
    ):
        reply = await visitor.get(path)
        assert reply.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert (reply.headers["cache-control"], reply.headers["x-content-type-options"]) == ("no-store", "nosniff")


async def test_a_program_is_told_of_refusals_in_json(visitor, check_problem):
    check_problem(await visitor.post("/auth/sign-in", data={"form_token": "x"}, headers={"Accept": "application/json"}), 403, "csrf_failed")


async def test_cookies_for_forms_cannot_be_planted_where_there_is_tls(gateway):
    async with gateway.reconfigured(public_url="https://practice.example").anonymous() as http:
        reply = await http.get("/auth/sign-in")
        made = reply.headers["set-cookie"]
        assert re.match(r"__Host-visitor=[\w-]{22}; Path=/; Max-Age=\d+; SameSite=Lax; HttpOnly; Secure$", made)
        http.cookies.clear()

        planted = await http.post(
            "/auth/sign-in", data={"form_token": token_of(reply)}, headers={"Cookie": made.partition(";")[0].removeprefix("__Host-")}
        )
        assert planted.status_code == 403


@pytest.mark.parametrize("planted", ['"a\\015\\012Set-Cookie: evil=1"', "x" * 5000, "\u00e9", '""'])
async def test_a_cookie_that_we_have_not_made_is_not_sent_back(visitor, planted):
    reply = await visitor.get("/auth/sign-in", headers={"Cookie": f"visitor={planted}; language={planted}".encode("latin-1")})

    (made,) = reply.headers.get_list("set-cookie")
    assert re.match(r"visitor=[\w-]{22}; ", made)
    assert "evil" not in str(reply.headers)


async def test_the_second_step_is_over_when_its_cookie_is_made_up(visitor):
    assert (await visitor.get("/auth/second-step")).headers["location"] == "/auth/sign-in"
    visitor.cookies.set("second_step", "totp:" + "A" * 86)
    reply = await send(visitor, "/auth/second-step", totp_code="123456")

    assert (reply.status_code, "This sign-in took too long" in reply.text) == (401, True)


async def test_whoever_has_passkeys_alone_is_told_to_use_a_link(gateway, signed_in, person):
    signed_in.headers["X-CSRF-Token"] = signed_in.cookies["csrf_token"]
    options = (await signed_in.post("/api/v1/auth/passkeys")).json()
    credential = SoftPasskey.of(options).attest(options, "http://localhost:8000")
    assert (await signed_in.post("/api/v1/auth/passkeys/finish", json={"credential": credential})).status_code == 201
    async with gateway.anonymous() as http:
        reply = await send(http, "/auth/sign-in", email=person.email, password=PASSWORD)

        assert reply.headers["location"] == "/auth/second-step"
        page = await http.get("/auth/second-step")

    assert "Have a link mailed to you instead" in page.text
    assert "If you have lost the device with your passkey, sign in by a link" in page.text
    assert 'action="/auth/second-step"' not in page.text


async def test_passkeys_are_listed_renamed_and_removed_without_script(gateway, signed_in):
    csrf = {"X-CSRF-Token": signed_in.cookies["csrf_token"]}
    options = (await signed_in.post("/api/v1/auth/passkeys", headers=csrf)).json()
    body = {"credential": SoftPasskey.of(options).attest(options, "http://localhost:8000"), "name": "Telephone"}
    assert language("en").texts["second_factor_is_off"] in (await signed_in.get("/auth/account")).text
    passkey_id = (await signed_in.post("/api/v1/auth/passkeys/finish", json=body, headers=csrf)).json()["id"]
    assert language("en").texts["second_factor_is_a_passkey"] in (await signed_in.get("/auth/account")).text
    account = "/auth/account"
    assert 'value="Telephone"' in (await signed_in.get(account)).text

    for name in ("", "x" * 101):
        reply = await send(signed_in, "/auth/account/passkeys/rename", account, passkey_id=passkey_id, name=name)
        assert (reply.status_code, texts_of(reply, "alert")[0]) == (422, "A name has 1 to 100 characters.")
    renamed = await send(signed_in, "/auth/account/passkeys/rename", account, passkey_id=passkey_id, name="<b>Old</b>")
    assert renamed.headers["location"] == "/auth/account?done=passkey_renamed"
    page = (await signed_in.get(account)).text
    assert ("<b>Old" in page, 'value="&lt;b&gt;Old&lt;/b&gt;"' in page) == (False, True)

    async with gateway.anonymous() as http:
        other = await gateway.open_workspace()
        await send(http, "/auth/sign-in", email=other.email, password=PASSWORD)
        for path in ("rename", "remove"):
            for foreign in (passkey_id, "x"):
                reply = await send(http, f"/auth/account/passkeys/{path}", account, passkey_id=foreign, name="Mine")
                assert reply.status_code == 404
    removed = await send(signed_in, "/auth/account/passkeys/remove", account, passkey_id=passkey_id)
    assert removed.headers["location"] == "/auth/account?done=passkey_removed"
    assert (await signed_in.get("/api/v1/auth/passkeys")).json() == []


async def test_somebody_who_works_in_two_places_switches_without_script(gateway, signed_in, person):
    there = await gateway.open_workspace("hospital")
    account = "/auth/account"
    assert "Your workspaces" not in (await signed_in.get(account)).text
    assert (await send(signed_in, "/auth/account/switch", account, workspace_id=str(there.workspace_id))).status_code == 404
    await gateway.add_user(there.workspace_id, "nurse", email=person.email)

    page = await signed_in.get(account)
    assert 'aria-label="Switch to Lakeside"' in page.text
    switched = await send(signed_in, "/auth/account/switch", account, workspace_id=str(there.workspace_id))

    assert switched.headers["location"] == "/auth/account?done=switched"
    me = (await signed_in.get("/api/v1/auth/me")).json()
    assert (me["workspace_id"], me["role"]) == (str(there.workspace_id), "nurse")
    assert "You are in another workspace now." in (await signed_in.get(switched.headers["location"])).text


async def test_signing_out_twice_leads_to_the_same_page(signed_in):
    token = token_of(await signed_in.get("/auth/account"))

    for _ in range(2):
        reply = await signed_in.post("/auth/sign-out", data={"form_token": token})
        assert reply.headers["location"] == "/auth/sign-in?done=signed_out"
    assert (await signed_in.get("/api/v1/auth/me")).status_code == 401
