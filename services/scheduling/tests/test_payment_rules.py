"""Which prices and ways to pay there are, and when something was paid. No server is needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from chassis.errors import Conflict, Invalid, TooMany
from scheduling.appointments import price_rules, rules
from scheduling.appointments.rules import AppointmentDetails, Terms
from scheduling.payments import rules as payments
from scheduling.payments.rules import PaymentLink

NOW = datetime(2031, 3, 3, 12, tzinfo=UTC)
AGREED = AppointmentDetails(UUID(int=1), UUID(int=2), NOW, NOW + timedelta(hours=1), "clinic", service_id=UUID(int=3))
NOT_SET = dict.fromkeys(("payment_mode", "bank_account_details", "payment_link_type", "payment_link_template", "payment_provider"))
LINK = {**NOT_SET, "payment_mode": "smart_link", "payment_link_type": "custom"}


@pytest.mark.parametrize(
    ("text", "price"), [("0", "0"), ("80", "80"), ("80.00", "80.00"), ("80.125", "80.125"), ("9999999.999", "9999999.999"), (".5", "0.5")]
)
def test_a_price_keeps_the_places_it_was_written_with(text, price):
    assert str(price_rules.check_price(text)) == price


@pytest.mark.parametrize(
    "text", ["", ".", "-1", "+1", "1e3", "80,00", "80.0000", "10000000", "NaN", "Infinity", "٨٠", "1.2.3", " 1", "1_0"]
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(Invalid) as refused:
        price_rules.check_price(text)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("payment_price_invalid", "/payment_price")


@pytest.mark.parametrize(
    ("minor_units", "currency", "price"),
    [
        (8000, "EUR", "80.00"),
        (8000, None, "80.00"),
        (8000, "JPY", "8000"),
        (8000, "KWD", "8.000"),
        (0, "EUR", "0.00"),
        (None, "EUR", "None"),
        (2**53, "EUR", "None"),
        (1_000_000_000, "EUR", "None"),
        (999_999_999, "EUR", "9999999.99"),
    ],
)
def test_a_price_in_minor_units_has_the_places_of_its_currency(minor_units, currency, price):
    assert str(price_rules.price_of_service(minor_units, currency)) == price


def test_what_becomes_paid_is_paid_now_unless_a_time_is_given():
    paid = rules.apply_changes(AGREED, {"payment_status": "paid"}, now=NOW)
    assert (paid.payment_status, paid.paid_at) == ("paid", NOW)
    yesterday = NOW - timedelta(days=1)
    assert rules.apply_changes(AGREED, {"payment_status": "paid", "paid_at": yesterday}, now=NOW).paid_at == yesterday
    assert rules.apply_changes(paid, {"payment_method": "cash"}, now=NOW + timedelta(days=1)).paid_at == NOW, "not paid anew"
    assert rules.apply_changes(paid, {"paid_at": None}, now=NOW + timedelta(days=1)).paid_at == NOW + timedelta(days=1)


def test_what_is_paid_no_more_has_no_time_of_payment():
    paid = rules.apply_changes(AGREED, {"payment_status": "paid"}, now=NOW)
    assert rules.apply_changes(paid, {"payment_status": "waived"}, now=NOW).paid_at is None
    assert rules.apply_changes(AGREED, {"paid_at": None}, now=NOW) == AGREED


def test_a_time_of_payment_belongs_to_what_is_paid_and_to_the_past():
    with pytest.raises(Invalid) as refused:
        rules.apply_changes(AGREED, {"paid_at": NOW}, now=NOW)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("appointment_not_paid", "/paid_at")
    with pytest.raises(Invalid) as refused:
        rules.apply_changes(AGREED, {"payment_status": "paid", "paid_at": NOW + timedelta(minutes=5, seconds=1)}, now=NOW)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("paid_at_in_future", "/paid_at")


def test_a_clock_that_is_a_little_fast_is_no_reason_to_refuse_a_payment():
    soon = NOW + timedelta(minutes=5)
    assert rules.apply_changes(AGREED, {"payment_status": "paid", "paid_at": soon}, now=NOW).paid_at == soon


def test_notes_on_a_payment_have_a_length():
    assert rules.apply_changes(AGREED, {"payment_notes": "x" * 2_000}, now=NOW).payment_notes == "x" * 2_000
    with pytest.raises(Invalid) as refused:
        rules.apply_changes(AGREED, {"payment_notes": "x" * 2_001}, now=NOW)
    assert refused.value.faults[0].pointer == "/payment_notes"


def test_the_status_of_a_payment_cannot_be_cleared_and_all_else_can():
    with pytest.raises(Invalid):
        rules.check_changes({"payment_status": None})
    cleared = dict.fromkeys(("payment_price", "payment_method", "payment_notes", "paid_at"))
    assert rules.check_changes(cleared) == cleared
    assert rules.check_changes({"payment_price": "80.50"}) == {"payment_price": Decimal("80.50")}


def test_a_service_that_is_new_to_an_appointment_brings_its_price():
    terms, cheaper = Terms(price=Decimal("80.00")), Terms(price=Decimal("60.00"))
    moved = replace(AGREED, service_id=UUID(int=4))
    assert rules.priced(AGREED, moved, {"service_id": UUID(int=4)}, terms, cheaper).payment_price == Decimal("80.00")
    set_before = replace(AGREED, payment_price=Decimal(60))
    assert rules.priced(set_before, replace(set_before, service_id=UUID(int=4)), {}, terms, cheaper).payment_price == Decimal("80.00")
    given = replace(moved, payment_price=Decimal(5))
    assert rules.priced(AGREED, given, {"payment_price": Decimal(5)}, terms, cheaper) == given
    assert rules.priced(AGREED, AGREED, {}, terms, terms) == AGREED, "the same service"
    assert rules.priced(AGREED, replace(AGREED, service_id=None), {}, terms, terms).payment_price is None
    asked = replace(AGREED, payment_status="payment_sent", payment_price=Decimal(7))
    told = rules.priced(asked, replace(asked, service_id=UUID(int=4)), {}, terms, Terms(price=Decimal(7)))
    assert told.payment_price == Decimal(7), "the client was told another"
    assert rules.priced(AGREED, moved, {}, Terms(), cheaper) == moved


@pytest.mark.parametrize("service_before", [Decimal("60.00"), None])
def test_a_price_that_was_entered_stays_when_the_service_changes(service_before):
    entered = replace(AGREED, payment_price=Decimal("55.00"))
    moved = replace(entered, service_id=UUID(int=4))
    terms = Terms(price=Decimal("80.00"))
    assert rules.priced(entered, moved, {"service_id": UUID(int=4)}, terms, Terms(price=service_before)) == moved


@pytest.mark.parametrize(
    "settings",
    [
        NOT_SET,
        {**NOT_SET, "payment_mode": "manual", "bank_account_details": "IBAN DE02"},
        {**LINK, "payment_link_type": "bank", "bank_account_details": "x" * 2_000},
        {**LINK, "payment_link_template": "https://pay.example.com/{reference}?amount={amount}", "payment_provider": "x" * 100},
        {**LINK, "payment_link_template": "https://pay.example.com/to/me"},
        {**LINK, "payment_link_type": "bit", "payment_link_template": "050-123 4567"},
        {**LINK, "payment_link_type": "paybox", "payment_link_template": "+972501234567"},
    ],
)
def test_ways_to_pay_that_work_are_kept(settings):
    payments.check_settings(settings)


@pytest.mark.parametrize(
    ("settings", "pointers"),
    [
        ({**LINK, "payment_link_type": None}, ["/payment_link_type"]),
        (LINK, ["/payment_link_template"]),
        ({**LINK, "payment_link_type": "bank"}, ["/bank_account_details"]),
        ({**LINK, "payment_link_type": "bank", "bank_account_details": "x" * 2_001}, ["/bank_account_details"]),
        ({**NOT_SET, "payment_provider": "x" * 101}, ["/payment_provider"]),
        ({**NOT_SET, "payment_provider": " "}, ["/payment_provider"]),
        ({**NOT_SET, "bank_account_details": ""}, ["/bank_account_details"]),
        ({**LINK, "payment_link_template": "x" * 2_001}, ["/payment_link_template"]),
    ],
)
def test_ways_to_pay_that_would_lead_nowhere_are_refused(settings, pointers):
    with pytest.raises(Invalid) as refused:
        payments.check_settings(settings)
    assert [fault.pointer for fault in refused.value.faults] == pointers


@pytest.mark.parametrize(
    "template",
    [
        "http://pay.example.com",
        "javascript:alert(1)",
        "https://",
        "https:///nobody",
        "https://{amount}.example.com/",
        "https://pay.example.com?to={client}",
        "https://pay.example.com/{}",
        "https://pay.example.com/{0}",
        "https://pay.example.com/{amount.__class__}",
        "https://pay.example.com/{amount!r}",
        "https://pay.example.com/{amount:>9999}",
        "https://pay.example.com/{amount:>9223372036854775807}",
        "https://pay.example.com/{amount:{reference}}",
        "https://pay.example.com/{",
        "https://pay.example.com/ blank",
        "https://pay.example.com/\r\nX: y",
        "https://pay.example.com/\N{CYRILLIC SMALL LETTER A}",
        "https://someone:secret@pay.example.com/",
        "https://pay.example.com:port/",
        "050-1234567",
    ],
)
def test_a_link_leads_by_https_to_where_it_says_and_nowhere_else(template):
    with pytest.raises(Invalid) as refused:
        payments.check_settings({**LINK, "payment_link_template": template})
    assert [fault.pointer for fault in refused.value.faults] == ["/payment_link_template"]


def test_how_to_pay_is_a_link_a_number_or_the_details_of_an_account():
    price = Decimal("80.00")
    custom = {**LINK, "payment_link_template": "https://pay.example.com/{reference}?amount={amount}"}
    assert payments.payment_link(custom, price, "a b") == PaymentLink(
        "https://pay.example.com/a%20b?amount=80.00", "custom", "80.00", "pay.example.com"
    )
    assert payments.payment_link({**custom, "payment_provider": "Tranzila"}, price, "1").display_text == "Tranzila"
    bit = {**LINK, "payment_link_type": "bit", "payment_link_template": "050-1234567"}
    assert payments.payment_link(bit, price, "1") == PaymentLink(None, "bit", "80.00", "Bit: 050-1234567")
    paybox = {**LINK, "payment_link_type": "paybox", "payment_link_template": "https://payboxapp.com/me"}
    assert payments.payment_link(paybox, price, "1") == PaymentLink("https://payboxapp.com/me", "paybox", "80.00", "PayBox")
    bank = {**LINK, "payment_link_type": "bank", "bank_account_details": "IBAN DE02"}
    assert payments.payment_link(bank, price, "1") == PaymentLink(None, "bank", "80.00", "IBAN DE02")


@pytest.mark.parametrize("settings", [None, NOT_SET, {**NOT_SET, "payment_mode": "manual"}])
def test_a_workspace_that_has_set_up_nothing_has_no_link(settings):
    with pytest.raises(Conflict) as refused:
        payments.payment_link(settings, Decimal(1), "1")
    assert refused.value.code == "payment_link_not_set_up"


def test_only_what_has_a_price_and_is_not_settled_is_to_be_paid():
    assert payments.check_payable(price=Decimal(1), status=None) == Decimal(1)
    assert payments.check_payable(price=Decimal(1), status="payment_sent") == Decimal(1)
    for status in ("paid", "waived"):
        with pytest.raises(Conflict) as refused:
            payments.check_payable(price=Decimal(1), status=status)
        assert refused.value.code == "nothing_to_pay"
    for price in (None, Decimal(0)):
        with pytest.raises(Conflict) as refused:
            payments.check_payable(price=price, status=None)
        assert refused.value.code == "payment_price_missing"


def test_appointments_that_are_booked_together_have_different_references():
    booked = [uuid7() for _ in range(100)]
    assert len({payments.short_reference(appointment_id) for appointment_id in booked}) == 100
    assert payments.short_reference(UUID("0193a2f4-5b6c-7d8e-9f00-0123456789ab")) == "456789AB"


def test_a_second_click_is_no_second_request():
    payments.check_not_just_requested(None, now=NOW)
    payments.check_not_just_requested(NOW - timedelta(minutes=1), now=NOW)
    with pytest.raises(TooMany) as refused:
        payments.check_not_just_requested(NOW - timedelta(seconds=59), now=NOW)
    assert (refused.value.code, refused.value.retry_after) == ("payment_just_requested", 1.0)
