"""API keys: principals of their own, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from chassis.auth.opaque_tokens import OpaqueToken
from gateway.auth import api_keys

KEY = {"id", "name", "prefix", "scopes", "expires_at", "last_used_at", "created_at", "created_by"}


@pytest.fixture
def using(gateway):
    """HTTP with an API key in place of a token."""
    return lambda made: gateway.anonymous(Authorization=f"Bearer {made['secret']}")


async def make(practice, *scopes, **but):
    reply = await practice.http.post("/api/v1/api-keys", json={"name": " Import ", "scopes": list(scopes), **but})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def test_a_key_may_do_what_its_scopes_say_and_no_more(practice, using):
    made = await make(practice, "clients:read", "catalogue:write")
    assert made.keys() == KEY | {"secret"}
    assert (made["name"], made["scopes"], made["last_used_at"]) == ("Import", ["catalogue:write", "clients:read"], None)
    assert made["secret"].startswith(made["prefix"] + "_")

    async with using(made) as program:
        assert (await program.get("/api/v1/clients")).status_code == 200
        room = {"name": "Room 1", "location_type": "clinic"}
        assert (await program.post("/api/v1/locations", json=room)).status_code == 201
        refused = await program.post("/api/v1/clients", json={"first_name": "Ada", "last_name": "Lovelace"})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        assert (await program.get("/api/v1/auth/me")).status_code == 404
    (listed,) = (await practice.http.get("/api/v1/api-keys")).json()
    assert listed.keys() == KEY
    assert listed["last_used_at"] is not None


async def test_a_key_makes_nobody_mightier_than_itself(practice, using):
    """Whoever is added as an owner, or chosen by a provider of one's own, may do everything."""
    made = await make(practice, "users:write", "users:read", "workspace:write", "clients:read")
    person = {"email": "nora@example.com", "full_name": "Nora Quist"}
    provider = {"slug": "of-a-key", "issuer": "https://login.example.org", "client_id": "x", "default_role": "therapist"}

    async with using(made) as program:
        for role in ("owner", "therapist", "assistant"):
            refused = await program.post("/api/v1/users", json=person | {"role": role})
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_held")
        refused = await program.put("/api/v1/workspaces/current/sso", json=provider)
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        added = (await practice.http.post("/api/v1/users", json=person | {"role": "assistant"})).json()
        refused = await program.put(f"/api/v1/users/{added['id']}/role", json={"role": "owner"})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_held")
        refused = await program.post(f"/api/v1/invitations/{added['id']}/resend")
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        refused = await program.patch("/api/v1/workspaces/current", json={"settings": {"second_factor_required": ["owner"]}})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
        assert (await program.patch("/api/v1/workspaces/current", json={"phone": "030 1234567"})).status_code == 200
        refused = await program.delete(f"/api/v1/users/{added['id']}/second-factor")
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


