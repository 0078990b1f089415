"""The rules for the records of patients, called directly, without a server."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Fault, Invalid
from clients.patients import rules

RECORD = {
    "patientID": "P001",
    "name": "Ada Lovelace",
    "age": 36,
    "gender": "Female",
    "medicalCondition": "Asthma",
    "lastVisit": "2026-11-02",
}
MEMBERS = "id, patientID, name, age, gender, medicalCondition, lastVisit"


def faults(record, **options) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        rules.check_record(record, **options)
    assert refused.value.code == "invalid_patient"
    return [(fault.pointer, fault.detail) for fault in refused.value.faults]


def test_a_valid_record_is_taken_as_it_is_written():
    assert rules.check_record(RECORD | {"id": 7}) == RECORD
    odd = RECORD | {
        "name": " Ada  Lovelace ",
        "gender": "uNKNOWN",
        "medicalCondition": "\n a ",
        "age": 2**53 - 1,
        "lastVisit": "2024-02-29",
    }
    assert rules.check_record(odd) == odd


def test_all_members_are_required_unless_the_record_is_partial():
    assert faults({}) == [(f"/{name}", "is required") for name in RECORD]
    assert rules.check_record({}, partial=True) == {}
    assert rules.check_record({"age": 1}, partial=True) == {"age": 1}
    assert faults({"age": None, "gender": None}, partial=True) == [("/age", "is required"), ("/gender", "is required")]


@pytest.mark.parametrize(
    ("member", "values", "detail"),
    [
        ("patientID", [1, True, ["P"], {}], "must be a text"),
        ("patientID", ["", " \t"], "must not be empty"),
        ("patientID", [" P", "P\n", "P\u00a0"], "must not begin or end with white space"),
        ("name", ["A\x00B", "A\tB", "A\u2028B", "A\x85B", "A B\x7f"], "must be one line without control characters"),
        ("age", [0, -1, 1.5, "36", True, 2**53, [], 1e30], "must be a whole number above 0"),
        ("gender", ["male ", "f", "Männlich"], "must be Male, Female, Other or Unknown"),
        ("medicalCondition", [3], "must be a text"),
        ("medicalCondition", ["\n"], "must not be empty"),
        ("lastVisit", ["2026-1-2", "2026-01-02T00:00", "02.01.2026", "\u0662026-01-02", "2026-01-02\n"], "must be a date, YYYY-MM-DD"),
        ("lastVisit", ["2026-02-29", "2026-13-01", "0000-01-01"], "must be a date of the calendar"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_by_its_member(member, values, detail):
    for value in values:
        assert faults(RECORD | {member: value}) == [(f"/{member}", detail)]


@pytest.mark.parametrize("gender", ["Male", "FEMALE", "other", "Unknown"])
def test_a_gender_may_have_any_case(gender):
    assert rules.check_record(RECORD | {"gender": gender})["gender"] == gender


def test_members_that_are_not_known_are_named_unless_their_names_may_be_what_somebody_typed():
    said = f"is not known; a record has {MEMBERS}"
    assert faults(RECORD | {"phone": 1, "Ada's phone": 2, "Bo's phone": 3, "a" * 41: 4}) == [("/phone", said), ("/-", said)]
    assert len(faults(RECORD | {"x" * number: 1 for number in range(1, 31)})) == 20


@pytest.mark.parametrize("value", [None, "", 0])
def test_an_id_that_says_nothing_is_given(value):
    assert rules.check_id(value) is None


@pytest.mark.parametrize("value", [1, rules.LARGEST_ID, 1_763_856_000_000, "7", str(2**53), "a b", "ü" * 100])
def test_an_id_is_a_number_or_a_text(value):
    assert rules.check_id(value) == value


@pytest.mark.parametrize(
    "value", [-1, rules.LARGEST_ID + 1, 2**53 - 1, 2**53, 1.5, 0.0, True, False, [], {}, "a/b", "a\nb", "a\x7f", "x" * 101]
)
def test_anything_else_is_no_id(value):
    with pytest.raises(Invalid) as refused:
        rules.check_id(value)
    said = (
        f"must be a whole number from 1 to {rules.LARGEST_ID}, or a text of 100 characters or fewer without slashes and control characters"
    )
    assert refused.value.faults == (Fault("/id", said),)


@pytest.mark.parametrize(
    ("patient_id", "number"),
    [
        (7, 7),
        ("7", 7),
        ("07", 0),
        ("a7", 0),
        ("\u0667", 0),
        (str(rules.LARGEST_ID), rules.LARGEST_ID),
        (str(rules.LARGEST_ID + 1), 0),
        ("9" * 17, 0),
    ],
)
def test_a_text_of_digits_takes_its_number(patient_id, number):
    assert rules.number_of(patient_id) == number


def test_whatever_ids_were_brought_along_all_numbers_that_are_given_differ_for_whoever_reads_json():
    """From 2**53 on JavaScript knows only every second number: two patients would have one id."""
    given_next = rules.number_of(rules.LARGEST_ID) + 1
    assert given_next + 10**15 < 2**53


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("  Ada  King   Lovelace ", ("Ada King", "Lovelace")),
        ("Cher", ("-", "Cher")),
        ("Ada \u00a0 Lovelace", ("Ada", "Lovelace")),
    ],
)
def test_the_last_word_of_a_name_is_the_last_name(name, parts):
    assert rules.split_name(name) == parts


def test_a_name_without_a_word_is_refused():
    with pytest.raises(Invalid) as refused:
        rules.split_name(" ")
    assert refused.value.faults == (Fault("/name", "must not be empty"),)


@given(
    st.dictionaries(st.sampled_from([*RECORD, "id", "x"]) | st.text(), st.none() | st.booleans() | st.integers() | st.floats() | st.text())
)
def test_whatever_a_record_holds_it_is_taken_as_it_is_or_refused(record):
    try:
        checked = rules.check_record(record)
    except Invalid:
        return
    assert checked == {name: value for name, value in record.items() if name != "id"}
    assert date.fromisoformat(checked["lastVisit"])
