"""What clients who are asked to pay are told, in every language. No server."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from caseload.identity.v1 import workspaces_pb2
from notifications.payment_requests import mail
from notifications.reminder_templates.rendering import LANGUAGES

LINK = "https://pay.example.com/019?amount=1234.50&to=a"
BANK = "Lakeside <Practice>\nIBAN DE02"
REQUEST = {
    "first_name": "Ada <b>\r\nBcc: y",
    "starts_at": datetime(2026, 11, 20, 13, 30, tzinfo=UTC),
    "zone": ZoneInfo("Europe/Berlin"),
    "amount": "1234.50",
    "currency": "EUR",
    "reference": "9F3C01AB",
    "way": "Tranzila",
    "link": "",
}


def render(locale, **but):
    workspace = workspaces_pb2.Workspace(name="Lakeside & {Partners}\nBcc: x", locale=locale)
    return mail.render(workspace, **REQUEST | but)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_with_a_link_is_whole_in_every_language(language):
    rendered = render(language, link=LINK)
    told = (rendered.subject + rendered.text + rendered.html).replace("{Partners}", "")
    assert "{" not in told
    assert "Lakeside & {Partners} Bcc: x" in rendered.subject
    assert "Ada <b> Bcc: y" in rendered.text
    assert "Ada &lt;b&gt; Bcc: y" in rendered.html
    assert f"\n\n{LINK}\n\n" in rendered.text
    assert f'href="{LINK.replace("&", "&amp;")}"' in rendered.html
    for part in (rendered.text, rendered.html):
        assert all(fact in part for fact in ("EUR", "9F3C01AB", "Tranzila", "14:30", "2026"))
    assert rendered.direction == ("rtl" if language == "he" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_without_a_link_tells_how_to_pay_in_every_language(language):
    rendered = render(language, way=BANK)
    assert "{" not in (rendered.subject + rendered.text + rendered.html).replace("{Partners}", "")
    # Lines stay lines, and nothing of them is markup.
    assert BANK in rendered.text
    assert "Lakeside &lt;Practice&gt;\nIBAN DE02" in rendered.html
    assert "pre-line" in rendered.html
    assert "href" not in rendered.html
    for part in (rendered.text, rendered.html):
        assert all(fact in part for fact in ("EUR", "9F3C01AB", "14:30", "2026"))
    assert rendered.direction == ("rtl" if language == "he" else "ltr")


def test_no_two_languages_say_the_same():
    assert len({render(language, link=LINK).text for language in LANGUAGES}) == len(LANGUAGES)
    assert len({render(language).text for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "said"),
    [
        ("en", "80.00", "EUR", "80.00 EUR"),
        ("en", "80.00", "", "80.00"),
        ("de", "1234.50", "EUR", "1.234,50 EUR"),
        ("de-CH", "1234.50", "CHF", "1\N{RIGHT SINGLE QUOTATION MARK}234.50 CHF"),
        ("fr", "1234.50", "EUR", "1\N{NO-BREAK SPACE}234,50 EUR"),
        ("es", "80.00", "", "80,00"),
        ("he", "80.00", "ILS", "80.00 ILS"),
        ("en", "8000", "JPY", "8,000 JPY"),
        # In a language that we do not have.
        ("fi", "80.00", "EUR", "80.00 EUR"),
    ],
)
def test_amounts_are_written_as_is_usual_in_the_locale(locale, amount, currency, said):
    assert said in render(locale, amount=amount, currency=currency).text.replace("\N{RIGHT-TO-LEFT MARK}", "")
