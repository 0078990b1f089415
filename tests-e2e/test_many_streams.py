"""A short form of the drill's many open streams: each is told every alert once."""

from drill.streams import stream


async def test_every_stream_is_told_every_alert_once(suite_drill):
    found = await stream(suite_drill, streams=40, alerts=10, per_second=10)

    assert (found.streams, found.alerts, found.ended) == (40, 10, 0)
    assert (found.told, found.missing, found.doubled) == (400, 0, 0)
    assert len(found.seconds) == 400
