"""The rules for the fields of a client."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.clients.v1 import clients_pb2 as pb
from chassis.errors import Forbidden, Invalid
from clients.clients import rules

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)

letters = st.characters(exclude_categories=["Cs"])
texts = st.text(letters, max_size=400)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)
PLAIN = {
    "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone": "+44 20 7946 0000", "date_of_birth": "1915-12-10",
    "address": "12 St James's Square", "medical_history": "none", "emergency_contact_name": "Charles", "emergency_contact_phone": "1",
    "is_active": False, "consent_status": True, "notes": "n", "tags": ["a"], "gender": "f", "time_zone": "Europe/London", "external_id": "7",
}  # fmt: skip


def checked(**given_values):
    return rules.check_fields(given_values, now=NOW)


def faults(**given_values) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        checked(**given_values)
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_every_field_of_the_requests_has_a_check():
    of_create = set(pb.CreateClientRequest.DESCRIPTOR.fields_by_name)
    of_update = set(pb.UpdateClientRequest.DESCRIPTOR.fields_by_name) - {"client_id", "mask"}
    assert of_create == of_update == rules.EDITABLE_FIELDS == set(PLAIN)


def test_valid_values_are_stored_unchanged():
    assert checked(**PLAIN) == PLAIN


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("first_name", 255), ("last_name", 255), ("phone", 50), ("emergency_contact_name", 255), ("emergency_contact_phone", 50),
        ("gender", 50), ("external_id", 100), ("address", 1_000), ("medical_history", 20_000), ("notes", 20_000),
    ],
)  # fmt: skip
def test_a_text_longer_than_its_maximum_is_refused(name, most):
    assert checked(**{name: "é" * most}) == {name: "é" * most}
    assert faults(**{name: "é" * (most + 1)}) == [(f"/{name}", f"must be {most} characters or fewer")]


@given(st.sampled_from(["first_name", "phone", "gender", "external_id", "emergency_contact_name"]), lines)
def test_a_line_is_stored_without_surrounding_white_space(name, text):
    if not text.strip():
        assert name == "first_name" or checked(**{name: text}) == {name: None}
    elif len(text.strip()) <= rules.MAX_SHORT_TEXT:
        assert checked(**{name: text}) == {name: text.strip()}


@given(texts)
def test_a_long_text_is_stored_unchanged_or_refused_for_control_characters(text):
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
        assert faults(notes=text) == [("/notes", "must not hold control characters")]
    else:
        assert checked(notes=text) == {"notes": text if text.strip() else None}


@given(texts, st.sampled_from([chr(code) for code in [*range(32), *range(127, 160)]] + ["\u2028", "\u2029"]), texts)
def test_a_line_with_a_control_character_is_refused(before, sign, after):
    assert faults(last_name=f"a{before[:20]}{sign}{after[:20]}z") == [("/last_name", "must be one line without control characters")]


@pytest.mark.parametrize("value", [None, "", " \t "])
def test_names_are_required_and_other_texts_may_be_empty(value):
    assert faults(first_name=value, last_name=value) == [("/first_name", "must not be empty"), ("/last_name", "must not be empty")]
    others = rules.EDITABLE_FIELDS - {"first_name", "last_name", "tags", "is_active", "consent_status"}
    assert checked(**dict.fromkeys(others, value)) == dict.fromkeys(others)


def test_a_cleared_flag_gets_its_default():
    assert checked(is_active=None, consent_status=None, tags=None) == {"is_active": True, "consent_status": False, "tags": []}


@pytest.mark.parametrize(
    "address",
    [
        "a@b.co",
        "Ada.Lovelace+tag@sub.example.co.uk",
        " ada@example.com ",
        "jörg@müller.de",
        "o'hara@example.com",
        "x" * 64 + "@example.com",
    ],
)
def test_an_email_address_is_accepted(address):
    assert checked(email=address) == {"email": address.strip()}


@pytest.mark.parametrize(
    "address",
    [
        "ada", "@example.com", "ada@", "ada@example", "ada@@example.com", "a@b@example.com", "ada @example.com", "ada@exam ple.com",
        "ada@example..com", "ada@.example.com", "ada@example.com.", ".ada@example.com", "ada.@example.com", "a..b@example.com",
        "<ada@example.com>", "ada@example.com,bob@example.com", "ada@example.com;", "x" * 65 + "@example.com",
    ],
)  # fmt: skip
def test_a_text_that_is_no_email_address_is_refused(address):
    assert faults(email=address) == [("/email", "must be an e-mail address")]


def test_an_email_address_with_a_line_break_is_refused():
    assert faults(email="ada@example.com\r\nBcc: all@example.com") == [("/email", "must be one line without control characters")]


@given(st.dates(min_value=date(1, 1, 1)))
def test_a_birth_date_lies_between_1900_and_the_latest_date_of_all_time_zones(born):
    if born < date(1900, 1, 1):
        assert faults(date_of_birth=born.isoformat()) == [("/date_of_birth", "must not be before 1900")]
    elif born > (NOW + timedelta(hours=14)).date():
        assert faults(date_of_birth=born.isoformat()) == [("/date_of_birth", "must not be in the future")]
    else:
        assert checked(date_of_birth=born.isoformat()) == {"date_of_birth": born.isoformat()}


def test_a_birth_date_may_be_tomorrow_in_utc_where_that_is_today():
    assert checked(date_of_birth="2026-03-15") == {"date_of_birth": "2026-03-15"}
    assert faults(date_of_birth="2026-03-16") == [("/date_of_birth", "must not be in the future")]


@pytest.mark.parametrize("text", ["2023-02-29", "1999-13-01", "1999-00-10", "1999-01-32", "0000-01-01"])
def test_a_birth_date_that_does_not_exist_is_refused(text):
    assert faults(date_of_birth=text) == [("/date_of_birth", "must be a date of the calendar")]


@pytest.mark.parametrize("text", ["19990101", "1999-1-1", "01.02.1999", "1999-W01-1", "1999-01-01T00:00:00Z", "\u0661999-01-01", "soon"])
def test_a_birth_date_in_another_format_is_refused(text):
    assert faults(date_of_birth=text) == [("/date_of_birth", "must be a date, YYYY-MM-DD")]


@given(st.sampled_from(sorted(available_timezones())))
def test_every_iana_time_zone_is_accepted(zone):
    assert checked(time_zone=zone) == {"time_zone": zone}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "europe/berlin", "CEST", "+01:00", "../etc/passwd", "Europe/"])
def test_a_text_that_is_no_time_zone_is_refused(zone):
    assert faults(time_zone=zone) == [("/time_zone", "must be an IANA time zone, like Europe/Berlin")]


@given(st.lists(st.sampled_from(["a", " a", "A", "b ", "b", "ü", "u\u0308"]), max_size=20))
def test_tags_keep_their_order_and_lose_repetitions(tags):
    cleaned = checked(tags=tags)["tags"]
    assert cleaned == list(dict.fromkeys(tag.strip() for tag in tags))


def test_tags_are_limited_in_number_and_length_and_are_never_blank():
    assert len(checked(tags=[str(number) for number in range(50)])["tags"]) == 50
    assert checked(tags=["same"] * 51) == {"tags": ["same"]}
    assert faults(tags=[str(number) for number in range(51)]) == [("/tags", "must be 50 or fewer")]
    assert faults(tags=["x" * 51]) == [("/tags", "must be 50 characters or fewer")]
    assert faults(tags=["a", " "]) == [("/tags", "must not be empty")]
    assert faults(tags=["a\nb"]) == [("/tags", "must be one line without control characters")]


@given(texts, texts)
def test_a_fault_does_not_contain_the_value(text, other):
    marked = f"SECRET{text}SECRET"
    with pytest.raises(Invalid) as refused:
        checked(email=marked, date_of_birth=marked, time_zone=marked, phone=marked * 10, first_name=f"{marked}\0", notes=f"{marked}\0")
    assert len(refused.value.faults) == 6
    assert "SECRET" not in repr((refused.value.faults, refused.value.message, refused.value.facts))


@given(lines)
def test_normalized_email_addresses_ignore_case_and_surrounding_white_space(text):
    assert rules.normalize_email(f"  {text} ") == rules.normalize_email(text)
    assert rules.normalize_email("ADA@Example.COM") == rules.normalize_email("ada@example.com") == "ada@example.com"
    assert rules.normalize_email("jo\u0308rg@example.com") == rules.normalize_email("JÖRG@example.com")


@given(st.text(st.sampled_from("+0123456789"), min_size=1, max_size=15), st.text(st.sampled_from(" -/().\u00a0"), min_size=1, max_size=5))
def test_normalized_phone_numbers_ignore_punctuation(number, punctuation):
    assert rules.normalize_phone(punctuation.join(number)) == rules.normalize_phone(number)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("+49 (30) 901820", "+4930901820"), ("(+49) 30 901820", "+4930901820"), ("030/901820", "030901820"), ("555-0100 ext. 7", "55501007"),
        ("12", ""), ("none", ""), ("", ""), ("+", ""), ("1+1+1", "111"), ("\u0660\u0661\u0662\u0663", "0123"),
    ],
)  # fmt: skip
def test_a_normalized_phone_number_is_its_digits_after_an_optional_plus(text, same):
    assert rules.normalize_phone(text) == same


def test_normalized_texts_ignore_unicode_composition_and_keep_case():
    assert rules.normalize_text("u\u0308") == rules.normalize_text("ü")
    assert rules.normalize_text("A") != rules.normalize_text("a")


def test_an_email_address_may_be_320_signs_long():
    longest = f"{'a' * 64}@{'b' * 251}.com"
    assert len(longest) == 320
    assert checked(email=longest) == {"email": longest}
    assert faults(email=f"{'a' * 64}@{'b' * 252}.com") == [("/email", "must be 320 characters or fewer")]


@pytest.mark.parametrize(
    ("born", "why"),
    [("1900-01-01", None), ("1899-12-31", "must not be before 1900")],
)
def test_the_earliest_day_to_be_born_on_is_the_first_of_1900(born, why):
    assert (
        (checked(date_of_birth=born) == {"date_of_birth": born}) if why is None else faults(date_of_birth=born) == [("/date_of_birth", why)]
    )


@pytest.mark.parametrize(("minute", "latest"), [(59, "2026-03-14"), (60, "2026-03-15")])
def test_a_day_begins_first_where_clocks_are_14_hours_ahead(minute, latest):
    now = datetime(2026, 3, 14, 9, tzinfo=UTC) + timedelta(minutes=minute)
    assert rules.check_fields({"date_of_birth": latest}, now=now) == {"date_of_birth": latest}
    later = (date.fromisoformat(latest) + timedelta(days=1)).isoformat()
    with pytest.raises(Invalid):
        rules.check_fields({"date_of_birth": later}, now=now)


@pytest.mark.parametrize(("check", "name", "most"), [(rules.check_search, "search", 320), (rules.check_tag, "tag", 50)])
def test_what_is_looked_for_may_be_so_long_and_has_no_space_around_it(check, name, most):
    assert check("") == check("  ") == ""
    assert check(f" {'x' * (most - 2)} ") == "x" * (most - 2)
    assert check("x" * most) == "x" * most
    with pytest.raises(Invalid) as refused:
        check("x" * (most + 1))
    assert refused.value.code == "filter_too_long"
    assert [(fault.pointer, fault.detail) for fault in refused.value.faults] == [(f"/{name}", f"must be {most} characters or fewer")]


def test_five_hundred_may_be_asked_for_at_once():
    rules.check_number_of_ids(500)
    with pytest.raises(Invalid) as refused:
        rules.check_number_of_ids(501)
    assert refused.value.code == "too_many_ids"
    assert [(fault.pointer, fault.detail) for fault in refused.value.faults] == [("/client_ids", "must be 500 or fewer")]


def test_what_cannot_be_kept_is_refused_by_one_code():
    with pytest.raises(Invalid) as refused:
        checked(first_name="")
    assert refused.value.code == "invalid_client"


def test_a_full_name_is_the_first_name_and_the_last():
    assert rules.full_name("Ada", "Lovelace") == "Ada Lovelace"


CLINICAL_TEXTS = {"medical_history": "Asthma", "notes": "none"}


def test_who_may_see_what_is_clinical_writes_it():
    values = {"first_name": "Ada", **CLINICAL_TEXTS}
    assert rules.writable(values, {"clients:phi"}) == values
    assert rules.writable({"notes": None}, {"clients:phi"}) == {"notes": None}


def test_who_may_not_sends_back_nothing_and_is_refused_with_a_text():
    empty = {"phone": None, "medical_history": None, "notes": " \n"}
    assert rules.writable(empty, {"clients:read", "clients:write"}) == {"phone": None}
    with pytest.raises(Forbidden) as refused:
        rules.writable({"first_name": "Ada", **CLINICAL_TEXTS}, set())
    assert refused.value.code == "client_phi_not_permitted"
    assert refused.value.facts == {"fields": ["medical_history", "notes"]}
    assert "Asthma" not in refused.value.message
    with pytest.raises(Forbidden):
        rules.writable({"notes": "x"}, {"clients:write"})
