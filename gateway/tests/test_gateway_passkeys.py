"""Passkeys through the API: registered, renamed, removed, signed in with, alone and as a second step."""

from standalone.selftest.software_authenticator import SoftPasskey

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"
PASSKEYS = "/api/v1/auth/passkeys"


async def test_a_passkey_from_registering_to_removing_it(gateway, person, browser, check_problem):
    begun = await browser.post(PASSKEYS)
    assert begun.status_code == 200, begun.text
    options = begun.json()
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    passkey = SoftPasskey.of(options)
    reply = passkey.attest(options, ORIGIN)
    reply["authenticatorAttachment"] = "of tomorrow"
    reply["response"] |= {"authenticatorData": "AAAA", "publicKey": "AAAA", "publicKeyAlgorithm": -7}

    made = await browser.post(f"{PASSKEYS}/finish", json={"credential": reply, "name": "Phone"})

    assert made.status_code == 201, made.text
    # All that a browser says is known.
    assert "x-ignored-members" not in made.headers
    assert made.json().keys() == {"id", "name", "created_at", "last_used_at"}
    assert (made.json()["name"], made.json()["last_used_at"]) == ("Phone", None)
    assert (await browser.get(PASSKEYS)).json() == [made.json()]
    again = await browser.post(f"{PASSKEYS}/finish", json={"credential": reply, "name": "Phone"})
    assert check_problem(again, 422, "passkey_invalid")["errors"][0]["pointer"] == "/credential"
    one = f"{PASSKEYS}/{made.json()['id']}"
    renamed = await browser.patch(one, json={"name": "Old phone"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Old phone")
    check_problem(await browser.patch(one, json={"name": "x" * 101}), 422, "validation_failed")

    async with gateway.anonymous() as phone:
        begun = await phone.post(f"{PASSKEYS}/sign-in")
        assert begun.status_code == 200
        assert begun.json().keys() == {"challenge", "timeout", "rpId", "allowCredentials", "userVerification"}
        shown = {"credential": passkey.sign(begun.json(), ORIGIN)}
        signed_in = await phone.post(f"{PASSKEYS}/sign-in/finish", json=shown)
        assert signed_in.status_code == 200, signed_in.text
        assert signed_in.json().keys() == {"access_token", "token_type", "expires_in", "user"}
        assert (await phone.get("/api/v1/auth/me")).json()["id"] == str(person.user_id)
        check_problem(await phone.post(f"{PASSKEYS}/sign-in/finish", json=shown), 401, "passkey_not_accepted")

    assert (await browser.delete(one)).status_code == 204
    check_problem(await browser.delete(one), 404, "not_found")
    assert (await browser.get(PASSKEYS)).json() == []


async def test_a_passkey_as_the_second_step(gateway, person, browser, check_problem, login):
    options = (await browser.post(PASSKEYS)).json()
    passkey = SoftPasskey.of(options)
    made = await browser.post(f"{PASSKEYS}/finish", json={"credential": passkey.attest(options, ORIGIN)})
    assert made.json()["name"] == "Passkey"
    async with gateway.anonymous() as phone:
        first = (await login(phone, person)).json()
        assert (first["requires_2fa"], first["methods"]) == (True, ["passkey"])
        step = {"temp_token": first["temp_token"]}
        options = (await phone.post(f"{PASSKEYS}/sign-in", json=step)).json()
        wrong = await phone.post(f"{PASSKEYS}/sign-in/finish", json=step | {"credential": passkey.sign(options, "https://evil.example")})
        check_problem(wrong, 401, "passkey_not_accepted")
        assert "set-cookie" not in wrong.headers

        second = await phone.post(f"{PASSKEYS}/sign-in/finish", json=step | {"credential": passkey.sign(options, ORIGIN)})

        assert second.status_code == 200, second.text
        assert (await phone.get("/api/v1/auth/me")).status_code == 200
        check_problem(await phone.post(f"{PASSKEYS}/sign-in", json=step), 401, "second_step_over")


async def test_what_is_no_credential_is_malformed(browser, check_problem):
    for path in ("finish", "sign-in/finish"):
        for credential in (None, {}, "text", {"id": "A", "rawId": "A", "type": "password", "response": {}}):
            check_problem(await browser.post(f"{PASSKEYS}/{path}", json={"credential": credential}), 422, "validation_failed")
    for temp_token in ("A" * 31, "A" * 129):
        check_problem(await browser.post(f"{PASSKEYS}/sign-in", json={"temp_token": temp_token}), 422, "validation_failed")


async def test_a_passkeys_id_may_be_a_word_that_is_public_for_another_method(practice, gateway, check_problem):
    for method, body in (("PATCH", {"name": "x"}), ("DELETE", None)):
        replies = [await practice.http.request(method, f"/api/v1/auth/passkeys/{word}", json=body) for word in ("sign-in", "anything")]
        assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(422, "validation_failed")] * 2
        async with gateway.anonymous() as http:
            check_problem(await http.request(method, "/api/v1/auth/passkeys/sign-in", json=body), 401, "sign_in_required")
    check_problem(await practice.http.put("/api/v1/auth/passkeys/sign-in"), 405, "method_not_allowed")
