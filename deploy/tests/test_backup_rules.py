"""When a backup is due or late, what a gap in the archived log is, and what is left of a restore that fails."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from deployment.backups import cluster, pgbackrest, watch
from deployment.backups.pgbackrest import CommandFailed
from deployment.backups.rules import (
    Archive,
    Backup,
    Intervals,
    Server,
    Timeline,
    archive,
    due,
    missing_after,
    parents,
    parse_moment,
    problems,
    proof_due,
    proof_problems,
    timeline_at,
    to_begin_with,
)
from deployment.backups.telling import metrics
from deployment.backups.watch import State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERY = Intervals()
MIB = 1 << 20


def a_backup(hours_ago, kind="diff", **but):
    at = NOW - timedelta(hours=hours_ago)
    told = {"first_wal": "000000010000000000000001", "last_wal": "000000010000000000000002", "database_bytes": 9, "repository_bytes": 3}
    return Backup(**({"label": f"{kind}-{hours_ago}", "kind": kind, "started_at": at, "ended_at": at} | told | but))


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
        # Nobody makes one after the other of a disk that is broken.
        ([a_backup(2, "full", damaged=True)], None),
        ([a_backup(30, "full"), a_backup(2, damaged=True)], None),
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
    assert not proof_due(None, backups, week, now=NOW, failed_at=NOW - timedelta(hours=23))
    assert proof_due(None, backups, week, now=NOW, failed_at=NOW - timedelta(hours=24))
    assert not proof_due(NOW - timedelta(days=6), backups, week, now=NOW, failed_at=None)
    assert proof_problems(NOW - timedelta(days=14), backups, week, now=NOW) == []
    assert [p.code for p in proof_problems(NOW - timedelta(days=15), backups, week, now=NOW)] == ["backup_unproved"]


def test_only_what_is_missing_after_the_backup_that_a_restore_begins_with_is_a_loss():
    early, late = a_backup(200, "full", first_wal="000000010000000000000001"), a_backup(24, first_wal="000000010000000000000020")
    stored = Archive(gaps=("000000010000000000000007", "000000010000000000000030"), newest="F" * 24)

    assert missing_after(stored, [early, late], NOW) == ["000000010000000000000030"]
    assert missing_after(stored, [early, late], NOW - timedelta(hours=48)) == list(stored.gaps)
    assert missing_after(Archive(gaps=stored.gaps[:1]), [early, late], NOW) == []


# Restored at 12:00 to 10:00, and at 15:00 to 11:00 of the first life.
LIVES = [Timeline(2, NOW - timedelta(hours=12), ((1, 100),)), Timeline(3, NOW - timedelta(hours=9), ((1, 200),))]


@pytest.mark.parametrize(("hours_ago", "life"), [(13, 1), (12, 2), (10, 2), (8, 3)])
def test_a_moment_is_one_of_the_life_that_the_database_had_then(hours_ago, life):
    assert timeline_at(LIVES, NOW - timedelta(hours=hours_ago)) == life
    assert timeline_at([], NOW) == 1
    assert timeline_at(LIVES, None) == 3


def test_a_restore_begins_with_a_backup_that_leads_into_that_life():
    first = a_backup(24, "full", label="first", last_wal="000000010000000000000001", stop_lsn=50)
    second = a_backup(10, label="second", last_wal="000000020000000000000002", stop_lsn=150)

    assert to_begin_with([first, second], LIVES, 2, None) == "second"
    assert to_begin_with([first, second], LIVES, 3, None) == "first", "what was written in the second life is not of the third"
    assert to_begin_with([first, second], LIVES, 2, NOW - timedelta(hours=11)) == "first"
    assert to_begin_with([second], LIVES, 3, None) is None


def test_a_history_says_where_each_life_was_left():
    history = "1\t0/5000160\tbefore 2026-11-22 14:00:00+00\n\n2\t1/A0\tno recovery target specified\n"

    assert parents(history) == ((1, 0x5000160), (2, (1 << 32) + 0xA0))


def test_a_moment_after_the_end_of_a_life_is_not_guessed_where_there_are_later_ones(cluster_files, monkeypatch):
    def too_short(folder, until, **_):
        raise cluster._NotReached

    monkeypatch.setattr(pgbackrest, "timelines", lambda: LIVES)
    monkeypatch.setattr(cluster, "_recover", too_short)

    with pytest.raises(CommandFailed, match=r"timeline 1 ends before that moment, .* since \(2, 3\)"):
        cluster.restore(cluster_files, NOW - timedelta(hours=13))


@pytest.fixture(autouse=True)
def repository(monkeypatch):
    monkeypatch.setattr(pgbackrest, "timelines", list)
    monkeypatch.setattr(pgbackrest, "backups", lambda: ([], ""))


@pytest.fixture
def cluster_files(tmp_path):
    found = tmp_path / "cluster"
    found.mkdir()
    (found / "PG_VERSION").write_text("17")
    return found


def test_a_restore_that_fails_leaves_the_database_that_was_there(cluster_files, monkeypatch):
    def unreachable(folder, *_, **__):
        (folder / "half").touch()
        raise CommandFailed("the repository does not answer")

    monkeypatch.setattr(cluster, "_recover", unreachable)

    with pytest.raises(CommandFailed):
        cluster.restore(cluster_files, NOW)

    assert [path.name for path in cluster_files.parent.iterdir()] == ["cluster"]
    assert [path.name for path in cluster_files.iterdir()] == ["PG_VERSION"]


def test_one_restore_at_a_time(cluster_files, monkeypatch):
    def again(folder, *_, **__):
        (folder / "of-the-first").touch()
        with pytest.raises(CommandFailed, match="another restore"):
            cluster.restore(folder, None)
        return ""

    monkeypatch.setattr(cluster, "_recover", again)

    cluster.restore(cluster_files, None)

    assert [path.name for path in cluster_files.iterdir()] == ["of-the-first"]


def test_a_restore_that_succeeds_keeps_the_database_that_was_there_beside(cluster_files, monkeypatch):
    monkeypatch.setattr(cluster, "_recover", lambda folder, *_, **__: (folder / "restored").touch() or "")

    assert not cluster.restore(cluster_files, None).clamped

    assert [path.name for path in cluster_files.iterdir()] == ["restored"]
    assert len(list(cluster_files.parent.glob("cluster.before-*/PG_VERSION"))) == 1


def test_nothing_is_restored_for_a_try_where_it_would_fill_the_disk(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(pgbackrest, "backups", lambda: ([a_backup(1, database_bytes=1 << 60)], ""))
    monkeypatch.setattr(cluster, "_recover", lambda *_, **__: asked.append("restore"))

    with pytest.raises(CommandFailed, match="no room"):
        cluster.prove(tmp_path / "proof")

    assert asked == []


def test_what_does_not_answer_in_time_has_failed(monkeypatch):
    def hangs(arguments, *, timeout, **_):
        raise subprocess.TimeoutExpired(arguments, timeout)

    monkeypatch.setattr(subprocess, "run", hangs)

    with pytest.raises(CommandFailed, match="did not end"):
        pgbackrest.run("psql", timeout=120)


def test_a_proof_that_fails_does_not_keep_backups_from_being_made_nor_the_other_way_round(tmp_path, monkeypatch):
    made = []

    def fails():
        raise CommandFailed("no room")

    proofs = SimpleNamespace(between=timedelta(days=7), make=fails)
    watching = watch.Watch(tmp_path, EVERY, proofs)
    monkeypatch.setattr(watch, "back_up", made.append)
    full = replace(a_backup(0, "full"), started_at=datetime.now(UTC), ended_at=datetime.now(UTC))
    watching.state = State(backups=(full,), server=Server())
    watching.act(proofs)
    watching.state = State(backups=(replace(full, started_at=NOW - timedelta(days=9)),), server=Server())
    watching.act(proofs)

    assert made == ["full"]
    assert list(watching._failed) == ["proof"]


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
