"""Reads the reports of mail systems about mail: RFC 3464, and the plain texts of Exim and qmail, which are older. Pure functions.

A report's own fields alone are read, never the mail that it returns: whoever wrote that decides what is in it. Whoever was mailed once can send
one, so what would keep a parser busy for long is taken for none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.parser import HeaderParser
from typing import Literal, TypeAlias

from notifications.return_paths.rules import Reason, reason_of

Outcome: TypeAlias = Literal["failed", "delayed", "delivered"]

# The standard library parses a delivery-status into messages, and one in Base64 into nothing. As a plain part both can be read.
_STATUS_TYPE = re.compile(rb"^(content-type:\s*)message/(?:global-)?delivery-status", re.IGNORECASE | re.MULTILINE)
_PLAIN_TYPE = "application/x-delivery-status"
_MOST_STATUS, _MOST_TEXT, _DEEPEST = 200_000, 20_000, 5
# What is reported comes before what is returned.
_MOST_READ = 256 * 1024
_LINE_END = re.compile(rb"\r\n?")
# The standard library's time grows with the square of a type's length, and with the number of boundaries that a line may be.
_TYPE = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_LONGEST_TYPE, _MOST_BOUNDARIES = 2_000, 30
_ACTIONS: dict[str, Outcome] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
# Where a text of Exim or qmail ends, and the returned mail begins.
_EXIM_END = re.compile(r"^-{6} (This is a copy|The body of the message)", re.MULTILINE)
_QMAIL_BEGIN = re.compile(r"\bqmail-send program at\b")
_QMAIL_END = re.compile(r"^-{3} (Below this line is a copy|Enclosed is a copy)", re.MULTILINE)
_QMAIL_STATUS = re.compile(r"\(#(\d\.\d{1,3}\.\d{1,3})\)")


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail for one recipient. `reason` is of a failure."""

    outcome: Outcome
    reason: Reason | None = None


def read(mail: bytes) -> list[Report]:
    """What a mail to a return path reports. Nothing, if it is none: somebody's automatic reply, for instance."""
    beginning = _LINE_END.sub(b"\n", mail[:_MOST_READ])
    if beginning.lower().count(b"boundary") > _MOST_BOUNDARIES or any(len(type_[0]) > _LONGEST_TYPE for type_ in _TYPE.finditer(beginning)):
        return []
    try:
        message = message_from_bytes(_STATUS_TYPE.sub(rb"\1" + _PLAIN_TYPE.encode(), beginning), policy=policy.compat32)
    except RecursionError:
        return []
    parts = list(_parts(message, _DEEPEST))
    statuses = [part for part in parts if part.get_content_type() == _PLAIN_TYPE]
    if statuses:
        return [report for part in statuses[:1] for report in _of_status(_text(part)[:_MOST_STATUS])]
    text = next((_text(part)[:_MOST_TEXT] for part in parts if part.get_content_type() == "text/plain"), "")
    reply = _of_exim(message, text) or _of_qmail(text)
    return [] if reply is None else [Report("failed", reason_of(reply))]


def settled(reports: list[Report]) -> Report | None:
    """The one report that counts of a mail to one recipient: a failure before a delivery, and that before a delay. None without any."""
    order: tuple[Outcome, ...] = ("failed", "delivered", "delayed")
    return min(reports, key=lambda report: order.index(report.outcome), default=None)


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """The parts that are not themselves mails."""
    if not message.is_multipart():
        yield message
    elif message.get_content_maintype() == "multipart" and depth:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth - 1)


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    return (raw if isinstance(raw, bytes) else b"").decode("utf-8", "replace").replace("\r\n", "\n")


def _of_status(text: str) -> Iterator[Report]:
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        fields = HeaderParser(policy=policy.compat32).parsestr(block)
        outcome = _ACTIONS.get(_word(fields.get("Action")))
        if outcome == "failed":
            # RFC 3464: the type of the code, then the other server's own words.
            reply = _unfolded(fields.get("Diagnostic-Code")).partition(";")[2]
            yield Report(outcome, reason_of(reply, _unfolded(fields.get("Status"))))
        elif outcome is not None:
            yield Report(outcome)


def _word(value: object) -> str:
    return re.sub(r"\([^()]*\)", "", _unfolded(value)).strip().lower().split(" ")[0]


def _unfolded(value: object) -> str:
    return " ".join(str(value or "").split())


def _of_exim(message: Message, text: str) -> str | None:
    if "X-Failed-Recipients" not in message:
        return None
    return _EXIM_END.split(text, maxsplit=1)[0].partition("failed:")[2] or text


def _of_qmail(text: str) -> str | None:
    begin = _QMAIL_BEGIN.search(text)
    if begin is None:
        return None
    # The first line greets and names the program; what follows a paragraph later is about the recipient.
    said = _QMAIL_END.split(text[begin.end() :], maxsplit=1)[0].partition("\n\n")[2]
    return _QMAIL_STATUS.sub(r" \1 ", said)
