"""What a text of a reminder may be, and what is made of it. No server."""

import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from caseload.identity.v1 import workspaces_pb2
from chassis.errors import Conflict, Invalid
from notifications.mail import dates, message
from notifications.reminder_templates import rendering, rules

GOOD = {"name": "Short", "locale": "de", "subject": "{date}", "text": "{date} um {time}", "html": None, "is_active": True}
START = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PRACTICE = workspaces_pb2.Workspace(name="Lakeside & Partners", phone="+49 30 1234567", address="Am See 1\n12345 Berlin")


def faults(*, locale_is_known=True, **but):
    try:
        rules.check_template(GOOD | but, locale_is_known=locale_is_known)
    except Invalid as refused:
        return {fault.pointer: fault.detail for fault in refused.faults}
    return {}


def rendered(text, html=None, *, locale="de", first_name="Ada"):
    template = rendering.ReminderText(dates.locale(locale), "Termin {date}", text, html)
    values = rendering.values(template.locale, PRACTICE, first_name=first_name, starts_at=START, zone=BERLIN)
    return rendering.render(template, values)


def test_a_text_that_says_when_the_appointment_is_may_be_stored():
    assert faults() == {}
    assert faults(html="<b>{date}</b> {time} {first_name}") == {}
    assert faults(text="{date} {time} {practice} {practice_phone} {practice_address} {first_name}") == {}
    # Of a style sheet, and of JSON.
    assert faults(html="<style>p {color: red}</style>{date} {time} {} { }") == {}


@pytest.mark.parametrize(
    ("but", "pointer", "told"),
    [
        ({"name": " "}, "/name", "1 to 255"),
        ({"name": "a\nb"}, "/name", "one line"),
        ({"subject": ""}, "/subject", "1 to 255"),
        ({"subject": "x" * 256}, "/subject", "1 to 255"),
        ({"subject": "Termin\r\nBcc: everybody@example.com"}, "/subject", "one line"),
        ({"subject": "{last_name}"}, "/subject", "{last_name}"),
        ({"text": None}, "/text", "1 to 20000"),
        ({"text": "{date} {time} " + "x" * 20_000}, "/text", "1 to 20000"),
        ({"text": "{date}"}, "/text", "{time} is missing"),
        ({"text": "{time}"}, "/text", "{date} is missing"),
        ({"text": "{date} {time} {diagnosis}"}, "/text", "{diagnosis}"),
        ({"text": "{date} {time} {Date}"}, "/text", "{Date}"),
        ({"text": "{date} {time} {first_name.__class__}"}, "/text", "{first_name.__class__}"),
        ({"html": "<p>soon</p>"}, "/html", "{date} is missing"),
        ({"html": ""}, "/html", "1 to 100000"),
        ({"is_active": None}, "/is_active", "cleared"),
    ],
)
def test_what_is_wrong_with_a_text_is_told_at_its_field(but, pointer, told):
    found = faults(**but)
    assert found.keys() == {pointer}
    assert told in found[pointer]


def test_html_that_would_take_seconds_to_clean_for_every_mail_is_refused():
    most = "<div>" * rules.MOST_TAGS + "{date} {time}"
    assert faults(html=most) == {}
    assert faults(html=most + "<").keys() == {"/html"}


def test_a_language_that_nobody_writes_dates_in_is_refused():
    assert faults(locale_is_known=False).keys() == {"/locale"}
    assert all(map(dates.is_known, ("de", "pt-BR", "he", "zh-Hant-TW", "en_GB")))
    assert not any(map(dates.is_known, ("", "x", "xx-YY", "german", "de-" + "x" * 40, "../de", "de\n")))


def test_a_template_that_rules_use_is_kept():
    rules.check_unused(0)
    with pytest.raises(Conflict) as refused:
        rules.check_unused(2)
    assert (refused.value.code, refused.value.facts) == ("reminder_template_used", {"rules": 2})


def test_a_value_is_put_in_once_and_what_it_holds_is_not_looked_at_again():
    values = {"date": "{time}", "time": "14:30"}
    assert rules.substitute("{date} {time} { time }", values) == "{time} 14:30 14:30"
    assert rules.substitute("{{time}} {}", values) == "{14:30} {}"
    assert rules.substitute("{date}", {"date": "<&"}, lambda value: value.replace("<", "&lt;")) == "&lt;&"


@pytest.mark.parametrize("text", ["{" * 20_000, "{ " * 10_000, "{a" * 10_000, "{" + " " * 19_999, "{x}" * 6_000])
def test_no_text_keeps_a_processor_busy(text):
    assert len(rules.substitute(text, {"x": "", "a": ""})) <= len(text)


@pytest.mark.parametrize(
    ("locale", "date", "time"),
    [
        ("en-GB", "Friday, 20 November 2026", "14:30 CET"),
        ("en-US", "Friday, November 20, 2026", "2:30 PM CET"),
        ("de-AT", "Freitag, 20. November 2026", "14:30 MEZ"),
        ("fr", "vendredi 20 novembre 2026", "14:30 CET"),
        ("es", "viernes, 20 de noviembre de 2026", "14:30 CET"),
        ("he", "יום שישי, 20 בנובמבר 2026", "14:30 CET"),
        ("en", "Friday, 20 November 2026", "14:30 CET"),
        ("tlh-Latn", "Friday, 20 November 2026", "14:30 CET"),
    ],
)
def test_our_own_text_is_in_the_language_of_the_workspace(locale, date, time):
    text = rendering.default(locale)
    made = rendering.render(text, rendering.values(text.locale, PRACTICE, first_name="Ada", starts_at=START, zone=BERLIN))
    date = date.replace(",", "")
    for part in (made.text, made.html):
        assert date in part.replace(",", "")
        assert time in part
        assert "Ada" in part
    assert date in made.subject.replace(",", "")
    assert "Lakeside &amp; Partners" in made.html
    assert (made.language[:2], made.direction) == (("he", "rtl") if locale == "he" else (text.locale.language, "ltr"))


