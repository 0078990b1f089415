"""Every process of the suite killed in the middle of people's work, the database and the broker as well."""

from drill.faults import KILLABLE
from drill.kills import run_kills, schedule


async def test_one_of_each_is_killed_and_nothing_acknowledged_is_lost_doubled_or_off_the_record(suite_drill):
    run = await run_kills(suite_drill, schedule(len(KILLABLE), seed=20), seed=20, writers=8)
    history, findings = run.history, run.findings

    assert sorted(run.kills) == sorted(KILLABLE)
    assert sum(history.retryable_refusals.values()) > 0, "nobody noticed anything"
    assert len(history.writes) > 200
    assert len(history.reads) > 50
    assert history.violations == []
    assert findings.lost == []
    assert findings.duplicated == []
    assert findings.not_audited == []
    assert findings.audited == len(history.operations)
    assert findings.trail_intact
    assert findings.events_in_chain >= len(history.operations)
    assert findings.reminders_sent > 0
