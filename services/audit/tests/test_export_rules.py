"""What an export may be of, and that no cell of it is run by a spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.exports import rules
from audit.exports.lines import COLUMNS, HEADS, as_cells, as_json
from audit.trail.chain import GENESIS, entry_hash
from caseload_verify.events import Chain
from caseload_verify.report import Report
from chassis.errors import Conflict, Invalid

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
SOME = "=+-@\uff1d\uff20\t\r\n;,|\"' \ufeff\u200bA1("


def event(**but):
    made = {
        "id": UUID(int=1), "workspace_id": UUID(int=2), "user_id": None, "event_type": "get_client", "resource_type": "Client",
        "resource_id": UUID(int=3), "action": "READ", "outcome": "success", "ip_address": "192.0.2.7", "user_agent": "curl/8",
        "session_id": None, "metadata": {"facts": {"name": "膝"}, "count": 3}, "retention_until": date(2033, 3, 2), "sequence": 1,
        "created_at": NOON + timedelta(microseconds=7),
    } | but  # fmt: skip
    return {**made, "previous_hash": GENESIS.hex(), "hash": entry_hash(GENESIS, 1, made).hex()}


@given(text=st.text(alphabet=SOME, max_size=30), fact=st.text(alphabet=SOME, max_size=12))
@example(text='=HYPERLINK("http://evil.example","x")', fact="")
@example(text="Mozilla;=1+1", fact="")
@example(text="a\tb\t-2", fact=",-1")
@example(text="\t=1", fact="@SUM(1)")
@example(text="\ufeff=1", fact=" \uff1d1")
def test_no_cell_is_a_formula_whatever_separator_a_spreadsheet_takes(text, fact):
    line = as_cells(event(user_agent=text, metadata={fact: fact, "numbers": [1, -2]})).decode()
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            for cell in row:
                assert not cell.lstrip(' \t\r\n\ufeff\u200b"').startswith(FORMULA), (separator, cell)


@pytest.mark.parametrize("text", ["curl/8", "Mozilla/5.0 (X11; Linux x86_64)", "192.0.2.7", "a-b", "x=1", "", "膝"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert rules.cell(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("+1", "'+1"),
        ("@a", "'@a"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a;=1", "a;'=1"),
        ("a; =1", "a; '=1"),
    ],
)
def test_what_would_be_a_formula_begins_with_a_quote(text, written):
    assert rules.cell(text) == written


def test_cells_are_those_of_the_head_and_text_is_read_back_as_it_was():
    told = event()
    (row,) = csv.DictReader(io.StringIO((HEADS["csv"] + as_cells(told)).decode(), newline=""))
    assert tuple(row) == COLUMNS
    assert (row["user_id"], row["user_agent"], row["created_at"]) == ("", "curl/8", "2026-03-02T12:00:00.000007Z")
    assert json.loads(row["metadata"]) == told["metadata"]
    assert (row["retention_until"], row["sequence"], row["hash"]) == ("2033-03-02", "1", told["hash"])


def test_a_line_is_json_that_a_stranger_verifies():
    report = Report()
    Chain(report).add(json.loads(as_json(event())))
    assert (report.findings, report.notes, report.verified["events"]) == ([], [], 1)
    Chain(report).add({**json.loads(as_json(event())), "user_agent": "curl/9"})
    assert report.findings == ["event 1: was changed"]


@pytest.mark.parametrize(
    ("start", "end", "is_one"),
    [(None, None, True), (NOON, None, True), (None, NOON, True), (NOON, NOON + timedelta(microseconds=1), True), (NOON, NOON, False)],
)
def test_an_export_is_of_a_time_that_ends_after_its_beginning(start, end, is_one):
    if is_one:
        rules.check_range(start, end)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_range(start, end)
    assert (refused.value.code, refused.value.faults[0].pointer) == ("export_range_invalid", "/end_date")


@pytest.mark.parametrize("status", ["pending", "running", "failed", "cancelled"])
def test_a_manifest_is_of_a_whole_export(status):
    rules.check_whole("done")
    with pytest.raises(Conflict) as refused:
        rules.check_whole(status)
    assert (refused.value.code, refused.value.facts) == ("export_not_ready", {"status": rules.STATUSES[status]})


def test_an_export_waits_a_minute_for_the_chain():
    assert rules.waits(NOON, now=NOON + timedelta(seconds=59))
    assert not rules.waits(NOON, now=NOON + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("rows", "first", "last", "is_one"), [(0, None, None, False), (1, 7, 7, True), (3, 7, 9, True), (3, 7, 10, False), (2, 7, 9, False)]
)
def test_an_export_without_gaps_is_known_by_its_numbers(rows, first, last, is_one):
    assert rules.is_contiguous({"rows": rows, "first_sequence": first, "last_sequence": last}, ()) is is_one


def test_what_was_dropped_is_no_gap_and_is_told_in_one_piece():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    runs = [
        {"month": date(2015, month, 1), "dropped_at": at, "first_sequence": first, "last_sequence": last}
        for month, first, last in ((1, 1, 3), (1, 4, 4), (2, 5, 6), (1, 9, 10))
    ]
    told = rules.dropped_ranges(runs)
    assert [(each["month"], each["first_sequence"], each["last_sequence"]) for each in told] == [
        ("2015-01", 1, 4), ("2015-02", 5, 6), ("2015-01", 9, 10),
    ]  # fmt: skip
    assert rules.is_contiguous({"rows": 4, "first_sequence": 7, "last_sequence": 12}, told)
    assert not rules.is_contiguous({"rows": 3, "first_sequence": 7, "last_sequence": 12}, told)


def test_a_manifest_tells_what_was_asked_for_and_what_was_not():
    told = rules.told_filters({"format": "csv", "ordered_at": "x", "action": "READ", "phi_only": True})
    unset = ("start_date", "end_date", "user_id", "resource_type", "resource_id", "outcome")
    assert told == {**dict.fromkeys(unset), "action": "READ", "phi_only": True}
    assert rules.told_filters({})["phi_only"] is False
