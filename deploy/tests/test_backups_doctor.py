"""What the doctor of containers says of the backups, by what `backups` found."""

from datetime import UTC, datetime, timedelta

import pytest

from deployment.doctor import of_backups
from standalone.doctor.findings import Verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(**but):
    backup = {"ended_at": str(NOW - timedelta(hours=5))}
    return {"looked_at": str(NOW), "problems": [], "backups": [backup]} | but


def test_the_doctor_says_how_old_the_last_backup_is():
    (found,) = of_backups(told(), NOW)

    assert (found.verdict, found.what) == (Verdict.OK, "1, the last one is 5.0 hours old; the log has no gap")


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (told(looked_at=None), "nobody has looked at them for hours"),
        (told(looked_at=str(NOW - timedelta(hours=13)), problems=[]), "nobody has looked at them for hours"),
        (
            told(problems=[{"code": "backup_late", "what": "the last backup is 49.0 hours old", "todo": "see"}]),
            "the last backup is 49.0 hours old",
        ),
        (told(problems=[{"code": "archive_gap", "what": "3 segments are missing", "todo": "see"}]), "3 segments are missing"),
    ],
)
def test_the_doctor_says_what_is_wrong_with_the_backups(state, what):
    found = list(of_backups(state, NOW))

    assert found[0].verdict is Verdict.FAIL
    assert found[0].what == what
