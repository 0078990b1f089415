"""What becomes of a device's item, case by case."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Conflict, Invalid
from clinical.sessions.rules import MAX_TEXT, TEXTS
from clinical.settings import MOST_OFFLINE_DAYS, ClinicalSettings
from clinical.sync import rules
from clinical.sync.rules import Fate, Order
from identity.workspaces.rules import MOST_OFFLINE_DAYS as MOST_IN_SETTINGS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ONE, TWO = UUID(int=1), UUID(int=2)
PRESENT = {**dict.fromkeys(TEXTS), "subjective": "sleeps badly", "plan": "rest", "session_date": NOW}


def faults(client_session_id="note", texts=None, base_version=None, *, has_time=True):
    try:
        rules.check_item(client_session_id, texts or {}, base_version=base_version, has_time=has_time)
    except Invalid as refused:
        return [fault.pointer for fault in refused.faults]
    return []


def test_an_item_is_checked_field_by_field():
    assert faults("x") == faults("x" * 100) == faults(base_version=0) == faults(texts={"plan": "x" * 100_000, "subjective": None}) == []
    assert faults("") == faults("x" * 101) == ["/client_session_id"]
    assert faults(base_version=-1) == ["/base_version"]
    assert faults(has_time=False) == ["/created_at_client"]
    assert faults(texts={"plan": "x" * 100_001, "subjective": "a\x00"}) == ["/plan", "/subjective"]


def test_a_note_stays_with_its_client():
    rules.check_same_client(str(ONE).upper(), ONE)
    with pytest.raises(Conflict) as refused:
        rules.check_same_client(str(TWO), ONE)
    assert refused.value.code == "note_of_another_client"


@given(st.dictionaries(st.sampled_from(TEXTS), st.text("a \n", max_size=3 * MAX_TEXT) | st.none()))
def test_the_parts_of_a_text_are_the_text(texts):
    parts = rules.in_parts(texts)
    for name, text in texts.items():
        pieces = [part[name] for part in parts if name in part]
        assert ("".join(pieces) == text) if text is not None else pieces == [None]
        assert all(0 < len(piece) <= MAX_TEXT for piece in pieces if len(pieces) > 1)
    assert parts[0].keys() == texts.keys()


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("x" * 5000, [5000]),
        ("x" * 5001, [5000, 1]),
        ("x" * 4600 + " " + "x" * 500, [4601, 500]),
        ("x" * 4600 + "\n" + "x" * 10 + " " + "x" * 500, [4601, 511]),
        ("x" * 4000 + " " + "x" * 1500, [5000, 501]),
        ("x" * 10_001, [5000, 5000, 1]),
    ],
)
def test_a_part_ends_at_a_line_or_a_word_near_its_end(text, ends):
    assert [len(part["plan"]) for part in rules.in_parts({"plan": text})] == ends


@pytest.mark.parametrize(
    ("changes", "circumstances", "expected"),
    [
        ({}, {}, Fate.CONTAINED),
        ({"plan": "walk"}, {"is_fresh": True}, Fate.SAVED),
        ({"plan": None}, {"is_fresh": True}, Fate.SAVED),
        ({"plan": "walk"}, {"is_fresh": True, "is_draft": False}, Fate.COPIED),
        ({"plan": "walk"}, {}, Fate.COPIED),
        # What the device itself wrote later replaces what it wrote before: typed on, deleted, cleared or another date.
        ({"plan": "rest well"}, {"own": Order.LATER}, Fate.SAVED),
        ({"plan": "re"}, {"own": Order.LATER}, Fate.SAVED),
        ({"plan": None}, {"own": Order.LATER}, Fate.SAVED),
        ({"plan": "re", "objective": "BP"}, {"own": Order.LATER}, Fate.SAVED),
        ({"plan": "walk"}, {"own": Order.LATER}, Fate.SAVED),
        ({"session_date": LATER}, {"own": Order.LATER}, Fate.SAVED),
        ({"plan": "rest well"}, {"own": Order.LATER, "is_draft": False}, Fate.COPIED),
        # What it wrote earlier changes nothing, and is not dropped.
        ({"plan": "rest well"}, {"own": Order.EARLIER}, Fate.COPIED),
        ({"plan": "re"}, {"own": Order.EARLIER}, Fate.CONTAINED),
        ({"plan": None}, {"own": Order.EARLIER}, Fate.CONTAINED),
        ({"plan": "re", "session_date": LATER}, {"own": Order.EARLIER}, Fate.COPIED),
        ({"session_date": LATER}, {"own": Order.EARLIER}, Fate.COPIED),
        # Nobody can tell which was first.
        ({"plan": "rest well", "objective": "BP"}, {"own": Order.UNKNOWN}, Fate.SAVED),
        ({"plan": "re"}, {"own": Order.UNKNOWN}, Fate.CONTAINED),
        ({"plan": "re", "objective": "BP"}, {"own": Order.UNKNOWN}, Fate.COPIED),
        ({"plan": "walk"}, {"own": Order.UNKNOWN}, Fate.COPIED),
        ({"session_date": LATER}, {"own": Order.UNKNOWN}, Fate.COPIED),
        # Others' changes: nothing is merged, and nothing dropped.
        ({"plan": "rest well"}, {}, Fate.COPIED),
        ({"plan": "re"}, {}, Fate.COPIED),
        ({"plan": None}, {}, Fate.COPIED),
    ],
)
def test_the_fate_of_a_text(changes, circumstances, expected):
    given_circumstances = {"is_draft": True, "is_fresh": False, "own": None} | circumstances
    assert rules.fate(changes, PRESENT, **given_circumstances) is expected


@pytest.mark.parametrize(
    ("base", "version", "made", "minutes", "order"),
    [
        (None, 1, {1: 0}, 1, Order.LATER),
        (None, 1, {1: 0}, 0, Order.UNKNOWN),
        (None, 1, {1: 0}, -1, Order.EARLIER),
        # As the last one was written, whichever made the newest version.
        (None, 3, {1: 0, 2: 5, 3: 2}, 4, Order.EARLIER),
        (None, 3, {1: 0, 2: 5, 3: 2}, 6, Order.LATER),
        (2, 3, {1: 0, 2: 5, 3: 2}, 4, Order.LATER),
        (None, 3, {1: 0, 3: 0}, 1, None),
        (1, 3, {1: 0, 2: 0}, 1, None),
        (3, 3, {1: 0, 2: 0, 3: 0}, 1, None),
        (4, 3, {}, 1, None),
        (None, 1, {}, 1, None),
    ],
)
def test_the_order_of_a_devices_own(base, version, made, minutes, order):
    written = {number: NOW + timedelta(minutes=after) for number, after in made.items()}
    assert rules.own_order(base, version, NOW + timedelta(minutes=minutes), written) is order


def test_what_says_the_same():
    assert rules.says_the_same({"subjective": "sleeps badly", "plan": "rest"}, PRESENT)
    assert rules.says_the_same({"subjective": "sleeps badly", "plan": "rest", "objective": ""}, PRESENT)
    assert not rules.says_the_same({"subjective": "sleeps badly"}, PRESENT)
    assert not rules.says_the_same({"subjective": "sleeps badly", "plan": "walk"}, PRESENT)


@pytest.mark.parametrize(
    ("status", "is_deleted", "is_new", "flag"),
    [
        ("draft", True, True, "session_deleted"),
        ("finalized", True, False, "session_deleted"),
        ("finalized", False, True, "session_finalized"),
        ("draft", False, True, "appointment_has_note"),
        ("draft", False, False, "stale_version"),
    ],
)
def test_why_a_text_is_in_a_copy(status, is_deleted, is_new, flag):
    assert rules.why_copied(status, is_deleted=is_deleted, is_new=is_new) == flag


@pytest.mark.parametrize(
    ("base", "known", "expected"),
    [
        (None, [(ONE, 1)], None),
        (0, [(ONE, 1)], None),
        (1, [], None),
        (1, [(ONE, 1), (ONE, 2)], ONE),
        (7, [(ONE, 1)], ONE),
        (2, [(ONE, 1), (TWO, 2)], TWO),
        (1, [(ONE, 1), (TWO, 1)], None),
        (3, [(ONE, 1), (TWO, 2)], None),
    ],
)
def test_the_note_of_a_device_that_signed_in_again(base, known, expected):
    assert rules.known_before(base, known) == expected


def test_an_item_that_was_taken_before_changes_nothing():
    assert [rules.repeated(status) for status in ("created", "updated", "unchanged", "conflict")] == [*["unchanged"] * 3, "conflict"]


def test_a_notes_own_id_is_one_in_its_usual_form():
    assert rules.note_id(str(ONE)) == rules.note_id(str(ONE).upper()) == ONE
    assert [rules.note_id(text) for text in ("note 1", ONE.hex, f"{{{ONE}}}", "")] == [None] * 4


@pytest.mark.parametrize(
    ("settings", "days", "old"),
    [({}, 30, False), ({}, 31, True), ({"offline_days": 3}, 3, False), ({"offline_days": 3}, 4, True), ({}, -5, False)],
)
def test_what_is_old(settings, days, old):
    assert rules.is_old(NOW - timedelta(days=days), NOW, settings) is old


def test_what_is_younger_than_a_day_is_old_nowhere():
    assert not rules.may_be_old(NOW - timedelta(days=1), NOW)
    assert rules.may_be_old(NOW - timedelta(days=1, microseconds=1), NOW)


def test_flags_are_told_once_in_their_order():
    assert rules.told(["text_split", "client_inactive", "text_split"]) == ["text_split", "client_inactive"]


def test_receipts_outlast_deleted_notes_and_devices():
    assert MOST_OFFLINE_DAYS == MOST_IN_SETTINGS
    ClinicalSettings(environment="development", sync_receipts_days=120.5)
    with pytest.raises(ValueError, match="CASELOAD_SYNC_RECEIPTS_DAYS"):
        ClinicalSettings(environment="development", sync_receipts_days=120)
