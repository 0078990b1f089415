"""How clients may pay, which appointments can be asked to be paid, and the link that leads to a payment. Pure functions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from string import Formatter
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from chassis.errors import Conflict, Fault, Invalid, TooMany

# In characters.
MAX_TEXT = {"bank_account_details": 2_000, "payment_link_template": 2_000, "payment_provider": 100}
# A second click is no second request.
_BETWEEN_REQUESTS = timedelta(minutes=1)
_PLACEHOLDERS = frozenset({"amount", "reference"})
_TELEPHONE = re.compile(r"\+?[0-9][0-9 \-]{5,19}")
_NAMES = {"bit": "Bit", "paybox": "PayBox"}
_PAID_BY_TELEPHONE = frozenset(_NAMES)


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """How an appointment is paid: the link, if there is one to follow, and a text for people."""

    payment_link: str | None
    payment_type: str
    amount: str
    display_text: str


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raises Invalid with a fault for every field that is wrong, or missing for what else is set."""
    faults = [*_length_faults(settings), *_completeness_faults(settings)]
    template = settings["payment_link_template"]
    if template is not None and not faults and (problem := _template_problem(template, settings["payment_link_type"])):
        faults.append(Fault("/payment_link_template", problem))
    if faults:
        raise Invalid("payment_settings_invalid", "Clients could not pay like this.", faults=faults)


def check_payable(*, price: Decimal | None, status: str | None) -> Decimal:
    """The price of an appointment that is still to be paid. Raises Conflict if it has none, or nothing is left to pay."""
    if status in {"paid", "waived"}:
        raise Conflict("nothing_to_pay", "This appointment is paid, or need not be.")
    return check_priced(price)


def check_priced(price: Decimal | None) -> Decimal:
    """The price. Raises Conflict if there is none, or it is nothing."""
    if not price:
        raise Conflict("payment_price_missing", "This appointment has no price: enter one first.")
    return price


def check_not_just_requested(last: datetime | None, *, now: datetime) -> None:
    """Raises TooMany if the client was asked within the last minute."""
    if last is not None and now - last < _BETWEEN_REQUESTS:
        wait = (last + _BETWEEN_REQUESTS - now).total_seconds()
        raise TooMany("payment_just_requested", "The client was asked to pay a moment ago.", retry_after=wait)


def payment_link(settings: Mapping[str, Any] | None, price: Decimal, reference: str) -> PaymentLink:
    """How to pay. `reference` tells payments apart, and says nothing about the client.

    Raises Conflict if the workspace has not said how its clients pay.
    """
    if settings is None or settings["payment_mode"] != "smart_link":
        raise Conflict("payment_link_not_set_up", "This workspace has not set up how its clients pay by a link.")
    kind, template, amount = settings["payment_link_type"], settings["payment_link_template"], f"{price:f}"
    if kind == "bank":
        return PaymentLink(None, kind, amount, settings["bank_account_details"])
    name = settings["payment_provider"] or _NAMES.get(kind)
    if _is_telephone(template, kind):
        return PaymentLink(None, kind, amount, f"{name}: {template}")
    link = template.format(amount=quote(amount, safe=""), reference=quote(reference, safe=""))
    return PaymentLink(link, kind, amount, name or urlsplit(link).hostname or link)


def short_reference(appointment_id: UUID) -> str:
    """What tells a transfer from others. The end of the id: its beginning is the time, which appointments booked together share."""
    return appointment_id.hex[-8:].upper()


def _length_faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    for name, most in MAX_TEXT.items():
        text = settings[name]
        if text is not None and not 1 <= len(text.strip()) <= len(text) <= most:
            yield Fault(f"/{name}", f"must have 1 to {most} characters")


def _completeness_faults(settings: Mapping[str, Any]) -> Iterator[Fault]:
    if settings["payment_mode"] != "smart_link":
        return
    kind = settings["payment_link_type"]
    if kind is None:
        yield Fault("/payment_link_type", "is required for smart_link")
    elif kind == "bank" and settings["bank_account_details"] is None:
        yield Fault("/bank_account_details", "is required for bank")
    elif kind != "bank" and settings["payment_link_template"] is None:
        yield Fault("/payment_link_template", f"is required for {kind}")


def _template_problem(template: str, kind: str | None) -> str | None:
    """What is wrong with the template, or None."""
    if _is_telephone(template, kind):
        return None
    try:
        used = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template) if name is not None]
        # Before it is formatted: a width could be as large as all memory.
        if any(name not in _PLACEHOLDERS or form or conversion for name, form, conversion in used):
            return "must have no placeholders but {amount} and {reference}"
        link = template.format(amount="1.00", reference="1")
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except (ValueError, LookupError, AttributeError):
        return "must have no placeholders but {amount} and {reference}"
    # Where it leads must not depend on the placeholders.
    if not template.startswith("https://") or not host or "{" in template[8:].split("/", 1)[0].split("?", 1)[0]:
        return "must be an https address" + (", or a telephone number" if kind in _PAID_BY_TELEPHONE else "")
    if parts.username is not None or not link.isascii() or any(character.isspace() or not character.isprintable() for character in link):
        return "must be an address without a user, blanks or characters that are not ASCII"
    return None


def _is_telephone(template: str, kind: str | None) -> bool:
    return kind in _PAID_BY_TELEPHONE and _TELEPHONE.fullmatch(template) is not None
