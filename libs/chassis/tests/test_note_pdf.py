"""Notes on paper: what a PDF document shows of each script, and what it says of one that it cannot show."""

import re
import unicodedata
import zlib

import pytest

from chassis.client_archive.note_text import Block

SQUARE = "\N{WHITE SQUARE}"
# A name and what somebody wrote, and the font that it takes.
WRITTEN = {
    "Chinese": ("王小明、膝盖疼、睡眠不好。", "DroidSansFallback"),
    "traditional Chinese": ("陳大文、頭痛、發燒", "DroidSansFallback"),
    "Japanese": ("山田太郎さん、頭痛がする。カタカナ", "DroidSansFallback"),
    "Korean": ("김철수 환자는 잠을 못 잤다", "NanumSquare"),
    "Hindi": ("राम कुमार घुटने में दर्द", "Lohit"),
    "Arabic": ("محمد يشعر بألم", "DejaVu"),
    "Hebrew": ("דוד כהן ישן טוב", "DejaVu"),
}


def shown(*texts: str) -> tuple[set[str], str]:
    """The fonts of a document with these texts, and the characters that it says its glyphs are."""
    from chassis.client_archive.note_pdf import render_pdf  # takes half a second to import

    made = render_pdf([[Block("Note", is_heading=True), *(Block(text) for text in texts)]])
    characters = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        content = zlib.decompress(stream) if stream[:1] == b"x" else stream
        if b"begincmap" in content:
            pairs = re.findall(rb"<[0-9A-Fa-f]{4}> <([0-9A-Fa-f]+)>", content)
            characters += [bytes.fromhex(pair.decode()).decode("utf-16-be") for pair in pairs]
    fonts = {name.decode() for name in re.findall(rb"/BaseFont /[A-Z]+\+([A-Za-z]+)", made)}
    return fonts, "".join(characters)


@pytest.mark.parametrize("language", WRITTEN)
def test_a_document_shows_a_language_and_embeds_the_font_for_it(language):
    text, font = WRITTEN[language]
    fonts, characters = shown(text)
    assert any(name.startswith(font) for name in fonts), fonts
    assert SQUARE not in characters
    # Letters that are put together may stand for several characters, in a glyph of their own.
    if language not in {"Hindi", "Arabic"}:
        assert set(text) <= set(characters), set(text) - set(characters)


def test_a_document_without_other_scripts_has_one_font_and_one_with_all_has_four():
    assert shown("Der Schmerz läßt nach.")[0] == {"DejaVuSansBook"}
    fonts, characters = shown(" ".join(text for text, _ in WRITTEN.values()))
    assert (len(fonts), SQUARE in characters) == (4, False)


def test_what_cannot_be_shown_is_a_square_and_its_script_is_named():
    from chassis.client_archive import note_pdf

    lacking: dict[str, None] = {}
    assert note_pdf._known("ปวดหัว வலி ok\x07", lacking).count(SQUARE) == len("ปวดหัว") + len("வலி") + 1
    assert list(lacking) == ["Thai", "Tamil", "other"]
    assert "(Thai, Tamil, other)" in note_pdf._explained(list(lacking))
    assert SQUARE in shown("ปวดหัว")[1]


@pytest.mark.parametrize(
    ("text", "written", "scripts"),
    [
        ("न" + "\u0941" * 5000 + "म", "न" + "\u0941" * 6 + SQUARE + "म", ["Devanagari"]),
        ("a" + "\u200d" * 5000 + "b", "a" + "\u200d" * 6 + "b", []),
        ("\U000e0041" * 7 + "\u0941" * 9, SQUARE, ["Devanagari"]),
        ("שִׁבְּ", "שִׁבְּ", []),
    ],
)
def test_what_takes_no_place_makes_no_line_without_an_end(text, written, scripts):
    from chassis.client_archive import note_pdf

    lacking: dict[str, None] = {}
    assert note_pdf._known(text, lacking) == unicodedata.normalize("NFC", written)
    assert list(lacking) == scripts


@pytest.mark.parametrize(
    "text",
    ["." * 5000, " " * 4999 + "\u05ea", "%" * 5000, "\U0001f3f3\ufe0f\u200d\U0001f308" * 1000],
    ids=["dots", "spaces", "signs", "flags"],
)
def test_long_rows_of_what_has_no_direction_are_written(text):
    fonts, characters = shown(f"\u05e9\u05dc\u05d5\u05dd{text}")
    assert fonts
    assert "\u05e9" in characters


@pytest.mark.parametrize("beside", ["", " \u05e9\u05dc\u05d5\u05dd"])
def test_no_text_is_taken_for_the_number_of_pages(beside):
    assert {"{", "}"} <= set(shown(f"{{nb}}{beside}")[1])
