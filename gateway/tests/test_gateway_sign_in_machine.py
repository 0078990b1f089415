"""Any order of signing in, also again in one browser, renewing, switching, stealing and revoking: who is signed in afterwards, and where, is exactly who should be."""

import asyncio
import re
from itertools import count
from uuid import UUID

import jwt
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken

PASSWORD = "correct horse battery"
_examples = count(1)


class Browser:
    """A browser of the person, whether it should be signed in, and in which workspace."""

    def __init__(self, http, workspace_id):
        self.http = http
        self.workspace_id = workspace_id
        self.is_in = True
        # Refresh tokens that it has used.
        self.used = []

    @property
    def sid(self):
        return jwt.decode(self.http.cookies["access_token"], options={"verify_signature": False})["sid"]


class SignIns(RuleBasedStateMachine):
    """Runs in a thread of its own; its requests run in the loop of the services."""

    gateway = None
    loop = None

    @initialize()
    def begin(self):
        self.person = self._run(self.gateway.open_workspace())
        other = self._run(self.gateway.open_workspace())
        self.user_there = self._run(self.gateway.add_user(other.workspace_id, "therapist", email=self.person.email))
        self.workspaces = [str(self.person.workspace_id), str(other.workspace_id)]
        self.password = PASSWORD
        self.browsers = []
        self.address = f"192.0.2.{next(_examples) % 250}"

    def teardown(self):
        for browser in self.browsers:
            self._run(browser.http.aclose())

    # --- what people do

    @precondition(lambda self: len(self.browsers) < 6)
    @rule()
    def sign_in(self):
        http = self.gateway.anonymous(address=self.address)
        reply = self._run(http.post("/api/v1/auth/login", json={"email": self.person.email, "password": self.password}))
        assert reply.status_code == 200, reply.text
        self.browsers.append(Browser(http, self.workspaces[0]))

    @rule(data=st.data(), means=st.sampled_from(["password", "link"]), is_idle=st.booleans())
    def sign_in_again_at_the_page(self, data, means, is_idle):
        """In the workspace that the browser is in. What it replaces is over: it is listed nowhere, and its tokens are good for nothing."""
        if (browser := self._one(data)) is None:
            return
        former, refresh_token = browser.sid, browser.http.cookies["refresh_token"]
        if is_idle:
            browser.http.cookies.delete("access_token")
        if means == "password":
            reply = self._send(browser, "/auth/sign-in", email=self.person.email, password=self.password)
        else:
            reply = self._send(browser, "/auth/verify", token=self._link("sign_in", self._user_in(browser.workspace_id)))
        assert (reply.status_code, reply.headers.get("location")) == (303, "/auth/account"), reply.text
        assert browser.sid != former
        browser.used = []
        assert self._run(self._me(browser, {"Cookie": f"refresh_token={refresh_token}"}, fresh=True)).status_code == 401

    @rule(data=st.data())
    def renew(self, data):
        if (browser := self._one(data)) is None:
            return
        before = browser.http.cookies["refresh_token"]
        reply = self._write(browser, "POST", "/auth/session/refresh")
        assert reply.status_code == 200, reply.text
        browser.used.append(before)

    @rule(data=st.data())
    def wake_up_with_an_expired_cookie(self, data):
        if (browser := self._one(data)) is None:
            return
        before = browser.http.cookies["refresh_token"]
        browser.http.cookies.delete("access_token")
        replies = [self._run(self._me(browser)) for _ in range(2)]
        assert [reply.status_code for reply in replies] == [200, 200]
        browser.used.append(before)

    @rule(data=st.data())
    def switch(self, data):
        if (browser := self._one(data)) is None:
            return
        (workspace_id,) = {*self.workspaces} - {browser.workspace_id}
        reply = self._write(browser, "POST", "/auth/switch", {"workspace_id": workspace_id})
        assert reply.status_code == 200, reply.text
        browser.workspace_id, browser.used = workspace_id, []

    @rule(data=st.data())
    def sign_out(self, data):
        if (browser := self._one(data)) is None:
            return
        assert self._write(browser, "POST", "/auth/logout").status_code == 200
        browser.is_in = False

    @rule(data=st.data())
    def sign_out_another(self, data):
        by, other = self._one(data), self._one(data)
        if by is None or by is other:
            return
        is_here = by.workspace_id == other.workspace_id
        assert self._write(by, "DELETE", f"/auth/sessions/{other.sid}").status_code == (204 if is_here else 404)
        other.is_in = not is_here

    @rule(data=st.data())
    def sign_out_everywhere(self, data):
        if (by := self._one(data)) is None:
            return
        assert self._write(by, "DELETE", "/auth/sessions").status_code == 204
        self._all_out()

    @rule(data=st.data())
    def change_the_password(self, data):
        if (by := self._one(data)) is None:
            return
        new = f"a wholly new phrase, {uuid7()}"
        body = {"current_password": self.password, "new_password": new}
        assert self._write(by, "PUT", "/auth/password", body).status_code == 204
        self.password = new
        self._all_out(except_for=by)

    @rule()
    def reset_the_password(self):
        new = f"a wholly new phrase, {uuid7()}"
        token = self._link("password_reset", (self.person.workspace_id, self.person.user_id))
        body = {"token": token, "new_password": new}
        assert self._run(self._anybody("/api/v1/auth/password/reset", body)).status_code == 204
        self.password = new
        self._all_out()

    # --- what time and thieves do

    @rule(data=st.data())
    def rest_too_long(self, data):
        if (browser := self._one(data)) is None:
            return
        self._sql("UPDATE identity.login_sessions SET idle_at = now() WHERE id = $1", browser.sid)
        browser.http.cookies.delete("access_token")
        browser.is_in = False

    @rule(data=st.data())
    def steal_a_used_refresh_token(self, data):
        browser = self._one(data)
        if browser is None or not browser.used:
            return
        self._sql(
            "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE session_id = $1 AND used_at IS NOT NULL",
            browser.sid,
        )
        cookies = {"Cookie": f"refresh_token={data.draw(st.sampled_from(browser.used))}"}
        assert self._run(self._me(browser, cookies, fresh=True)).status_code == 401
        browser.is_in = False

    # --- who is signed in

    @invariant()
    def exactly_those_are_signed_in_who_should_be(self):
        if not getattr(self, "browsers", None):
            return
        self._run(self.gateway.app.state.verifier.refresh())
        told = [self._run(self._me(browser)).json().get("workspace_id") for browser in self.browsers]
        assert told == [browser.workspace_id if browser.is_in else None for browser in self.browsers]
        signed_in = [browser for browser in self.browsers if browser.is_in]
        if signed_in:
            listed = self._run(signed_in[0].http.get("/api/v1/auth/sessions")).json()
            here = signed_in[0].workspace_id
            assert {session["id"] for session in listed} == {browser.sid for browser in signed_in if browser.workspace_id == here}
            offered = self._run(signed_in[0].http.get("/api/v1/auth/workspaces")).json()
            assert {(each["workspace_id"], each["current"]) for each in offered} == {(each, each == here) for each in self.workspaces}
            assert [session["id"] for session in listed if session["current"]] == [signed_in[0].sid]

    # --- helpers

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def _one(self, data):
        signed_in = [browser for browser in self.browsers if browser.is_in]
        return data.draw(st.sampled_from(signed_in)) if signed_in else None

    def _all_out(self, *, except_for=None):
        for browser in self.browsers:
            browser.is_in = browser.is_in and browser is except_for

    def _user_in(self, workspace_id):
        return (workspace_id, self.person.user_id if workspace_id == self.workspaces[0] else self.user_there)

    def _link(self, purpose, user):
        """The token of a link as it is mailed."""
        workspace_id, user_id = (UUID(str(each)) for each in user)
        token = OpaqueToken.generate(workspace_id, uuid7())
        self._sql(
            "INSERT INTO identity.magic_links (workspace_id, id, purpose, user_id, hash, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, now(), now() + interval '15 minutes')",
            workspace_id, token.row_id, purpose, user_id, token.hash,
        )  # fmt: skip
        return str(token)

    def _send(self, browser, path, **fields):
        """Sends the form of a page."""
        page = self._run(browser.http.get(path))
        fields["form_token"] = re.search(r'name="form_token" value="([^"]+)"', page.text)[1]
        return self._run(browser.http.post(path, data=fields))

    def _write(self, browser, method, path, body=None):
        headers = {"X-CSRF-Token": browser.http.cookies["csrf_token"]}
        return self._run(browser.http.request(method, f"/api/v1{path}", json=body, headers=headers))

    async def _me(self, browser, headers=None, *, fresh=False):
        if not fresh:
            return await browser.http.get("/api/v1/auth/me", headers=headers)
        async with self.gateway.anonymous(address=self.address) as thief:
            return await thief.get("/api/v1/auth/me", headers=headers)

    async def _anybody(self, path, body):
        async with self.gateway.anonymous(address=self.address) as http:
            return await http.post(path, json=body)

    def _sql(self, statement, *arguments):
        async def execute():
            async with self.gateway.environment.superuser() as connection:
                status = await connection.execute(statement, *arguments)
            assert not status.endswith(" 0"), "no row was changed"

        self._run(execute())


async def test_in_any_order_exactly_those_are_signed_in_who_should_be(gateway):
    # The same steps at each run: a failure here is a change, and is seen again.
    steps = settings(max_examples=15, stateful_step_count=20, deadline=None, derandomize=True)
    signing_in = type("SignInsHere", (SignIns,), {"gateway": gateway, "loop": asyncio.get_running_loop()})
    await asyncio.to_thread(run_state_machine_as_test, signing_in, settings=steps)
