"""Each call on a stream is answered or refused exactly once, and nothing is left behind, whatever the wire does."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stream_world import FAULTS, LONGEST, World

from chassis.errors import Unavailable
from chassis.rpc.client.stream import NotTakenError


@pytest.fixture
def world():
    built = World()
    built.comes_up()
    yield built
    built.close()


def outcome(world, number):
    task = world.asked[number]
    assert task.done()
    if task.exception() is not None:
        raise task.exception()
    return task.result()


def ask_until_begun(world):
    """The number of a call that the callee works on. As a peer does, this asks again what was not taken."""
    for _ in range(3):
        world.comes_up()
        number = world.ask(5.0)
        world.deliver_all()
        if number in world.running:
            return number
        with pytest.raises(NotTakenError):
            outcome(world, number)
    raise AssertionError("nothing is taken")


# --- one message, one fault, in every state


def asked(world):
    """The call is on the wire."""
    return world.ask(5.0)


def begun(world):
    """The callee works on it; the next call is on the wire."""
    number = asked(world)
    world.deliver_all()
    world.ask(5.0)
    return number


def answered(world):
    """The answer is on the wire."""
    number = world.ask(5.0)
    world.deliver_all()
    world.answer(number)
    return number


def cancelled(world):
    """Nobody waits any more, and the callee is about to hear of it."""
    number = world.ask(5.0)
    world.deliver_all()
    world.cancel(number)
    return number


def late(world):
    """The deadline is over, and the callee is about to hear of it."""
    number = world.ask(1.0)
    world.deliver_all()
    world.pass_time(1.1)
    return number


def going_away(world):
    """The callee is about to stop while it works on the call, and the caller is about to hear of it."""
    number = world.ask(5.0)
    world.deliver_all()
    world.restart()
    return number


def crossing(world):
    """A call and the word that the callee is going away are on the wire at the same time."""
    world.restart()
    return world.ask(5.0)


def replaced(world):
    """The stream is old, and its successor is about to be accepted."""
    number = world.ask(LONGEST)
    world.deliver_all()
    world.pass_time(LONGEST - 1)
    return number


STATES = (asked, begun, answered, cancelled, late, going_away, crossing, replaced)


@pytest.mark.parametrize("fault", [*FAULTS, "broken", "delayed"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_fault_of_one_message_leaves_every_call_with_one_outcome_and_a_stream_that_works(world, state, fault):
    state(world)
    wires = world.on_the_wire()
    if fault == "broken":
        world.break_stream(0)
    elif fault == "delayed":
        world.pass_time(3.0)
    else:
        for place, way in wires:
            world.deliver(place, way, fault)
    world.deliver_all()
    for number in list(world.running):
        world.answer(number)
    world.deliver_all()
    world.pass_time(LONGEST + 1)
    assert all(task.done() for task in world.asked.values())
    world.check_outcomes()

    further = ask_until_begun(world)
    world.answer(further)
    world.deliver_all()
    assert outcome(world, further).reply == f"reply {further}".encode()


def test_a_call_that_comes_twice_is_begun_once(world):
    number = world.ask(5.0)
    world.deliver(0, "there", "twice")
    assert world.callees[0].began == {number: 1}
    world.answer(number)
    world.deliver(0, "back", "twice")
    assert outcome(world, number).reply == f"reply {number}".encode()


def test_a_call_that_crosses_the_word_that_its_callee_goes_away_is_not_begun_and_may_be_sent_again(world):
    number = crossing(world)
    world.deliver_all()
    with pytest.raises(NotTakenError):
        outcome(world, number)
    world.comes_up()
    again = world.ask(5.0)
    world.deliver_all()
    assert world.callees[1].began == {again: 1}
    world.answer(again)
    world.deliver_all()


def test_what_was_asked_before_its_callee_goes_away_is_answered(world):
    number = going_away(world)
    world.deliver_all()
    world.answer(number)
    world.deliver_all()
    assert outcome(world, number).reply == f"reply {number}".encode()
    assert world.closing.done()


def test_a_call_on_a_lost_stream_may_have_been_begun_so_it_is_unavailable(world):
    number = begun(world)
    world.break_stream(0)
    with pytest.raises(Unavailable) as lost:
        outcome(world, number)
    assert lost.value.code == "callee_unavailable"
    assert world.running == {}


def test_a_response_after_the_deadline_reaches_nobody(world):
    number = world.ask(1.0)
    world.deliver_all()
    world.answer(number)
    world.pass_time(1.1)
    world.deliver_all()
    with pytest.raises(Unavailable) as late_refusal:
        outcome(world, number)
    assert late_refusal.value.code == "deadline_exceeded"


# --- any order of anything


SECONDS = (0.5, 5.0, LONGEST)


class AnyOrder(RuleBasedStateMachine):
    """Calls, cancellations, answers, faults, restarts and time, in any order."""

    @initialize()
    def begin(self):
        self.world = World()
        self.world.comes_up()

    @rule(seconds=st.sampled_from(SECONDS), number=st.integers(1, 3))
    def ask(self, seconds, number):
        for _ in range(number):
            self.world.ask(seconds)

    @rule(seconds=st.sampled_from(SECONDS), number=st.integers(1, 3))
    def ask_when_up(self, seconds, number):
        self.world.comes_up()
        self.ask(seconds, number)

    @rule(seconds=st.sampled_from(SECONDS), number=st.integers(1, 3))
    def ask_and_begin(self, seconds, number):
        self.ask_when_up(seconds, number)
        self.world.deliver_all()

    @precondition(lambda self: self.world.waiting)
    @rule(data=st.data())
    def cancel(self, data):
        self.world.cancel(data.draw(st.sampled_from(self.world.waiting)))

    @precondition(lambda self: self.world.running)
    @rule(data=st.data(), outcome=st.sampled_from(["reply", "refusal", "fault"]))
    def answer(self, data, outcome):
        self.world.answer(data.draw(st.sampled_from(sorted(self.world.running))), outcome)

    @precondition(lambda self: self.world.on_the_wire())
    @rule(data=st.data(), fault=st.sampled_from([None, None, None, *FAULTS]))
    def deliver(self, data, fault):
        self.world.deliver(*data.draw(st.sampled_from(self.world.on_the_wire())), fault)

    @rule(seconds=st.sampled_from([0.1, 1.0]))
    def pass_time(self, seconds):
        self.world.pass_time(seconds)

    @rule(kind=st.sampled_from(["break", "restart", "grow late", "grow old"]), data=st.data())
    def disturb(self, kind, data):
        match kind:
            case "break":
                self.world.break_stream(data.draw(st.integers(0, len(self.world.links) - 1)))
            case "restart":
                self.world.restart()
            case "grow late":
                self.world.pass_time(10.0)
            case "grow old":
                self.world.pass_time(100.0)

    @invariant()
    def outcomes(self):
        if hasattr(self, "world"):
            self.world.check_outcomes()

    def teardown(self):
        if hasattr(self, "world"):
            self.world.close()


AnyOrder.TestCase.settings = settings(
    max_examples=int(os.environ.get("CASELOAD_STREAM_EXAMPLES", "25")),
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_any_order = AnyOrder.TestCase
