"""What providers publish is fetched once for all who ask, kept for a while, and not kept where it failed."""

import asyncio

import pytest
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from chassis.errors import Unavailable
from identity.settings import IdentitySettings
from identity.single_sign_on.outgoing import Places
from identity.single_sign_on.remembered import Remembered


class Source:
    """Counts how often it is asked; answers when it is let go."""

    def __init__(self):
        self.asked = 0
        self.let_go = asyncio.Event()
        self.error = None

    async def fetch(self):
        self.asked += 1
        answer = self.asked
        await self.let_go.wait()
        if self.error is not None:
            raise self.error
        return answer


async def until_asked(source):
    while not source.asked:
        await asyncio.sleep(0)


async def test_all_who_ask_at_once_share_one_answer():
    source, kept = Source(), Remembered(60)
    asking = [asyncio.create_task(kept.get("a", source.fetch)) for _ in range(5)]
    await until_asked(source)
    # One that goes does not take the answer from the others.
    asking[0].cancel()
    source.let_go.set()

    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(answers[0]), *answers[1:]] == [asyncio.CancelledError, 1, 1, 1, 1]
    assert await kept.get("a", source.fetch) == 1
    assert await kept.get("b", source.fetch) == 2


async def test_what_failed_is_not_kept_and_told_to_all():
    source, kept = Source(), Remembered(60)
    source.error = ValueError()
    asking = [asyncio.create_task(kept.get("a", source.fetch)) for _ in range(3)]
    await until_asked(source)
    source.let_go.set()
    assert [type(each) for each in await asyncio.gather(*asking, return_exceptions=True)] == [ValueError] * 3
    source.error = None
    assert await kept.get("a", source.fetch) == 2


async def test_nothing_is_kept_for_longer_than_its_time():
    source, kept = Source(), Remembered(0)
    source.let_go.set()
    assert [await kept.get("a", source.fetch) for _ in range(2)] == [1, 2]


async def test_what_was_asked_for_least_recently_is_forgotten_first():
    source, kept = Source(), Remembered(60, most=2)
    source.let_go.set()
    for key in ("a", "b", "a", "c"):
        await kept.get(key, source.fetch)
    assert kept.age("b") == float("inf")
    assert kept.age("a") < 60
    assert kept.age("c") < 60
    kept.forget("a")
    kept.forget("unknown")
    assert kept.age("a") == float("inf")


async def test_one_workspace_takes_eight_places_and_all_together_sixty_four():
    places, mine = Places(seconds=0.01), uuid7()
    held = [places.place(mine, "a") for _ in range(8)]
    for each in held:
        await each.__aenter__()
    with pytest.raises(Unavailable) as refused:
        await places.place(mine, "a").__aenter__()
    assert (refused.value.code, refused.value.retry_after) == ("sso_provider_unavailable", 5.0)
    others = [places.place(uuid7(), "a") for _ in range(56)]
    for each in others:
        await each.__aenter__()
    with pytest.raises(Unavailable):
        await places.place(uuid7(), "a").__aenter__()
    for each in (*held, *others):
        await each.__aexit__(None, None, None)
    assert not places._of
    assert not places._turns
    async with places.place(mine, "a"):
        assert places._of[mine] == 1


async def test_a_source_that_asks_for_every_place_keeps_no_other_waiting():
    """Whoever comes back from a provider with a made-up code again and again must not keep the others of the workspace out."""
    places, mine, served, go_on = Places(seconds=60), uuid7(), [], asyncio.Event()

    async def exchange(source):
        async with places.place(mine, source):
            served.append(source)
            await go_on.wait()

    flood = [asyncio.create_task(exchange("flood")) for _ in range(60)]
    await asyncio.sleep(0)
    other = asyncio.create_task(exchange("other"))
    await asyncio.sleep(0)
    assert served == ["flood"] * 8
    go_on.set()
    outcomes = await asyncio.gather(*flood, other, return_exceptions=True)

    # At most one more of the flood before the other's turn; whom there is no room for were the flood's own.
    assert served.index("other") <= 9
    assert outcomes[-1] is None
    assert sum(isinstance(outcome, Unavailable) for outcome in outcomes) == 60 + 1 - 8 - 32
    assert not places._of


def test_private_networks_are_named_one_by_one():
    settings = IdentitySettings(environment="development", sso_private_networks="10.20.0.0/24, fd00:7::/64,10.1.2.3")
    assert [str(network) for network in settings.sso_networks()] == ["10.20.0.0/24", "fd00:7::/64", "10.1.2.3/32"]
    assert IdentitySettings(environment="development").sso_networks() == ()
    for wrong in ("10.20.0.1/24", "inside", "10.0.0.0/8 192.168.0.0/16"):
        with pytest.raises(ValidationError, match="is no network"):
            IdentitySettings(environment="development", sso_private_networks=wrong)
