"""The texts of mails to clients, in every language: whole, and the same in both parts of a mail. No server."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from caseload.identity.v1 import workspaces_pb2
from notifications.reminder_templates import rendering
from notifications.reminder_templates.rendering import LANGUAGES

from .mail_texts import seen, words

PRACTICE = workspaces_pb2.Workspace(name="Lakeside & Partners", phone="+49 30 1234567", address="Am See 1\n12345 Berlin")
LINK = "https://app.example.com/waitlist/offer?token=aB3-_x&b=1"
START = datetime(2026, 11, 20, 13, 30, tzinfo=UTC)
OTHER = {
    "link": LINK,
    "until_date": "Friday",
    "until_time": "15:00",
    "amount": "80.00 EUR",
    "reference": "9F3C01AB",
    "way": "Lakeside <Practice>\nIBAN DE02",
}
# All that the texts have, but for our own reminder.
NOTICES = [name for name, value in rendering.own_texts("en").items() if isinstance(value, dict)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["", *NOTICES])
def test_a_mail_to_a_client_is_whole_in_every_language(language, which):
    text = rendering.notice(which, language) if which else rendering.default(language)
    about = rendering.values(text.locale, PRACTICE, first_name="Ada <b>", starts_at=START, zone=ZoneInfo("Europe/Berlin"))
    rendered = rendering.render(text, {**about, **OTHER})

    assert "{" not in rendered.subject + rendered.text + rendered.html
    assert "Ada <b>" in rendered.text
    assert seen(rendered.html) == words(rendered.text)
    assert (LINK in rendered.text) == ("href" in rendered.html)
    assert rendered.language.partition("-")[0] == language
    assert rendered.direction == ("rtl" if language == "he" else "ltr")


def test_every_language_has_every_mail_and_says_it_in_its_own_words():
    assert {"moved", "cancelled", "declined", "offered", "payment_link", "payment_details"} == {*NOTICES}
    for which in NOTICES:
        texts = {language: rendering.own_texts(language)[which]["text"] for language in LANGUAGES}
        assert len({*texts.values()}) == len(LANGUAGES), which
