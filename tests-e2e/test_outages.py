"""What the house needs goes away and comes back: refused in time, nothing lost, nothing twice, nobody restarted."""

import pytest
from drill import outages


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
async def test_an_outage_is_refused_in_time_and_recovered_from_without_a_restart(ground, outage):
    await outage(ground)


@pytest.mark.parametrize("service", ["scheduling", "identity"])
async def test_a_peer_that_takes_every_question_and_answers_none_is_outlived_by_the_deadline(ground, service):
    await outages.peer_hangs(ground, service)
