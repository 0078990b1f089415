"""When a backup is due or late, and what a gap in the archived log is."""

from datetime import UTC, datetime, timedelta

import pytest

from deployment.backups.rules import Archive, Backup, Intervals, Server, archive, due, parse_moment, problems, proof_due, proof_problems
from deployment.backups.telling import metrics
from deployment.backups.watch import State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERY = Intervals()
MIB = 1 << 20


def a_backup(hours_ago, kind="diff", **but):
    at = NOW - timedelta(hours=hours_ago)
    told = {"first_wal": "000000010000000000000001", "last_wal": "000000010000000000000002", "database_bytes": 9, "repository_bytes": 3}
    return Backup(f"{kind}-{hours_ago}", kind, at, at, **(told | but))


def files(*numbers, timeline="00000001", size=100):
    return {f"17-1/{timeline}00000000/{timeline}00000000{number:08X}-{'a' * 40}.zst": size for number in numbers}


def codes(backups=(), stored=None, server=None, **more):
    stored = stored or Archive(newest="000000010000000000000009")
    found = problems(backups, stored, server or Server(), EVERY, now=NOW, late_archive=timedelta(minutes=5), **more)
    return [problem.code for problem in found]


@pytest.mark.parametrize(
    ("backups", "kind"),
    [
        ([], "full"),
        ([a_backup(200, "full"), a_backup(1)], "full"),
        ([a_backup(30, "full")], "diff"),
        ([a_backup(100, "full"), a_backup(24)], "diff"),
        ([a_backup(100, "full"), a_backup(23)], None),
        ([a_backup(3, "full", damaged=True)], "full"),
    ],
)
def test_the_first_and_a_weekly_one_are_full_and_one_a_day_is_differential(backups, kind):
    assert due(backups, Archive(), EVERY, now=NOW, failed_at=None) == kind


def test_a_full_one_is_due_after_a_gap_and_none_right_after_a_failure():
    fresh = [a_backup(1, "full")]
    assert due(fresh, Archive(gaps=("000000010000000000000003",)), EVERY, now=NOW, failed_at=None) == "full"
    assert due(fresh, Archive(gaps=("000000010000000000000001",)), EVERY, now=NOW, failed_at=None) is None
    assert due([], Archive(), EVERY, now=NOW, failed_at=NOW - timedelta(minutes=14)) is None
    assert due([], Archive(), EVERY, now=NOW, failed_at=NOW - timedelta(minutes=15)) == "full"


def test_a_gap_is_a_segment_that_is_missing_between_two_of_its_timeline():
    found = archive({**files(3, 4, 6), **files(6, 7, timeline="00000002"), "archive.info": 10, "17-1/00000002.history": 9}, 16 * MIB)

    assert found == Archive(gaps=("000000010000000000000005",), newest="000000020000000000000007")


@pytest.mark.parametrize(("segment", "last"), [(16 * MIB, 0xFF), (4 * MIB, 0x3FF), (MIB, 0xFFF)])
def test_a_log_file_ends_where_its_segments_do(segment, last):
    next_log = {f"17-1/0000000100000001/000000010000000100000000-{'a' * 40}.zst": 100}
    assert archive({**files(last), **next_log}, segment).gaps == ()
    assert archive({**files(last - 1), **next_log}, segment).gaps == (f"0000000100000000{last:08X}",)


def test_a_file_without_content_is_no_segment_that_is_there():
    stored = archive({**files(1, 3), **files(2, size=0)}, 16 * MIB)
    assert stored.empty == ("000000010000000000000002",)
    assert "archive_empty_file" in codes([a_backup(1)], stored)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("backup_none", {}),
        ("backup_late", {"backups": [a_backup(49)]}),
        ("backup_failed", {"backups": [a_backup(1)], "failure": "pgbackrest backup ended with 82"}),
        ("backup_damaged", {"backups": [a_backup(2), a_backup(1, damaged=True)]}),
        ("archive_gap", {"backups": [a_backup(1)], "stored": Archive(gaps=("0" * 24,), newest="F" * 24)}),
        ("archive_incomplete", {"backups": [a_backup(1)], "stored": Archive(newest="000000010000000000000001")}),
        ("archive_dropped", {"backups": [a_backup(1)], "server": Server(last_archived="00000001000000000000000A")}),
        ("archive_failing", {"backups": [a_backup(1)], "server": Server(failing=True, failed=3)}),
        ("archive_late", {"backups": [a_backup(1)], "server": Server(waiting=9, waiting_seconds=301)}),
    ],
)
def test_what_is_wrong_is_found(code, given):
    assert codes(**given) == [code]


def test_where_all_is_well_nothing_is_said():
    assert codes([a_backup(48)], server=Server(last_archived="000000010000000000000009", waiting=1, waiting_seconds=2)) == []
    assert codes([a_backup(1)], server=Server(last_archived="00000002.history")) == []


def test_a_backup_that_nobody_restored_is_tried_each_week_and_missed_after_two():
    week, backups = timedelta(days=7), [a_backup(1)]
    assert proof_due(None, backups, week, now=NOW, failed_at=None)
    assert not proof_due(None, [], week, now=NOW, failed_at=None)
    assert not proof_due(None, backups, week, now=NOW, failed_at=NOW)
    assert not proof_due(NOW - timedelta(days=6), backups, week, now=NOW, failed_at=None)
    assert proof_problems(NOW - timedelta(days=14), backups, week, now=NOW) == []
    assert [p.code for p in proof_problems(NOW - timedelta(days=15), backups, week, now=NOW)] == ["backup_unproved"]


@pytest.mark.parametrize("text", ["2026-03-29T02:30:00", "yesterday", ""])
def test_a_moment_without_its_offset_is_refused(text):
    with pytest.raises(SystemExit):
        parse_moment(text)


def test_monitoring_is_told_ages_and_what_is_wrong():
    server = Server(waiting=2, waiting_seconds=4.5, failed=1)
    wrong = tuple(problems([a_backup(49, "full")], Archive(newest="F" * 24), server, EVERY, now=NOW, late_archive=timedelta(minutes=5)))
    told = metrics(State(looked_at=NOW, backups=(a_backup(49, "full"),), server=server, problems=wrong), NOW).splitlines()

    assert f"caseload_backup_age_seconds {49 * 3600.0}" in told
    assert 'caseload_backup_problem{code="backup_late"} 1' in told
    assert "caseload_backup_problems 1" in told
    assert "caseload_archive_waiting_seconds 4.5" in told
