"""The texts of mails to people about their own work, in every language. No server."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications.escalations import mail as escalations
from notifications.mail.templates import SECURITY_KINDS
from notifications.notification_settings import rules
from notifications.personal_mails import notices
from notifications.reminder_templates.rendering import LANGUAGES
from notifications.staff_texts import StaffText

KINDS = (
    *notices.KINDS,
    "cancellation_asked",
    "cancellation_of_nobody",
    "agenda",
    "agenda_empty",
    "notes_waiting",
    "appointment_deleted",
    *rules.ABOUT_AN_APPOINTMENT,
    *rules.ABOUT_SEVERAL.values(),
)
NINE = datetime(2026, 11, 20, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_has_its_text_in_every_language(language):
    text = StaffText.of(language)
    values = {"date": text.day(date(2026, 11, 20)), "time": "09:00", "count": "3", "name": "Nora <b>Quist\r\nBcc: x"}
    for kind in KINDS:
        rendered = text.render(kind, link="https://app.example.com", times=["9\N{EN DASH}10"] if kind == "agenda" else (), **values)
        assert "{" not in rendered.subject + rendered.text + rendered.html
        assert "Nora <b>Quist Bcc: x" in rendered.text
        assert "Nora &lt;b&gt;Quist Bcc: x" in rendered.html
        assert all("https://app.example.com" in part for part in (rendered.text, rendered.html))
        assert ("9\N{EN DASH}10" in rendered.text) == ("<li>9\N{EN DASH}10</li>" in rendered.html) == (kind == "agenda")
        assert rendered.direction == ("rtl" if language == "he" else "ltr")


def test_times_are_as_usual_in_the_locale():
    assert StaffText.of("en-US").times(NINE, NINE.replace(hour=9), BERLIN) == "9:00 AM\N{EN DASH}10:00 AM"
    assert StaffText.of("de").times(NINE, NINE.replace(hour=9), BERLIN) == "09:00\N{EN DASH}10:00"
    # In a language that we do not have.
    assert StaffText.of("fi").locale.language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_of_an_account_has_its_words_in_every_language_and_no_link(language):
    text = StaffText.of(language)
    told = {kind: text.security(kind, when="Friday, 10:00", name="Nora <b>Quist") for kind in SECURITY_KINDS}
    assert len({each.text for each in told.values()}) == len(SECURITY_KINDS)
    for rendered in told.values():
        assert "{" not in rendered.subject + rendered.text
        assert "    Friday, 10:00\n" in rendered.text
        assert "Nora &lt;b&gt;Quist" in rendered.html
        assert "href" not in rendered.html
        assert rendered.direction == ("rtl" if language == "he" else "ltr")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", escalations.KINDS)
def test_an_alert_is_told_in_every_language(language, which):
    about = {"what": "me<dical", "department": "Ward 3", "room": "3.14", "name": "Nora Quist", "link": "https://app.example.com/alerts/1"}
    subjects = set()
    for drill in (True, False):
        for priority in ("critical", "high", "medium", "low"):
            rendered = StaffText.of(language).alert(which, drill=drill, priority=priority, **about)
            subjects.add(rendered.subject)
            assert "{" not in rendered.subject + rendered.text
            assert "Ward 3, " in rendered.subject
            assert "3.14" in rendered.subject
            assert "me&lt;dical" in rendered.html
            assert all(about["link"] in part for part in (rendered.text, rendered.html))
    assert len(subjects) == 8
    assert "Ward 3" not in StaffText.of(language).alert(which, drill=False, priority="low", **{**about, "department": "", "room": ""}).text
