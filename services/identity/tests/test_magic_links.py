import asyncio
import time

import jwt
import pytest

from caseload.identity.v1 import events_pb2, sign_in_pb2
from chassis.errors import Forbidden, NotFound, Unauthenticated


async def test_a_magic_link_signs_in_once(door, practice):
    token = await door.request_link(practice.head)
    signed_in = await door.verify(token)

    assert signed_in.user.id == str(practice.head.id)
    assert jwt.decode(signed_in.access_token, options={"verify_signature": False})["amr"] == ["link"]
    with pytest.raises(Unauthenticated) as refused:
        await door.verify(token)
    assert refused.value.code == "link_invalid"


async def test_a_link_opened_twice_at_the_same_moment_signs_in_once(door, practice):
    token = await door.request_link(practice.head)
    outcomes = await asyncio.gather(*(door.verify(token) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Exception)} == {"link_invalid"}


async def test_a_link_is_too_old_after_ten_minutes(door, practice):
    token = await door.request_link(practice.head)
    await door.tamper("UPDATE identity.magic_links SET expires_at = now() - interval '1 second' WHERE user_id = $1", practice.head.id)

    with pytest.raises(Unauthenticated):
        await door.verify(token)
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    with pytest.raises(NotFound):
        await door.issue(practice.workspace_id, asked.magic_link_id)


async def test_a_link_lives_ten_minutes_and_names_whom_to_write_to(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    issued = await door.issue(practice.workspace_id, asked.magic_link_id)

    assert (issued.email, issued.full_name, issued.locale) == (practice.head.email, "Henrietta Castellanos", "en-GB")
    assert 590 < issued.expires_at.seconds - time.time() <= 600


async def test_issuing_a_link_again_voids_the_one_before(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    first = await door.issue(practice.workspace_id, asked.magic_link_id)
    second = await door.issue(practice.workspace_id, asked.magic_link_id)

    with pytest.raises(Unauthenticated):
        await door.verify(first.token)
    await door.verify(second.token)
    with pytest.raises(NotFound):
        await door.issue(practice.workspace_id, asked.magic_link_id)


async def test_only_notifications_may_have_a_link_issued(door, practice):
    await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())
    (asked,) = await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    request = sign_in_pb2.IssueMagicLinkRequest(magic_link_id=asked.magic_link_id)

    with pytest.raises(Forbidden):
        await door.sign_in.IssueMagicLink(request, door.house.on_behalf_of(practice.workspace_id))
    with pytest.raises(Forbidden):
        await door.sign_in.IssueMagicLink(request, await door.enter(practice.head))
    with pytest.raises(NotFound):
        await door.notifications.IssueMagicLink(request, door.house.on_behalf_of(door.house.workspace()))


async def test_asking_for_a_link_says_and_does_the_same_for_any_address(door, practice, statements):
    seen = []
    for email in (practice.head.email, "somebody-unknown@example.com"):
        statements.clear()
        reply = await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=email), door.house.nobody())
        seen.append((reply, list(statements)))

    assert seen[0] == seen[1]
    assert len(seen[0][1]) >= 3


async def test_a_mailbox_cannot_be_flooded(door, practice):
    for _ in range(12):
        await door.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=practice.head.email), door.house.nobody())

    assert len(await door.house.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)) == 5


async def test_a_link_that_was_used_makes_room_for_the_next(door, practice):
    for _ in range(8):
        await door.verify(await door.request_link(practice.head))


@pytest.mark.parametrize("garbage", ["", "x", "Ä" * 86, "A" * 86, "-_" * 43])
async def test_garbage_is_no_ticket(door, garbage):
    with pytest.raises(Unauthenticated):
        await door.verify(garbage)
    with pytest.raises(Unauthenticated):
        await door.refresh(garbage)
