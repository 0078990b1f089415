"""The texts of mails to those who work in a practice, in every language. No server."""

from datetime import UTC, date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

import pytest

from notifications.account_mails.mail import WITH_A_LINK
from notifications.escalations import mail as escalations
from notifications.mail.security_notices import SECURITY_KINDS
from notifications.notification_settings import rules
from notifications.reminder_templates.rendering import LANGUAGES
from notifications.staff_texts import NOTICES, StaffText

from .mail_texts import seen, words

KINDS = (
    *NOTICES,
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
@pytest.mark.parametrize("which", WITH_A_LINK)
def test_a_mail_with_a_link_is_whole_in_every_language(language, which):
    link = "https://app.example.com/auth/verify?token=aB3-_x"
    about = {"name": "Nora <b>Quist\r\nBcc: x", "workspace": "Lake & {side}\n", "link": link, "lasts": timedelta(minutes=15)}
    rendered = StaffText.of(language).link(which, **about)

    assert "{" not in (rendered.subject + rendered.text + rendered.html).replace("{side}", "")
    # On a line of its own, so that no mail program takes what follows for a part of it.
    assert f"\n\n{link}\n\n" in rendered.text
    assert f'<a href="{link}">{link}</a>' in rendered.html
    assert "Nora <b>Quist Bcc: x" in rendered.text
    assert "Nora &lt;b&gt;Quist Bcc: x" in rendered.html
    assert seen(rendered.html) == words(rendered.text)
    assert StaffText.of(language).lasts(timedelta(minutes=15)) in rendered.text
    if which == "invitation":
        assert "Lake & {side}" in rendered.subject
        assert "Lake &amp; {side}" in rendered.html
    assert (rendered.language, rendered.direction) == ({"en": "en-GB"}.get(language, language), "rtl" if language == "he" else "ltr")


def test_mails_with_a_link_differ_from_language_to_language():
    about = {"name": "Nora Quist", "workspace": "Lakeside", "link": "https://app.example.com", "lasts": timedelta(days=7)}
    told = {StaffText.of(language).link(which, **about).text for language in LANGUAGES for which in WITH_A_LINK}
    assert len(told) == len(LANGUAGES) * len(WITH_A_LINK)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=1), "1 minute"),
        (timedelta(minutes=15, seconds=-1), "15 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=7, seconds=-2), "7 days"),
    ],
)
def test_how_long_a_link_is_good_is_said_to_the_nearest_unit(span, said):
    assert StaffText.of("en").lasts(span) == said


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
    about = {
        "what": "me<dical", "department": "Ward 3", "room": "3.14", "since": "Friday, 10:00", "name": "Nora Quist",
        "link": "https://app.example.com/alerts/1",
    }  # fmt: skip
    subjects = set()
    for drill in (True, False):
        for priority in ("critical", "high", "medium", "low"):
            rendered = StaffText.of(language).alert(which, drill=drill, priority=priority, **about)
            subjects.add(rendered.subject)
            assert "{" not in rendered.subject + rendered.text
            assert "Ward 3, " in rendered.subject
            assert "3.14" in rendered.subject
            assert "me&lt;dical" in rendered.html
            colon = " : " if language == "fr" else ": "
            assert all(f"{colon}Friday, 10:00" in part for part in (rendered.text, rendered.html))
            assert all(about["link"] in part for part in (rendered.text, rendered.html))
    assert len(subjects) == 8
    raised = StaffText.of(language).alert(which, drill=False, priority="high", **{**about, "what": "audit trail"}, notice="audit_broken")
    said, _ = StaffText.of(language).notice("audit_broken")
    assert all(part in found for part, found in ((said, raised.subject), (said, raised.text), (escape(said), raised.html)))
    assert "audit trail" not in raised.text.replace(said, ""), "what it is called in the interface is English"
    assert "Ward 3" not in StaffText.of(language).alert(which, drill=False, priority="low", **{**about, "department": "", "room": ""}).text
