"""Single sign-on through the gateway, with a certified OpenID provider of our own: its real pages, keys and tokens."""

import asyncio
import html
import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from signal import SIGTERM
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit
from uuid import UUID

import httpx
import jwt
import pytest
from uuid_utils.compat import uuid7

from caseload.audit.v1 import events_pb2 as audit_pb2
from caseload.identity.v1 import events_pb2
from chassis.auth.opaque_tokens import OpaqueToken
from chassis.errors import Unavailable
from chassis.local.processes import end, free_port, spawn, until
from chassis.testing.environment import start_environment
from gateway.pages.languages import language
from identity.__main__ import SERVICE as IDENTITY
from identity.workspaces.workflow import open_workspace

ROOT = Path(__file__).resolve().parents[2]
PUBLIC_URL = "http://127.0.0.1:8000"
CALLBACK = "/api/v1/auth/oidc/callback"
PATH = "/api/v1/workspaces/current/sso"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
# What a browser says when it follows a link of a page of ours.
OWN_LINK = {"Accept": BROWSER, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"


_numbers = count(1)


def visit(gateway, **headers):
    """A browser at an address of its own: attempts to sign in are counted by address."""
    number = next(_numbers)
    return gateway.anonymous(address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", **headers)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is not made by the fixtures."""

    email: str
    user_id: UUID
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider, and the file with its accounts."""

    issuer: str
    accounts: Path

    def has(self, account: str, /, **claims: object) -> None:
        """Gives an account these claims."""
        told = json.loads(self.accounts.read_text())
        self.accounts.write_text(json.dumps(told | {account: claims}))

    async def sign_in(self, url: str, name: str) -> str:
        """What a person does there: types a name and a password, and consents. Returns where the browser is sent back to."""
        async with httpx.AsyncClient() as pages:
            reply = await pages.get(url)
            for _ in range(12):
                if reply.status_code in {302, 303}:
                    place = urljoin(str(reply.url), reply.headers["location"])
                    if place.startswith(PUBLIC_URL):
                        return place
                    reply = await pages.get(place)
                else:
                    assert reply.status_code == 200, reply.text
                    fields = dict(re.findall(r'<input [^>]*type="hidden" name="(\w+)" value="(\w+)"', reply.text))
                    if fields["prompt"] == "login":
                        fields |= {"login": name, "password": "any"}
                    action = re.search(r'action="([^"]+)"', reply.text)[1]
                    reply = await pages.post(urljoin(str(reply.url), action), data=fields)
        raise AssertionError("the provider does not send people back")


@pytest.fixture(scope="session")
def provider(servers, tmp_path_factory):
    folder = tmp_path_factory.mktemp("openid-provider")
    accounts = folder / "accounts.json"
    accounts.write_text("{}")
    node = subprocess.run([ROOT / "scripts" / "openid-provider"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    issuer = f"http://127.0.0.1:{(port := free_port())}"
    command = [f"{node}/node", str(ROOT / ".tools/openid-provider/provider.mjs"), str(port), str(accounts), PUBLIC_URL + CALLBACK]
    child = spawn(command, log=(log := folder / "log"))

    def answers() -> bool:
        try:
            return httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200
        except httpx.TransportError:
            return False

    until(answers, child, log, 60)
    yield Provider(issuer, accounts)
    end(child, SIGTERM, patience=10)


@pytest.fixture
def slug():
    return f"lakeside-{uuid7().hex[-12:]}"


def settings(provider, slug, **but):
    return {
        "slug": slug,
        "issuer": provider.issuer,
        "client_id": "caseload",
        "client_secret": "secret-of-the-client",
        "enabled": True,
        "group_roles": [{"group": "clinicians", "role": "therapist"}, {"group": "desk", "role": "assistant"}],
    } | but


@pytest.fixture
async def configured(practice, provider, slug):
    """The practice with the provider."""
    reply = await practice.http.put(PATH, json=settings(provider, slug))
    assert reply.status_code == 200, reply.text
    return practice


def name():
    """An account that no other test has."""
    return f"nora-{uuid7().hex[-12:]}"


def path_of(place):
    return place.removeprefix(PUBLIC_URL)


async def begin(browser, slug, return_to=None):
    reply = await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": return_to} if return_to else None)
    assert reply.status_code == 303, reply.text
    return reply.headers["location"]


async def sign_in(browser, provider, slug, who, return_to=None):
    """The whole way, to the callback's answer."""
    place = await provider.sign_in(await begin(browser, slug, return_to), who)
    return await browser.get(path_of(place))


async def lines(gateway, workspace_id, event_type):
    recorded = await gateway.environment.emitted(audit_pb2.AuditRecorded, workspace_id)
    return [line for line in recorded if line.event_type == event_type]


async def test_somebody_new_is_added_with_the_role_of_their_group_and_signed_in(gateway, configured, provider, slug):
    workspace_id, who = configured.person.workspace_id, name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["staff", "desk"])
    async with visit(gateway) as browser:
        asked = await begin(browser, slug, "/clients?tab=new")
        sent = parse_qs(urlsplit(asked).query)
        assert asked.startswith(f"{provider.issuer}/auth?")
        assert sent["redirect_uri"] == [PUBLIC_URL + CALLBACK]
        assert sent["code_challenge_method"] == ["S256"]
        assert sent["response_type"] == ["code"]
        assert sent["scope"] == ["openid email profile groups"]
        assert sent["nonce"][0]

        done = await browser.get(path_of(await provider.sign_in(asked, who)))

        assert (done.status_code, done.headers["location"]) == (303, f"{PUBLIC_URL}/clients?tab=new")
        me = (await browser.get("/api/v1/auth/me")).json()
        assert (me["email"], me["full_name"], me["role"]) == (f"{who}@example.org", "Nora Quist", "assistant")
        assert (me["workspace_id"], me["is_platform_admin"]) == (str(workspace_id), False)
        assert me["last_login_at"] is not None
        claims = jwt.decode(browser.cookies["access_token"], options={"verify_signature": False})
        assert claims["amr"] == ["sso"]
        csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
        assert (await browser.post("/api/v1/auth/logout", headers=csrf)).status_code == 200
    assert await gateway.environment.emitted(events_pb2.UserInvited, workspace_id) == []
    assert await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, workspace_id) == []
    (added,) = [line for line in await lines(gateway, workspace_id, "add_user") if line.resource_id == me["id"]]
    assert (added.facts["role"], added.facts["by"]) == ("assistant", "single sign-on")
    (line,) = await lines(gateway, workspace_id, "finish_single_sign_on")
    assert (line.resource_id, line.outcome, line.facts["amr"]) == (me["id"], audit_pb2.OUTCOME_SUCCESS, "sso")

    async with visit(gateway) as browser:
        again = await sign_in(browser, provider, slug, who)
        assert (again.status_code, again.headers["location"]) == (303, f"{PUBLIC_URL}/")
        assert (await browser.get("/api/v1/auth/me")).json()["id"] == me["id"]


