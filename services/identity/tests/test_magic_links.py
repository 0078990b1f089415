import asyncio
import time

import jwt
import pytest

from caseload.identity.v1 import events_pb2, sign_in_pb2
from chassis.errors import Forbidden, NotFound, Unauthenticated


async def test_a_magic_link_signs_in_once(service, practice):
    token = await service.request_link(practice.administrator)
    signed_in = await service.verify(token)

    assert signed_in.user.id == str(practice.administrator.id)
    assert jwt.decode(signed_in.access_token, options={"verify_signature": False})["amr"] == ["link"]
    with pytest.raises(Unauthenticated) as refused:
        await service.verify(token)
    assert refused.value.code == "link_invalid"


async def test_a_link_opened_twice_at_the_same_moment_signs_in_once(service, practice):
    token = await service.request_link(practice.administrator)
    outcomes = await asyncio.gather(*(service.verify(token) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, sign_in_pb2.SignedIn) for outcome in outcomes) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Exception)} == {"link_invalid"}


async def test_a_magic_link_that_is_too_old_signs_nobody_in(service, practice):
    token = await service.request_link(practice.administrator)
    await service.tamper(
        "UPDATE identity.magic_links SET expires_at = now() - interval '1 second' WHERE user_id = $1", practice.administrator.id
    )

    with pytest.raises(Unauthenticated):
        await service.verify(token)
    (asked,) = await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    with pytest.raises(NotFound):
        await service.issue(practice.workspace_id, asked.magic_link_id)


async def test_an_issued_link_is_valid_for_fifteen_minutes_and_contains_the_recipient(service, practice):
    await service.sign_in.RequestMagicLink(
        sign_in_pb2.RequestMagicLinkRequest(email=practice.administrator.email), service.environment.nobody()
    )
    (asked,) = await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    issued = await service.issue(practice.workspace_id, asked.magic_link_id)

    assert (issued.email, issued.full_name, issued.locale) == (practice.administrator.email, "Henrietta Castellanos", "en-GB")
    assert 890 < issued.expires_at.seconds - time.time() <= 900


async def test_issuing_a_link_again_voids_the_one_before(service, practice):
    await service.sign_in.RequestMagicLink(
        sign_in_pb2.RequestMagicLinkRequest(email=practice.administrator.email), service.environment.nobody()
    )
    (asked,) = await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    first = await service.issue(practice.workspace_id, asked.magic_link_id)
    second = await service.issue(practice.workspace_id, asked.magic_link_id)

    with pytest.raises(Unauthenticated):
        await service.verify(first.token)
    await service.verify(second.token)
    with pytest.raises(NotFound):
        await service.issue(practice.workspace_id, asked.magic_link_id)


async def test_only_notifications_may_have_a_link_issued(service, practice):
    await service.sign_in.RequestMagicLink(
        sign_in_pb2.RequestMagicLinkRequest(email=practice.administrator.email), service.environment.nobody()
    )
    (asked,) = await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)
    request = sign_in_pb2.IssueMagicLinkRequest(magic_link_id=asked.magic_link_id)

    with pytest.raises(Forbidden):
        await service.sign_in.IssueMagicLink(request, service.environment.on_behalf_of(practice.workspace_id))
    with pytest.raises(Forbidden):
        await service.sign_in.IssueMagicLink(request, await service.signed_in(practice.administrator))
    with pytest.raises(NotFound):
        await service.notifications.IssueMagicLink(request, service.environment.on_behalf_of(service.environment.workspace()))


async def test_a_link_request_gets_the_same_reply_and_runs_the_same_statements_for_any_address(service, practice, statements):
    seen = []
    for email in (practice.administrator.email, "somebody-unknown@example.com"):
        statements.clear()
        reply = await service.sign_in.RequestMagicLink(sign_in_pb2.RequestMagicLinkRequest(email=email), service.environment.nobody())
        seen.append((reply, list(statements)))

    assert seen[0] == seen[1]
    assert len(seen[0][1]) >= 3


async def test_only_five_links_are_sent_to_an_address_at_once(service, practice):
    for _ in range(12):
        await service.sign_in.RequestMagicLink(
            sign_in_pb2.RequestMagicLinkRequest(email=practice.administrator.email), service.environment.nobody()
        )

    assert len(await service.environment.emitted(events_pb2.MagicLinkRequested, practice.workspace_id)) == 5


async def test_using_a_link_resets_the_count_of_requests(service, practice):
    for _ in range(8):
        await service.verify(await service.request_link(practice.administrator))


@pytest.mark.parametrize("garbage", ["", "x", "Ä" * 86, "A" * 86, "-_" * 43])
async def test_malformed_tokens_are_refused(service, garbage):
    with pytest.raises(Unauthenticated):
        await service.verify(garbage)
    with pytest.raises(Unauthenticated):
        await service.refresh(garbage)
