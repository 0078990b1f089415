"""Whose turn it is among workspaces with due mails. No server, and no time that passes."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from notifications.mail.turns import Turns

A, B, C = (UUID(int=number) for number in (1, 2, 3))


def handed_over(waiting, *, at_once, turns, seconds=0.02, look=0.001):
    """Whose mails are claimed in turn, one at a time, the longest due first: those of the first workspace before the others'."""
    state, left, now, taken = Turns(at_once), Counter(waiting), 0.0, []
    for _ in range(turns):
        past = state.to_look_past(now=now)
        if past:
            others = [each for each in left if left[each] and each not in past]
            state.looked(past, found=bool(others), began=now, now=now + look)
            now += look
        else:
            others = []
        choice = next(iter(others or [each for each in left if left[each]]), None)
        if choice is None:
            break
        left[choice] -= 1
        taken.append(choice)
        state.took([choice])
        now += seconds
    return taken


@given(at_once=st.integers(1, 32), crowd=st.integers(1_000, 60_000))
def test_ten_do_not_wait_behind_thousands(at_once, crowd):
    taken = handed_over({A: crowd, B: 10}, at_once=at_once, turns=200)
    assert taken.count(B) == 10
    # And the thousands go on meanwhile.
    assert taken[: 2 + taken.index(B)].count(A) >= 1


@given(at_once=st.integers(2, 32))
def test_of_several_that_have_much_nobody_is_left_out(at_once):
    taken = handed_over({A: 60_000, B: 60_000, C: 60_000}, at_once=at_once, turns=3_000)
    assert min(Counter(taken)[each] for each in (A, B, C)) > 300


@given(at_once=st.integers(1, 32))
def test_one_that_is_alone_is_hardly_looked_past(at_once):
    state, looks = Turns(at_once), 0
    for turn in range(1_000):
        past = state.to_look_past(now=turn / 100)
        if past:
            assert past == [A]
            looks += 1
            state.looked(past, found=False, began=turn / 100, now=turn / 100)
        state.took([A])
    # Twice a second in ten seconds, where every turn could be one.
    assert 1 <= looks <= 21


def test_a_look_that_takes_long_is_rare():
    state = Turns(5)
    state.took([A] * 5)
    assert state.to_look_past(now=0.0) == [A]
    state.looked([A], found=True, began=0.0, now=1.0)
    state.took([B])
    assert state.to_look_past(now=4.9) == []
    assert state.to_look_past(now=5.1) == [A]
