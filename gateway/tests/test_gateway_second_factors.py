"""Second factors through the API: enrolled, asked for at sign-in, removed."""

import asyncio
import base64
import io
import time
from collections import Counter
from contextlib import AsyncExitStack

import pyotp
from PIL import Image

PASSWORD = "correct horse battery"


def code_of(secret, *, steps=0):
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


async def test_a_second_factor_from_enrolling_to_removing_it(gateway, person, browser, check_problem, login):
    enrolled = await browser.post("/api/v1/auth/totp/enroll")
    assert enrolled.status_code == 200
    made = enrolled.json()
    assert made.keys() == {"secret", "qr_code", "backup_codes"}
    assert len(made["backup_codes"]) == 10
    assert Image.open(io.BytesIO(base64.b64decode(made["qr_code"].removeprefix("data:image/png;base64,")))).width > 100
    wrong = await browser.post("/api/v1/auth/totp/verify", json={"code": code_of(made["secret"], steps=9)})
    assert check_problem(wrong, 422, "second_factor_wrong")["errors"][0]["pointer"] == "/code"
    assert (await browser.get("/api/v1/auth/me")).json()["two_factor_enabled"] is False

    confirmed = await browser.post("/api/v1/auth/totp/verify", json={"code": code_of(made["secret"])})

    assert (confirmed.status_code, confirmed.json()["success"]) == (200, True)
    assert (await browser.get("/api/v1/auth/me")).json()["two_factor_enabled"] is True
    check_problem(await browser.post("/api/v1/auth/totp/enroll"), 409, "second_factor_enabled")
    async with gateway.anonymous() as phone:
        first = await login(phone, person)
        assert first.status_code == 200
        assert first.json().keys() == {"requires_2fa", "temp_token", "methods"}
        assert first.json()["requires_2fa"] is True
        assert first.json()["methods"] == ["totp"]
        assert 32 <= len(first.json()["temp_token"]) <= 128
        assert "set-cookie" not in first.headers
        assert (await phone.get("/api/v1/auth/me")).status_code == 401
        step = {"temp_token": first.json()["temp_token"]}
        check_problem(await phone.post("/api/v1/auth/verify-2fa", json=step | {"totp_code": "zzzzzzzz"}), 401, "second_factor_wrong")

        second = await phone.post("/api/v1/auth/verify-2fa", json=step | {"totp_code": made["backup_codes"][0]})

        assert second.status_code == 200, second.text
        assert second.json().keys() == {"access_token", "token_type", "expires_in", "user"}
        assert (await phone.get("/api/v1/auth/me")).status_code == 200
        again = await phone.post("/api/v1/auth/verify-2fa", json=step | {"totp_code": made["backup_codes"][1]})
        check_problem(again, 401, "second_step_over")
    removed = await browser.request("DELETE", "/api/v1/auth/totp", json={"totp_code": made["backup_codes"][2]})
    assert (removed.status_code, removed.json()["success"]) == (200, True)
    async with gateway.anonymous() as phone:
        assert "access_token" in (await login(phone, person)).json()
    gone = await browser.request("DELETE", "/api/v1/auth/totp", json={"totp_code": made["backup_codes"][3]})
    check_problem(gone, 409, "second_factor_not_enrolled")


async def test_of_fifty_browsers_that_show_one_code_at_once_one_gets_in(gateway, person, browser, login):
    made = (await browser.post("/api/v1/auth/totp/enroll")).json()
    assert (await browser.post("/api/v1/auth/totp/verify", json={"code": code_of(made["secret"])})).status_code == 200
    async with AsyncExitStack() as opened:
        racers = [await opened.enter_async_context(gateway.anonymous(address=f"198.51.100.{number}")) for number in range(50)]
        steps = [(await login(racer, person)).json()["temp_token"] for racer in racers]
        code = code_of(made["secret"], steps=1)
        shown = [
            racer.post("/api/v1/auth/verify-2fa", json={"temp_token": step, "totp_code": code})
            for racer, step in zip(racers, steps, strict=True)
        ]
        outcomes = Counter(reply.status_code for reply in await asyncio.gather(*shown))
        assert outcomes[200] == 1, outcomes
        assert outcomes.keys() <= {200, 401, 429}
        assert [(await racer.get("/api/v1/auth/me")).status_code for racer in racers].count(200) == 1


async def test_codes_and_tokens_of_other_lengths_are_malformed(browser, check_problem):
    for code in ("12345", "1234567"):
        check_problem(await browser.post("/api/v1/auth/totp/verify", json={"code": code}), 422, "validation_failed")
    for body in (
        {"temp_token": "A" * 31, "totp_code": "123456"},
        {"temp_token": "A" * 129, "totp_code": "123456"},
        {"temp_token": "A" * 86, "totp_code": "12345"},
        {"temp_token": "A" * 86, "totp_code": "123456789"},
    ):
        check_problem(await browser.post("/api/v1/auth/verify-2fa", json=body), 422, "validation_failed")
    check_problem(
        await browser.post("/api/v1/auth/verify-2fa", json={"temp_token": "A" * 86, "totp_code": "123456"}), 401, "second_step_over"
    )


async def test_a_browser_that_enrols_where_it_is_required_goes_on_with_all_it_may_do(gateway, person, check_problem, login):
    async with gateway.anonymous() as http:
        await login(http, person)
        csrf = {"X-CSRF-Token": http.cookies["csrf_token"]}
        settings = {"settings": {"second_factor_required": True}}
        assert (await http.patch("/api/v1/workspaces/current", json=settings, headers=csrf)).status_code == 200
    async with gateway.anonymous() as http:
        await login(http, person)
        csrf = {"X-CSRF-Token": http.cookies["csrf_token"]}
        check_problem(await http.get("/api/v1/clients"), 403, "permission_denied")
        made = (await http.post("/api/v1/auth/totp/enroll", headers=csrf)).json()

        assert (await http.post("/api/v1/auth/totp/verify", json={"code": code_of(made["secret"])}, headers=csrf)).status_code == 200

        # Its tokens were void at once, and the gateway has renewed them.
        await gateway.app.state.verifier.refresh()
        assert (await http.get("/api/v1/clients")).status_code == 200
        removal = await http.request("DELETE", "/api/v1/auth/totp", json={"totp_code": made["backup_codes"][0]}, headers=csrf)
        check_problem(removal, 409, "second_factor_required")