async def test_the_role_follows_the_groups_and_who_has_none_is_refused(gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        await sign_in(browser, provider, slug, who)
        me = (await browser.get("/api/v1/auth/me")).json()
        assert me["role"] == "therapist"
        provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["desk"])
        async with visit(gateway) as other:
            await sign_in(other, provider, slug, who)
            assert (await other.get("/api/v1/auth/me")).json()["role"] == "assistant"
        # The earlier session's token still said therapist: it is void, and the browser's next one has the new role.
        await gateway.app.state.verifier.refresh()
        assert (await browser.get("/api/v1/auth/me")).json()["role"] == "assistant"
        assert jwt.decode(browser.cookies["access_token"], options={"verify_signature": False})["role"] == "assistant"

    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["strangers"])
    async with visit(gateway, **OWN_LINK) as browser:
        refused = await sign_in(browser, provider, slug, who)
        assert refused.status_code == 403
        assert "None of your groups has access here." in refused.text
        assert refused.headers["content-type"].startswith("text/html")
        assert (await browser.get("/api/v1/auth/me")).status_code == 401
    line = (await lines(gateway, configured.person.workspace_id, "finish_single_sign_on"))[-1]
    assert (line.code, line.outcome, line.user_id) == ("sso_no_role", audit_pb2.OUTCOME_FAILURE, me["id"])


async def test_a_user_of_the_workspace_is_found_by_a_verified_address_once_and_told(gateway, configured, provider, slug):
    person, who = configured.person, name()
    provider.has(who, email=person.email.upper(), email_verified=False, name="Mallory", groups=["clinicians"])
    async with visit(gateway) as browser:
        unverified = await sign_in(browser, provider, slug, who)
        assert (unverified.status_code, unverified.json()["code"]) == (403, "sso_email_needed")

        provider.has(who, email=person.email.upper(), email_verified=True, name="Mallory", groups=["clinicians"])
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        me = (await browser.get("/api/v1/auth/me")).json()
    # An owner stays one, whatever the groups say, and keeps their name.
    assert (me["id"], me["role"], me["full_name"]) == (str(person.user_id), "owner", "Henrietta Castellanos")
    (notice,) = await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, person.workspace_id)
    assert (notice.user_id, notice.notice) == (str(person.user_id), events_pb2.SECURITY_NOTICE_SSO_LINKED)

    # The address may have passed to somebody else: another account with it is not the same person.
    heir = name()
    provider.has(heir, email=person.email, email_verified=True, name="The heir", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, heir)).json()["code"] == "sso_account_refused"
        forgotten = await configured.http.put(PATH, json=settings(provider, slug, forgets_accounts=True))
        assert forgotten.status_code == 200
        assert (await sign_in(browser, provider, slug, heir)).status_code == 303
        assert (await browser.get("/api/v1/auth/me")).json()["id"] == str(person.user_id)


async def test_a_provider_speaks_for_its_own_workspace_alone(gateway, configured, elsewhere, provider, slug):
    who = name()
    provider.has(who, email=elsewhere.person.email, email_verified=True, name="Mallory", groups=["clinicians"])
    async with visit(gateway) as browser:
        # Whoever it is, it is a user of this workspace: the one with the address elsewhere is another, and nobody goes there from here.
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        user = (await browser.get("/api/v1/auth/me")).json()
        assert (user["id"] != str(elsewhere.person.user_id), user["email"]) == (True, elsewhere.person.email)
        assert [each["workspace_id"] for each in (await browser.get("/api/v1/auth/workspaces")).json()] == [user["workspace_id"]]
        csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
        target = {"workspace_id": str(elsewhere.person.workspace_id)}
        assert (await browser.post("/api/v1/auth/switch", json=target, headers=csrf)).status_code == 404
    assert await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, elsewhere.person.workspace_id) == []
    assert not await lines(gateway, elsewhere.person.workspace_id, "finish_single_sign_on")

    # The same account at the same provider is another user in another workspace.
    there = f"{slug[-12:]}-there"
    await elsewhere.http.put(PATH, json=settings(provider, there))
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, there, who)).status_code == 303
        assert (await browser.get("/api/v1/auth/me")).json()["id"] == str(elsewhere.person.user_id)


