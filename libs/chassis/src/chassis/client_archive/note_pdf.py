"""Notes as a PDF document that is read on paper: A4, in whatever script they are written, from left to right or from right to left."""

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align

from chassis.client_archive.note_text import Block
from chassis.unicode_forms import normalized

_HEADING_POINTS, _TEXT_POINTS, _FOOTER_POINTS = 12.0, 10.0, 8.0
_MARGIN_MM = 20.0
_MISSING = "\N{WHITE SQUARE}"
_RIGHT_TO_LEFT = {"R", "AL"}
# What takes no place: marks above and below letters, and what joins or orders them. More than a letter of any script has make a line that has no end,
# which is laid out anew for each of them: minutes for one text.
_WITHOUT_WIDTH = {"Mn", "Me", "Cf"}
_MOST_WITHOUT_WIDTH = 6
# Letters and digits. Everything else is written in the direction of those around it, which fpdf looks for by a call of its own for each character.
_WITH_DIRECTION = {"L", "R", "AL", "EN", "AN"}
# Several rows of a page, and far from as many calls as Python makes.
_MOST_WITHOUT_DIRECTION = 400
# Named on the page; of more the first ones are.
_MOST_SCRIPTS = 5


@dataclass(frozen=True, slots=True)
class _Font:
    """`shapes` where letters change by those beside them."""

    family: str
    file: str
    shapes: bool = False

    @property
    def path(self) -> Path:
        return Path(__file__).parent / "fonts" / self.file


# Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic; then Hindi and what else is written in Devanagari; Chinese and Japanese; Korean.
# A character is written in the first of them that has it. A font is read when a document needs it: the largest has four megabytes.
_FIRST = _Font("dejavu", "DejaVuSans.ttf")
_OTHERS = (
    _Font("lohit", "Lohit-Devanagari.ttf", shapes=True),
    _Font("droid", "DroidSansFallbackFull.ttf"),
    _Font("nanum", "NanumSquareR.ttf"),
)

# They would tell what is in the notes: which characters a font lacks, and what becomes of its tables.
for _name in ("fpdf", "fontTools"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Document(FPDF):
    def footer(self) -> None:
        self.set_y(-_MARGIN_MM / 2)
        self.set_font(_FIRST.family, size=_FOOTER_POINTS)
        self.cell(0, 5, text=str(self.page_no()), align=Align.C)


def render_pdf(notes: Iterable[Sequence[Block]]) -> bytes:
    """The notes, each beginning on a page of its own. Below a note it says which scripts could not be shown, if any."""
    pdf = _Document(format="A4")
    # Else it would write their number for "{nb}".
    pdf.alias_nb_pages("")
    pdf.set_margins(_MARGIN_MM, _MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN_MM)
    pdf.add_font(_FIRST.family, fname=_FIRST.path)
    for blocks in notes:
        pdf.add_page()
        lacking: dict[str, None] = {}
        for block in blocks:
            text = _known(block.text, lacking)
            _write(pdf, text, _HEADING_POINTS if block.is_heading else _TEXT_POINTS)
        if lacking:
            _write(pdf, _explained(list(lacking)), _FOOTER_POINTS)
    return bytes(pdf.output())


def _write(pdf: FPDF, text: str, points: float) -> None:
    lacking = set(map(ord, text)) - _characters(_FIRST)
    for font in _OTHERS:
        if font.family not in pdf.fonts and lacking & _characters(font):
            pdf.add_font(font.family, fname=font.path)
        lacking -= _characters(font)
    pdf.set_fallback_fonts([font.family for font in _OTHERS if font.family in pdf.fonts], exact_match=False)
    pdf.set_font(_FIRST.family, size=points)
    for line in text.split("\n"):
        if line.strip():
            # Puts letters together that are written so, and right-to-left text into its order. It takes time, and other scripts do not need it.
            pdf.set_text_shaping(use_shaping_engine=any(map(_needs_shaping, line)))
            align = Align.R if is_right_to_left(line) else Align.L
            for part in _parts(line):
                pdf.multi_cell(0, points * 0.55, text=part, align=align, new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.ln(points * 0.4)
    pdf.ln(points * 0.2)


def _needs_shaping(character: str) -> bool:
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return True
    return not character.isascii() and any(font.shapes and ord(character) in _characters(font) for font in _OTHERS)


def _parts(line: str) -> Iterable[str]:
    """The line, cut where it has a long row of characters without a direction: spaces, dots, pictures."""
    begun = undirected = 0
    for place, character in enumerate(line):
        undirected = 0 if unicodedata.bidirectional(character) in _WITH_DIRECTION else undirected + 1
        if undirected > _MOST_WITHOUT_DIRECTION:
            yield line[begun:place]
            begun, undirected = place, 1
    yield line[begun:]


def is_right_to_left(text: str) -> bool:
    """Whether its first letter is of a script that is written from right to left (Unicode's rule P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            return direction != "L"
    return False


def _known(text: str, lacking: dict[str, None]) -> str:
    """The text, composed, with a square for every character that no font has, and for the marks of which a letter has too many; the scripts of those
    are added to `lacking`.
    """
    shown: list[str] = []
    marks = 0
    for character in normalized("NFC", text.replace("\r\n", "\n").replace("\t", "    ")):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _WITHOUT_WIDTH else 0
        if marks > _MOST_WITHOUT_WIDTH:
            if category != "Cf" and shown[-1:] != [_MISSING]:
                shown.append(_MISSING)
                lacking[_script(character)] = None
        elif character == "\n" or (category != "Cc" and any(ord(character) in _characters(font) for font in (_FIRST, *_OTHERS))):
            shown.append(character)
        elif category != "Cf":
            shown.append(_MISSING)
            lacking[_script(character)] = None
    return "".join(shown)


def _script(character: str) -> str:
    """Its script, as the first word of a character's name says it: no more of the note than which one it is."""
    words = unicodedata.name(character, "").split(" ")
    return words[0].capitalize() if len(words) > 1 else "other"


def _explained(scripts: Sequence[str]) -> str:
    named = ", ".join(scripts[:_MOST_SCRIPTS])
    return f"{_MISSING} stands for a character that this document cannot show ({named}). The note's text file has it."


@cache
def _characters(font: _Font) -> frozenset[int]:
    """The code points that the font has."""
    with TTFont(font.path, lazy=True) as opened:
        return frozenset(opened.getBestCmap())
