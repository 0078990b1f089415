"""Puts a mail together: its headers, a text, and the same as HTML."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from string import Template
from uuid import UUID

# Excludes quotes, comments, lists and routes, which RFC 5322 allows and nobody uses.
_PLAIN_ADDRESS = re.compile(r"""[^\s@"(),:;<>\[\]\\]+@[^\s@"(),:;<>\[\]\\.]+(\.[^\s@"(),:;<>\[\]\\.]+)*""")

_HTML = Template("""\
<!doctype html>
<html lang="$language" dir="$direction">
<body style="font-family: sans-serif; color: #1a1a1a; max-width: 34em; margin: 2em auto; line-height: 1.5">
$body
</body>
</html>
""")


def message_id(kind: str, item_id: UUID) -> str:
    """The left part of a Message-ID. Every attempt at one mail has the same, so that a duplicate can be recognised."""
    return f"{kind}.{item_id}"


def build(
    *,
    sender: str,
    to: str,
    message_id: str,
    now: datetime,
    subject: str,
    text: str,
    html: str,
    sender_name: str = "",
    language: str = "en",
    direction: str = "ltr",
) -> EmailMessage:
    """The complete mail. `sender_name` replaces the display name of `sender`. Raises ValueError if `to` is not an address."""
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = Address(display_name=one_line(sender_name or name), addr_spec=address)
    message["To"] = _address(to)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{address.rpartition('@')[2]}>"
    # RFC 3834: asks for no automatic replies.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(page(html, language=language, direction=direction), subtype="html")
    return message


class _Sent(EmailPolicy):
    """As mail is sent. Folding makes encoded words of what is longer than a line, which is right for a text; an address of the web is nothing by it."""

    _SHORT = 76

    def fold_binary(self, name: str, value: str) -> bytes:
        line = f"{name}: {value}"
        # Folding leaves it as it is, and takes ten times as long to find that out.
        if value and len(line) < self._SHORT and line.isascii() and line.isprintable():
            return f"{line}\r\n".encode("ascii")
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


def as_sent(*, utf8: bool) -> EmailPolicy:
    """The policy to write a mail with: for SMTP, or with `utf8` for SMTPUTF8."""
    return _Sent(linesep="\r\n", utf8=utf8)


def page(body: str, *, language: str, direction: str) -> str:
    """A whole HTML document around the body."""
    return _HTML.substitute(body=body, language=language, direction=direction)


def one_line(text: str) -> str:
    """The text as one line of printable characters, as a header needs it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def is_address(value: object) -> bool:
    """Whether it is one plain address, which headers in ASCII can have."""
    return isinstance(value, str) and value.isascii() and _PLAIN_ADDRESS.fullmatch(value) is not None


def _address(text: str) -> Address:
    """Raises ValueError if the text is not an address. The standard library raises other errors for some texts."""
    if not _PLAIN_ADDRESS.fullmatch(text):
        raise ValueError("not an address")
    username, _, domain = text.rpartition("@")
    return Address(username=username, domain=domain)