async def test_somebody_who_works_in_both_is_reached_by_the_provider_in_one_alone(
    gateway, configured, elsewhere, provider, slug, check_problem
):
    """The worst case: the address is proved in both, so that the person may switch and has one set of credentials."""
    person, who = elsewhere.person, name()
    invited = {"email": person.email, "full_name": "Henrietta Castellanos", "role": "therapist"}
    assert (await configured.http.post("/api/v1/users", json=invited)).status_code == 201
    async with gateway.environment.superuser() as connection:
        prove = "UPDATE identity.sign_ins SET proved_at = now() WHERE workspace_id = ANY($1)"
        await connection.execute(prove, [person.workspace_id, configured.person.workspace_id])
    provider.has(who, email=person.email, email_verified=True, name="Mallory", groups=["clinicians"])
    async with visit(gateway) as own:
        assert (await own.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).status_code == 200
        assert len((await own.get("/api/v1/auth/workspaces")).json()) == 2
        async with visit(gateway) as browser:
            assert (await sign_in(browser, provider, slug, who)).status_code == 303
            csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
            here = (await browser.get("/api/v1/auth/workspaces")).json()
            assert [each["workspace_id"] for each in here] == [str(configured.person.workspace_id)]
            target = {"workspace_id": str(person.workspace_id)}
            check_problem(await browser.post("/api/v1/auth/switch", json=target, headers=csrf), 404, "not_found")
            # Nor are the credentials changed that would let somebody in there.
            for method, path, body in (
                ("PUT", "password", {"new_password": "another horse battery staple"}),
                ("POST", "totp/enroll", None),
                ("POST", "passkeys", None),
            ):
                changed = await browser.request(method, f"/api/v1/auth/{path}", json=body, headers=csrf)
                check_problem(changed, 403, "own_sign_in_required")
            assert (await browser.delete("/api/v1/auth/sessions", headers=csrf)).status_code == 204
        await gateway.app.state.verifier.refresh()
        assert (await own.get("/api/v1/auth/me")).status_code == 200
    assert await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, person.workspace_id) == []


async def test_no_provider_has_a_say_over_who_runs_the_installation(gateway, provider, slug, check_problem):
    who = name()
    workspace_id, user_id = await open_workspace(
        gateway.environment.runtime("identity"),
        name="Platform",
        kind="practice",
        time_zone="UTC",
        locale="en",
        owner_email=f"{who}@example.org",
        owner_full_name="Petra Lang",
        role="owner",
        is_platform_admin=True,
    )
    async with gateway.colleague(Person("", user_id, workspace_id)) as http:
        assert (await http.put(PATH, json=settings(provider, slug))).status_code == 200
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Petra Lang", groups=["clinicians"])
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug, who), 403, "sso_account_refused")
    assert await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, workspace_id) == []


async def test_who_is_inactive_is_refused_and_so_is_everybody_of_a_suspended_workspace(gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        user_id = (await browser.get("/api/v1/auth/me")).json()["id"]
        await configured.http.post(f"/api/v1/users/{user_id}/deactivate")
        assert (await sign_in(browser, provider, slug, who)).json()["code"] == "sso_account_refused"
        await configured.http.post(f"/api/v1/users/{user_id}/activate")
        assert (await sign_in(browser, provider, slug, who)).status_code == 303

        async with gateway.environment.superuser() as connection:
            suspend = "UPDATE identity.workspaces SET status = 'suspended' WHERE workspace_id = $1"
            await connection.execute(suspend, configured.person.workspace_id)
        refused = await browser.get(f"/api/v1/auth/oidc/{slug}/start")
        assert (refused.status_code, refused.json()["code"]) == (404, "sso_unknown")


async def test_whoever_is_blacklisted_is_neither_added_nor_linked_nor_let_in(gateway, configured, platform, provider, slug, check_problem):
    new, known, linked = name(), name(), name()
    emails = {who: f"{who}@example.org" for who in (new, known, linked)}
    for who, email in emails.items():
        provider.has(who, email=email, email_verified=True, name="Nora Quist", groups=["clinicians"])
    invited = await configured.http.post("/api/v1/users", json={"email": emails[known], "full_name": "Nora Quist", "role": "therapist"})
    assert invited.status_code == 201
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, linked)).status_code == 303
    for email in emails.values():
        barred = await platform.post("/api/v1/platform-admin/blacklist", json={"email": email.upper(), "reason": "Left."})
        assert barred.status_code == 200, barred.text

    for who in emails:
        async with visit(gateway) as browser:
            check_problem(await sign_in(browser, provider, slug, who), 403, "sso_account_refused")
    assert (await configured.http.get("/api/v1/users")).json()["total"] == 3
    assert await gateway.environment.emitted(events_pb2.SecurityNoticeRaised, configured.person.workspace_id) == []


