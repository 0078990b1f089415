"""Notes as a PDF document that is read on paper: A4, with one font for Latin, Greek, Cyrillic, Hebrew and Arabic scripts, whichever way they are written."""

import logging
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align

from chassis.client_archive.note_text import Block

_FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_FAMILY = "dejavu"
_HEADING_POINTS, _TEXT_POINTS, _FOOTER_POINTS = 12.0, 10.0, 8.0
_MARGIN_MM = 20.0
_MISSING = "\N{WHITE SQUARE}"
_EXPLAINED = f"{_MISSING} stands for a character that this document's font does not have. The note's text file has it."
_RIGHT_TO_LEFT = {"R", "AL"}

# They would tell what is in the notes: which characters a font lacks, and what becomes of its tables.
for _name in ("fpdf", "fontTools"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Document(FPDF):
    def footer(self) -> None:
        self.set_y(-_MARGIN_MM / 2)
        self.set_font(_FAMILY, size=_FOOTER_POINTS)
        self.cell(0, 5, text=str(self.page_no()), align=Align.C)


def render_pdf(notes: Iterable[Sequence[Block]]) -> bytes:
    """The notes, each beginning on a page of its own."""
    pdf = _Document(format="A4")
    pdf.set_margins(_MARGIN_MM, _MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=_MARGIN_MM)
    pdf.add_font(_FAMILY, fname=_FONT)
    for blocks in notes:
        pdf.add_page()
        lacks = False
        for block in blocks:
            text = _known(block.text)
            lacks |= _MISSING in text
            _write(pdf, text, _HEADING_POINTS if block.is_heading else _TEXT_POINTS)
        if lacks:
            _write(pdf, _EXPLAINED, _FOOTER_POINTS)
    return bytes(pdf.output())


def _write(pdf: FPDF, text: str, points: float) -> None:
    pdf.set_font(_FAMILY, size=points)
    for line in text.split("\n"):
        if line.strip():
            # Puts the letters of Arabic together, and right-to-left text into its order. It takes time, and other scripts do not need it.
            pdf.set_text_shaping(use_shaping_engine=any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line))
            pdf.multi_cell(0, points * 0.55, text=line, align=Align.R if is_right_to_left(line) else Align.L, new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.ln(points * 0.4)
    pdf.ln(points * 0.2)


def is_right_to_left(text: str) -> bool:
    """Whether its first letter is of a script that is written from right to left (Unicode's rule P2)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            return direction != "L"
    return False


def _known(text: str) -> str:
    """The text, composed, with a square for every character that the font does not have."""
    known = _characters()
    return "".join(
        character if ord(character) in known or character == "\n" else "" if unicodedata.category(character) == "Cf" else _MISSING
        for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", "    "))
    )


@cache
def _characters() -> frozenset[int]:
    """The code points that the font has."""
    with TTFont(_FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())
