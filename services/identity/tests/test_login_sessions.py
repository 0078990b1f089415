import asyncio
import time

import jwt
import pytest

from caseload.identity.v1 import events_pb2, sign_in_pb2, users_pb2
from chassis.errors import NotFound, Unauthenticated


async def test_refreshing_rotates_the_token(service, practice):
    first = await service.login(practice.administrator)
    second = await service.refresh(first.refresh_token)
    third = await service.refresh(second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert not third.HasField("device_token")
    me = await service.users.GetMe(users_pb2.GetMeRequest(), service.bearer(third))
    assert me.id == str(practice.administrator.id)


async def test_requests_that_use_one_token_at_the_same_moment_get_the_same_successor(service, practice):
    first = await service.login(practice.administrator)
    renewed = await asyncio.gather(*(service.refresh(first.refresh_token) for _ in range(8)))

    assert len({each.refresh_token for each in renewed}) == 1
    assert renewed[0].refresh_token != first.refresh_token
    await service.refresh(renewed[0].refresh_token)


async def test_reuse_of_a_refresh_token_after_the_grace_period_ends_the_login_session(service, practice):
    first = await service.login(practice.administrator)
    second = await service.refresh(first.refresh_token)
    await service.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )

    with pytest.raises(Unauthenticated) as refused:
        await service.refresh(first.refresh_token)
    assert refused.value.code == "session_ended"
    with pytest.raises(Unauthenticated):
        await service.refresh(second.refresh_token)
    assert await service.until_refused(service.bearer(second)) == "token_revoked"


async def test_a_stolen_refresh_token_is_on_record_and_told_to_the_person_once(service, practice):
    owner = practice.administrator
    first = await service.login(owner)
    await service.refresh(first.refresh_token)
    await service.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )

    thieves = [service.refresh(first.refresh_token) for _ in range(6)]
    outcomes = await asyncio.gather(*thieves, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {Unauthenticated}
    assert await service.notices(owner) == [events_pb2.SECURITY_NOTICE_SIGN_IN_STOLEN]
    (line,) = await service.lines("end_stolen_login_session", practice.workspace_id)
    sid = jwt.decode(first.access_token, options={"verify_signature": False})["sid"]
    assert (line.resource_id, line.facts["login_session_id"], line.facts["ip_address"]) == (str(owner.id), sid, "192.0.2.7")


async def test_signing_out_everywhere_ends_every_login_session_of_the_caller(service, practice):
    colleague = await service.login(await practice.add_user("therapist"))
    mine = [await service.login(practice.administrator) for _ in range(3)]

    await service.sign_in.EndLoginSessions(sign_in_pb2.EndLoginSessionsRequest(), service.bearer(mine[1]))

    for signed_in in mine:
        assert await service.until_refused(service.bearer(signed_in)) == "token_revoked"
        with pytest.raises(Unauthenticated):
            await service.refresh(signed_in.refresh_token)
    await service.refresh(colleague.refresh_token)
    assert len(await service.lines("end_login_sessions", practice.workspace_id)) == 1


async def test_an_idle_login_session_ends(service, practice):
    signed_in = await service.login(practice.administrator)
    assert 29 * 60 < signed_in.refresh_expires_at.seconds - time.time() <= 30 * 60
    await service.tamper("UPDATE identity.login_sessions SET idle_at = now() WHERE workspace_id = $1", practice.workspace_id)

    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)


async def test_activity_does_not_extend_a_login_session_beyond_its_absolute_limit(service, practice):
    signed_in = await service.login(practice.administrator)
    shortly = "UPDATE identity.login_sessions SET expires_at = now() + interval '100 seconds' WHERE workspace_id = $1"
    await service.tamper(shortly, practice.workspace_id)
    last = await service.refresh(signed_in.refresh_token)
    assert last.expires_in <= 100
    assert last.refresh_expires_at.seconds <= time.time() + 100

    await service.tamper("UPDATE identity.login_sessions SET expires_at = now() WHERE workspace_id = $1", practice.workspace_id)
    with pytest.raises(Unauthenticated):
        await service.refresh(last.refresh_token)


async def test_successors_are_not_kept_after_the_grace_period(service, practice):
    first = await service.login(practice.administrator)
    second = await service.refresh(first.refresh_token)
    await service.tamper(
        "UPDATE identity.refresh_tokens SET used_at = used_at - interval '1 hour' WHERE workspace_id = $1 AND used_at IS NOT NULL",
        practice.workspace_id,
    )
    await service.refresh(second.refresh_token)

    async with service.environment.superuser() as connection:
        kept = "SELECT generation FROM identity.refresh_tokens WHERE workspace_id = $1 AND successor_sealed IS NOT NULL"
        assert [row["generation"] for row in await connection.fetch(kept, practice.workspace_id)] == [2]


async def test_logging_out_voids_the_tokens_within_five_seconds(service, practice):
    other, signed_in = await service.login(practice.administrator), await service.login(practice.administrator)
    await service.sign_in.Logout(sign_in_pb2.LogoutRequest(), service.bearer(signed_in))

    assert await service.until_refused(service.bearer(signed_in)) == "token_revoked"
    with pytest.raises(Unauthenticated):
        await service.refresh(signed_in.refresh_token)
    await service.users.GetMe(users_pb2.GetMeRequest(), service.bearer(other))


async def test_users_see_and_end_only_their_own_login_sessions(service, practice):
    colleague = await practice.add_user("therapist")
    theirs = await service.login(colleague)
    here = await service.login(practice.administrator, address="203.0.113.9")
    there = await service.login(practice.administrator)
    listed = await service.sign_in.ListLoginSessions(sign_in_pb2.ListLoginSessionsRequest(), service.bearer(here))

    assert len(listed.items) == 2
    (current,) = [item for item in listed.items if item.current]
    assert current.ip_address == "203.0.113.9"
    (other,) = [item for item in listed.items if not item.current]
    await service.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), service.bearer(here))
    with pytest.raises(Unauthenticated):
        await service.refresh(there.refresh_token)
    with pytest.raises(NotFound):
        await service.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=other.id), service.bearer(here))
    foreign = jwt.decode(theirs.access_token, options={"verify_signature": False})["sid"]
    with pytest.raises(NotFound):
        await service.sign_in.EndLoginSession(sign_in_pb2.EndLoginSessionRequest(session_id=foreign), service.bearer(here))