async def test_of_fifty_who_come_back_with_one_code_one_is_signed_in(gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        place = path_of(await provider.sign_in(await begin(browser, slug), who))

        replies = await asyncio.gather(*(browser.get(place) for _ in range(50)))

    told = Counter("in" if reply.status_code == 303 else reply.json()["code"] for reply in replies)
    assert told["in"] == 1
    assert told.keys() <= {"in", "sso_over", "overloaded"}, told
    done = await lines(gateway, configured.person.workspace_id, "finish_single_sign_on")
    assert sum(line.outcome == audit_pb2.OUTCOME_SUCCESS for line in done) == 1


async def test_of_people_who_come_for_the_first_time_in_many_browsers_one_user_is_made(gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    browsers = [visit(gateway) for _ in range(5)]
    places = [path_of(await provider.sign_in(await begin(browser, slug), who)) for browser in browsers]

    replies = await asyncio.gather(*(browser.get(place) for browser, place in zip(browsers, places, strict=True)))

    assert [reply.status_code for reply in replies] == [303] * 5
    assert len({(await browser.get("/api/v1/auth/me")).json()["id"] for browser in browsers}) == 1
    assert (await configured.http.get("/api/v1/users")).json()["total"] == 2
    for browser in browsers:
        await browser.aclose()


async def test_only_the_browser_that_began_a_sign_in_finishes_it(gateway, configured, provider, slug, check_problem):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as attacker, visit(gateway) as victim:
        place = path_of(await provider.sign_in(await begin(attacker, slug), who))
        check_problem(await victim.get(place), 401, "sso_over")
        # One that has begun a sign-in of its own is still another browser.
        await begin(victim, slug)
        check_problem(await victim.get(place), 401, "sso_over")
        assert not victim.cookies.keys() & {"access_token", "refresh_token"}

        assert (await attacker.get(place)).status_code == 303
        check_problem(await attacker.get(place), 401, "sso_over")
    for forged in ("", "?state=x", f"?state={'A' * 86}&code=x", "?code=x"):
        async with visit(gateway) as nobody:
            check_problem(await nobody.get(CALLBACK + forged), 401, "sso_over")


async def test_several_tabs_of_a_browser_sign_in_together(gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        asked = [await begin(browser, slug, f"/tab-{number}") for number in range(3)]
        nonces = {parse_qs(urlsplit(url).query)["nonce"][0] for url in asked}
        challenges = {parse_qs(urlsplit(url).query)["code_challenge"][0] for url in asked}
        assert (len(nonces), len(challenges)) == (3, 3)
        for number in (2, 0, 1):
            done = await browser.get(path_of(await provider.sign_in(asked[number], who)))
            assert (done.status_code, done.headers["location"]) == (303, f"{PUBLIC_URL}/tab-{number}")


async def test_another_instance_of_identity_finishes_what_one_began(postgres, gateway, configured, provider, slug):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    own = {"identity": {"argon2_passes": 1, "argon2_memory_kib": 8}, "public_url": PUBLIC_URL}
    async with start_environment(postgres, IDENTITY, settings=own, beside=gateway.environment, relay=False) as replica:
        peers = {**gateway.app.state.peers, "identity": replica.peer("identity")}
        beside = gateway.reconfigured(peers=peers)
        async with visit(gateway) as here, visit(beside) as there:
            place = path_of(await provider.sign_in(await begin(here, slug), who))
            there.cookies.update(here.cookies)

            replies = await asyncio.gather(*(each.get(place) for each in (here, there) * 5))

    assert sorted(reply.status_code for reply in replies) == [303] + [401] * 9


async def test_an_error_of_the_provider_is_told_and_uses_the_state_up(gateway, configured, provider, slug, check_problem):
    async with visit(gateway) as browser:
        state = parse_qs(urlsplit(await begin(browser, slug)).query)["state"][0]
        back = {
            "state": state,
            "error": "access_denied",
            "error_description": "<script>",
            "iss": provider.issuer,
            "session_state": "unknown",
        }
        told = check_problem(await browser.get(CALLBACK, params=back), 401, "sso_refused_by_provider")
        assert "script" not in json.dumps(told)
        check_problem(await browser.get(CALLBACK, params=back), 401, "sso_over")

        # Another provider's answer (RFC 9207), and one that does not say whose it is although this provider always does.
        for issuer in ({"iss": "https://evil.example"}, {}):
            state = parse_qs(urlsplit(await begin(browser, slug)).query)["state"][0]
            mixed = await browser.get(CALLBACK, params={"state": state, "code": "x"} | issuer)
            check_problem(mixed, 401, "sso_provider_wrong")


async def test_what_is_changed_ends_sign_ins_that_are_under_way(gateway, configured, provider, slug, check_problem):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        place = path_of(await provider.sign_in(await begin(browser, slug), who))
        await configured.http.put(PATH, json=settings(provider, slug))
        check_problem(await browser.get(place), 401, "sso_over")
        await configured.http.put(PATH, json=settings(provider, slug, enabled=False))
        check_problem(await browser.get(f"/api/v1/auth/oidc/{slug}/start"), 404, "sso_unknown")
    async with visit(gateway, **OWN_LINK) as browser:
        page = await browser.get("/api/v1/auth/oidc/nowhere/start")
        assert page.status_code == 404
        assert "There is no sign-in for a workspace at this address." in page.text


async def test_the_secret_is_never_shown_and_kept_for_the_same_client_alone(gateway, practice, provider, slug, check_problem):
    before = (await practice.http.get(PATH)).json()
    assert (before["slug"], before["enabled"], before["has_client_secret"], before["updated_at"]) == (None, False, False, None)
    assert before["redirect_uri"] == PUBLIC_URL + CALLBACK
    first = await practice.http.put(PATH, json=settings(provider, slug, email_domains=["Example.ORG"]))
    assert "secret-of-the-client" not in first.text
    kept = await practice.http.put(PATH, json={k: v for k, v in settings(provider, slug).items() if k != "client_secret"})
    assert kept.json()["has_client_secret"] is True
    assert (await practice.http.get(PATH)).json() == kept.json()
    for but in ({"issuer": f"{provider.issuer}/other"}, {"client_id": "another"}):
        moved = {k: v for k, v in settings(provider, slug, **but).items() if k != "client_secret"}
        refused = check_problem(await practice.http.put(PATH, json=moved), 422, "sso_invalid")
        assert refused["errors"][0]["pointer"] == "/client_secret"
    removed = await practice.http.put(PATH, json=settings(provider, slug, client_secret=None))
    assert removed.json()["has_client_secret"] is False
    recorded = await gateway.environment.emitted(audit_pb2.AuditRecorded, practice.person.workspace_id)
    told = [line for line in recorded if line.event_type == "set_provider" and line.outcome == audit_pb2.OUTCOME_SUCCESS]
    assert [line.facts["issuer"] for line in told] == [provider.issuer] * 3
    assert "secret-of-the-client" not in str(recorded)


async def test_who_may_configure_it(gateway, practice, provider, slug, check_problem):
    for role in ("therapist", "assistant"):
        async with gateway.colleague(practice.person, role=role, scopes={"users:write", "clients:write"}) as http:
            check_problem(await http.get(PATH), 403, "permission_denied")
            check_problem(await http.put(PATH, json=settings(provider, slug)), 403, "permission_denied")
    async with visit(gateway) as http:
        check_problem(await http.put(PATH, json=settings(provider, slug)), 401, "sign_in_required")


async def test_a_slug_belongs_to_one_workspace(configured, elsewhere, provider, slug, check_problem):
    check_problem(await elsewhere.http.put(PATH, json=settings(provider, slug)), 409, "sso_slug_taken")
    assert (await elsewhere.http.get(PATH)).json()["slug"] is None


async def test_a_configuration_that_cannot_be_is_refused_with_all_its_faults(practice, provider, slug, check_problem):
    wrong = settings(
        provider,
        "-a-",
        issuer="http://provider.example",
        required=True,
        enabled=False,
        group_roles=[{"group": "g", "role": "owner"}, {"group": "g", "role": "nurse"}],
        default_role="owner",
        email_domains=["no domain"],
    )
    refused = check_problem(await practice.http.put(PATH, json=wrong), 422, "sso_invalid")
    assert {fault["pointer"] for fault in refused["errors"]} == {
        "/slug", "/issuer", "/required", "/group_roles/0/role", "/group_roles/1/role", "/default_role", "/email_domains/0",
    }  # fmt: skip
    unknown = settings(provider, slug, group_roles=[{"group": "g", "role": "assistant", "department_id": str(uuid7())}])
    refused = check_problem(await practice.http.put(PATH, json=unknown), 422, "sso_invalid")
    assert refused["errors"][0]["pointer"] == "/group_roles/0/department_id"
    assert (await practice.http.get(PATH)).json()["slug"] is None


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "clients", "/a b", "/%0d%0aSet-Cookie:x\r\n", "\\\\evil.example"],
)
async def test_nobody_is_sent_to_another_site_afterwards(gateway, configured, slug, elsewhere, check_problem):
    async with visit(gateway) as browser:
        refused = await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": elsewhere})

    assert refused.status_code == 422
    assert refused.json()["code"] in {"sso_return_to_invalid", "validation_failed"}


async def test_where_it_is_required_only_administrators_sign_in_otherwise(gateway, configured, provider, slug, check_problem):
    person = configured.person
    email = f"tess-{uuid7().hex}@example.com"
    invited = await configured.http.post("/api/v1/users", json={"email": email, "full_name": "Tess Doe", "role": "therapist"})
    assert invited.status_code == 201
    assert (await configured.http.put(PATH, json=settings(provider, slug, required=True))).status_code == 200
    url = (await configured.http.post(f"/api/v1/invitations/{invited.json()['id']}/resend")).json()["invitation_url"]
    async with visit(gateway) as http:
        refused = await http.get("/api/v1/auth/accept-invite", params={"token": parse_qs(urlsplit(url).query)["token"][0]})
        check_problem(refused, 403, "sso_required")
        assert not http.cookies
        owner = await http.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})
        assert owner.status_code == 200
    who = name()
    provider.has(who, email=email, email_verified=True, name="Tess Doe", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        assert (await browser.get("/api/v1/auth/me")).json()["id"] == invited.json()["id"]


async def test_it_counts_as_a_second_factor_where_one_is_required(gateway, configured, provider, slug):
    changed = await configured.http.patch("/api/v1/workspaces/current", json={"settings": {"second_factor_required": True}})
    assert changed.status_code == 200
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        assert (await browser.get("/api/v1/clients")).status_code == 200


async def test_domains_and_the_default_role_and_departments(gateway, practice, provider, slug, check_problem):
    department = (await practice.http.post("/api/v1/departments", json={"name": "Knees", "code": "K"})).json()["id"]
    given = [{"group": "clinicians", "role": "therapist", "department_id": department}]
    body = settings(provider, slug, default_role="assistant", email_domains=["Example.ORG"], group_roles=given)
    assert (await practice.http.put(PATH, json=body)).status_code == 200
    inside, outside = name(), name()
    provider.has(inside, email=f"{inside}@EXAMPLE.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    provider.has(outside, email=f"{outside}@example.org.evil.example", email_verified=True, name="Mallory")
    async with visit(gateway) as browser:
        check_problem(await sign_in(browser, provider, slug, outside), 403, "sso_email_needed")
        await sign_in(browser, provider, slug, inside)
        me = (await browser.get("/api/v1/auth/me")).json()
        assert (me["role"], me["department_id"]) == ("therapist", department)
        provider.has(inside, email=f"{inside}@example.org", email_verified=True, name="Nora Quist")
        await sign_in(browser, provider, slug, inside)
        assert (await browser.get("/api/v1/auth/me")).json()["role"] == "assistant"


async def test_a_front_end_of_another_origin_is_told_the_csrf_token_and_where_people_go(gateway, configured, provider, slug):
    app = "https://app.example"
    front = gateway.reconfigured(app_url=app, cors_origins=(app,))
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(front) as browser:
        done = await sign_in(browser, provider, slug, who)
        assert (done.status_code, done.headers["location"]) == (303, f"{app}/")
        told = await browser.get("/api/v1/auth/me", headers={"Origin": app})
        assert told.headers["x-csrf-token"] == browser.cookies["csrf_token"]
        assert "x-csrf-token" not in (await browser.get("/api/v1/auth/me")).headers


async def test_the_cookie_cannot_be_planted_by_a_neighbouring_site(gateway, configured, slug):
    async with gateway.reconfigured(public_url="https://practice.example").anonymous() as browser:
        begun = await browser.get(f"/api/v1/auth/oidc/{slug}/start")
    (cookie,) = begun.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sso_browser=")
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


async def test_what_needs_a_recent_sign_in_needs_one_at_which_the_provider_has_asked(gateway, configured, provider, slug, check_problem):
    """Most providers sign a browser in again without asking who sits there."""
    person = configured.person
    provider.has(who := name(), email=person.email, email_verified=True, name="Nora Quist", groups=["clinicians"])
    wanted = {"name": "Import", "scopes": ["clients:read"]}

    async def make_a_key(browser):
        csrf = {"X-CSRF-Token": browser.cookies["csrf_token"]}
        return await browser.post("/api/v1/api-keys", json=wanted, headers=csrf)

    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        check_problem(await make_a_key(browser), 403, "reauthentication_required")

        begun = await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"again": "true"})
        sent = parse_qs(urlsplit(begun.headers["location"]).query)
        assert (sent["prompt"], sent["max_age"]) == (["login"], ["300"])
        assert (await browser.get(path_of(await provider.sign_in(begun.headers["location"], who)))).status_code == 303
        assert jwt.decode(browser.cookies["access_token"], options={"verify_signature": False})["amr"] == ["sso", "asked"]
        assert (await make_a_key(browser)).status_code == 201

    # By the page that asks first, too.
    async with visit(gateway, **OWN_LINK | {"Sec-Fetch-Site": "cross-site"}) as browser:
        led = await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": "/keys", "again": "true"})
        assert led.headers["location"] == f"/auth/sso/{slug}?return_to=%2Fkeys&again=true"
        fields = fields_of(await browser.get(led.headers["location"]))
        assert (fields["return_to"], fields["again"]) == ("/keys", "true")
        leading = await browser.post(f"/auth/sso/{slug}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert "prompt=login" in html.unescape(leading.text)


async def test_whoever_signs_in_again_finds_the_provider_at_the_page_and_is_led_back(gateway, configured, provider, slug, let_pass):
    """Somebody who has nothing but the provider, and whose workspace requires it, sets up a second factor an hour after signing in."""
    assert (await configured.http.put(PATH, json=settings(provider, slug, required=True))).status_code == 200
    provider.has(who := name(), email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        me = (await browser.get("/api/v1/auth/me")).json()
        await let_pass(browser, me["id"], 60)

        form = fields_of(await browser.get("/auth/second-factor"))
        led = await browser.post("/auth/second-factor/enrol", data=form)
        assert led.headers["location"] == "/auth/sign-in?done=again&next=%2Fauth%2Fsecond-factor"
        page = await browser.get(led.headers["location"])
        assert all(mark not in page.text for mark in ("/auth/sign-in-link", 'name="password"', 'id="passkey"'))
        # Where it takes a sign-in of their own nothing is left, and the page says so.
        own = await browser.get("/auth/sign-in?done=own&next=%2Fdocs", headers={"Accept-Language": "fr"})
        assert [mark for mark in ("/auth/sign-in-link", 'name="password"', 'id="passkey"', "/auth/sso/") if mark in own.text] == []
        assert language("fr").texts["done_nothing_left"] in html.unescape(own.text)
        assert 'href="/docs"' in own.text
        fields = fields_of(page)
        assert (fields["next"], fields["again"]) == ("/auth/second-factor", "true")
        leading = await browser.post(f"/auth/sso/{slug}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        url = led_to(leading)
        assert parse_qs(urlsplit(url).query)["prompt"] == ["login"]

        back = await browser.get(path_of(await provider.sign_in(url, who)))
        assert (back.status_code, back.headers["location"]) == (303, "/auth/second-factor")
        # What the new sign-in replaces is over (decision 144).
        assert [each["current"] for each in (await browser.get("/api/v1/auth/sessions")).json()] == [True]
        form = fields_of(await browser.get("/auth/second-factor"))
        enrolled = await browser.post("/auth/second-factor/enrol", data=form)
        assert (enrolled.status_code, "data:image/png" in enrolled.text) == (200, True)


def without_asking(url):
    """The same sign-in at a provider that heeds neither `prompt` nor `max_age`, as Google's."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"prompt", "max_age"}]
    return parts._replace(query=urlencode(query)).geturl()


@pytest.mark.parametrize("required", [False, True])
async def test_whose_provider_has_not_asked_is_told_so_and_offered_what_else_there_is(
    gateway, configured, provider, slug, let_pass, required
):
    """They were led back, refused for the same reason, and offered the provider again, without an end."""
    assert (await configured.http.put(PATH, json=settings(provider, slug, required=required))).status_code == 200
    provider.has(who := name(), email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        assert (await sign_in(browser, provider, slug, who)).status_code == 303
        me = (await browser.get("/api/v1/auth/me")).json()
        await let_pass(browser, me["id"], 60)
        fields = fields_of(await browser.get("/auth/sign-in?done=again&next=%2Fauth%2Fsecond-factor"))
        leading = await browser.post(f"/auth/sso/{slug}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        back = await browser.get(path_of(await provider.sign_in(without_asking(led_to(leading)), who)))
        assert (back.status_code, back.headers["location"]) == (303, "/auth/sign-in?done=not_asked&next=%2Fauth%2Fsecond-factor")

        page = await browser.get(back.headers["location"], headers={"Accept-Language": "de"})
        assert language("de").texts["done_not_asked"] in html.unescape(page.text)
        assert f"/auth/sso/{slug}" not in page.text
        assert ("/auth/sign-in-link" in page.text) is not required
        assert 'href="/auth/second-factor"' in page.text

        # So is whoever is sent by a front end; a sign-in that is not made for this leads where it did.
        url = (await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": "/keys", "again": "true"})).headers["location"]
        back = await browser.get(path_of(await provider.sign_in(without_asking(url), who)))
        assert back.headers["location"] == "/auth/sign-in?" + urlencode({"done": "not_asked", "next": f"{PUBLIC_URL}/keys"})
        assert (await sign_in(browser, provider, slug, who, "/keys")).headers["location"] == f"{PUBLIC_URL}/keys"

    # Whoever was not signed in has been refused nothing: a front end may have the provider ask at every sign-in.
    async with visit(gateway) as browser:
        url = (await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": "/keys", "again": "true"})).headers["location"]
        back = await browser.get(path_of(await provider.sign_in(without_asking(url), who)))
        assert back.headers["location"] == f"{PUBLIC_URL}/keys"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/auth/second-factor", "/auth/second-factor"),
        ("https://app.example/caseload/keys?new=1", "https://app.example/caseload/keys?new=1"),
        ("https://evil.example/", "https://app.example/caseload/"),
        ("//evil.example/", "https://app.example/caseload/"),
    ],
)
async def test_the_provider_leads_back_to_pages_and_to_the_front_end_and_to_no_other_site(gateway, configured, provider, slug, wanted, led):
    front = gateway.reconfigured(app_url="https://app.example/caseload")
    provider.has(who := name(), email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(front) as browser:
        fields = fields_of(await browser.get(f"/auth/sso/{slug}")) | {"next": wanted}
        leading = await browser.post(f"/auth/sso/{slug}", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        url = led_to(leading)
        back = await browser.get(path_of(await provider.sign_in(url, who)))
        assert (back.status_code, back.headers["location"]) == (303, led)


async def test_who_floods_the_address_keeps_nobody_from_signing_in_with_a_provider(gateway, configured, provider, slug, check_problem):
    """Beyond ten times the limit by password, both steps take turns; an answer of a provider that cannot be one is refused as it comes."""
    limited = gateway.reconfigured(sign_ins_per_minute=1, clock=lambda: 1_000_000.0)
    provider.has(who := name(), email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["desk"])
    async with limited.anonymous() as guest, limited.anonymous() as browser:
        for _ in range(11):
            await guest.get(CALLBACK)
        check_problem(await guest.get(CALLBACK, params={"state": "made-up", "code": "x"}), 429, "rate_limited")
        made_up = {"state": str(OpaqueToken.generate(uuid7(), uuid7())), "code": "x"}
        flood = [guest.get(CALLBACK, params=made_up) for _ in range(40)] + [guest.get(f"/api/v1/auth/oidc/{slug}/start") for _ in range(20)]
        done, *others = await asyncio.gather(sign_in(browser, provider, slug, who), *flood)
        assert (done.status_code, "refresh_token" in browser.cookies) == (303, True), done.text
    assert {reply.status_code for reply in others} == {303, 401}


def fields_of(page):
    """The hidden fields of a page's form."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page.text))


def led_to(page):
    """Where a page leads on to by itself."""
    return html.unescape(re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)[1])


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_whoever_is_sent_to_the_start_by_another_site_is_asked_first(gateway, configured, provider, slug, site):
    """Anybody may have a workspace, and a provider that signs each browser in as somebody: a link would be enough."""
    who, headers = name(), {"Accept": BROWSER}
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    if site:
        headers |= {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Referer": "https://evil.example/"}
    async with visit(gateway) as browser:
        sent = await browser.get(f"/api/v1/auth/oidc/{slug}/start", params={"return_to": "/clients?a=1"}, headers=headers)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/auth/sso/{slug}?return_to=%2Fclients%3Fa%3D1")
        assert not browser.cookies

        page = await browser.get(sent.headers["location"], headers=headers)
        assert f"Sign in to Lakeside with {urlsplit(provider.issuer).netloc}?" in page.text
        assert not browser.cookies.keys() & {"sso_browser", "access_token"}
        here = f"/auth/sso/{slug}"
        assert (await browser.post(here, data={"return_to": "/clients"})).status_code == 403
        forged = await browser.post(here, data=fields_of(page), headers={"Sec-Fetch-Site": "cross-site"})
        assert forged.status_code == 403
        assert "sso_browser" not in browser.cookies

        meant = await browser.post(here, data=fields_of(page), headers={"Sec-Fetch-Site": "same-origin"})
        assert meant.status_code == 200
        assert "form-action 'self';" in meant.headers["content-security-policy"]
        done = await browser.get(path_of(await provider.sign_in(led_to(meant), who)))
        assert (done.status_code, done.headers["location"]) == (303, f"{PUBLIC_URL}/clients?a=1")
        assert (await browser.get("/api/v1/auth/me")).json()["full_name"] == "Nora Quist"


async def test_no_link_to_the_page_for_signing_in_leads_to_a_provider_of_its_senders(gateway, configured, elsewhere, provider, slug):
    """Whoever has a workspace has a provider of their own, whose page may look like ours and ask for the password once more."""
    start = f"/api/v1/auth/oidc/{slug}/start"
    person = elsewhere.person
    async with visit(gateway, accept=BROWSER) as browser:
        page = await browser.get("/auth/sign-in", params={"next": start})
        sent = fields_of(page) | {"email": person.email, "password": PASSWORD, "next": start}
        signed_in = await browser.post("/auth/sign-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
        assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/auth/account")
        # A browser that a page of ours leads there is believed.
        assert (await browser.get(start, headers=OWN_LINK)).headers["location"].startswith(provider.issuer)
        # Nor does a provider lead back there.
        provider.has(who := name(), email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway) as browser:
        back = await sign_in(browser, provider, slug, who, return_to=start)
        assert (back.status_code, back.headers["location"]) == (303, PUBLIC_URL)


@pytest.mark.parametrize(
    "headers", [OWN_LINK, OWN_LINK | {"Sec-Fetch-Site": "same-site", "Referer": "https://app.practice.example/login"}, {"Accept": "*/*"}]
)
async def test_pages_of_ours_and_of_the_front_end_and_programs_go_straight_to_the_provider(gateway, configured, provider, slug, headers):
    async with visit(gateway.reconfigured(app_url="https://app.practice.example")) as browser:
        begun = await browser.get(f"/api/v1/auth/oidc/{slug}/start", headers=headers)

        assert begun.headers["location"].startswith(f"{provider.issuer}/auth?")


async def test_the_page_that_asks_tells_what_the_api_tells(gateway, configured, slug):
    async with visit(gateway, accept=BROWSER) as browser:
        unknown = await browser.get("/auth/sso/nowhere")
        assert (unknown.status_code, "There is no sign-in for a workspace at this address." in unknown.text) == (404, True)
        evil = await browser.get(f"/auth/sso/{slug}", params={"return_to": '"><script>alert(1)</script>'})
        assert (evil.status_code, "<script>" in evil.text) == (200, False)
        refused = await browser.post(f"/auth/sso/{slug}", data=fields_of(evil) | {"return_to": "//evil.example"})
        assert (refused.status_code, "evil.example" in refused.text) == (422, False)


async def test_a_browser_that_is_signed_in_as_somebody_else_asks_who_it_is_to_be(gateway, configured, provider, slug, check_problem):
    person, who = configured.person, name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway, accept=BROWSER) as browser:
        assert (await browser.post("/api/v1/auth/login", json={"email": person.email, "password": PASSWORD})).status_code == 200
        for choice in ("stay", "replace"):
            place = path_of(
                await provider.sign_in((await browser.get(f"/api/v1/auth/oidc/{slug}/start", headers=OWN_LINK)).headers["location"], who)
            )
            before = browser.cookies["access_token"]

            asked = await browser.get(place)

            assert asked.status_code == 200
            assert all(told in asked.text for told in ("Henrietta Castellanos", person.email, "Nora Quist", f"{who}@example.org"))
            assert browser.cookies["access_token"] == before
            waiting = browser.cookies["waiting_sign_in"]
            assert waiting not in asked.text
            assert (await browser.post("/auth/replace-sign-in", data={"choice": "replace", "form_token": "x"})).status_code == 403

            answered = await browser.post("/auth/replace-sign-in", data=fields_of(asked) | {"choice": choice})

            assert answered.status_code == 303
            assert "waiting_sign_in" not in browser.cookies
            await gateway.app.state.verifier.refresh()
            me = (await browser.get("/api/v1/auth/me")).json()
            assert me["full_name"] == ("Henrietta Castellanos" if choice == "stay" else "Nora Quist")
            # The other one of the two is over.
            async with visit(gateway, cookie=f"access_token={before}" if choice == "replace" else f"refresh_token={waiting}") as other:
                assert (await other.get("/api/v1/auth/me")).status_code == 401
            again = await browser.post("/auth/replace-sign-in", data={"choice": "replace"} | {"form_token": browser.cookies["csrf_token"]})
            assert again.status_code == 401
        assert answered.headers["location"] == f"{PUBLIC_URL}/"


@pytest.mark.parametrize(("service", "method"), [("sign_in", "Logout"), ("users", "GetMe")])
async def test_where_the_former_sign_in_cannot_be_read_or_ended_people_are_told_by_a_page(
    gateway, configured, provider, slug, monkeypatch, service, method
):
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway, accept=BROWSER) as browser:

        async def come():
            begun = await browser.get(f"/api/v1/auth/oidc/{slug}/start", headers=OWN_LINK)
            return await browser.get(path_of(await provider.sign_in(begun.headers["location"], who)))

        assert (await come()).status_code == 303
        former = browser.cookies["access_token"]

        async def away(_message, _context):
            raise Unavailable("unavailable", "Try again.")

        monkeypatch.setattr(getattr(gateway.app.state.stubs, service), method, away)
        refused = await come()
    assert (refused.status_code, "text/html" in refused.headers["content-type"]) == (503, True)
    assert language("en").texts["problem_unavailable"] in html.unescape(refused.text)
    assert browser.cookies["access_token"] == former


async def test_a_browser_that_does_not_say_as_whom_it_is_signed_in_is_led_through_a_page_of_ours(gateway, configured, provider, slug):
    """Sent by the provider, it keeps the refresh cookie back (SameSite=Strict), and the access cookie has expired."""
    who = name()
    provider.has(who, email=f"{who}@example.org", email_verified=True, name="Nora Quist", groups=["clinicians"])
    async with visit(gateway, accept=BROWSER) as browser:
        await browser.post("/api/v1/auth/login", json={"email": configured.person.email, "password": PASSWORD})
        begun = await browser.get(f"/api/v1/auth/oidc/{slug}/start", headers=OWN_LINK)
        place = path_of(await provider.sign_in(begun.headers["location"], who))
        browser.cookies.delete("access_token")
        refresh = browser.cookies["refresh_token"]
        browser.cookies.delete("refresh_token")

        led = await browser.get(place)

        assert (led.status_code, led_to(led)) == (200, f"{place}&led=1")
        browser.cookies.set("refresh_token", refresh)
        assert "Henrietta Castellanos" in (await browser.get(led_to(led))).text
