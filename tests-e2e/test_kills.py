"""Every process of the suite killed in the middle of people's work, the database and the broker as well."""

from drill.faults import KILLABLE
from drill.kills import killing, schedule


async def test_one_of_each_is_killed_and_nothing_acknowledged_is_lost_doubled_or_off_the_record(ground):
    report = await killing(ground, schedule(len(KILLABLE), seed=20), seed=20, writers=8)
    history, verdict = report.history, report.verdict

    assert sorted(report.kills) == sorted(KILLABLE)
    assert sum(history.troubles.values()) > 0, "nobody noticed anything"
    assert len(history.writes) > 200
    assert len(history.reads) > 50
    assert history.faults == []
    assert verdict.lost == []
    assert verdict.doubled == []
    assert verdict.off_record == []
    assert verdict.on_record == len(history.deeds)
    assert verdict.trail_intact
    assert verdict.sealed_events >= len(history.deeds)
    assert verdict.reminders_sent > 0
