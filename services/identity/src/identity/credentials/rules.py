"""Which passwords are accepted, and how long to wait between attempts. Pure functions and constants."""

import unicodedata
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
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
_MIN_DISTINCT_CHARACTERS = 5


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
# Wrong passwords for one e-mail address from all unknown devices together. More attempts are free, and the longest
# delay is short: real users share this bucket with a botnet.
SHARED_PASSWORD_DELAYS = _doubling_delays(free_attempts=50, longest=60)
# Magic links that were requested and not used.
LINK_DELAYS = (0, 0, 0, 0, 30, 60, 120, 300, 600)
SHARED_LINK_DELAYS = (*([0] * 19), 60, 120, 300, 600)

# Counting starts anew after so long without an attempt, by purpose.
FORGOTTEN_AFTER = {"password": timedelta(days=1), "link": timedelta(hours=1)}


def normalize_password(password: str) -> str:
    """The password in NFKC: the same characters typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, email: str, pointer: str = "/new_password") -> str:
    """The normalized password. Raises Invalid for a wrong length, too few different characters, or the e-mail address."""
    normalized = normalize_password(password)
    if not MIN_PASSWORD_LENGTH <= len(normalized) <= MAX_PASSWORD_LENGTH:
        detail = f"must have {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"
    elif len(set(normalized)) < _MIN_DISTINCT_CHARACTERS:
        detail = f"must have at least {_MIN_DISTINCT_CHARACTERS} different characters"
    elif normalize_email(email) in normalized.casefold() or normalized.casefold() in normalize_email(email):
        detail = "must not be the e-mail address"
    else:
        return normalized
    raise Invalid("password_too_weak", "This password is too easily guessed.", faults=[Fault(pointer, detail)])


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
