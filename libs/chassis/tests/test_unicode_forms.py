"""Unicode normalization in bounded time."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.encryption.blind_index import fold
from chassis.unicode_forms import normalized

FORMS = ("NFC", "NFKC", "NFD", "NFKD")
# Marks in the order that takes the longest to sort.
MARKS = {"of two kinds": "\u0315" * 50_000 + "\u0334" * 50_000, "that are taken apart": "\u3099\uff9e\u0344\u0334" * 25_000}


@given(st.sampled_from(FORMS), st.text(max_size=30) | st.text("a\u0301\u0334é\u1100\u1161\u0344ﷺ", max_size=30))
def test_what_anybody_writes_is_normalized_as_the_standard_says(form, text):
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
def test_so_are_letters_with_thirty_marks(form):
    text = ("e" + "\u0315\u0334\u0301" * 10) * 50
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("form", FORMS)
def test_a_hundred_thousand_marks_on_one_letter_do_not_take_a_minute(form, marks):
    begun = time.thread_time()
    text = normalized(form, "a" + MARKS[marks])

    assert time.thread_time() - begun < 3
    assert set(unicodedata.normalize("NFKD", text[:40])) <= set(unicodedata.normalize("NFKD", "a" + MARKS[marks][:8] + "\u0334"))


@pytest.mark.parametrize("marks", MARKS)
def test_a_word_with_as_many_is_folded_as_fast(marks):
    begun = time.thread_time()
    assert fold("A" + MARKS[marks]) == "a"
    assert time.thread_time() - begun < 3


def test_every_character_that_belongs_to_the_one_before_it_counts():
    joining = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(unicodedata.normalize("NFKD", char)[0])]
    # Of 31, the last one is a text of its own, so it is not sorted before the others.
    for char in joining:
        text = normalized("NFD", "\u0315" * 30 + char)
        assert text == "\u0315" * 30 + unicodedata.normalize("NFD", char)