def test_a_placeholder_in_two_braces_is_refused_because_clients_would_see_one_of_them():
    assert faults(text="{{first_name}}: {date}, {{ time }}") == {"/text": "has {{first_name}}: one brace on each side is enough"}
    assert faults(html="<style>@media print {p {color: red}}</style> {date} {time}") == {}


def test_the_words_of_a_link_have_a_colon_as_usual_in_the_language():
    rendered = rendering.Rendered("Rappel", "Demain", "<p>Demain</p>", "fr", "ltr")
    shown = rendering.with_links(rendered, "fr", confirm="https://a", cancel="https://b", opt_out="https://c")
    assert "Je viendrai :\nhttps://a\n" in shown.text
    assert "I will come:\nhttps://a\n" in rendering.with_links(rendered, "en", confirm="https://a", cancel="b", opt_out="c").text


def test_the_page_for_front_ends_names_every_reason_for_which_a_reminder_is_not_sent():
    source = Path(rendering.__file__).parents[1]
    written = "".join(
        file.read_text() for folder in ("reminders", "sms_channels", "reminder_consents") for file in (source / folder).glob("*.py")
    )
    reasons = set(re.findall(r'NotToBeSent\("\w+", "(\w+)"\)|reason="(\w+)"|: "(no_\w+)"', written))
    named = {name for found in reasons for name in found if name}
    assert len(named) > 20
    page = (Path(__file__).parents[3] / "docs" / "front-end.md").read_text()
    assert not [name for name in named if f"`{name}`" not in page]


def test_every_language_of_ours_says_the_same_things():
    for language in rendering.LANGUAGES:
        texts = rendering.own_texts(language)
        assert texts.keys() == rendering.own_texts("en").keys()
        own = {name: texts[name] for name in ("subject", "text", "html")}
        rules.check_template(GOOD | own, locale_is_known=True)
    assert rendering.own_texts("sw") == rendering.own_texts("en")


@pytest.mark.parametrize("language", rendering.LANGUAGES)
@pytest.mark.parametrize("which", ["moved", "cancelled", "offered"])
def test_what_becomes_of_an_appointment_is_told_in_the_language_of_the_workspace(which, language):
    text = rendering.notice(which, language)
    values = rendering.values(text.locale, PRACTICE, first_name="Ada <i>", starts_at=START, zone=BERLIN)
    own = {"until_date": "Friday", "until_time": "16:00", "link": "https://app.example.com/?token=a&b"} if which == "offered" else {}
    made = rendering.render(text, {**values, **own})
    assert (made.language[:2], made.direction) == (language, "rtl" if language == "he" else "ltr")
    assert "{" not in made.subject + made.text + made.html
    assert all(each in made.text for each in (*own.values(), values["date"], values["time"], "Ada <i>", "Lakeside & Partners"))
    assert all(escape(each) in made.html for each in (*own.values(), values["date"], values["time"], "Ada <i>", "Lakeside & Partners"))
    assert ('href="https://app.example.com/?token=a&amp;b"' in made.html) == (which == "offered")
    assert language == "en" or made.text != rendering.render(rendering.notice(which, "en"), {**values, **own}).text


def test_hebrew_is_read_from_right_to_left():
    made = rendered("{date} {time}", locale="he")
    page = message.page(made.html, language=made.language, direction=made.direction)
    assert '<html lang="he" dir="rtl">' in page


def test_a_name_cannot_become_a_header_a_tag_or_turn_the_line_around():
    made = rendered("{first_name}: {date} {time}", "<p>{first_name} {date} {time}</p>", first_name="Ada\r\nBcc: x@y\u202e<b>")
    assert made.text.startswith("Ada Bcc: x@y <b>:")
    assert "<p>Ada Bcc: x@y &lt;b&gt; " in made.html
    # An address of several lines stays in its place, too.
    assert "Am See 1 12345 Berlin" in rendered("{practice_address} {date} {time}").text


def test_html_keeps_its_formatting_and_loses_what_acts():
    made = rendered(
        "{date} {time}",
        '<p style="color: red; background: url(https://t.example/1)" onclick="x()">{date}</p><script>x()</script><form action="//x">{time}</form>'
        '<img src="https://t.example/1"><a href="{first_name}">x</a><a href="https://a.example">y</a><iframe src="//x"></iframe>',
        first_name="javascript:alert(1)",
    )
    assert "color" in made.html
    assert 'href="https://a.example"' in made.html
    for lost in ("script", "onclick", "form", "img", "t.example", "iframe"):
        assert lost not in made.html, lost


def test_a_template_without_html_keeps_its_lines():
    made = rendered("{date}\n\n<b> {time}")
    assert "pre-line" in made.html
    assert "&lt;b&gt;" in made.html
