"""`events dead` and `events replay`, as an operator types them."""

import pytest
from google.protobuf.wrappers_pb2 import StringValue
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from chassis.events.broker.base import DeadLetter
from chassis.events.dead_letters import dead, keep_dead_letter, replay
from chassis.settings import Settings
from chassis.work.envelope import Envelope

pytestmark = pytest.mark.piece("rabbitmq")  # one node for all of these


async def test_the_letters_of_in_process_delivery_are_listed_and_asked_for(parcels, capsys):
    settings = Settings(environment="development", relay_database_url=SecretStr(parcels.relay_dsn))
    letters = [_letter(parcels, queue) for queue in ("parcels.weigh", "parcels.stamp")]
    for letter in letters:
        async with parcels.work() as work:
            await keep_dead_letter(work.db, "parcels", letter)

    await dead(settings, "parcels", [])
    assert capsys.readouterr().out.splitlines()[-1] == "2 dead letters"
    await dead(settings, "parcels", [], "parcels.weigh")
    (line, count) = capsys.readouterr().out.splitlines()
    assert f"parcels.weigh  {letters[0].envelope.id}  google.protobuf.StringValue  ValueError  after 3 attempts" in line
    assert count == "1 dead letters"

    await replay(settings, "parcels", [], "parcels.weigh", letters[0].envelope.id)
    assert capsys.readouterr().out == "1 sent to parcels.weigh once more\n"
    asked = await parcels.look("SELECT queue FROM parcels.dead_letters WHERE replay_requested_at IS NOT NULL")
    assert [row["queue"] for row in asked] == ["parcels.weigh"]


async def test_the_letters_of_rabbitmq_are_looked_for_in_the_queues_of_the_service(parcels, rabbitmq, capsys):
    settings = Settings(environment="development", broker_url=SecretStr(rabbitmq))
    queues = [f"parcels.weigh-{uuid7().hex}", f"parcels.never-made-{uuid7().hex}"]

    await dead(settings, "parcels", queues)
    assert capsys.readouterr().out == "0 dead letters\n"
    await replay(settings, "parcels", queues, queues[0])
    assert capsys.readouterr().out == f"0 sent to {queues[0]} once more\n"


def _letter(parcels, queue):
    payload = StringValue(value="a").SerializeToString()
    return DeadLetter(
        queue, Envelope(uuid7(), parcels.workspace, "google.protobuf.StringValue", payload, parcels.work().now), "ValueError", 3
    )
