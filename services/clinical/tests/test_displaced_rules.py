"""What a save takes out of a text: in whole words, and nothing of what is only typed on."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.sessions.displaced_rules import collected, displaced
from clinical.sessions.rules import MAX_TEXT

words = st.lists(st.sampled_from(["rest", "run", "swim", "walk", "the left knee"]), max_size=4).map(" ".join)


def taken(before, sent, *, same_sign_in=True, typed=("plan", "objective")):
    return displaced(before, sent, typed=typed, same_sign_in=same_sign_in)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("rest and run", "rest and swim", "run"),
        ("rest.", "swim", "rest."),
        ("Pain 3/10 today", "Pain 8/10 today", "3/10"),
        ("first\n\n\nsecond, third", "fourth", "first\nsecond, third"),
        ("a b c d", "a x c y", "b c d"),
        ("rest", "rest and run", None),
        ("re t", "rest", None),
        ("no pain", "I know", "no pain"),
        ("says no", "says I know", "no"),
        ("", "run", None),
        (None, "run", None),
        ("run, swim", "swim, run", "run, swim"),
        ("患者は昨夜よく眠れた。右膝が痛む。歩ける", "患者は昨夜よく眠れた。右膝が痛む。走れる", "歩け"),
        ("患者はMRI後に眠れた", "患者はMRA後に眠れた", "MRI"),
    ],
)
def test_what_is_replaced_is_kept_in_whole_words(before, after, kept):
    assert taken({"plan": before}, {"plan": after}).get("plan") == kept


def test_whoever_only_deletes_what_the_same_sign_in_saved_means_it():
    for after in ("rest", "", None):
        assert taken({"plan": "rest and run"}, {"plan": after}) == {}
        assert taken({"plan": "rest and run"}, {"plan": after}, same_sign_in=False) != {}


def test_a_deletion_beside_something_else_may_be_a_tab_that_never_showed_it():
    before = {"plan": "rest and run", "objective": "calm", "session_date": 1}

    assert taken(before, {"plan": "rest", "objective": "calm and awake"}) == {"plan": "and run"}
    assert taken(before, {"plan": "rest", "objective": "calm"}) == {}
    assert taken(before, {"plan": "rest", "session_date": 2}) == {"plan": "and run"}


def test_what_is_kept_elsewhere_is_not_kept_again():
    assert taken({"plan": "rest", "objective": "calm"}, {"plan": "run", "objective": "tense"}, typed=("objective",)) == {
        "objective": "calm"
    }


def test_words_are_not_taken_for_parts_of_others():
    assert collected("I know", "no") == "I know\n\nno"
    assert collected("no. I know", "no.") == "no. I know"
    assert collected("no", "nothing new") == "no\n\nnothing new"
    assert collected("none", "none, today") == collected("none, ", "none, today") == "none, today"


def test_of_what_is_written_without_spaces_a_copy_has_no_beginnings_either():
    said = None
    for left in ("わ", "わた", "わたし", "きの", "きのう", "わたしは"):
        said = collected(said, left)
    assert said == "きのう\n\nわたしは"


def test_how_a_letter_is_composed_takes_nothing_out():
    assert taken({"plan": "Gef\u00fchl"}, {"plan": "Gefu\u0308hl"}) == {}


def test_a_copy_has_every_text_once_however_often_two_tabs_take_turns():
    said = None
    for left in ("run", "swim", "run far", "swim far", "run", "run far and wide"):
        said = collected(said, left)
    assert said == "swim far\n\nrun far and wide"


@given(before=words, after=words)
def test_every_word_is_in_the_note_or_the_copy(before, after):
    left = taken({"plan": before}, {"plan": after}, same_sign_in=False).get("plan", "")
    assert set(before.split()) <= set(after.split()) | set(left.split())


@given(pieces=st.lists(words.filter(bool), min_size=1, max_size=8))
def test_a_copy_says_everything_that_came_into_it(pieces):
    said = None
    for piece in pieces:
        said = collected(said, piece)
    assert {word for piece in pieces for word in piece.split()} <= set(said.split())


def test_to_compare_long_texts_with_all_that_a_copy_says_takes_no_time():
    kept = "\n\n".join(f"{number:03}" for number in range(999))
    started = time.process_time()
    for number in range(50):
        collected(kept, f"{number} {'long ' * 995}")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("part", "left"),
    [
        (lambda place: f"a a {place}", "a " * (MAX_TEXT // 2)),
        (lambda _: "a" * 250, "a" * (MAX_TEXT // 2)),
        (lambda place: f"word{place}", "swim"),
    ],
    ids=["many short parts", "one letter", "corrected words"],
)
def test_a_copy_that_is_nearly_full_holds_up_no_save(part, left):
    said = ""
    for place in itertools.count():
        if len(said) + len(part(place)) > MAX_TEXT - 2:
            break
        said = f"{said}\n\n{part(place)}".strip()

    began = time.process_time()
    collected(said, left.strip())
    assert time.process_time() - began < 0.03
