"""Which passwords are accepted, and how long to wait between attempts. Pure functions and constants."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeGuard
from uuid import UUID

from chassis.errors import Fault, Invalid
from identity.people.rules import normalize_email

# Requests for unknown e-mail addresses run the same statements in this workspace and for this user, so that they
# take as long as requests for known ones. No user has either id.
DECOY_WORKSPACE = UUID(int=0)
DECOY_USER = UUID(int=0)

MIN_PASSWORD_LENGTH = 12
# Argon2 accepts any length; the limit bounds the work that a stranger can cause.
MAX_PASSWORD_LENGTH = 256
# Of longer passwords this much is judged: judging takes time that grows with the square of the length.
JUDGED_LENGTH = 24
# What everybody tries first here.
PRODUCT_NAME = "caseload"


def _doubling_delays(free_attempts: int, longest: int) -> tuple[int, ...]:
    """Seconds to wait after the first, second … attempt: 0 until the free ones are used up, then 1, 2, 4 … up to the longest."""
    delays = [0] * (free_attempts - 1)
    delay = 1
    while delay < longest:
        delays.append(delay)
        delay *= 2
    return (*delays, longest)


# Wrong passwords for one e-mail address from one device or one source network. The last delay repeats, in all of these.
PASSWORD_DELAYS = _doubling_delays(free_attempts=5, longest=900)
# The same, while so many attempts from unknown devices everywhere have failed that somebody must be guessing: a source
# gets two attempts. A source is never made to wait for what others did, or a botnet could keep an owner out.
GUESSED_AT = 50
STRICT_PASSWORD_DELAYS = (0, 60, 300, 900)
# All of an IPv6 /48, which one customer may have: 65,536 sources.
WIDE_PASSWORD_DELAYS = _doubling_delays(free_attempts=20, longest=900)
# Counted, and never made to wait.
NO_DELAYS = (0,)
# Links that were requested and not used.
LINK_DELAYS = (0, 0, 0, 0, 30, 60, 120, 300, 600)
# From all unknown devices together. Whoever has to wait has a link already that was mailed within the last five
# minutes, and links are good for fifteen.
SHARED_LINK_DELAYS = (*([0] * 19), 60, 120, 300)

# Counting starts anew after so long without an attempt, by purpose.
FORGOTTEN_AFTER = {
    "password": timedelta(days=1),
    "link": timedelta(hours=1),
    "reset": timedelta(hours=1),
    "second_step": timedelta(days=1),
    "passkey": timedelta(days=1),
}

# How long an account is locked where a workspace asks for locks.
LOCK_SECONDS = 1800


def normalize_password(password: str) -> str:
    """The password in NFKC: the same characters typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check_length(password: str, *, pointer: str) -> str:
    """The normalized password. Raises Invalid unless it has 12 to 256 characters (NIST SP 800-63B, 5.1.1.2 asks for 8)."""
    normalized = normalize_password(password)
    if not MIN_PASSWORD_LENGTH <= len(normalized) <= MAX_PASSWORD_LENGTH:
        raise password_too_weak(pointer, f"must have {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters")
    return normalized


def check_is_not_expected(password: str, *, email: str, full_name: str, pointer: str) -> None:
    """Raise Invalid for a password that holds the person's address or name, or is a part of it."""
    folded = password.casefold()
    if any(word in folded or folded in word for word in (normalize_email(email), full_name.casefold().strip()) if word):
        raise password_too_weak(pointer, "must not be the name or the e-mail address")


def password_too_weak(pointer: str, detail: str) -> Invalid:
    return Invalid("password_too_weak", "This password is too easily guessed.", faults=[Fault(pointer, detail)])


def expected_words(email: str, full_name: str) -> list[str]:
    """What somebody who guesses this person's password tries first: the address, the name, their parts, and the product."""
    whole = [email.casefold(), full_name.casefold(), PRODUCT_NAME]
    parts = [part for text in whole for part in re.split(r"[^\w]+", text) if len(part) > 2]
    return [*dict.fromkeys(whole + parts)]


def is_recorded(count: int) -> bool:
    """Whether the line of this attempt, of a flood of them, is put on record: the 1st, 2nd, 5th, 10th, 20th, 50th …"""
    while count >= 10 and count % 10 == 0:
        count //= 10
    return count in {1, 2, 5}


def lock_delays(settings: Mapping[str, Any] | None) -> tuple[int, ...]:
    """The delays of an account's lock: `lock_after_failures` failures are free where the workspace sets it, any number elsewhere."""
    after = (settings or {}).get("lock_after_failures")
    return (*([0] * (after - 1)), LOCK_SECONDS) if is_lock_after(after) else NO_DELAYS


def is_lock_after(value: Any) -> TypeGuard[int]:
    """Whether a workspace may set this number of failures: 3 to 100."""
    return isinstance(value, int) and not isinstance(value, bool) and 3 <= value <= 100


def wide_network(address_text: str | None) -> str | None:
    """The /48 of an IPv6 address, None for any other."""
    try:
        address = ip_address(address_text or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 48), strict=False))
    return None


def source_network(address_text: str | None) -> str:
    """Where an attempt comes from: an IPv4 address, or the /64 network of an IPv6 one, in which one host may use any address."""
    try:
        address = ip_address(address_text or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)
