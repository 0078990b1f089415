"""Parts start in the order of their needs and stop in reverse, whatever fails."""

import asyncio

import pytest

from chassis.lifecycle import Lifecycle, State


class Recorded(Lifecycle):
    """Parts that do nothing but record when they start and stop."""

    def __init__(self):
        super().__init__()
        self.events = []

    def part(self, name, *needs, start=None, stop=None, **values):
        async def started():
            self.events.append(f"+{name}")
            if start is not None:
                await start()

        async def stopped():
            self.events.append(f"-{name}")
            if stop is not None:
                await stop()

        self.add(name, start=started, stop=stopped, needs=needs, **values)


@pytest.fixture
def parts():
    return Recorded()


def failing(error):
    async def fail():
        raise error

    return fail


async def test_parts_start_after_what_they_need_and_stop_before_it(parts):
    parts.part("database")
    parts.part("server", "database")
    parts.part("gateway", "server")

    async with parts:
        await parts.start()
        assert parts.events == ["+database", "+server", "+gateway"]
        assert set(parts.states.values()) == {State.RUNNING}

    assert parts.events[3:] == ["-gateway", "-server", "-database"]
    assert set(parts.states.values()) == {State.STOPPED}


async def test_parts_that_do_not_need_each_other_start_and_stop_at_the_same_time(parts):
    both = asyncio.Barrier(2)
    for name in ("clients", "clinical"):
        parts.part(name, start=both.wait, stop=both.wait)

    async with asyncio.timeout(5):
        await parts.start()
        await parts.stop()
    assert set(parts.states.values()) == {State.STOPPED}


async def test_a_named_part_starts_with_what_it_needs_and_nothing_else(parts):
    parts.part("database")
    parts.part("relay", "database")
    parts.part("server", "database")

    await parts.start("relay")
    assert parts.states == {"database": State.RUNNING, "relay": State.RUNNING, "server": State.NEW}

    await parts.start("server")
    await parts.stop()
    assert parts.events[:3] == ["+database", "+relay", "+server"]
    assert set(parts.events[3:5]) == {"-relay", "-server"}


async def test_parts_are_added_and_started_while_others_run(parts):
    parts.part("postgres")
    await parts.start()
    parts.part("server", "postgres")
    await parts.start()
    await parts.stop()

    assert parts.events == ["+postgres", "+server", "-server", "-postgres"]


async def test_after_a_failed_start_everything_that_began_to_start_is_stopped(parts):
    parts.part("database")
    parts.part("server", "database", start=failing(OSError("the port is taken")))
    parts.part("gateway", "server")

    with pytest.raises(OSError, match="the port is taken"):
        async with parts:
            await parts.start()

    assert parts.events == ["+database", "+server", "-server", "-database"]
    assert parts.states["gateway"] is State.NEW


def test_a_part_that_leaves_the_process_lets_the_others_stop_first(parts):
    parts.part("database")
    parts.part("server", "database", start=failing(SystemExit("CASELOAD_KEYRING_FILE is not set")))

    async def work():
        async with parts:
            await parts.start()

    with pytest.raises(SystemExit, match="CASELOAD_KEYRING_FILE"):
        asyncio.run(work())
    assert parts.events == ["+database", "+server", "-server", "-database"]


async def test_a_failed_start_cancels_the_starts_beside_it(parts):
    never = asyncio.Event()
    parts.part("slow", start=never.wait)
    parts.part("broken", start=failing(OSError("no")))

    with pytest.raises(OSError, match="no"):
        await asyncio.wait_for(parts.start(), 5)
    await parts.stop()
    assert {"-slow", "-broken"} <= set(parts.events)


async def test_a_part_that_fails_to_stop_keeps_no_other_from_stopping(parts, caplog):
    parts.part("database")
    parts.part("server", "database", stop=failing(RuntimeError("still busy")))
    await parts.start()

    with pytest.raises(ExceptionGroup) as failed:
        await parts.stop()

    assert [str(error) for error in failed.value.exceptions] == ["still busy"]
    assert parts.states == {"database": State.STOPPED, "server": State.FAILED}
    assert "a part did not stop" in caplog.text


async def test_a_part_has_only_its_patience_to_stop(parts):
    never = asyncio.Event()
    parts.part("database")
    parts.part("server", "database", stop=never.wait, patience=0.01)
    await parts.start()

    with pytest.raises(ExceptionGroup):
        await asyncio.wait_for(parts.stop(), 5)
    assert parts.events[-2:] == ["-server", "-database"]


async def test_a_part_stops_once_and_does_not_start_again(parts):
    parts.part("server")
    await parts.start()
    await parts.stop()
    await parts.stop()

    assert parts.events == ["+server", "-server"]
    with pytest.raises(RuntimeError, match="does not start again"):
        await parts.start()


async def test_a_part_that_was_not_started_is_not_stopped(parts):
    parts.part("server")
    await parts.stop()

    assert parts.events == []


async def test_plain_functions_start_and_stop_parts_too(parts):
    events = []
    parts.add("postgres", start=lambda: events.append("+"), stop=lambda: events.append("-"))
    await parts.start()
    await parts.stop()

    assert events == ["+", "-"]


def test_a_part_needs_only_parts_that_were_added_before(parts):
    parts.part("database")
    with pytest.raises(ValueError, match="database"):
        parts.part("database")
    with pytest.raises(ValueError, match="broker"):
        parts.part("server", "database", "broker")


async def test_an_unknown_part_cannot_be_started(parts):
    with pytest.raises(KeyError, match="relay"):
        await parts.start("relay")


async def test_without_a_limit_a_part_may_take_as_long_as_it_needs(parts):
    parts.part("gateway", patience=None)
    await parts.start()
    await parts.stop()

    assert parts.states == {"gateway": State.STOPPED}
