"""What a save takes out of a text: in whole words, and nothing of what is only typed on."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinical.sessions.displaced_rules import Removal, collected, displaced
from clinical.sessions.rules import MAX_TEXT

words = st.lists(st.sampled_from(["rest", "run", "swim", "walk", "the left knee"]), max_size=4).map(" ".join)


def removed(before, sent, *, typed=("plan", "objective")):
    return displaced(before, sent, typed=typed)


def taken(before, sent, **options):
    return {name: removal.words for name, removal in removed(before, sent, **options).items()}


def collect(kept, words, after=""):
    """What a copy says with all words of a text that is deleted."""
    return collected(kept, Removal(words, after, 0, len(words), only_deletes=False))[0]


def deleted(*texts):
    """What a copy says after a tab has saved these texts, one after the other."""
    said, gap = None, None
    for before, after in itertools.pairwise(texts):
        if removal := removed({"plan": before}, {"plan": after}).get("plan"):
            said, gap = collected(said, removal, gap)
    return said


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
        # A mark is a part of its letter, and of the word: \u0930\u094b\u0917\u0940 is a patient, and \u0930\u094b\u0917 an illness.
        ("\u0930\u094b\u0917\u0940 \u0920\u0940\u0915", "\u0930\u094b\u0917 \u0920\u0940\u0915", "\u0930\u094b\u0917\u0940"),
        ("\u0926\u0940", "\u0926\u093e", "\u0926\u0940"),
        ("ne\u0301 ici", "ne ici", "ne\u0301"),
        ("\u0e44\u0e21\u0e48\u0e1b\u0e27\u0e14", "\u0e44\u0e21\u0e1b\u0e27\u0e14", "\u0e21\u0e48"),
        ("\u304b\u3099\u3044", "\u304b\u3044", "\u304b\u3099"),
        ("rest\u200b", "rest", None),
    ],
)
def test_what_is_replaced_is_kept_in_whole_words(before, after, kept):
    assert taken({"plan": before}, {"plan": after}).get("plan") == kept


def test_what_is_only_deleted_is_kept_whoever_deletes_it():
    for after in ("rest", "", None):
        assert taken({"plan": "rest and run"}, {"plan": after}) == {"plan": "and run" if after else "rest and run"}


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["rest and run", "rest and", "rest", ""], "rest and run"),
        (["rest and run", "rest and ", "rest and", "rest ", "rest", "", ""], "rest and run"),
        (["rest and run", "rest and ru", "rest and r", "rest and ", "rest a", "rest"], "and run"),
        (["rest and run", "and run", " run", ""], "rest and run"),
        (["a b c d e", "a b d e", "a d e", "a e"], "b c d"),
        (["a b c d e", "a b d e", "a b e", "b e"], "c d\n\na"),
        (["first\nsecond\nthird", "first\nsecond\n", "first\n", "first"], "second\nthird"),
        (["first\n\nsecond", "first\n\n", ""], "first\nsecond"),
        (["わたしは歩く", "わたしは歩", "わたしは", "わたし"], "は歩く"),
        (["rest and run", "rest and", "rest and swim", "rest and", "rest"], "run\n\nand swim"),
        (["rest and run", "rest", "rest and run", "rest and run far", "rest and run"], "far"),
        (["a b c d", "a b d", "a x d", "a d"], "b c\n\nx"),
        (["rest and run", "rest and", "rest and swim", "rest and walk", "rest and"], "run\n\nswim\n\nwalk"),
        (
            ["rest and run far", "rest and", "rest and swim", "rest and", "rest and run far", "rest and run", "rest"],
            "run far\n\nswim\n\nand run",
        ),
        (["one two. three", "one two.", "one. two.", "one."], "three\n\ntwo."),
    ],
)
def test_whoever_goes_on_deleting_leaves_one_text(texts, kept):
    assert deleted(*texts) == kept


@given(
    said=st.lists(st.sampled_from(["rest", "run", "swim", "no"]), min_size=1, max_size=6),
    cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=8),
)
def test_a_tab_that_only_deletes_leaves_every_word_somewhere(said, cuts):
    texts = [" ".join(said)]
    for place, length in cuts:
        texts.append(texts[-1][:place] + texts[-1][place + length :])
    # Where only the space between two is deleted, they are one word from then on, in which both are still to be read.
    kept = deleted(*texts) or ""
    assert [word for word in said if word not in texts[-1] and word not in kept] == []


def test_what_the_note_says_again_is_not_kept_beside_it():
    assert collect("run\n\nswim far", "walk", after="rest and run") == "swim far\n\nwalk"
    assert collect("no", "walk", after="nothing") == "no\n\nwalk"


def test_what_is_kept_elsewhere_is_not_kept_again():
    assert taken({"plan": "rest", "objective": "calm"}, {"plan": "run", "objective": "tense"}, typed=("objective",)) == {
        "objective": "calm"
    }


def test_words_are_not_taken_for_parts_of_others():
    assert collect("I know", "no") == "I know\n\nno"
    assert collect("no. I know", "no.") == "no. I know"
    assert collect("no", "nothing new") == "no\n\nnothing new"
    assert collect("\u0930\u094b\u0917", "\u0930\u094b\u0917\u0940") == "\u0930\u094b\u0917\n\n\u0930\u094b\u0917\u0940"
    assert collect("\u0915\u0940", "\u0915\u0940\u092e\u0924") == "\u0915\u0940\n\n\u0915\u0940\u092e\u0924"
    assert collect("none", "none, today") == collect("none, ", "none, today") == "none, today"


def test_of_what_is_written_without_spaces_a_copy_has_no_beginnings_either():
    said = None
    for left in ("わ", "わた", "わたし", "きの", "きのう", "わたしは"):
        said = collect(said, left)
    assert said == "きのう\n\nわたしは"


def test_how_a_letter_is_composed_takes_nothing_out():
    assert taken({"plan": "Gef\u00fchl"}, {"plan": "Gefu\u0308hl"}) == {}


def test_a_copy_has_every_text_once_however_often_two_tabs_take_turns():
    said = None
    for left in ("run", "swim", "run far", "swim far", "run", "run far and wide"):
        said = collect(said, left)
    assert said == "swim far\n\nrun far and wide"


@given(before=words, after=words)
def test_every_word_is_in_the_note_or_the_copy(before, after):
    left = taken({"plan": before}, {"plan": after}).get("plan", "")
    assert set(before.split()) <= set(after.split()) | set(left.split())


@given(pieces=st.lists(words.filter(bool), min_size=1, max_size=8))
def test_a_copy_says_everything_that_came_into_it(pieces):
    said = None
    for piece in pieces:
        said = collect(said, piece)
    assert {word for piece in pieces for word in piece.split()} <= set(said.split())


def test_to_compare_long_texts_with_all_that_a_copy_says_takes_no_time():
    kept = "\n\n".join(f"{number:03}" for number in range(999))
    started = time.process_time()
    for number in range(50):
        collect(kept, f"{number} {'long ' * 995}")
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
    collect(said, left.strip())
    assert time.process_time() - began < 0.03
