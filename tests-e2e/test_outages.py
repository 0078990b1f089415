"""Database, broker, mail server or file storage goes away and comes back: requests are refused in time, nothing is lost or done twice, no process restarts."""

import os
import signal

import pytest
from drill import outages
from drill.environment import CALL_SECONDS, until
from drill.faults import ProcessInstance


@pytest.mark.parametrize(
    "outage",
    [
        outages.database_hangs,
        outages.database_away,
        outages.broker_away,
        outages.broker_hangs,
        outages.files_away,
        outages.mail_away,
        outages.mail_hangs,
        outages.mail_defers,
    ],
    ids=lambda outage: outage.__name__.replace("_", " "),
)
async def test_an_outage_is_refused_in_time_and_recovered_from_without_a_restart(suite_drill, outage):
    met_with = await outage(suite_drill)
    assert met_with.slowest < CALL_SECONDS + outages.MARGIN
    assert met_with.seconds_to_recover < outages.SECONDS_TO_RECOVER


@pytest.mark.parametrize("service", ["scheduling", "identity"])
async def test_a_peer_that_takes_every_question_and_answers_none_is_outlived_by_the_deadline(suite_drill, service):
    met_with = await outages.peer_hangs(suite_drill, service)
    assert met_with.refused == 1
    assert met_with.slowest < CALL_SECONDS + outages.MARGIN


async def test_a_database_that_will_not_start_is_tried_again_until_it_does(place):
    data = place.installation.home / "postgres" / "data"
    victim = ProcessInstance.of(int((data / "postmaster.pid").read_text().partition("\n")[0]))
    complaints = place.installation.output.read_text().count("did not start and is tried again")
    (data / "PG_VERSION").rename(data / "aside")
    try:
        os.kill(victim.pid, signal.SIGKILL)

        async def complained():
            return place.installation.output.read_text().count("did not start and is tried again") > complaints

        async def noticed():
            return not await place.is_ready()

        await until(complained, 60, "whoever starts it says that it did not start")
        assert victim.is_over
        # Services look at their database once a second.
        await until(noticed, 10, "the suite says that it is not ready")
    finally:
        (data / "aside").rename(data / "PG_VERSION")

    await place.ready()
