"""How a reminder reads as a text message, and in how many parts it is sent and paid for. Pure functions.

A part has 160 characters of the GSM 7-bit alphabet, or 70 of anything else (UCS-2); of a message in several parts each has 7 or 3 less, for they are
numbered (3GPP TS 23.038 and 23.040).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from chassis.errors import Fault, Invalid
from notifications.reminder_templates.rules import substitute

MOST_PARTS = 10
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take two places.
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
# What a placeholder stands for, at a usual length, and the link by which there will be no more messages.
_USUAL: Mapping[str, str] = {
    "first_name": "Alexandra",
    "date": "Wednesday 25 November 2026",
    "time": "14:30 CET",
    "practice": "x" * 30,
    "practice_phone": "+49 30 901820",
    "practice_address": "x" * 50,
}
_USUAL_LINK = "x" * 140


@dataclass(frozen=True, slots=True)
class Measured:
    """`characters` are places: some characters of the alphabet take two, and so do pictures."""

    encoding: Literal["gsm7", "ucs2"]
    characters: int
    parts: int


def one_paragraph(text: str) -> str:
    """The text without empty lines, and without spaces around lines: what a mail is set out with costs parts of a text message."""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def with_link(text: str, *, opt_out: str, link: str) -> str:
    """The whole message: what is said, and how there will be no more of them. `opt_out` are our own words for that, with their colon."""
    return f"{one_paragraph(text)}\n{opt_out} {link}"


def measured(text: str) -> Measured:
    is_gsm = all(character in _GSM or character in _GSM_EXTENDED for character in text)
    if is_gsm:
        places, whole, part = [1 + (character in _GSM_EXTENDED) for character in text], 160, 153
    else:
        places, whole, part = [1 + (ord(character) > 0xFFFF) for character in text], 70, 67
    return Measured("gsm7" if is_gsm else "ucs2", sum(places), 1 if sum(places) <= whole else _parts(places, part))


def is_too_long(text: str) -> bool:
    return measured(text).parts > MOST_PARTS


def check_template(text: str, *, pointer: str) -> None:
    """Raises Invalid for a template's text that is too long for a text message, with values of a usual length."""
    found = measured(with_link(substitute(text, _USUAL), opt_out="x" * 21, link=_USUAL_LINK))
    if found.parts > MOST_PARTS:
        message = f"is a text message of {found.parts} parts ({found.encoding}), which has {MOST_PARTS} at most"
        raise Invalid("text_message_too_long", "This text is too long for a text message.", faults=[Fault(pointer, message)])


def _parts(places: list[int], room: int) -> int:
    """A character that takes two places is never divided."""
    parts, taken = 1, 0
    for each in places:
        if taken + each > room:
            parts, taken = parts + 1, 0
        taken += each
    return parts
