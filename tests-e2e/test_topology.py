"""Every kind of event has somebody who takes it, and nobody waits for an event that is never told."""

import importlib
import pkgutil
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

import caseload
from chassis.testing.environment import start_environment
from standalone.services import SERVICES


def declared() -> Iterator[Descriptor]:
    """The messages of every events.proto."""
    for module in pkgutil.walk_packages(caseload.__path__, "caseload."):
        if module.name.endswith(".events_pb2"):
            yield from importlib.import_module(module.name).DESCRIPTOR.message_types_by_name.values()


async def test_every_event_is_taken_and_every_queue_is_fed(postgres):
    parts = {field.message_type.full_name for event in declared() for field in event.fields if field.message_type is not None}
    events = {event.full_name for event in declared()} - parts
    async with start_environment(postgres, *SERVICES, relay=False) as h:
        taken = {kind for kind, takers in h.broker._by_type.items() if takers}
    assert events
    assert events == taken
