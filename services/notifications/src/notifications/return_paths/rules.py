"""What the reason of a failed delivery is, and when an address is not mailed any more. Pure functions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["dead_address", "mailbox_full", "policy", "dns", "size", "our_fault", "unclear"]

# By what an address is known, by the version of the key: more than one while the key is changed, that of today first.
KnownBy: TypeAlias = Mapping[int, bytes]
# Nothing is kept of the address.
NOWHERE: KnownBy = MappingProxyType({})

# What does not tell that an address is dead holds it only when it happens this often, over at least this long.
_FAILURES, _OVER = 3, timedelta(days=7)
# Failures further apart have nothing to do with each other.
_APART = timedelta(days=30)
_COUNTED = ("mailbox_full", "unclear")

_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_OUR_FAULT = re.compile(
    r"sender (address )?(was )?(rejected|refused|denied|verify failed)|bad sender|relay(ing)? (access )?(denied|not permitted|prohibited)"
    r"|unable to relay|not permitted to relay|authentication (is )?required|must (first )?authenticate|syntax error",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"quota|mailbox (is )?full|full mailbox|(out of|exceeded|insufficient) (storage|disk|system storage)|not enough (storage|disk)",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"message (file )?(is )?(too (big|large)|size exceed)|exceeds? (the )?(maximum )?(message )?size|too large", re.IGNORECASE
)
_POLICY = re.compile(
    r"\bspam|\bdmarc\b|\bspf\b|\bdkim\b|blocked|black ?list|block ?list|reputation|policy|\brbl\b|spamhaus|poor sending|content rejected|unsolicited",
    re.IGNORECASE,
)
_DEAD = re.compile(
    r"(user|recipient|mailbox|account|address|addressee)( \S+)? (is )?(unknown|unavailable|disabled|inactive|deactivated|suspended|discontinued|not found|does ?n.t exist)"
    r"|(unknown|invalid|no such|nonexistent|non-existent|bad destination) (user|recipient|mailbox|address|account|local part|person)"
    r"|does not exist|doesn't (exist|have a)|no mailbox here by that name|not a (known|valid) (user|mailbox|recipient)|recipientnotfound|user unknown"
    r"|this account has been disabled|mailbox has been (disabled|deactivated)|no longer (active|valid|available|in use)|unrouteable address: user",
    re.IGNORECASE,
)
_DNS = re.compile(
    r"(host|domain)( or domain)?( name)? (\S+ )?(not found|unknown|could not be resolved)|unrouteable (mail )?(domain|address)|name service error"
    r"|no mx|couldn't find any host|all relevant mx records|unable to (look up|resolve)|nullmx|does not accept mail",
    re.IGNORECASE,
)
_BY_TEXT: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    ("our_fault", _OUR_FAULT),
    ("mailbox_full", _FULL),
    ("size", _SIZE),
    ("dead_address", _DEAD),
    ("policy", _POLICY),
    ("dns", _DNS),
)
_BY_CODE: dict[tuple[str, str], Reason] = {
    ("1", "1"): "dead_address",
    ("1", "2"): "dns",
    ("1", "6"): "dead_address",
    ("1", "7"): "our_fault",
    ("1", "8"): "our_fault",
    ("1", "10"): "dead_address",
    ("2", "1"): "dead_address",
    ("2", "2"): "mailbox_full",
    ("2", "3"): "size",
    ("3", "4"): "size",
    ("4", "3"): "dns",
    ("4", "4"): "dns",
    ("4", "6"): "dns",
}


def reason_of(reply: str, status: str = "") -> Reason:
    """Why a mail was not delivered, by the other server's reply and the status code of a report (RFC 3463).

    Without a reply it is unclear: systems that have none invent a code. A specific code counts before the text, a general one (5.0.0, 5.1.0,
    5.4.1 and the like) after it. What a server only puts off never tells that the address is dead, however often it was tried.
    """
    if not reply.strip():
        return "unclear"
    code = _CODE.search(reply) or _CODE.search(status)
    by_text = next((reason for reason, pattern in _BY_TEXT if pattern.search(reply)), None)
    if by_text == "our_fault":
        return by_text
    found: Reason | None = None
    if code is not None:
        found = _BY_CODE.get((code[2], code[3])) or ("policy" if code[2] == "7" and by_text != "dead_address" else None)
    found = found or by_text or "unclear"
    if found == "dead_address" and (by_text == "policy" or _is_temporary(reply, code)):
        return "policy" if by_text == "policy" else "unclear"
    return found


def _is_temporary(reply: str, code: re.Match[str] | None) -> bool:
    return (code is not None and code[1] == "4") or re.match(r"\s*4\d\d\b", reply) is not None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is known of an address that mail was not delivered to. `held_at`: since when nothing is mailed there."""

    failures: int
    first_at: datetime
    last_at: datetime
    reason: Reason
    held_at: datetime | None


def after(trouble: Trouble | None, reason: Reason, *, now: datetime) -> Trouble | None:
    """What is known after one more failure. None if it tells nothing of the address: then nothing changes."""
    if reason not in (*_COUNTED, "dead_address"):
        return None
    if trouble is None or now - trouble.last_at > _APART:
        # What is held stays so: this failure says nothing better of the address.
        trouble = Trouble(0, now, now, reason, None if trouble is None else trouble.held_at)
    failures = trouble.failures + 1
    is_over = reason == "dead_address" or (failures >= _FAILURES and now - trouble.first_at >= _OVER)
    return Trouble(failures, trouble.first_at, now, reason, trouble.held_at or (now if is_over else None))
