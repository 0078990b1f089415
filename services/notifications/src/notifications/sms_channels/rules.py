"""To which numbers text messages go, and what the answer of whoever sends them means. Pure functions."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Fault, Invalid

_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015]+")
# ITU-T E.164: fifteen digits at most. A number without a country is the provider's to understand.
_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_DENIED = {401, 403, 407}
_LATER = {408, 425, 429}
_MESSAGE_REFUSED = {400, 409, 413, 415, 422}


def check_url(url: str, *, takes: Callable[[str], bool]) -> None:
    """Raises Invalid for an address that no request may go to."""
    if not takes(url):
        message = "must be a public https address of at most 512 ASCII characters, without user name, password and fragment"
        raise Invalid("sms_channel_invalid", "Text messages cannot be handed over there.", faults=[Fault("/url", message)])


def number_of(text: str) -> str | None:
    """The number without punctuation, a leading 00 as a plus; None for what is no telephone number."""
    digits = _PUNCTUATION.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if digits.isascii() and _NUMBER.fullmatch(digits) else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means. `reason` is a code, None where the message was taken."""

    is_final: bool
    reason: str | None


def verdict(status: int) -> Verdict:
    """What the status of an answer means: taken, refused for good, or to be asked again later."""
    if 200 <= status < 300:
        return Verdict(is_final=True, reason=None)
    if status in _LATER:
        return Verdict(is_final=False, reason="provider_busy")
    if status >= 500:
        return Verdict(is_final=False, reason="provider_failed")
    if status in _DENIED:
        return Verdict(is_final=True, reason="provider_denied")
    if status in _MESSAGE_REFUSED:
        return Verdict(is_final=True, reason="message_refused")
    # Nobody takes text messages there: not found, gone, or moved. Redirects are not followed.
    return Verdict(is_final=True, reason="provider_address_wrong")


def is_resting(until: datetime | None, *, now: datetime) -> bool:
    return until is not None and now < until
