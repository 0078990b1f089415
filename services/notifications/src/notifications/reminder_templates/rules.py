"""Which texts a reminder may have, and how their placeholders are replaced. There is no template language: nothing in a text is ever run."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chassis.errors import Conflict, Fault, Invalid

EDITABLE = ("name", "locale", "subject", "text", "html", "is_active")
PLACEHOLDERS = ("first_name", "date", "time", "practice", "practice_phone", "practice_address")
# Without these a reminder does not say when the appointment is.
_NEEDED = ("date", "time")
_MOST_CHARACTERS = {"name": 255, "subject": 255, "text": 20_000, "html": 100_000}
# Of HTML. What tags in tags in tags cost to clean grows with the square of their number.
MOST_TAGS = 1000
# Braces around anything else, as in a style sheet, are text. No two parts of it match the same character, so that it takes one pass.
_PLACEHOLDER = re.compile(r"\{( ?\w[\w .-]{0,58})\}")

# As template languages have it: one pair of braces would be left for the client to see.
_IN_TWO_BRACES = re.compile(r"\{\{ ?(" + "|".join(PLACEHOLDERS) + r") ?\}\}")


def check_template(content: Mapping[str, Any], *, locale_is_known: bool) -> None:
    """Raises Invalid with a fault for every field that is missing, too long, or has a placeholder that does not exist or lacks one that it needs."""
    faults = [*_length_faults(content), *_placeholder_faults(content)]
    if (content["html"] or "").count("<") > MOST_TAGS:
        faults.append(Fault("/html", f"must have at most {MOST_TAGS} tags"))
    if not locale_is_known:
        faults.append(Fault("/locale", "must be the tag of a language, like de or pt-BR"))
    if content["is_active"] is None:
        faults.append(Fault("/is_active", "cannot be cleared"))
    if faults:
        raise Invalid("reminder_template_invalid", "Some fields of the template are not valid.", faults=faults)


def check_unused(rules_that_use_it: int) -> None:
    """Raises Conflict for a template that a rule uses."""
    if rules_that_use_it:
        raise Conflict("reminder_template_used", "A rule uses this template.", facts={"rules": rules_that_use_it})


def substitute(text: str, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
    """The text with each placeholder replaced by its value. What a value holds is not looked at again."""
    return _PLACEHOLDER.sub(lambda found: escape(values[found[1].strip()]), text)


def _length_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    for name, most in _MOST_CHARACTERS.items():
        text = content[name]
        if text is None and name == "html":
            continue
        if not (text or "").strip() or len(text) > most:
            yield Fault(f"/{name}", f"must have 1 to {most} characters")
        elif name in {"name", "subject"} and not text.isprintable():
            yield Fault(f"/{name}", "must be one line of printable characters")


def _placeholder_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("subject", "text", "html"):
        if not content[name]:
            continue
        used = {found.strip() for found in _PLACEHOLDER.findall(content[name])}
        if unknown := sorted(used - set(PLACEHOLDERS)):
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            yield Fault(f"/{name}", f"has the placeholder {{{unknown[0]}}}; there are {known}")
        elif doubled := _IN_TWO_BRACES.search(content[name]):
            yield Fault(f"/{name}", f"has {{{{{doubled[1]}}}}}: one brace on each side is enough")
        elif name != "subject" and (missing := [each for each in _NEEDED if each not in used]):
            yield Fault(f"/{name}", f"does not say when the appointment is: {{{missing[0]}}} is missing")
