import asyncio
import time

import jwt
import pytest

from caseload.identity.v1 import sign_in_pb2, users_pb2
from chassis.errors import NotFound, Unauthenticated


async def test_refreshing_rotates_the_token(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    third = await door.refresh(second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert not third.HasField("device_token")
    me = await door.users.GetMe(users_pb2.GetMeRequest(), door.bearer(third))
    assert me.id == str(practice.head.id)


async def test_requests_racing_on_one_token_get_the_same_successor(door, practice):
    first = await door.login(practice.head)
    renewed = await asyncio.gather(*(door.refresh(first.refresh_token) for _ in range(8)))

    assert len({each.refresh_token for each in renewed}) == 1
    assert renewed[0].refresh_token != first.refresh_token
    await door.refresh(renewed[0].refresh_token)


async def test_a_token_used_again_after_the_grace_ends_the_sign_in_for_everybody(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    await door.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )

    with pytest.raises(Unauthenticated) as refused:
        await door.refresh(first.refresh_token)
    assert refused.value.code == "session_ended"
    with pytest.raises(Unauthenticated):
        await door.refresh(second.refresh_token)
    assert await door.until_refused(door.bearer(second)) == "token_revoked"


async def test_an_idle_sign_in_ends(door, practice):
    signed_in = await door.login(practice.head)
    assert 29 * 60 < signed_in.refresh_expires_at.seconds - time.time() <= 30 * 60
    await door.tamper("UPDATE identity.login_sessions SET idle_at = now() WHERE workspace_id = $1", practice.workspace_id)

    with pytest.raises(Unauthenticated):
        await door.refresh(signed_in.refresh_token)


async def test_no_activity_keeps_a_sign_in_beyond_its_absolute_limit(door, practice):
    signed_in = await door.login(practice.head)
    shortly = "UPDATE identity.login_sessions SET expires_at = now() + interval '100 seconds' WHERE workspace_id = $1"
    await door.tamper(shortly, practice.workspace_id)
    last = await door.refresh(signed_in.refresh_token)
    assert last.expires_in <= 100
    assert last.refresh_expires_at.seconds <= time.time() + 100

    await door.tamper("UPDATE identity.login_sessions SET expires_at = now() WHERE workspace_id = $1", practice.workspace_id)
    with pytest.raises(Unauthenticated):
        await door.refresh(last.refresh_token)


async def test_successors_are_not_kept_beyond_their_grace(door, practice):
    first = await door.login(practice.head)
    second = await door.refresh(first.refresh_token)
    await door.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '1 hour' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )
    await door.refresh(second.refresh_token)

    async with door.house.superuser() as connection:
        kept = "SELECT generation FROM identity.refresh_tokens WHERE workspace_id = $1 AND successor_sealed IS NOT NULL"
        assert [row["generation"] for row in await connection.fetch(kept, practice.workspace_id)] == [2]


async def test_logging_out_voids_the_tokens_within_five_seconds(door, practice):
    other, signed_in = await door.login(practice.head), await door.login(practice.head)
    await door.sign_in.Logout(sign_in_pb2.LogoutRequest(), door.bearer(signed_in))

    assert await door.until_refused(door.bearer(signed_in)) == "token_revoked"
    with pytest.raises(Unauthenticated):
        await door.refresh(signed_in.refresh_token)
    await door.users.GetMe(users_pb2.GetMeRequest(), door.bearer(other))


async def test_a_person_sees_and_ends_their_own_sign_ins_only(door, practice):
    colleague = await practice.hire("therapist")
    theirs = await door.login(colleague)
    here = await door.login(practice.head, address="203.0.113.9")
    there = await door.login(practice.head)
    listed = await door.sign_in.ListLoginSessions(sign_in_pb2.ListLoginSessionsRequest(), door.bearer(here))

    assert len(listed.items) == 2
    (current,) = [item for item in listed.items if item.current]
    assert current.ip_address == "203.0.113.9"
    (other,) = [item for item in listed.items if not item.current]
    await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), door.bearer(here))
    with pytest.raises(Unauthenticated):
        await door.refresh(there.refresh_token)
    with pytest.raises(NotFound):
        await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), door.bearer(here))
    foreign = jwt.decode(theirs.access_token, options={"verify_signature": False})["sid"]
    with pytest.raises(NotFound):
        await door.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=foreign), door.bearer(here))
