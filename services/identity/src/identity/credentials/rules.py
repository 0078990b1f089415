"""What makes a password good enough, how fast somebody may guess, and how long a sign-in lasts."""

import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from chassis.errors import Fault, Invalid
from identity.people.rules import normal_email

# The workspace in which addresses that nobody has are dealt with, statement for statement like any other, so that
# both take equally long.
NOWHERE = UUID(int=0)

SHORTEST_PASSWORD = 12
# Argon2 would take any length; nobody's patience does.
LONGEST_PASSWORD = 256
_FEWEST_DIFFERENT_SIGNS = 5


def _doubling(free: int, longest: int) -> tuple[int, ...]:
    """Seconds to wait after the first, second … try: nothing for the free ones, then 1, 2, 4 … up to the longest."""
    waits = [0] * (free - 1)
    wait = 1
    while wait < longest:
        waits.append(wait)
        wait *= 2
    return (*waits, longest)


# Wrong passwords for one account from one device or one source.
PASSWORD_DELAYS = _doubling(free=5, longest=900)
# Wrong passwords for one account from all unknown devices together: patient with people, tiresome for a botnet.
# Known devices do not wait in this line, so a stranger cannot keep an owner out.
PASSWORD_DELAYS_ANYWHERE = _doubling(free=50, longest=60)
# Links asked for and not used.
LINK_DELAYS = (0, 0, 0, 0, 30, 60, 120, 300, 600)
LINK_DELAYS_ANYWHERE = (*([0] * 19), 60, 120, 300, 600)

# A line in which nobody has tried for so long is forgotten.
QUIET = {"password": timedelta(days=1), "link": timedelta(hours=1)}


def normal_password(password: str) -> str:
    """The same signs typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, email: str, pointer: str = "/new_password") -> str:
    """The password in its normal form; Invalid when it is too easily guessed."""
    normal = normal_password(password)
    if not SHORTEST_PASSWORD <= len(normal) <= LONGEST_PASSWORD:
        detail = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
    elif len(set(normal)) < _FEWEST_DIFFERENT_SIGNS:
        detail = f"must have at least {_FEWEST_DIFFERENT_SIGNS} different characters"
    elif normal_email(email) in normal.casefold() or normal.casefold() in normal_email(email):
        detail = "must not be the e-mail address"
    else:
        return normal
    raise Invalid("password_too_weak", "This password is too easily guessed.", faults=[Fault(pointer, detail)])


def source(ip_address_text: str | None) -> str:
    """Where an attempt comes from: an IPv4 address, or the /64 in which one IPv6 host may pick any address."""
    try:
        address = ip_address(ip_address_text or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, 64), strict=False))
    return str(address)


def delay(tries: int, delays: Sequence[int]) -> int:
    """Seconds to wait after so many tries."""
    return 0 if tries < 1 else delays[min(tries, len(delays)) - 1]
