"""How names, numbers and days may be spelled and are found all the same."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.clients import spellings
from clients.clients.spellings import numbers, readings, regions_of, take_days, words_of

LATEST = date(2026, 11, 22)


def finds(search: str, *names: str) -> bool:
    words = words_of(*names)
    return any(all(f" {prefix}" in words for prefix in reading) for reading in readings(search))


@pytest.mark.parametrize(
    ("name", "searches"),
    [
        ("O\N{MODIFIER LETTER APOSTROPHE}Brien", ["obrien", "o'brien", "O\N{RIGHT SINGLE QUOTATION MARK}B", "ob"]),
        ("O\N{ACUTE ACCENT}Brien", ["obrien"]),
        ("Anne-Marie", ["annemarie", "anne marie", "marie", "Anne-M", "ANNEM"]),
        ("Anne\N{NON-BREAKING HYPHEN}Marie", ["annemarie"]),
        ("Annemarie", ["anne-marie", "anne marie", "annemarie"]),
        ("van der Berg", ["vanderberg", "berg", "derberg", "van berg", "van-der-berg"]),
        ("Müller", ["muller", "mueller", "Müll", "mu\u0308ller", "MUELLER", "mue"]),
        ("Mueller", ["müller", "mueller", "MÜLLER"]),
        ("Muller", ["muller", "müller"]),
        ("Straßer", ["strasser", "STRAßER", "STRA\N{LATIN CAPITAL LETTER SHARP S}ER"]),
        ("Ørsted", ["orsted", "oersted", "ørst"]),
        ("Åberg", ["aberg", "aaberg"]),
        ("Łukasz Żak", ["lukasz", "zak"]),
        ("I\N{LATIN SMALL LETTER S WITH CEDILLA}\N{LATIN SMALL LETTER DOTLESS I}k", ["isik", "IŞIK"]),
        ("Đặng", ["dang"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}da", ["ada"]),
        ("ﬁona", ["fiona"]),
        ("Q", ["q", "Q"]),
        ("李小龍", ["李", "李小龍"]),
        ("יעקב", ["יעק", "\N{RIGHT-TO-LEFT MARK}יעקב"]),
        ("שָׁלוֹם", ["שלום"]),
        ("ז\N{HEBREW PUNCTUATION GERESH}בוטינסקי", ["זבוטינסקי", "ז'בו"]),
        ("أحمد", ["احمد", "أحمد"]),
        ("مـحـمـد", ["محمد"]),
        ("فاطمة", ["فاطمه"]),
        ("de la Enfance", ["la enf", "laenf", "delaenfance"]),
    ],
)
def test_a_name_is_found_the_ways_people_type_it(name, searches):
    assert [search for search in searches if not finds(search, name)] == []


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("O'Brien", "brien"),
        ("Anne-Marie", "nemarie"),
        ("Anne-Marie", "mariea"),
        ("Annemarie", "marie"),
        ("Smith", "smithe"),
        ("Smith", "-"),
        ("Smith", ""),
    ],
)
def test_a_name_is_not_found_by_other_words(name, search):
    assert not finds(search, name)


def test_first_and_last_name_are_two_names():
    assert finds("anna smith", "Anna", "Smith")
    assert not finds("annasmith", "Anna", "Smith")


@given(st.text(max_size=30), st.data())
def test_a_name_is_found_by_every_beginning_of_itself(name, data):
    words = spellings.words_in(name)
    if not words:
        assert readings(name) == ()
        return
    assert finds(name, name)
    word = data.draw(st.sampled_from(words))
    assert finds(word[: data.draw(st.integers(1, len(word)))], name)


@given(st.text("aeouäöüåøßnr- '", min_size=1, max_size=12))
def test_a_name_is_found_whether_its_accents_are_characters_of_their_own_or_not(name):
    decomposed = unicodedata.normalize("NFD", name)
    assert words_of(name) == words_of(decomposed)
    assert readings(name) == readings(decomposed)


def test_a_name_of_very_many_words_takes_no_more_than_so_much_room():
    name = "a b " * 64
    assert len(words_of(name)) < len(name) + 8 * (spellings.LONGEST_JOINED + 1)
    assert finds("ababab", name)
    assert len(readings("a b c d")) == 8
    assert readings("a b c d e") == (("a", "b", "c", "d", "e"),)


@pytest.mark.parametrize(
    ("locale", "time_zone", "expected"),
    [
        ("de-DE", "Europe/Berlin", ("DE",)),
        ("en", "Europe/Berlin", ("DE",)),
        ("en-US", "Europe/Berlin", ("US", "DE")),
        ("zh-Hant-TW", "", ("TW",)),
        ("de_AT", "", ("AT",)),
        ("de", "UTC", ()),
        ("", "", ()),
        ("en-XX", "Nowhere/Here", ()),
        ("sl-rozaj-biske", "", ()),
    ],
)
def test_the_regions_of_a_workspace_are_those_of_its_locale_and_of_its_time_zone(locale, time_zone, expected):
    assert regions_of(locale, time_zone) == expected


@pytest.mark.parametrize(
    ("searched", "region", "written"),
    [
        ("0170 1234567", "DE", "+491701234567"),
        ("0170 1234567", "DE", "00491701234567"),
        ("+49 170 1234567", "DE", "01701234567"),
        ("+49 (0)170 1234567", "DE", "01701234567"),
        ("01701234567", "DE", "+4901701234567"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("+1 415 555 2671", "US", "4155552671"),
        ("415 555 2671", "US", "14155552671"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("050-123-4567", "IL", "+972501234567"),
        ("\u0660\u0661\u0667\u0660 1234567", "DE", "+491701234567"),
    ],
)
def test_a_number_is_looked_for_as_it_may_have_been_written(searched, region, written):
    assert written in numbers(searched, [region])


def test_a_number_of_another_country_is_none_of_this_one():
    assert "01701234567" not in numbers("+49 170 1234567", ["FR"])
    assert "+491701234567" in numbers("+49 170 1234567", [])
    assert numbers("0170 1234567", []) == ["01701234567"]
    assert numbers("12", ["DE"]) == numbers("Smith", ["DE"]) == []
    assert numbers("room 123456", ["DE"]) == ["123456"]


@pytest.mark.parametrize(
    ("text", "regions", "rest", "days"),
    [
        ("Smith 1980-02-03", [], "Smith", {"1980-02-03"}),
        ("03.02.1980 Smith", ["US"], "Smith", {"1980-02-03"}),
        ("Smith, (3.2.1980)", [], "Smith,", {"1980-02-03"}),
        ("02/03/1980", ["US"], "", {"1980-02-03"}),
        ("02-03-1980", ["US"], "", {"1980-02-03"}),
        ("02/03/1980", ["GB"], "", {"1980-03-02"}),
        ("02/03/1980", [], "", {"1980-02-03", "1980-03-02"}),
        ("02/03/1980", ["US", "DE"], "", {"1980-02-03", "1980-03-02"}),
        ("25/12/1980", ["US"], "25/12/1980", None),
        ("25/12/1980", [], "", {"1980-12-25"}),
        ("1980/2/3", ["US"], "", {"1980-02-03"}),
        ("3.2.80", [], "", {"1980-02-03"}),
        ("3.2.20", [], "", {"1920-02-03", "2020-02-03"}),
        ("\u0661\u0669\u0668\u0660-02-03", [], "", {"1980-02-03"}),
        ("Smith 1980-02-30", [], "Smith 1980-02-30", None),
        ("Smith 1880-02-03", [], "Smith 1880-02-03", None),
        ("Smith 2026-11-23", [], "Smith 2026-11-23", None),
        ("1980-02.03", [], "1980-02.03", None),
        ("1980-02-1980", [], "1980-02-1980", None),
        ("030.12.34", [], "030.12.34", None),
        ("1.2.345", [], "1.2.345", None),
        ("  two  spaces", [], "  two  spaces", None),
    ],
)
def test_a_day_is_read_as_the_workspace_writes_it(text, regions, rest, days):
    assert take_days(text, regions, latest=LATEST) == (rest, [] if days is None else [days])


def test_the_last_day_that_somebody_can_be_born_on_is_one():
    assert take_days("2026-11-22 1900-01-01", [], latest=LATEST) == ("", [{"2026-11-22"}, {"1900-01-01"}])


@given(st.text(max_size=40), st.sampled_from([[], ["US"], ["DE", "FR"]]))
def test_no_text_is_too_strange_to_be_read(text, regions):
    rest, days = take_days(text, regions, latest=LATEST)
    assert all(days)
    numbers(rest, regions)
    readings(rest)
