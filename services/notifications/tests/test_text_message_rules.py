"""In how many parts a text message is sent, and which templates are too long for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from notifications.reminder_templates import text_messages
from notifications.reminder_templates.rendering import LANGUAGES, own_texts
from notifications.reminder_templates.text_messages import MOST_PARTS, Measured, measured

pytestmark = pytest.mark.quick


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("gsm7", 0, 1)),
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("a" * 306, ("gsm7", 306, 2)),
        ("a" * 307, ("gsm7", 307, 3)),
        ("Grüße à Ñandù Ω", ("gsm7", 15, 1)),
        # Two places each, and never divided: the 153rd place of the first part is left empty.
        ("€" * 80, ("gsm7", 160, 1)),
        ("a" + "€" * 80, ("gsm7", 161, 2)),
        ("€" * 153, ("gsm7", 306, 3)),
        # One character of another alphabet, and all are two bytes long.
        ("ç", ("ucs2", 1, 1)),
        ("ש" * 70, ("ucs2", 70, 1)),
        ("ש" * 71, ("ucs2", 71, 2)),
        ("ש" * 134, ("ucs2", 134, 2)),
        ("ש" * 135, ("ucs2", 135, 3)),
        ("🙂" * 35, ("ucs2", 70, 1)),
        ("🙂" * 67, ("ucs2", 134, 3)),
    ],
)
def test_a_text_has_parts_by_its_alphabet(text, found):
    assert measured(text) == Measured(*found)


@given(st.text())
def test_no_part_holds_more_than_it_can_and_none_is_empty(text):
    found = measured(text)
    room, most = (153, 2) if found.encoding == "gsm7" else (67, 2)
    if found.parts > 1:
        assert found.characters <= found.parts * room
        assert found.characters > (found.parts - 1) * (room - most + 1)


def test_ten_parts_are_not_too_long():
    assert not text_messages.is_too_long("a" * 153 * MOST_PARTS)
    assert text_messages.is_too_long("a" * (153 * MOST_PARTS + 1))
    assert text_messages.is_too_long("ש" * (67 * MOST_PARTS + 1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_texts_are_short(language):
    text_messages.check_template(own_texts(language)["text_message"], pointer="/text")


@pytest.mark.parametrize(
    ("text", "parts"), [("x" * 1600 + "{date} {time}", "12 parts (gsm7)"), ("ש" * 700 + "{date} {time}", "14 parts (ucs2)")]
)
def test_a_template_that_is_too_long_is_refused_with_its_parts(text, parts):
    with pytest.raises(Invalid) as refused:
        text_messages.check_template(text, pointer="/template_id")
    (fault,) = refused.value.faults
    assert (refused.value.code, fault.pointer) == ("text_message_too_long", "/template_id")
    assert parts in fault.detail


def test_empty_lines_of_a_mail_do_not_count():
    text_messages.check_template("{date}" + "\n" * 15_000 + "{time}", pointer="/text")
