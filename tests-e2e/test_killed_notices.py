"""Reminders and alerts while processes are killed, one of them in the middle of handing a text message over."""

from drill.notices import notify


async def test_no_notice_is_lost_or_doubled_whoever_is_killed(suite_drill):
    victims = ("notifications", "rabbitmq", "postgres")
    found = await notify(suite_drill, reminders=30, alerts=6, victims=victims, seed=12)

    assert found.kills == list(victims)
    assert found.killed_in_the_middle > 0, "no handover was interrupted"
    assert found.lost == []
    assert found.doubled == []
    assert found.reminders.total() == 30
    assert found.steps == found.alert_mails.total() == 12
    assert found.reminders["sent"] > 0
