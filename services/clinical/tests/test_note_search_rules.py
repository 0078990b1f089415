"""What a word of a note is, and what a search text finds."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.errors import Invalid
from clinical.note_search import rules
from clinical.note_search.levels import ERASED_FOR, MOST_NOTES, Size, to_be_merged
from clinical.note_search.rules import search, words


def finds(asked: str, text: str) -> bool:
    found = search(asked).finds(text)
    assert search(asked).finds_words(words(text)) == found
    return found


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("kne", "The left KNEE hurts."),
        ("k", "The left knee hurts."),
        ("Café", "a cafe\u0301 and cake"),
        ("cafe", "Café"),
        ("rück", "Rückenschmerzen seit Montag"),
        ("rueckenschm", "Rückenschmerzen seit Montag"),
        ("ruckens", "Ru\u0308ckenschmerzen"),
        ("Rücken", "Rueckenschmerzen"),
        ("strasse", "Straße"),
        ("STRAẞE", "Strasse"),
        ("clients", "the client\u2019s knee"),
        ("client's", "the client\u02bcs knee"),
        ("client", "the client's knee"),
        ("epaule", "douleur à l\u2019épaule"),
        ("l'épaule", "douleur à l'épaule"),
        ("follow-up", "up to now no follow was agreed"),
        ("140/90", "RR 140/90, pulse 72"),
        ("72", "pulse 72."),
        ("10mg", "10mg daily"),
        ("שלום", "שָׁלוֹם"),
        ("שלומ", "שלום"),
        ("צהל", "צה״ל"),
        ("ﬁnger", "finger"),
        ("physio", "phy\u00adsio\u200btherapy"),
        ("knee hurt", "hurts: the knee"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
        ("x" * 70, "x" * 65),
    ],
)
def test_a_note_is_found(asked, text):
    assert finds(asked, text)


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("nee", "The left knee hurts."),
        ("schmerzen", "Rückenschmerzen"),
        ("knee elbow", "The left knee hurts."),
        ("knees", "knee"),
        ("foo_bar", "foobar"),
        ("x" * 60, "x" * 59),
    ],
)
def test_a_note_is_not_found(asked, text):
    assert not finds(asked, text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "!?", "'", "\u200b", " ".join(f"w{number}" for number in range(rules.MOST_WORDS + 1)), "a" * (rules.MOST_CHARACTERS + 1)],
)
def test_a_search_text_that_cannot_be_asked_for_is_refused(text):
    with pytest.raises(Invalid) as refused:
        search(text)

    assert refused.value.code == "search_invalid"
    assert [fault.pointer for fault in refused.value.faults] == ["/search"]


def test_as_many_words_and_characters_as_are_allowed_are_asked_for():
    assert len(search(" ".join(f"w{number}" for number in range(rules.MOST_WORDS))).words) == rules.MOST_WORDS
    assert search("a" * rules.MOST_CHARACTERS).words == (("a" * rules.MOST_LETTERS,),)


def test_a_word_is_asked_for_once():
    assert search("knee Knee KNEE").words == (("knee",),)


def test_the_last_results_in_order_can_be_asked_for():
    rules.check_depth(rules.DEEPEST)
    with pytest.raises(Invalid) as refused:
        rules.check_depth(rules.DEEPEST + 1)

    assert refused.value.code == "search_too_deep"


@given(st.text(max_size=80), st.data())
def test_every_note_is_found_by_the_beginning_of_each_of_its_words(text, data):
    found = words(text)
    for word in found:
        length = data.draw(st.integers(1, len(word)))
        assert search(word[:length]).finds_words(found), (word, length)
        assert search(word[:length]).finds(text), (word, length)


@given(st.text(max_size=40))
def test_a_text_finds_itself(text):
    try:
        asked = search(text)
    except Invalid:
        return
    assert asked.finds(text)


@given(st.text("ab_'- 1A\u00fc", max_size=12), st.text("ab'1\u00fc", min_size=1, max_size=3))
@example("a''b", "b")
def test_a_text_is_looked_at_as_its_words_are(text, asked):
    if asked.strip("'"):
        assert search(asked).finds(text) == search(asked).finds_words(words(text))


def simply(text: str) -> set[str]:
    """The words of a text without Hebrew and unusual apostrophes: apostrophes left out, apostrophes as gaps, and umlauts written out."""
    nfc = unicodedata.normalize("NFC", text)
    pieces = [nfc, *(word for word in re.split(r"[\W_]+", nfc) if set(word) & set("äöüÄÖÜ"))]
    for letter, written in {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"}.items():
        pieces[1:] = [piece.replace(letter, written) for piece in pieces[1:]]
    found = set()
    for piece in pieces:
        folded = "".join(c for c in unicodedata.normalize("NFKD", piece.casefold()) if not unicodedata.combining(c))
        for gap in ("", " "):
            found |= set(re.split(r"[\W_]+", folded.replace("'", gap)))
    return {word[: rules.MOST_LETTERS] for word in found if word}


@given(st.text("abß1 _-'\u00fc\u00d6\u00e9u\u0308", max_size=20))
def test_words_are_those_of_a_simpler_reading(text):
    assert words(text) == simply(text)


@pytest.mark.parametrize("letters", ["\u00e9", "'", "\u00e9 l'a", "\u00fc 'a' m\u00fc"])
def test_long_words_cost_no_more_than_their_length(letters):
    """With a pattern that tries anew at every letter they cost some thousand times as much."""
    plain, odd = "x" * 5_000, "x" * 5_000 + f" {letters}"

    assert seconds("\n".join([odd] * 4)) < 50 * seconds("\n".join([plain] * 4))


def seconds(text: str) -> float:
    """The time of this process that the words of a text take, the least of some attempts, in which nothing else ran."""
    least = float("inf")
    for _ in range(5):
        before = time.process_time()
        for _ in range(5):
            words(text)
        least = min(least, time.process_time() - before)
    return least


# --- which segments are made into one


def size(number: int, documents: int, *, dead: int = 0, erased_at=None) -> Size:
    return Size(number, documents, dead, erased_at)


def test_four_segments_of_a_size_are_made_into_one(now):
    assert to_be_merged([size(1, 10), size(2, 1_000), size(3, 5), size(4, 5_000)], now) == []
    assert to_be_merged([size(1, 10), size(2, 1_000), size(3, 5), size(4, 500), size(5, 5_000)], now) == [3, 1, 4, 2]


def test_segments_are_not_made_larger_than_a_list_can_be(now):
    assert to_be_merged([size(number, MOST_NOTES // 2 + 1) for number in range(8)], now) == []
    assert to_be_merged([size(number, MOST_NOTES // 2) for number in range(8)], now) == [0, 1]


def test_a_worn_segment_is_made_anew(now):
    assert to_be_merged([size(1, 100, dead=24)], now) == []
    assert to_be_merged([size(1, 100, dead=25)], now) == [1]


def test_words_of_an_erased_note_go_in_time(now):
    assert to_be_merged([size(1, 100, dead=1, erased_at=now - ERASED_FOR * 0.99)], now) == []
    assert to_be_merged([size(1, 100, dead=1, erased_at=now - ERASED_FOR)], now) == [1]


@given(st.lists(st.integers(1, MOST_NOTES), max_size=60))
def test_few_segments_are_left_and_none_is_too_large(sizes):
    kept = dict(enumerate(sizes))
    while chosen := to_be_merged([size(number, documents) for number, documents in kept.items()], None):
        together = sum(kept.pop(number) for number in chosen)
        assert together <= MOST_NOTES
        kept[max(kept, default=-1) + len(sizes) + 1] = together
    for most in (1_024, 4_096, 16_384, 65_536):
        assert sum(most // 4 <= documents < most if most > 1_024 else documents < most for documents in kept.values()) < 4


@pytest.fixture
def now():
    from datetime import UTC, datetime

    return datetime(2026, 3, 2, tzinfo=UTC)
