"""Every process of the suite restarted in order in the middle of people's work: nobody notices."""

from drill.restarts import RESTARTABLE, run_restarts


async def test_each_process_is_restarted_and_no_request_fails(suite_drill):
    run = await run_restarts(suite_drill, RESTARTABLE, seed=3)

    assert run.restarts == list(RESTARTABLE)
    assert len(run.history.writes) > 100
    assert run.history.violations == []
    assert dict(run.history.retryable_refusals) == {}
