"""Moments that people type, the names in a journal, and how far its log goes on without a gap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standalone.backups.journal import naming_rules as names
from standalone.backups.journal.naming_rules import SEGMENT_BYTES, Dated, Piece
from standalone.backups.journal.new_files import NewFiles
from standalone.backups.moment_rules import NoMoment, moment

NOW = datetime(2026, 11, 22, 13, 3, tzinfo=UTC)
FIRST = "0000000100000000000000FE"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-22T14:03:00+01:00", NOW),
        ("2026-11-22 13:03Z", NOW),
        ("2026-11-22T14:03:00[Europe/Berlin]", NOW),
        ("2026-11-22T14:03:00+01:00[Europe/Berlin]", NOW),
        # Half past two was twice: the offset says which.
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_its_offset_or_zone(typed, expected):
    assert moment(typed) == expected


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-11-22T14:03:00", "another moment in every zone"),
        ("yesterday", "is no moment"),
        ("2026-02-31T10:00:00Z", "is no moment"),
        ("2026-03-29T02:30:00[Europe/Berlin]", "never was"),
        ("2026-10-25T02:30:00[Europe/Berlin]", r"was twice.*\+02:00 or .*\+01:00"),
        ("2026-11-22T14:03:00+02:00[Europe/Berlin]", "another offset then"),
        ("2026-11-22T14:03:00[Europe/Atlantis]", "no time zone"),
    ],
)
def test_a_moment_that_nobody_can_be_sure_of_is_refused(typed, why):
    with pytest.raises(NoMoment, match=why):
        moment(typed)


@given(st.integers(0, 2**24 - 1), st.integers(1, 2**32 - 1))
def test_segments_follow_each_other_as_postgresql_names_them(number, timeline):
    segment, offset = names.segment_at(timeline, number * SEGMENT_BYTES + 17)

    assert offset == 17
    assert names.following(segment) == names.segment_at(timeline, (number + 1) * SEGMENT_BYTES)[0]
    assert names.following(segment) > segment


def test_names_of_segments_are_those_of_postgresql():
    assert names.segment_at(1, names.position("16/B374D848")) == ("0000000100000016000000B3", 0x74D848)
    assert names.following("00000001000000000000 00FF".replace(" ", "")) == "000000010000000100000000"


def test_what_is_in_a_journal_is_known_by_its_name_and_nothing_else_is():
    piece, files = Piece(FIRST, 0, 5, NOW), Dated(NOW, "files")

    assert (names.piece(piece.name), names.dated(files.name)) == (piece, files)
    assert names.installation_of(names.journal_name("0123abcd", NOW, "89ef0123")) == "0123abcd"
    for other in ("keys", "", f"{FIRST}.00000005-00000005.{names.text_of(NOW)}", piece.name + "x", "files.20260231T000000.000000Z"):
        assert names.piece(other) is None
        assert names.dated(other) is None


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=300))
def test_a_log_that_arrives_in_drops_is_kept_in_few_pieces_and_has_all_of_them(sizes):
    held, written, end = [], 0, 0
    for size in sizes:
        stored, replaced = names.merged(held, Piece(FIRST, end, end + size, NOW))
        held = [*held[: len(held) - len(replaced)], stored]
        written += stored.end - stored.start
        end += size

    assert held[0].start == 0
    assert held[-1].end == sum(sizes)
    assert all(earlier.end == later.start for earlier, later in pairwise(held))
    assert len(held) <= sum(sizes).bit_length()
    assert written <= sum(sizes) * (sum(sizes).bit_length() + 1)


def test_what_a_kill_left_double_covers_once_and_what_is_missing_is_a_gap():
    second = names.following(FIRST)
    third = names.following(second)
    whole, later = Piece(FIRST, 0, SEGMENT_BYTES, NOW), NOW + timedelta(seconds=2)
    parts = [Piece(second, 0, 10, NOW), Piece(second, 10, 20, later), Piece(second, 0, 20, later)]

    assert names.covering(parts) == [parts[2]]
    assert names.covering([parts[1]]) == []
    assert names.reach([whole, *parts], FIRST) == names.Reach([whole, parts[2]], later, None)
    # A segment that was not finished, and one after it: what is between was lost.
    assert names.reach([whole, *parts, Piece(third, 0, 5, later)], FIRST).gap == second
    assert names.reach([whole, Piece(third, 0, 5, later)], FIRST) == names.Reach([whole], NOW, second)
    assert names.reach([Piece(third, 0, 5, later)], FIRST).pieces == []


def test_new_files_are_found_until_they_are_stored(tmp_path):
    old, fresh, hidden = tmp_path / "a" / "old", tmp_path / "a" / "b" / "fresh", tmp_path / "a" / ".half"
    fresh.parent.mkdir(parents=True)
    old.write_bytes(b"before")
    ticks = old.stat().st_mtime_ns
    files = NewFiles((tmp_path,), datetime.fromtimestamp(old.stat().st_ctime + 0.5, UTC))
    assert files.found(ticks + 10**9) == {}
    # What comes later is new, also where the clock was set back.
    fresh.write_bytes(b"new")
    assert files.found(ticks).keys() == {fresh}
    fresh.unlink()
    # The clock was set back before the journal went on: nobody can tell what was stored.
    assert NewFiles((tmp_path,), datetime.now(UTC) + timedelta(seconds=60)).found(ticks).keys() == {old}

    files = NewFiles((tmp_path,), datetime.fromtimestamp(old.stat().st_ctime - 60, UTC))
    assert files.found(ticks).keys() == {old}
    hidden.write_bytes(b"half")
    fresh.write_bytes(b"new")
    # The target was full: they are found again.
    found = files.found(ticks)
    assert found.keys() == {old, fresh}
    files.stored(found)
    assert files.found(ticks) == {}
    replacement = tmp_path / "a" / ".new"
    replacement.write_bytes(b"changed")
    replacement.replace(old)
    assert files.found(ticks).keys() == {old}
    old.unlink()
    files.stored(files.found(ticks))
    assert files.found(ticks) == {}