async def test_a_key_makes_no_other_that_would_outlive_it(practice, using):
    made = await make(practice, "workspace:write", "clients:read")
    async with using(made) as program:
        listed = await program.get("/api/v1/api-keys")
        assert (listed.status_code, [key["id"] for key in listed.json()]) == (200, [made["id"]])
        refused = await program.post("/api/v1/api-keys", json={"name": "Successor", "scopes": ["clients:read"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert [key["id"] for key in (await practice.http.get("/api/v1/api-keys")).json()] == [made["id"]]


async def test_a_key_is_on_record_and_counted_as_itself(gateway, practice, using):
    client = await practice.add_client()
    made = await make(practice, "clients:read")
    async with using(made) as program:
        # At its first use, and in some minutes again, it is counted by address too.
        assert (await program.get(f"/api/v1/clients/{client['id']}")).status_code == 200
        reply = await program.get(f"/api/v1/clients/{client['id']}")
        limit, remaining = (int(reply.headers[f"ratelimit-{name}"]) for name in ("limit", "remaining"))
        assert remaining == limit - 2

    async with asyncio.timeout(20):
        while not (lines := (await practice.http.get(f"/api/v1/audit-events?user_id={made['id']}")).json()["items"]):
            await asyncio.sleep(0.1)
    assert {(line["resource_type"], line["resource_id"], line["action"]) for line in lines} == {("Client", client["id"], "READ")}


async def test_a_deleted_key_is_refused_within_five_seconds(practice, using):
    made = await make(practice, "clients:read")
    async with using(made) as program:
        assert (await program.get("/api/v1/clients")).status_code == 200
        assert (await practice.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
        async with asyncio.timeout(5):
            while (reply := await program.get("/api/v1/clients")).status_code == 200:
                await asyncio.sleep(0.05)
    # Where the gateway has not heard of it yet, a service refuses the token that the key was exchanged for.
    assert (reply.status_code, reply.json()["code"]) in {(401, "api_key_not_valid"), (401, "token_revoked")}
    assert (await practice.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 404
    assert (await practice.http.get("/api/v1/api-keys")).json() == []


async def test_a_key_that_expires_is_refused_then(gateway, practice, using):
    made = await make(practice, "clients:read", expires_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    async with gateway.environment.superuser() as database:
        await database.execute("UPDATE identity.api_keys SET expires_at = now() - interval '1 second' WHERE name = 'Import'")
    async with using(made) as program:
        reply = await program.get("/api/v1/clients")
    assert (reply.status_code, reply.json()["code"]) == (401, "api_key_not_valid")


@pytest.mark.parametrize("secret", ["clk_", "clk_abcdefgh", "clk_abcdefgh_nonsense", "clk_" + "A" * 200, "clk_abcdefgh_" + "A" * 86])
async def test_what_is_no_key_is_refused(gateway, secret, check_problem):
    async with gateway.anonymous(Authorization=f"Bearer {secret}") as program:
        check_problem(await program.get("/api/v1/clients"), 401, "api_key_not_valid")


def exchanges():
    """How many keys identity has been asked about."""
    samples = (sample for family in REGISTRY.collect() if family.name == "caseload_rpc" for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_total") and sample.labels["method"].endswith("ExchangeApiKey"))


async def test_what_has_not_the_form_of_a_key_is_counted_by_address_before_identity_is_asked(gateway, practice, check_problem):
    narrow = gateway.reconfigured(sign_ins_per_minute=3, clock=lambda: 60.0)
    before = exchanges()
    replies = []
    for number in range(6):
        async with narrow.anonymous(Authorization=f"Bearer clk_abcdefgh_{number}") as program:
            replies.append(await program.get("/api/v1/clients"))

    assert [reply.status_code for reply in replies] == [401, 401, 401, 429, 429, 429]
    assert check_problem(replies[-1], 429, "rate_limited")["counted_by"] == "address"
    assert exchanges() - before == 3
    # Who signs in from there, and whoever is signed in already, is not counted with them.
    async with narrow.anonymous() as person:
        guess = {"email": practice.person.email, "password": "correct horse battery"}
        assert (await person.post("/api/v1/auth/login", json=guess)).status_code == 200


async def test_whoever_makes_keys_up_keeps_no_program_behind_the_address_from_its_own(gateway, practice):
    made, later = await make(practice, "clients:read"), await make(practice, "clients:read")
    narrow = gateway.reconfigured(sign_ins_per_minute=3, clock=lambda: 60.0)

    async def ask(secret):
        async with narrow.anonymous(Authorization=f"Bearer {secret}") as program:
            return (await program.get("/api/v1/clients")).status_code

    assert await ask(made["secret"]) == 200
    guesses = [f"clk_abcdefgh_{OpaqueToken.generate(uuid7(), uuid7())}" for _ in range(40)]
    statuses = await asyncio.gather(*map(ask, guesses[:20]), ask(later["secret"]), *map(ask, guesses[20:]))
    assert (statuses[20], set(statuses)) == (200, {200, 401})


async def test_a_key_that_has_been_good_is_not_counted_with_those_that_others_make_up(gateway, practice, monkeypatch):
    # Tokens are over as soon as they are issued, so each request asks for another.
    monkeypatch.setattr(api_keys, "_MARGIN_SECONDS", 1000.0)
    made = await make(practice, "clients:read")
    narrow = gateway.reconfigured(sign_ins_per_minute=1, clock=lambda: 60.0)
    before = exchanges()
    async with narrow.anonymous(Authorization=f"Bearer {made['secret']}") as program:
        assert (await program.get("/api/v1/clients")).status_code == 200
        async with narrow.anonymous(Authorization="Bearer clk_made-up") as guest:
            assert (await guest.get("/api/v1/clients")).status_code == 429
        replies = [await program.get("/api/v1/clients") for _ in range(5)]
        assert [reply.status_code for reply in replies] == [200] * 5
        assert {reply.headers["ratelimit-limit"] for reply in replies} == {"1000"}
        assert exchanges() - before == 6
        # One that is deleted has been good for the last time.
        assert (await practice.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
        assert (await program.get("/api/v1/clients")).status_code == 401
        assert (await program.get("/api/v1/clients")).headers["ratelimit-remaining"] == "0"


async def test_a_key_that_is_used_many_times_at_once_is_exchanged_once(gateway, practice):
    made = await make(practice, "clients:read")
    fresh = gateway.reconfigured(sign_ins_per_minute=1, clock=lambda: 60.0)
    before = exchanges()
    async with fresh.anonymous(Authorization=f"Bearer {made['secret']}") as program:
        replies = await asyncio.gather(*(program.get("/api/v1/clients") for _ in range(20)))

    assert {reply.status_code for reply in replies} == {200}
    assert exchanges() - before == 1


async def test_a_key_that_cannot_be_made_is_refused_with_pointers(gateway, practice):
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    body = {"name": " ", "scopes": ["clients:read", "clients:everything", "sessions:cosign", "sessions:oversee"], "expires_at": past}
    refused = await practice.http.post("/api/v1/api-keys", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "api_key_invalid")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/name", "/scopes/1", "/scopes/2", "/scopes/3", "/expires_at"]

    async with gateway.colleague(practice.person, scopes={"workspace:write", "clients:read"}) as colleague:
        refused = await colleague.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:erase"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_not_held")
    assert (await practice.http.get("/api/v1/api-keys")).json() == []


async def test_a_workspace_has_a_hundred_keys_at_most(gateway, practice):
    async with gateway.environment.superuser() as database:
        await database.execute(
            "INSERT INTO identity.api_keys (workspace_id, id, name, prefix, hash, scopes, created_by, created_at)"
            " SELECT $1, gen_random_uuid(), 'n', 'p', '', '{}', gen_random_uuid(), now() FROM generate_series(1, 99)",
            practice.person.workspace_id,
        )
    outcomes = await asyncio.gather(
        *(practice.http.post("/api/v1/api-keys", json={"name": "Import", "scopes": ["clients:read"]}) for _ in range(5))
    )
    assert sorted(reply.status_code for reply in outcomes) == [201, 409, 409, 409, 409]
    assert {reply.json()["code"] for reply in outcomes if reply.status_code == 409} == {"too_many_api_keys"}


async def test_keys_of_another_workspace_are_nowhere(practice, elsewhere):
    made = await make(practice, "clients:read")

    assert (await elsewhere.http.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 404
    assert (await elsewhere.http.get("/api/v1/api-keys")).json() == []


async def test_the_secret_is_stored_as_its_hash_alone(gateway, practice):
    made = await make(practice, "clients:read")
    async with gateway.environment.superuser() as database:
        for table in ("api_keys", "outbox", "idempotency"):
            assert made["secret"].split("_", 2)[2] not in str(await database.fetch(f"SELECT t::text FROM identity.{table} t"))
